/**
 * Did the same packets come in the same order, where the protocol fixes the order? Packets are compared flow by flow (a
 * flow is all packets of one type from one host to another, in the order in which they were sent), by message, sequence
 * number and attempt; the outcomes of messages likewise. Not compared is what two networks do differently though the
 * protocol is the same: times, packet ids, sizes (addresses and ports are in them), how independent flows interleave,
 * and the segments of byte streams. docs/diff.md says it in full.
 */

import { EventCode, type TraceEvent } from "../../trace/events.ts";
import { type MessageOutcome, outcomeOf } from "./message-outcomes.ts";
import { isSegment, type PacketName, PacketNames } from "./packet-names.ts";
import { OrderedPairs, type Parting } from "./pairing.ts";
import {
  type ComparedRun,
  type Comparison,
  EVENTS_PER_STEP,
  type PerSide,
  perSide,
  SIDES,
  type Side,
} from "./sides.ts";
import { nextSide, TraceReader } from "./trace-reader.ts";

export interface ProtocolOptions {
  /** What one run has and the other not, sent so shortly before the other ended, was cut off by its end. */
  readonly toleranceMs: number;
  /** Equal packets of a flow shown before the difference. */
  readonly context: number;
}

export interface ProtocolDiff {
  readonly mode: "protocol";
  readonly isEqual: boolean;
  readonly toleranceMs: number;
  readonly events: PerSide<number>;
  /** In the order in which they began. */
  readonly flows: readonly FlowComparison[];
  /** The flow that differs first, by time. */
  readonly first: FlowComparison | undefined;
}

export interface FlowComparison {
  readonly flow: string;
  /** A flow of packets, or the outcomes of its messages. */
  readonly of: FlowItem["kind"];
  /** Packets, or outcomes, in either run. */
  readonly items: PerSide<number>;
  /** So many are the same, in the same order, from the first on. */
  readonly same: number;
  readonly parting: Parting<FlowItem> | undefined;
  /** The runs part where one of them was cut off by its end: no difference. */
  readonly isCutOff: boolean;
}

/** One packet of a flow, or what became of one message. */
export type FlowItem =
  | { readonly kind: "packet"; readonly event: TraceEvent; readonly packet: PacketName }
  | { readonly kind: "outcome"; readonly event: TraceEvent; readonly outcome: MessageOutcome };

export function* compareProtocol(runs: PerSide<ComparedRun>, options: ProtocolOptions): Comparison<ProtocolDiff> {
  const readers = perSide((side) => new TraceReader(runs[side]));
  const flows = new Flows(options.context);
  for (let side = nextSide(readers); side !== undefined; side = nextSide(readers)) {
    const event = (readers[side].take() as { event: TraceEvent }).event;
    flows.onEvent(side, event);
    const seen = readers.a.events + readers.b.events;
    if (seen % EVENTS_PER_STEP === 0) yield seen;
  }
  const endsMs = SIDES.map((side) => runs[side].facts()?.durationMs ?? Number.NaN);
  const compared = flows.finish(Math.min(...endsMs) - options.toleranceMs);
  const differing = compared.filter(({ parting, isCutOff }) => parting !== undefined && !isCutOff);
  const [first] = differing.toSorted((one, other) => timeNsOf(one) - timeNsOf(other));
  return {
    mode: "protocol",
    isEqual: first === undefined,
    toleranceMs: options.toleranceMs,
    events: perSide((side) => readers[side].events),
    flows: compared,
    first,
  };
}

class Flows {
  private readonly names = perSide(() => new PacketNames());
  /** Packets of data under way, by id: an arrival tells what the next ACK answers. */
  private readonly sent = perSide(() => new Map<number, PacketName>());
  private readonly pairs: OrderedPairs<FlowItem>;
  private readonly counts = new Map<string, { flow: string; of: FlowItem["kind"]; a: number; b: number }>();

  constructor(context: number) {
    this.pairs = new OrderedPairs("flows (from, to and message type)", context, isSameItem);
  }

  onEvent(side: Side, event: TraceEvent): void {
    const { code, packetId, type } = event;
    if (code === EventCode.send && !isSegment(type)) {
      const packet = this.names[side].ofSend(event);
      this.remember(side, packetId, packet);
      this.put(side, packet.flow, { kind: "packet", event, packet });
    } else if (code === EventCode.deliver) {
      const packet = this.sent[side].get(packetId);
      if (packet !== undefined) this.names[side].arrive(packet);
    } else {
      const outcome = outcomeOf(event);
      if (outcome !== undefined) this.put(side, outcome.flow, { kind: "outcome", event, outcome });
    }
  }

  /** `endMs`: what one run alone has from then on was cut off by the other's end; NaN: nothing was. */
  finish(endMs: number): FlowComparison[] {
    const partings = new Map(this.pairs.finish().map((parting) => [parting.name, parting]));
    return [...this.counts].map(([name, { flow, of, ...items }]): FlowComparison => {
      const parting = partings.get(name);
      const isCutOff = parting !== undefined && isMissing(parting) && firstOf(parting).event.timeMs >= endMs;
      return { flow, of, items, same: this.pairs.matched(name), parting, isCutOff };
    });
  }

  private put(side: Side, flow: string, item: FlowItem): void {
    const name = `${item.kind} ${flow}`;
    this.pairs.put(side, name, item);
    const counts = this.counts.get(name) ?? { flow, of: item.kind, a: 0, b: 0 };
    counts[side]++;
    this.counts.set(name, counts);
  }

  private remember(side: Side, packetId: number, packet: PacketName): void {
    const sent = this.sent[side];
    if (packetId === 0) return;
    sent.set(packetId, packet);
    if (sent.size <= MAX_REMEMBERED) return;
    const [oldest] = sent.keys();
    sent.delete(oldest as number);
  }
}

/** Packets whose arrival is awaited. */
const MAX_REMEMBERED = 1 << 16;

function isSameItem(a: FlowItem, b: FlowItem): boolean {
  if (a.kind === "packet") return b.kind === "packet" && isSamePacket(a.packet, b.packet);
  if (b.kind === "packet") return false;
  const [one, other] = [a.outcome, b.outcome];
  return one.message === other.message && one.outcome === other.outcome && one.transmissions === other.transmissions;
}

/** Of one flow, that is: flows are compared one by one. */
function isSamePacket(a: PacketName, b: PacketName): boolean {
  return a.message === b.message && a.seq === b.seq && a.attempt === b.attempt;
}

function isMissing({ a, b }: Parting<FlowItem>): boolean {
  return a === undefined || b === undefined;
}

/** The earlier of the two things at which a flow's runs part. */
function firstOf({ a, b }: Parting<FlowItem>): FlowItem {
  if (a === undefined || b === undefined) return (a ?? b) as FlowItem;
  return a.event.timeNs <= b.event.timeNs ? a : b;
}

function timeNsOf({ parting }: FlowComparison): number {
  return parting === undefined ? Number.POSITIVE_INFINITY : firstOf(parting).event.timeNs;
}
