/** An exact comparison for people: the events around the first difference, and what followed from it. */

import pc from "picocolors";
import { formatQuantity } from "../../scenario/expect/quantity.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { alignedLines, eventCells } from "../event-row.ts";
import { countOf, groupDigits, wrapText } from "../text.ts";
import type { TraceColumn } from "./equal-events.ts";
import type { Consequences, ExactDiff, FirstDifference } from "./exact.ts";
import { type FateComparison, type PacketFate, packetOfFate } from "./packet-fates.ts";
import type { NumberedEvent } from "./sides.ts";

export interface DiffStyle {
  readonly columns: number;
  readonly color: boolean;
}

/** The whole comparison; ends with a line end. */
export function exactText(diff: ExactDiff, style: DiffStyle): string {
  const within = diff.toleranceMs === 0 ? "" : `, times within ${formatMs(diff.toleranceMs)} ms`;
  const { first, consequences } = diff;
  if (first === undefined || consequences === undefined) return `equal: ${countOf(diff.events.a, "event")}${within}\n`;
  const { bold } = pc.createColors(style.color);
  const lines = [
    bold(`${headline(first)}${within}`),
    "",
    ...eventLines(first, style),
    ...firstFate(consequences.packets, style),
    "",
    bold("what followed"),
    ...consequenceLines(consequences, style),
  ];
  return `${lines.join("\n")}\n`;
}

function headline({ number, columns, from }: FirstDifference): string {
  const [a, b] = [from.a[0], from.b[0]];
  if (a === undefined || b === undefined) {
    const [over, other] = a === undefined ? ["A", b] : ["B", a];
    return `${over} is over after event ${number - 1}; the other goes on at ${timeOf(other)}`;
  }
  return `the first difference is event ${number}, at ${timesOf(a, b)}: ${differingText(columns)}`;
}

function timesOf(a: NumberedEvent, b: NumberedEvent): string {
  const [one, other] = [timeOf(a), timeOf(b)];
  return one === other ? one : `${one} in A, ${other} in B`;
}

function timeOf(numbered: NumberedEvent | undefined): string {
  return numbered === undefined ? "" : `${formatMs(numbered.event.timeMs)} ms`;
}

function differingText(columns: readonly TraceColumn[]): string {
  return `${columns.join(", ")} ${columns.length === 1 ? "differs" : "differ"}`;
}

/** `=` what was equal, then `A` and `B` as each went on. */
function eventLines({ before, from }: FirstDifference, { color }: DiffStyle): string[] {
  const { dim, cyan, yellow } = pc.createColors(color);
  const marked = [
    ...before.map((event) => ({ mark: "=", paint: dim, event })),
    ...from.a.map((event) => ({ mark: "A", paint: cyan, event })),
    ...from.b.map((event) => ({ mark: "B", paint: yellow, event })),
  ];
  const lines = alignedLines(marked.map(({ event, mark }) => [mark, ...eventCells(event.event, event.number)]));
  return lines.map((line, i) => marked[i]!.paint(line));
}

/** The packet that was sent first of those with another fate: mostly, it is the cause. */
function firstFate({ others }: FateComparison, { color }: DiffStyle): string[] {
  const [first] = others.first;
  if (first === undefined) return [];
  const { bold, cyan, yellow } = pc.createColors(color);
  const heading = bold("the first packet with another fate");
  return ["", `${heading}: ${packetOfFate(first.a)}`, cyan(`A  ${first.a.fate}`), yellow(`B  ${first.b.fate}`)];
}

function consequenceLines(consequences: Consequences, style: DiffStyle): string[] {
  return [
    ...packetLines(consequences.packets),
    ...messageLines(consequences),
    ...hostLines(consequences),
    ...figureLines(consequences),
    ...verdictLines(consequences, style),
  ];
}

