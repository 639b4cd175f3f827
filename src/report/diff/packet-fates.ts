/** What became of each packet in either run: which have another fate, and which only one of the runs sent. */

import { EventCode, type TraceEvent } from "../../trace/events.ts";
import { formatMs } from "../../trace/format-ms.ts";
import { type PacketName, PacketNames, packetText } from "./packet-names.ts";
import { NamedPairs } from "./pairing.ts";
import { type PerSide, perSide, SIDES, type Side } from "./sides.ts";

/** Packets whose end is awaited; beyond that the oldest counts as still under way. */
const MAX_UNDER_WAY = 1 << 16;
/** Steps that are told of one packet: a packet that is duplicated again and again has more. */
const MAX_STEPS = 8;
const NS_PER_MS = 1e6;

/** One packet of a run and what became of it, in words: `delivered`, `dropped: fault 1`, ... */
export interface PacketFate {
  readonly name: PacketName;
  readonly packetId: number;
  readonly sentNs: number;
  readonly fate: string;
}

export interface OtherFate {
  readonly a: PacketFate;
  readonly b: PacketFate;
}

/** `count` in all, of which `first` are those that were sent first. */
export interface Some<T> {
  readonly count: number;
  readonly first: readonly T[];
}

export interface FateComparison {
  /** False: there were so many packets without a counterpart that the rest was not compared. */
  readonly isComplete: boolean;
  readonly others: Some<OtherFate>;
  readonly only: PerSide<Some<PacketFate>>;
}

interface UnderWay {
  readonly name: PacketName;
  readonly packetId: number;
  readonly sentNs: number;
  /** Copies that have not arrived or been lost yet. */
  copies: number;
  readonly steps: string[];
}

/** Show it the events of both runs, those of each in order. */
export class PacketFates {
  private readonly names = perSide(() => new PacketNames());
  private readonly underWay = perSide(() => new Map<number, UnderWay>());
  private readonly pairs = new NamedPairs<PacketFate>();
  private readonly others: Earliest<OtherFate>;
  private readonly maxShown: number;

  /** `maxShown`: how many of each kind are named. */
  constructor(maxShown: number) {
    this.maxShown = maxShown;
    this.others = new Earliest(maxShown, ({ a, b }) => Math.min(a.sentNs, b.sentNs));
  }

  onEvent(side: Side, event: TraceEvent): void {
    if (event.code === EventCode.send) {
      this.send(side, event);
      return;
    }
    const packet = event.packetId === 0 ? undefined : this.underWay[side].get(event.packetId);
    if (packet === undefined) return;
    switch (event.code) {
      case EventCode.deliver:
        this.names[side].arrive(packet.name);
        this.end(side, packet, "delivered");
        return;
      case EventCode.drop:
        this.end(side, packet, `dropped: ${event.note}`);
        return;
      case EventCode.duplicate:
        packet.copies++;
        addStep(packet, `duplicated: ${event.note}`);
        return;
      case EventCode.corrupt:
        addStep(packet, `corrupted: ${event.note}`);
    }
  }

  /** Both runs are over. */
  finish(): FateComparison {
    for (const side of SIDES) for (const packet of this.underWay[side].values()) this.settle(side, packet);
    const only = perSide((side) => {
      const earliest = new Earliest<PacketFate>(this.maxShown, ({ sentNs }) => sentNs);
      for (const fate of this.pairs.leftOver(side)) earliest.add(fate);
      return earliest;
    });
    return { isComplete: this.pairs.isComplete, others: this.others, only };
  }

  private send(side: Side, event: TraceEvent): void {
    const name = this.names[side].ofSend(event);
    const { packetId, timeNs: sentNs } = event;
    const underWay = this.underWay[side];
    const packet = { name, packetId, sentNs, copies: 1, steps: [] };
    if (packetId === 0) {
      this.settle(side, packet);
      return;
    }
    underWay.set(packetId, packet);
    if (underWay.size <= MAX_UNDER_WAY) return;
    const [oldest] = underWay.values();
    underWay.delete((oldest as UnderWay).packetId);
    this.settle(side, oldest as UnderWay);
  }

  private end(side: Side, packet: UnderWay, step: string): void {
    addStep(packet, step);
    if (--packet.copies > 0) return;
    this.underWay[side].delete(packet.packetId);
    this.settle(side, packet);
  }

  private settle(side: Side, { name, packetId, sentNs, copies, steps }: UnderWay): void {
    const fate = [...steps, ...(copies > 0 ? ["still under way"] : [])].join(", ");
    const mine = { name, packetId, sentNs, fate };
    const other = this.pairs.put(side, name.key, mine);
    if (other !== undefined && other.fate !== fate) {
      this.others.add(side === "a" ? { a: mine, b: other } : { a: other, b: mine });
    }
  }
}

function addStep({ steps }: UnderWay, step: string): void {
  if (steps.length < MAX_STEPS) steps.push(step);
}

/** Counts things, and keeps the earliest of them. */
class Earliest<T> implements Some<T> {
  count = 0;
  readonly first: T[] = [];
  private readonly max: number;
  private readonly timeOf: (thing: T) => number;

  constructor(max: number, timeOf: (thing: T) => number) {
    this.max = max;
    this.timeOf = timeOf;
  }

  add(thing: T): void {
    this.count++;
    const { first, max, timeOf } = this;
    const place = first.findIndex((other) => timeOf(thing) < timeOf(other));
    first.splice(place < 0 ? first.length : place, 0, thing);
    if (first.length > max) first.pop();
  }
}

/** `DATA 3/20 of message 1, attempt 2, sender -> receiver, sent at 100 ms (packet 5)`. */
export function packetOfFate({ name, packetId, sentNs }: PacketFate): string {
  const id = packetId === 0 ? "" : ` (packet ${packetId})`;
  return `${packetText(name)}, sent at ${formatMs(sentNs / NS_PER_MS)} ms${id}`;
}
