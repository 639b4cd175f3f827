/** Which events are meant: by node, peer, type, note, numbers and time. Texts are compared once per label. */

import type { RttRow, TraceEvent } from "../../trace/events.ts";
import { type Comparator, holds } from "./comparator.ts";
import { EVENT_NUMBERS, type EventMatch, type EventNumber, type MetricScope } from "./expectation.ts";
import { LabelTest } from "./label-memo.ts";
import { noteMatches } from "./note-pattern.ts";

/** A window of time: from `afterMs` until before `beforeMs`; undefined = open. */
export interface Window {
  readonly afterMs: number | undefined;
  readonly beforeMs: number | undefined;
}

export function inWindow({ afterMs, beforeMs }: Window, timeMs: number): boolean {
  return (afterMs === undefined || timeMs >= afterMs) && (beforeMs === undefined || timeMs < beforeMs);
}

function equalTo(text: string | undefined): LabelTest | undefined {
  return text === undefined ? undefined : new LabelTest((label) => label === text);
}

/** Is it an event that an `events` expectation asks about (its kind aside)? */
export class EventFilter {
  private readonly window: Window;
  private readonly node: LabelTest | undefined;
  private readonly peer: LabelTest | undefined;
  private readonly type: LabelTest | undefined;
  private readonly pattern: string | RegExp | undefined;
  private readonly note: LabelTest | undefined;
  private readonly numbers: readonly (readonly [EventNumber, Comparator])[];

  constructor(match: EventMatch, window: Window) {
    const { note: pattern } = match;
    this.window = window;
    this.node = equalTo(match.node);
    this.peer = equalTo(match.peer);
    this.type = equalTo(match.type);
    this.pattern = pattern;
    this.note = pattern === undefined ? undefined : new LabelTest((label) => noteMatches(pattern, label));
    this.numbers = EVENT_NUMBERS.flatMap((name) => {
      const comparator = match.numbers[name];
      return comparator === undefined ? [] : [[name, comparator] as const];
    });
  }

  matches(event: TraceEvent): boolean {
    return (
      (this.node === undefined || (this.node.known(event.nodeId) ?? this.node.learn(event.nodeId, event.node))) &&
      (this.peer === undefined || (this.peer.known(event.peerId) ?? this.peer.learn(event.peerId, event.peer))) &&
      (this.type === undefined || (this.type.known(event.typeId) ?? this.type.learn(event.typeId, event.type))) &&
      this.numbersFit(event) &&
      inWindow(this.window, event.timeMs) &&
      this.noteFits(event)
    );
  }

  private numbersFit(event: TraceEvent): boolean {
    for (const [name, comparator] of this.numbers) {
      if (!holds(comparator, numberOf(event, name))) return false;
    }
    return true;
  }

  private noteFits(event: TraceEvent): boolean {
    if (this.note === undefined || this.pattern === undefined) return true;
    // A note with a duration in it is another text each time, under one label.
    if (!Number.isNaN(event.valueMs)) return noteMatches(this.pattern, event.note);
    return this.note.known(event.noteId) ?? this.note.learn(event.noteId, event.note);
  }
}

/** A number of an event; NaN where it has none. */
export function numberOf(event: TraceEvent, name: EventNumber): number {
  if (name === "duration") return event.valueMs;
  const value = event[name];
  return value === -1 ? Number.NaN : value;
}

/** Is it an event, or a row of rtt.csv, that a narrowed metric counts? */
export class ScopeFilter {
  private readonly window: Window;
  private readonly host: LabelTest | undefined;
  private readonly peer: LabelTest | undefined;
  private readonly type: LabelTest | undefined;

  constructor({ host, peer, type }: MetricScope, window: Window) {
    this.window = window;
    this.host = equalTo(host);
    this.peer = equalTo(peer);
    this.type = type === undefined ? undefined : new LabelTest((label) => label === type || label === `${type}-ACK`);
  }

  matchesEvent(event: TraceEvent): boolean {
    return (
      (this.type === undefined || (this.type.known(event.typeId) ?? this.type.learn(event.typeId, event.type))) &&
      this.matchesEnds(event) &&
      inWindow(this.window, event.timeMs)
    );
  }

  matchesRow(row: RttRow): boolean {
    return this.matchesEnds(row) && inWindow(this.window, row.timeMs);
  }

  private matchesEnds(ends: TraceEvent | RttRow): boolean {
    return (
      (this.host === undefined || (this.host.known(ends.nodeId) ?? this.host.learn(ends.nodeId, ends.node))) &&
      (this.peer === undefined || (this.peer.known(ends.peerId) ?? this.peer.learn(ends.peerId, ends.peer)))
    );
  }
}
