/** A timer of a participant in the real world. */

import { toNsNotEarly } from "../../core/time.ts";
import type { Timer } from "../../core/transport.ts";
import { type Deadline, NOT_QUEUED } from "./deadline-heap.ts";
import type { TimerQueue } from "./timer-queue.ts";

/** The host whose timer it is. */
export interface TimerOwner {
  readonly timers: TimerQueue;
  /** The time now, in whole ns. */
  nowNs(): number;
  /** No timer runs any more once it is closed. */
  readonly isClosed: boolean;
  /** Calls a handler of the participant; what it throws ends the host. */
  guard(handler: () => void): void;
}

export class NodeTimer implements Timer, Deadline {
  atNs = 0.5; // a fraction at first, so that the engine stores a double
  order = 0;
  place = NOT_QUEUED;
  private readonly owner: TimerOwner;
  private readonly onFire: () => void;

  constructor(owner: TimerOwner, onFire: () => void) {
    this.owner = owner;
    this.onFire = onFire;
  }

  get isSet(): boolean {
    return this.place !== NOT_QUEUED;
  }

  set(delayMs: number): void {
    if (!(delayMs >= 0)) {
      throw new RangeError(`a timer's delay is a number of ms from 0, not ${delayMs}: compute it from now()`);
    }
    const { owner } = this;
    if (owner.isClosed || delayMs === Number.POSITIVE_INFINITY) {
      this.cancel();
      return;
    }
    owner.timers.set(this, owner.nowNs() + toNsNotEarly(delayMs));
  }

  cancel(): void {
    this.owner.timers.cancel(this);
  }

  isOf(owner: TimerOwner): boolean {
    return this.owner === owner;
  }

  happen(): void {
    if (!this.owner.isClosed) this.owner.guard(this.onFire);
  }
}
