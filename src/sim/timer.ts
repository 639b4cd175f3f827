/**
 * A timer of a simulated host. Restarting it to a later time, as every acknowledged packet does, leaves the event
 * that is queued already where it is: when that one comes up, the timer queues itself again for its real deadline,
 * under the sequence number it took when it was set, so the order of events is as if it had been queued then.
 */

import type { Timer } from "../core/transport.ts";
import type { EventQueue, QueuedEvent } from "./event-queue.ts";
import type { SimHost } from "./host.ts";

const NOT_QUEUED = -1;

export class SimTimer implements Timer, QueuedEvent {
  isSet = false;
  private deadlineNs = 0.5;
  private seq = 0;
  private queuedSeq = NOT_QUEUED;
  /** When the event that is queued comes up. */
  atNs = 0.5;
  private readonly host: SimHost;
  /** The incarnation of the host that made the timer: a crash stops all timers of its time. */
  private readonly incarnation: number;
  private readonly onFire: () => void;

  constructor(host: SimHost, onFire: () => void) {
    this.host = host;
    this.incarnation = host.incarnation;
    this.onFire = onFire;
  }

  set(delayMs: number): void {
    if (!(delayMs >= 0)) {
      throw new RangeError(`a timer's delay is a number of ms from 0, not ${delayMs}: compute it from now()`);
    }
    if (this.incarnation !== this.host.incarnation) return;
    this.isSet = true;
    if (delayMs === Number.POSITIVE_INFINITY) {
      this.cancel();
      return;
    }
    const queue = this.host.network.queue;
    this.deadlineNs = queue.nowNs + this.host.trueDelayNs(delayMs);
    this.seq = queue.takeTimerSeq();
    if (this.queuedSeq === NOT_QUEUED || this.atNs > this.deadlineNs) this.enqueue(queue);
  }

  cancel(): void {
    this.isSet = false;
  }

  happen(seq: number): void {
    if (seq !== this.queuedSeq) return; // an earlier deadline took this one's place
    this.queuedSeq = NOT_QUEUED;
    if (!this.isSet || this.incarnation !== this.host.incarnation) return;
    if (this.seq !== seq) {
      this.enqueue(this.host.network.queue);
      return;
    }
    if (this.host.isPaused) {
      this.host.defer(this);
      return;
    }
    this.isSet = false;
    this.onFire();
  }

  /** Queues the timer again for right now: the host that was paused goes on. */
  requeue(): void {
    const queue = this.host.network.queue;
    this.deadlineNs = queue.nowNs;
    this.atNs = this.deadlineNs;
    this.seq = queue.push(this); // in its place among what came meanwhile, not behind it
    this.queuedSeq = this.seq;
  }

  private enqueue(queue: EventQueue): void {
    this.atNs = this.deadlineNs;
    this.queuedSeq = this.seq;
    queue.pushWithSeq(this, this.seq);
  }
}
