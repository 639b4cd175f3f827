/** A comparison of what the protocol fixes, for people: the flow that differs first, and a table of all flows. */

import pc from "picocolors";
import { formatMs } from "../../trace/format-ms.ts";
import { alignedLines } from "../event-row.ts";
import { countOf, groupDigits } from "../text.ts";
import type { DiffStyle } from "./exact-text.ts";
import { packetText } from "./packet-names.ts";
import type { FlowComparison, FlowItem, ProtocolDiff } from "./protocol.ts";

const MAX_FLOWS = 40;

/** The whole comparison; ends with a line end. */
export function protocolText(diff: ProtocolDiff, style: DiffStyle): string {
  const { bold } = pc.createColors(style.color);
  const { flows, first } = diff;
  const packets = flows.filter(({ of }) => of === "packet");
  const count = packets.reduce((sum, { same }) => sum + same, 0);
  const heading =
    first === undefined
      ? `the same packets came in the same order, where the protocol fixes it: ${countOf(count, "packet")} in ${countOf(packets.length, "flow")}`
      : `not the same: ${first.flow} differs at ${first.of} ${first.parting?.index}`;
  const lines = [
    bold(heading),
    "not compared: times, packet ids, sizes, how flows interleave, segments of byte streams",
    ...(first === undefined ? [] : ["", ...partingLines(first, style)]),
    "",
    ...flowLines(flows, style),
  ];
  return `${lines.join("\n")}\n`;
}

function partingLines({ parting }: FlowComparison, { color }: DiffStyle): string[] {
  if (parting === undefined) return [];
  const { dim, cyan, yellow } = pc.createColors(color);
  return [
    ...parting.before.map((item) => dim(`=  ${itemText(item)}`)),
    cyan(`A  ${parting.a === undefined ? "no further one" : itemText(parting.a)}`),
    yellow(`B  ${parting.b === undefined ? "no further one" : itemText(parting.b)}`),
  ];
}

function itemText(item: FlowItem): string {
  const at = `at ${formatMs(item.event.timeMs)} ms`;
  if (item.kind === "packet") return `${packetText(item.packet)}, ${at}`;
  const { flow, message, outcome, transmissions } = item.outcome;
  return `${flow}, message ${message}: ${outcome} after ${countOf(transmissions, "transmission")}, ${at}`;
}

/** Those that differ first. */
function flowLines(flows: readonly FlowComparison[], { color }: DiffStyle): string[] {
  const { red } = pc.createColors(color);
  const differs = ({ parting, isCutOff }: FlowComparison) => parting !== undefined && !isCutOff;
  const sorted = [...flows.filter(differs), ...flows.filter((flow) => !differs(flow))];
  const shown = sorted.slice(0, MAX_FLOWS);
  const rows = shown.map((flow) => [
    flow.flow,
    `${flow.of}s`,
    `A ${groupDigits(flow.items.a)}`,
    `B ${groupDigits(flow.items.b)}`,
    resultOf(flow),
  ]);
  const lines = alignedLines(rows).map((line, i) => `  ${differs(shown[i]!) ? red(line) : line}`);
  const more = flows.length > MAX_FLOWS ? [`  and ${countOf(flows.length - MAX_FLOWS, "more flow")}`] : [];
  return ["flows, and how many packets or outcomes each run has of them:", ...lines, ...more];
}

function resultOf({ same, parting, isCutOff }: FlowComparison): string {
  if (parting === undefined) return "same";
  if (isCutOff) return `same, as far as both go (${groupDigits(same)})`;
  return `differs at ${groupDigits(parting.index)}`;
}