function packetLines({ isComplete, others, only }: FateComparison): string[] {
  if (!isComplete) return ["  too many packets have no counterpart in the other run: their fates were not compared"];
  const rows = others.first.slice(1).map(({ a, b }) => ["", packetOfFate(a), `A ${a.fate}`, `B ${b.fate}`]);
  return [
    `  packets with another fate: ${groupDigits(others.count)}`,
    ...alignedLines(rows).map((line) => `  ${line}`),
    ...more(others.count, others.first.length),
    ...onlyLines("A", only.a.count, only.a.first),
    ...onlyLines("B", only.b.count, only.b.first),
  ];
}

function onlyLines(run: string, count: number, first: readonly PacketFate[]): string[] {
  if (count === 0) return [`  packets that only ${run} sent: 0`];
  const rows = first.map((fate) => ["", packetOfFate(fate), fate.fate]);
  return [
    `  packets that only ${run} sent: ${groupDigits(count)}`,
    ...alignedLines(rows).map((line) => `  ${line}`),
    ...more(count, first.length),
  ];
}

function messageLines({ messages }: Consequences): string[] {
  const { isComplete, count, first, otherTransmissions } = messages;
  if (!isComplete) return ["  too many messages have no counterpart in the other run: they were not compared"];
  const rows = first.map(({ a, b }) => ["", `${a.flow}, message ${a.message}`, `A ${a.outcome}`, `B ${b.outcome}`]);
  return [
    `  messages with another outcome: ${groupDigits(count)}`,
    ...alignedLines(rows).map((line) => `  ${line}`),
    ...more(count, first.length),
    `  messages with the same outcome after other numbers of transmissions: ${groupDigits(otherTransmissions)}`,
  ];
}

const MAX_HOSTS = 12;

function hostLines({ hosts, equalHosts }: Consequences): string[] {
  if (hosts.length === 0) return ["  every host does the same in both runs, but for packet ids"];
  const same = equalHosts === 0 ? "" : ` (${countOf(equalHosts, "host does", "hosts do")} the same in both runs)`;
  const rows = hosts.slice(0, MAX_HOSTS).flatMap(({ name, a, b }) => [
    ["", name, "A", ...sideOf(a)],
    ["", "", "B", ...sideOf(b)],
  ]);
  return [
    `  the first event of each host that differs, packet ids aside${same}:`,
    ...alignedLines(rows).map((line) => `  ${line}`),
    ...more(hosts.length, MAX_HOSTS),
  ];
}

function sideOf(numbered: NumberedEvent | undefined): string[] {
  return numbered === undefined ? ["no further event"] : eventCells(numbered.event, numbered.number);
}

function figureLines({ figures }: Consequences): string[] {
  if (figures.length === 0) return ["  all figures are the same"];
  const rows = figures.map(({ metric, unit, a, b }) => {
    const show = (value: number | undefined) => (value === undefined ? "none" : formatQuantity(unit, value));
    const change =
      a === undefined || b === undefined ? "" : `${b > a ? "+" : "-"}${formatQuantity(unit, Math.abs(b - a))}`;
    return ["", metric, `A ${show(a)}`, `B ${show(b)}`, change];
  });
  return ["  figures that differ:", ...alignedLines(rows).map((line) => `  ${line}`)];
}

const MAX_VERDICTS = 12;

function verdictLines({ verdicts }: Consequences, { columns }: DiffStyle): string[] {
  if (verdicts.length === 0) return [];
  const mark = (passed: boolean) => (passed ? "PASS" : "FAIL");
  const lines = verdicts
    .slice(0, MAX_VERDICTS)
    .flatMap(({ expectation, a, b }) => [
      ...wrapText(expectation, columns - 4).map((line) => `    ${line}`),
      ...wrapText(`A ${mark(a.passed)}  ${a.found}`, columns - 6).map((line) => `      ${line}`),
      ...wrapText(`B ${mark(b.passed)}  ${b.found}`, columns - 6).map((line) => `      ${line}`),
    ]);
  return ["  verdicts that differ, or found something else:", ...lines, ...more(verdicts.length, MAX_VERDICTS)];
}

function more(count: number, shown: number): string[] {
  return count > shown ? [`    and ${groupDigits(count - shown)} more`] : [];
}
