/**
 * The first event in which two traces differ, and what followed from it: packets and messages with another fate, where
 * each host goes another way, figures and verdicts that differ.
 */

import { differingColumns, type Equality, type TraceColumn } from "./equal-events.ts";
import { MessageOutcomes, type OutcomeComparison } from "./message-outcomes.ts";
import { type FateComparison, PacketFates } from "./packet-fates.ts";
import { OrderedPairs, type Parting } from "./pairing.ts";
import { type OtherFigure, type OtherVerdict, otherFigures, otherVerdicts } from "./run-facts.ts";
import {
  type ComparedRun,
  type Comparison,
  EVENTS_PER_STEP,
  type NumberedEvent,
  type PerSide,
  perSide,
  type Side,
} from "./sides.ts";
import { nextSide, TraceReader } from "./trace-reader.ts";

export interface ExactOptions {
  /** Times, and durations behind notes, may differ by so much. */
  readonly toleranceMs: number;
  /** Events shown before the difference, and from it on. */
  readonly context: number;
  /** Packets and messages named of each kind. */
  readonly maxShown: number;
}

export interface ExactDiff {
  readonly mode: "exact";
  readonly isEqual: boolean;
  readonly toleranceMs: number;
  readonly events: PerSide<number>;
  /** Undefined where the traces are equal. */
  readonly first: FirstDifference | undefined;
  readonly consequences: Consequences | undefined;
}

export interface FirstDifference {
  /** Number of the event in its run, from 1. */
  readonly number: number;
  /** The columns that differ; none: one of the runs has no such event. */
  readonly columns: readonly TraceColumn[];
  /** The equal events just before it. */
  readonly before: readonly NumberedEvent[];
  /** From it on; empty where a run is over. */
  readonly from: PerSide<readonly NumberedEvent[]>;
}

export interface Consequences {
  readonly packets: FateComparison;
  readonly messages: OutcomeComparison;
  /** For each host that goes another way: its first event that differs, packet ids aside. In the order of time. */
  readonly hosts: readonly Parting<NumberedEvent>[];
  /** Hosts of which all events are the same. */
  readonly equalHosts: number;
  readonly figures: readonly OtherFigure[];
  readonly verdicts: readonly OtherVerdict[];
}

const NS_PER_MS = 1e6;

export function* compareExactly(runs: PerSide<ComparedRun>, options: ExactOptions): Comparison<ExactDiff> {
  const { toleranceMs, context } = options;
  const equality = { toleranceNs: Math.round(toleranceMs * NS_PER_MS), ignorePacketIds: false };
  const readers = perSide((side) => new TraceReader(runs[side]));
  const watch = new Watch(options, equality);
  const before: NumberedEvent[] = [];
  for (;;) {
    const [a, b] = [readers.a.peek(), readers.b.peek()];
    if (a === undefined || b === undefined || differingColumns(a, b, equality).length > 0) break;
    watch.onEvent("a", readers.a.take() as NumberedEvent);
    watch.onEvent("b", readers.b.take() as NumberedEvent);
    if (before.push({ number: readers.a.events, event: a }) > context) before.shift();
    if (readers.a.events % EVENTS_PER_STEP === 0) yield readers.a.events + readers.b.events;
  }
  const number = readers.a.events + 1;
  const [a, b] = [readers.a.peek(), readers.b.peek()];
  const isEqual = a === undefined && b === undefined;
  const columns = a === undefined || b === undefined ? [] : differingColumns(a, b, equality);
  const from = perSide((): NumberedEvent[] => []);
  for (let side = nextSide(readers); side !== undefined; side = nextSide(readers)) {
    const taken = readers[side].take() as NumberedEvent;
    watch.onEvent(side, taken);
    if (from[side].length < context) from[side].push(taken);
    const seen = readers.a.events + readers.b.events;
    if (seen % EVENTS_PER_STEP === 0) yield seen;
  }
  return {
    mode: "exact",
    isEqual,
    toleranceMs,
    events: perSide((side) => readers[side].events),
    first: isEqual ? undefined : { number, columns, before, from },
    consequences: isEqual ? undefined : watch.finish(runs, readers),
  };
}

/** Sees every event of both runs, and keeps what the consequences are told from. */
class Watch {
  private readonly packets: PacketFates;
  private readonly messages: MessageOutcomes;
  private readonly hosts: OrderedPairs<NumberedEvent>;
  private readonly hostNames = new Set<string>();

  constructor({ maxShown }: ExactOptions, equality: Equality) {
    this.packets = new PacketFates(maxShown);
    this.messages = new MessageOutcomes(maxShown);
    const ofHost = { ...equality, ignorePacketIds: true };
    this.hosts = new OrderedPairs("hosts", 0, (a, b) => differingColumns(a.event, b.event, ofHost).length === 0);
  }

  onEvent(side: Side, numbered: NumberedEvent): void {
    const { event } = numbered;
    this.packets.onEvent(side, event);
    this.messages.onEvent(side, event);
    this.hosts.put(side, event.node, numbered);
    this.hostNames.add(event.node);
  }

  finish(runs: PerSide<ComparedRun>, readers: PerSide<TraceReader>): Consequences {
    const hosts = this.hosts.finish().toSorted((one, other) => timeNsOf(one) - timeNsOf(other));
    const facts = perSide((side) => runs[side].facts());
    const fromSummaries = facts.a?.metrics !== undefined && facts.b?.metrics !== undefined;
    const figures = perSide((side) => (fromSummaries ? (facts[side]?.metrics ?? {}) : readers[side].figures()));
    return {
      packets: this.packets.finish(),
      messages: this.messages.finish(),
      hosts,
      equalHosts: this.hostNames.size - hosts.length,
      figures: otherFigures(figures),
      verdicts: otherVerdicts(facts),
    };
  }
}

/** When a host goes another way: the earlier of its two events. */
function timeNsOf({ a, b }: Parting<NumberedEvent>): number {
  const time = (numbered: NumberedEvent | undefined) => numbered?.event.timeNs ?? Number.POSITIVE_INFINITY;
  return Math.min(time(a), time(b));
}
