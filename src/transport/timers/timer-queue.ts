/**
 * All timers of a process over a single one of Node's, on a monotonic clock. Node's own was seen to fire up to 1 ms
 * early and to drift when it is set again and again; here nothing happens before its deadline by the clock that
 * `now()` shows, every deadline counts from when it was set, and a delay may be as long as you like.
 */

import type { Alarm, MakeAlarm } from "./alarm.ts";
import { type Deadline, DeadlineHeap } from "./deadline-heap.ts";

const NS_PER_MS = 1e6;

export class TimerQueue {
  private readonly heap = new DeadlineHeap();
  private readonly nowNs: () => number;
  private readonly alarm: Alarm;
  private orders = 0;
  /** When the alarm rings next; Infinity where it is not set. */
  private ringsAtNs = Number.POSITIVE_INFINITY;
  private isRinging = false;
  private isToYield = false;

  /** `nowNs` is a clock that never goes back, in whole ns. */
  constructor(nowNs: () => number, makeAlarm: MakeAlarm) {
    this.nowNs = nowNs;
    this.alarm = makeAlarm(() => this.onRing());
  }

  /** Items waiting. */
  get size(): number {
    return this.heap.size;
  }

  /** Sets an item to a time, or sets it anew. */
  set(item: Deadline, atNs: number): void {
    item.atNs = atNs;
    item.order = ++this.orders;
    this.heap.put(item);
    if (atNs < this.ringsAtNs && !this.isRinging) this.setAlarm();
  }

  /** Takes an item out. The alarm stays as it is: it may ring for nothing once. */
  cancel(item: Deadline): void {
    this.heap.remove(item);
  }

  /** Takes out all items that a test holds for. */
  cancelIf(test: (item: Deadline) => boolean): void {
    this.heap.removeIf(test);
  }

  /**
   * What is happening has sent something to this very process: that is to arrive before anything else happens that is due
   * by now. Where the process was kept waiting, a packet that was held up goes out and the timer that waits for it may both
   * be due at once, and in the order of their deadlines the packet is in time.
   */
  letArrive(): void {
    this.isToYield = true;
  }

  /** What is due now happens; what is set meanwhile has to wait for the next ring, even where it is due at once. */
  private onRing(): void {
    this.ringsAtNs = Number.POSITIVE_INFINITY;
    this.isRinging = true;
    const nowNs = this.nowNs();
    const latest = this.orders;
    this.isToYield = false;
    try {
      for (;;) {
        const { first } = this.heap;
        if (first === undefined || first.atNs > nowNs || first.order > latest) break;
        this.heap.remove(first);
        first.happen();
        if (this.isToYield) break;
      }
    } finally {
      // Also where `happen` threw: the other timers go on.
      this.isRinging = false;
      this.setAlarm();
    }
  }

  private setAlarm(): void {
    const { first } = this.heap;
    if (first === undefined || first.atNs >= this.ringsAtNs) return;
    this.ringsAtNs = first.atNs;
    this.alarm.set((first.atNs - this.nowNs()) / NS_PER_MS);
  }
}
