/** A comparison as JSON: events by the columns of trace.csv, with their numbers. */

import { eventColumns } from "../../trace/kept-event.ts";
import type { ExactDiff } from "./exact.ts";
import type { PacketFate, Some } from "./packet-fates.ts";
import { packetText } from "./packet-names.ts";
import type { FlowItem, ProtocolDiff } from "./protocol.ts";
import type { NumberedEvent } from "./sides.ts";

export function diffDocument(diff: ExactDiff | ProtocolDiff): object {
  const { mode, isEqual, toleranceMs, events } = diff;
  const head = { mode, equal: isEqual, toleranceMs, events };
  return diff.mode === "exact" ? { ...head, ...exactDocument(diff) } : { ...head, ...protocolDocument(diff) };
}

function exactDocument({ first, consequences }: ExactDiff): object {
  if (first === undefined || consequences === undefined) return {};
  const { number, columns, before, from } = first;
  const { packets, messages, hosts, equalHosts, figures, verdicts } = consequences;
  const firstDifference = {
    event: number,
    columns,
    before: before.map(eventOf),
    a: from.a.map(eventOf),
    b: from.b.map(eventOf),
  };
  const someFates = ({ count, first }: Some<PacketFate>) => ({ count, first: first.map(fateOf) });
  const { isComplete, others, only } = packets;
  return {
    firstDifference,
    consequences: {
      packets: {
        complete: isComplete,
        otherFate: { count: others.count, first: others.first.map(({ a, b }) => ({ a: fateOf(a), b: fateOf(b) })) },
        onlyA: someFates(only.a),
        onlyB: someFates(only.b),
      },
      messages: {
        complete: messages.isComplete,
        otherOutcome: { count: messages.count, first: messages.first },
        otherTransmissions: messages.otherTransmissions,
      },
      hosts: hosts.map(({ name, a, b }) => ({ host: name, a: a && eventOf(a), b: b && eventOf(b) })),
      equalHosts,
      metrics: figures,
      verdicts,
    },
  };
}

function protocolDocument({ flows, first }: ProtocolDiff): object {
  return {
    ...(first?.parting && {
      firstDifference: {
        flow: first.flow,
        of: first.of,
        index: first.parting.index,
        before: first.parting.before.map(itemOf),
        a: first.parting.a && itemOf(first.parting.a),
        b: first.parting.b && itemOf(first.parting.b),
      },
    }),
    flows: flows.map(({ flow, of, items, same, parting, isCutOff }) => ({
      flow,
      of,
      ...items,
      same,
      ...(parting && (isCutOff ? { cutOff: true } : { differsAt: parting.index })),
    })),
  };
}

function eventOf({ number, event }: NumberedEvent): object {
  return { number, ...eventColumns(event) };
}

function fateOf({ name, packetId, sentNs, fate }: PacketFate): object {
  const { flow, message, seq, attempt } = name;
  return { packet: packetText(name), flow, message, seq, attempt, packetId, sentMs: sentNs / 1e6, fate };
}

function itemOf(item: FlowItem): object {
  const about = item.kind === "packet" ? { packet: packetText(item.packet) } : item.outcome;
  return { ...about, event: eventColumns(item.event) };
}
