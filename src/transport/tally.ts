/**
 * Counts what may come in floods and tells of it sparsely: the first at once, and then once a second how many more there
 * have been, until a second passes without one.
 */

import { type Deadline, NOT_QUEUED } from "./timers/deadline-heap.ts";
import type { TimerQueue } from "./timers/timer-queue.ts";

const PERIOD_NS = 1e9;

/** What happened since the last time: how often, how many bytes, and who was the first. */
export type Tell = (count: number, bytes: number, peerKey: string, isFirst: boolean) => void;

export class Tally implements Deadline {
  atNs = 0.5;
  order = 0;
  place = NOT_QUEUED;
  /** All there have been. */
  total = 0;
  private readonly timers: TimerQueue;
  private readonly tell: Tell;
  private count = 0;
  private bytes = 0;
  private peerKey = "";

  constructor(timers: TimerQueue, tell: Tell) {
    this.timers = timers;
    this.tell = tell;
  }

  add(peerKey: string, bytes: number, nowNs: number): void {
    this.total++;
    if (this.place === NOT_QUEUED) {
      this.timers.set(this, nowNs + PERIOD_NS);
      this.tell(1, bytes, peerKey, true);
      return;
    }
    if (this.count === 0) this.peerKey = peerKey;
    this.count++;
    this.bytes += bytes;
  }

  happen(): void {
    if (this.count === 0) return;
    const { count, bytes, peerKey, atNs } = this;
    this.count = 0;
    this.bytes = 0;
    this.timers.set(this, atNs + PERIOD_NS);
    this.tell(count, bytes, peerKey, false);
  }

  /** Tells what is left, and counts no more. */
  close(): void {
    this.timers.cancel(this);
    if (this.count > 0) this.tell(this.count, this.bytes, this.peerKey, false);
    this.count = 0;
  }
}
