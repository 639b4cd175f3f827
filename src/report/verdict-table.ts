/** What a run's expectations came to, as a table for people. */

import pc from "picocolors";
import type { ActionResult, Verdict } from "../scenario/expect/facts.ts";
import { formatMs } from "../trace/format-ms.ts";
import { verdictReplay } from "./replay.ts";
import { countOf, groupDigits, padEnd, readableDuration, runLength, textWidth, wrapText } from "./text.ts";

/** One run, as the table shows it. A `RunResult` is one. */
export interface JudgedRun {
  readonly name: string;
  /** Absent for a scenario that never was a file: there is no command to run it again. */
  readonly file?: string | undefined;
  readonly description?: string | undefined;
  readonly seed: string;
  readonly traceHash: string;
  /** Absent: simulated. */
  readonly world?: "simulated" | "real";
  /** Virtual time at which the run ended. */
  readonly durationMs: number;
  readonly events: number;
  readonly passed: boolean;
  readonly expectations: readonly Verdict[];
  /** Actions that failed and that no expectation speaks of. */
  readonly unspokenFailures?: readonly ActionResult[];
}

export interface VerdictStyle {
  /** The width to keep to. */
  readonly columns: number;
  readonly color: boolean;
  /** ✔ and ✘; else PASS and FAIL. */
  readonly symbols: boolean;
  /** `path=value` assignments of this run: the replay command repeats them. */
  readonly set?: readonly string[];
  /** Only the heading and the failures. */
  readonly failuresOnly?: boolean;
}

const GAP = "  ";
const MIN_CELL = 8;
const HEADINGS = ["expectation", "expected", "found"] as const;
type Cells = readonly [string, string, string];

/** The table of one run, with a heading that names its seed and trace hash; ends with a line end. */
export function verdictTable(run: JudgedRun, style: VerdictStyle): string {
  const color = pc.createColors(style.color);
  const lines = [heading(run, style)];
  if (run.description !== undefined && !style.failuresOnly) {
    for (const line of wrapText(run.description, style.columns - GAP.length)) lines.push(GAP + color.dim(line));
  }
  const shown = style.failuresOnly ? run.expectations.filter(isFailure) : run.expectations;
  if (run.expectations.length === 0) lines.push(`${GAP}nothing is expected of it`);
  if (shown.length > 0) lines.push(...rows(run, shown, style));
  for (const line of failedActions(run, style)) lines.push(GAP + color.dim(line));
  return `${lines.join("\n")}\n`;
}

function isFailure({ passed, notJudged }: Verdict): boolean {
  return !passed && notJudged === undefined;
}

/** `8 scenarios, 41 expectations: 41 passed, 0 failed`; of real runs also how many were not judged. */
export function verdictSummary(runs: readonly Pick<JudgedRun, "expectations">[], color: boolean): string {
  const verdicts = runs.flatMap((run) => run.expectations);
  const failed = verdicts.filter(isFailure).length;
  const notJudged = verdicts.filter((verdict) => verdict.notJudged !== undefined).length;
  const counts = `${countOf(runs.length, "scenario")}, ${countOf(verdicts.length, "expectation")}`;
  const unjudged = notJudged === 0 ? "" : `, ${notJudged} not judged`;
  const summary = `${counts}: ${verdicts.length - failed - notJudged} passed, ${failed} failed${unjudged}`;
  const { bold, green, red } = pc.createColors(color);
  if (verdicts.length === 0) return bold(summary);
  return bold(failed === 0 ? green(summary) : red(summary));
}

function heading(run: JudgedRun, style: VerdictStyle): string {
  const { bold } = pc.createColors(style.color);
  const isReal = run.world === "real";
  // What nothing is expected of, or nothing could be judged of, has not passed anything.
  const outcome = run.expectations.every((verdict) => verdict.notJudged !== undefined)
    ? "RAN"
    : mark(run.passed, style);
  const trace = isReal ? "real sockets (no two runs have the same trace)" : `trace ${run.traceHash}`;
  return `${outcome} ${bold(run.name)}  seed ${run.seed}, ${trace}, ${runLength(run)}`;
}

function mark(passed: boolean, style: VerdictStyle): string {
  const { green, red } = pc.createColors(style.color);
  if (passed) return green(style.symbols ? "✔" : "PASS");
  return red(style.symbols ? "✘" : "FAIL");
}

