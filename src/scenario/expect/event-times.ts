/**
 * When events happened: finds the last one until a time. Memory is bounded: every event's time is kept until there are
 * so many of them, then those of every second one, every fourth, ...
 */

import type { TraceEvent, TraceSink } from "../../trace/events.ts";

const NS_PER_MS = 1e6;
const FIRST_CAPACITY = 1024;
/** 4 MiB. */
const MAX_KEPT = 1 << 19;

export class EventTimes implements TraceSink {
  /** In ns; of events 1, 1 + stride, 1 + 2 stride, ... */
  private kept = new Float64Array(FIRST_CAPACITY);
  private keptCount = 0;
  private stride = 1;
  private count = 0;
  private readonly maxKept: number;

  constructor(maxKept = MAX_KEPT) {
    this.maxKept = maxKept;
  }

  onEvent(event: TraceEvent): void {
    const place = this.count++;
    if (place % this.stride !== 0) return;
    if (this.keptCount === this.kept.length || this.keptCount === this.maxKept) this.makeRoom();
    // Where the stride has doubled just now, this event may be between two that are kept.
    if (place % this.stride === 0) this.kept[this.keptCount++] = event.timeNs;
  }

  /**
   * The number of the last event until a time, from 1; undefined where none was. In a run of very many events, a few
   * events later, so that what happened at that time is not left out.
   */
  lastUntil(timeMs: number): number | undefined {
    const timeNs = Math.round(timeMs * NS_PER_MS);
    let [low, high] = [0, this.keptCount];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.kept[middle]! <= timeNs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : Math.min(low * this.stride, this.count);
  }

  private makeRoom(): void {
    if (this.keptCount < this.maxKept) {
      const grown = new Float64Array(Math.min(this.maxKept, this.kept.length * 2));
      grown.set(this.kept);
      this.kept = grown;
      return;
    }
    this.keptCount = Math.ceil(this.keptCount / 2);
    for (let i = 1; i < this.keptCount; i++) this.kept[i] = this.kept[2 * i]!;
    this.stride *= 2;
  }
}
