/** A timer of a participant in the real world. */

import { toNsNotEarly } from "../../core/time.ts";
import type { Timer } from "../../core/transport.ts";
import type { Standstill } from "../standstill.ts";
import { type Deadline, NOT_QUEUED } from "./deadline-heap.ts";
import type { TimerQueue } from "./timer-queue.ts";

/** The host whose timer it is. */
export interface TimerOwner {
  readonly timers: TimerQueue;
  /** The time now, in whole ns. */
  nowNs(): number;
  /** No timer runs any more once it is closed. */
  readonly isClosed: boolean;
  /** Timers that run out while it is paused wait; absent: it never is. */
  readonly standstill?: Standstill;
  /** Calls a handler of the participant; what it throws ends the host. */
  guard(handler: () => void): void;
}

export class NodeTimer implements Timer, Deadline {
  atNs = 0.5; // a fraction at first, so that the engine stores a double
  order = 0;
  place = NOT_QUEUED;
  /** It ran out while its host was paused. */
  private isWaiting = false;
  private readonly owner: TimerOwner;
  private readonly onFire: () => void;

  constructor(owner: TimerOwner, onFire: () => void) {
    this.owner = owner;
    this.onFire = onFire;
  }

  get isSet(): boolean {
    return this.place !== NOT_QUEUED || this.isWaiting;
  }

  set(delayMs: number): void {
    if (!(delayMs >= 0)) {
      throw new RangeError(`a timer's delay is a number of ms from 0, not ${delayMs}: compute it from now()`);
    }
    const { owner } = this;
    this.isWaiting = false;
    if (owner.isClosed || delayMs === Number.POSITIVE_INFINITY) {
      this.cancel();
      return;
    }
    owner.timers.set(this, owner.nowNs() + toNsNotEarly(delayMs));
  }

  cancel(): void {
    this.isWaiting = false;
    this.owner.timers.cancel(this);
  }

  isOf(owner: TimerOwner): boolean {
    return this.owner === owner;
  }

  happen(): void {
    const { owner } = this;
    if (owner.isClosed) return;
    if (owner.standstill?.isPaused) {
      this.isWaiting = true;
      owner.standstill.putOff(() => this.happenLate());
    } else owner.guard(this.onFire);
  }

  /** The host goes on: unless something that came before has cancelled it or set it anew. */
  private happenLate(): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    if (!this.owner.isClosed) this.owner.guard(this.onFire);
  }
}
