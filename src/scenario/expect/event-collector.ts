/** Follows the events that one `events` expectation asks about. Memory does not grow with their number. */

import type { TraceEvent } from "../../trace/events.ts";
import { atLeast, type Comparator, holds, isTooHigh } from "./comparator.ts";
import { EventFilter, numberOf } from "./event-filter.ts";
import { EVENT_NUMBERS, type EventNumber, type EventsExpectation } from "./expectation.ts";
import { allOf, type Evidence, type Judgement } from "./judgement.ts";
import { EVENT_NUMBER_UNITS } from "./parse.ts";
import { formatQuantity } from "./quantity.ts";

const NS_PER_MS = 1e6;
const AT_LEAST_ONE = atLeast("count", 1);

/** What broke first, in words, and which event it was. */
interface Break {
  readonly found: string;
  readonly evidence: Evidence;
}

export class EventCollector {
  private readonly expectation: EventsExpectation;
  private readonly filter: EventFilter;
  private readonly each: readonly (readonly [EventNumber, Comparator])[];
  private count = 0;
  private first: Evidence | undefined;
  private lastNs = 0;
  private lastPacketId = 0;
  private lastIndex = 0;
  private tooMany: Evidence | undefined;
  private shortestMs = Number.POSITIVE_INFINITY;
  private longestMs = Number.NEGATIVE_INFINITY;
  private badInterval: Break | undefined;
  private badEach: Break | undefined;

  constructor(expectation: EventsExpectation) {
    this.expectation = expectation;
    this.filter = new EventFilter(expectation.match, expectation);
    const each = expectation.each ?? {};
    this.each = EVENT_NUMBERS.flatMap((name) => (each[name] === undefined ? [] : [[name, each[name]] as const]));
  }

  /** `index` is the event's number in the run, from 1. */
  onEvent(event: TraceEvent, index: number): void {
    if (!this.filter.matches(event)) return;
    this.count++;
    const { count, interval } = this.expectation;
    if (this.count === 1) this.first = evidenceOf(event, index);
    else if (interval) this.onInterval(interval, event, index);
    if (count && this.tooMany === undefined && isTooHigh(count, this.count)) this.tooMany = evidenceOf(event, index);
    if (this.each.length > 0 && this.badEach === undefined) this.checkEach(event, index);
    this.lastNs = event.timeNs;
    this.lastPacketId = event.packetId;
    this.lastIndex = index;
  }

  private onInterval(interval: Comparator, event: TraceEvent, index: number): void {
    const gapMs = (event.timeNs - this.lastNs) / NS_PER_MS;
    if (gapMs < this.shortestMs) this.shortestMs = gapMs;
    if (gapMs > this.longestMs) this.longestMs = gapMs;
    if (this.badInterval || holds(interval, gapMs)) return;
    this.badInterval = {
      found: `interval ${formatQuantity("ms", gapMs)} (number ${this.count - 1})`,
      evidence: evidenceOf(event, index),
    };
  }

  private checkEach(event: TraceEvent, index: number): void {
    for (const [name, comparator] of this.each) {
      const value = numberOf(event, name);
      if (holds(comparator, value)) continue;
      const found = Number.isNaN(value) ? `no ${name}` : `${name} ${formatQuantity(EVENT_NUMBER_UNITS[name], value)}`;
      this.badEach = { found: `${found} (event number ${this.count} of them)`, evidence: evidenceOf(event, index) };
      return;
    }
  }

  private get last(): Evidence | undefined {
    if (this.count === 0) return undefined;
    return { atMs: this.lastNs / NS_PER_MS, packetId: this.lastPacketId, event: this.lastIndex };
  }

  judge(): Judgement {
    const { firstAt, lastAt, interval } = this.expectation;
    return allOf([
      this.judgeCount(),
      ...(firstAt ? [this.judgeTime("first at", firstAt, this.first)] : []),
      ...(lastAt ? [this.judgeTime("last at", lastAt, this.last)] : []),
      ...(interval ? [this.judgeInterval(interval)] : []),
      ...(this.each.length > 0 ? [this.judgeEach()] : []),
    ]);
  }

  private judgeCount(): Judgement {
    const { count } = this.expectation;
    const expected = `events ${(count ?? AT_LEAST_ONE).text}`;
    const found = this.count === 0 ? "no such event" : `events ${this.count}`;
    if (count === undefined) return { outcome: this.count > 0 ? "holds" : "nothing", expected, found };
    return { outcome: holds(count, this.count) ? "holds" : "broken", expected, found, evidence: this.tooMany };
  }

  private judgeTime(name: string, comparator: Comparator, evidence: Evidence | undefined): Judgement {
    const expected = `${name} ${comparator.text}`;
    if (evidence === undefined) return { outcome: "nothing", expected, found: "no such event" };
    const outcome = holds(comparator, evidence.atMs) ? "holds" : "broken";
    return { outcome, expected, found: `${name} ${formatQuantity("ms", evidence.atMs)}`, evidence };
  }

  private judgeInterval(interval: Comparator): Judgement {
    const expected = `every interval ${interval.text}`;
    if (this.badInterval) return { outcome: "broken", expected, ...this.badInterval };
    if (this.count < 2) return { outcome: "nothing", expected, found: "no interval: fewer than two such events" };
    const found = `intervals ${formatQuantity("ms", this.shortestMs)} to ${formatQuantity("ms", this.longestMs)}`;
    return { outcome: "holds", expected, found };
  }

  private judgeEach(): Judgement {
    // A size brings its own word: `67 bytes`.
    const parts = this.each.map(([name, { text }]) => (text.endsWith(` ${name}`) ? text : `${name} ${text}`));
    const expected = `each with ${parts.join(", ")}`;
    if (this.badEach) return { outcome: "broken", expected, ...this.badEach };
    if (this.count === 0) return { outcome: "nothing", expected, found: "no such event" };
    return { outcome: "holds", expected, found: `all ${this.count} so` };
  }
}

function evidenceOf(event: TraceEvent, index: number): Evidence {
  return { atMs: event.timeMs, packetId: event.packetId, event: index };
}