function rows(run: JudgedRun, verdicts: readonly Verdict[], style: VerdictStyle): string[] {
  const { dim } = pc.createColors(style.color);
  const markWidth = style.symbols ? 1 : 4;
  const indent = GAP + " ".repeat(markWidth) + GAP;
  const cells = verdicts.map((verdict): Cells => [verdict.expectation, verdict.expected, verdict.found]);
  const widths = columnWidths([HEADINGS, ...cells], style.columns - indent.length - 2 * GAP.length);
  const lines = [indent + dim(HEADINGS.map((text, i) => padEnd(text, widths[i]!)).join(GAP)).trimEnd()];
  for (const [i, verdict] of verdicts.entries()) {
    const row = tableRow(cells[i]!, widths);
    const sign = verdict.notJudged === undefined ? mark(verdict.passed, style) : dim("-".repeat(markWidth));
    lines.push(`${GAP}${sign}${GAP}${row[0]}`, ...row.slice(1).map((line) => indent + line));
    for (const line of remarks(run, verdict, style)) {
      for (const part of line.wrap ? wrapText(line.text, style.columns - indent.length - GAP.length) : [line.text]) {
        lines.push(indent + GAP + (line.dim ? dim(part) : part));
      }
    }
  }
  return lines;
}

const MAX_FAILED_ACTIONS = 5;

function failedActions({ unspokenFailures: failures = [] }: JudgedRun, { columns }: VerdictStyle): string[] {
  if (failures.length === 0) return [];
  const texts = failures
    .slice(0, MAX_FAILED_ACTIONS)
    .map(({ host, action, argument, atMs, text }) =>
      [host, action, ...(argument === "" ? [] : [argument]), `at ${readableDuration(atMs)}: ${text}`].join(" "),
    );
  const more = failures.length - texts.length;
  if (more > 0) texts.push(`and ${groupDigits(more)} more`);
  return wrapText(`actions that failed: ${texts.join("; ")}`, columns - GAP.length);
}

interface Remark {
  readonly text: string;
  readonly dim: boolean;
  /** A command to paste stays on one line. */
  readonly wrap: boolean;
}

/** What stands below a row: why it is expected, and for a failure where it happened and how to see it again. */
function remarks(run: JudgedRun, verdict: Verdict, style: VerdictStyle): Remark[] {
  const remarks: Remark[] = [];
  if (verdict.because !== undefined) remarks.push({ text: `because ${verdict.because}`, dim: true, wrap: true });
  if (verdict.shouldFail !== undefined) {
    const lead = verdict.passed ? "fails, as expected" : "holds, but was expected to fail";
    remarks.push({ text: `${lead}: ${verdict.shouldFail}`, dim: verdict.passed, wrap: true });
  }
  if (verdict.notJudged !== undefined) {
    remarks.push({ text: `not judged: ${verdict.notJudged}`, dim: false, wrap: true });
    return remarks;
  }
  if (verdict.passed) return remarks;
  const place = [
    verdict.atMs === undefined ? "" : `at ${formatMs(verdict.atMs)} ms`,
    verdict.event === undefined ? "" : `event ${verdict.event}`,
    verdict.packetId === undefined ? "" : `packet ${verdict.packetId}`,
  ].filter((part) => part !== "");
  if (place.length > 0) remarks.push({ text: place.join(", "), dim: false, wrap: true });
  if (run.file !== undefined) {
    const { file, seed, events } = run;
    const isReal = run.world === "real";
    const command = verdictReplay({ file, seed, events, isReal }, verdict, style.set);
    remarks.push({ text: `replay: ${command}`, dim: false, wrap: false });
  }
  return remarks;
}

/** The lines of one row: each cell wrapped in its column. */
function tableRow(cells: Cells, widths: readonly number[]): string[] {
  const wrapped = cells.map((text, i) => wrapText(text, widths[i]!));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, i) => padEnd(lines[line] ?? "", widths[i]!))
      .join(GAP)
      .trimEnd(),
  );
}

/** As wide as their contents where all fit; else the widest columns give way until they do, words whole if possible. */
function columnWidths(rows: readonly Cells[], available: number): number[] {
  const columns = [0, 1, 2].map((i) => rows.map((cells) => cells[i]!));
  const widths = columns.map((texts) => Math.max(...texts.map(longestLine)));
  const words = columns.map((texts) => Math.max(...texts.flatMap((text) => text.split(/\s/).map(textWidth))));
  shrink(widths, words, available);
  shrink(widths, [MIN_CELL, MIN_CELL, MIN_CELL], available);
  return widths;
}

/** Takes from the widest column that is above its least width, until all fit or none is left. */
function shrink(widths: number[], least: readonly number[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  for (; excess > 0; excess--) {
    const candidates = widths.map((width, i) => (width > least[i]! ? width : 0));
    const widest = candidates.indexOf(Math.max(...candidates));
    if (candidates[widest] === 0) return;
    widths[widest]!--;
  }
}

function longestLine(text: string): number {
  return Math.max(...text.split("\n").map(textWidth));
}
