/** A token bucket: how much may come in per second. It lets a little more than its burst through, and then has to wait. */

import type { Timer, Transport } from "../../transport.ts";

/** The bucket holds what may come in so long a time. */
const BURST_MS = 200;

export class RateLimit {
  private readonly transport: Transport;
  private readonly bytesPerMs: number;
  private readonly timer: Timer;
  private tokens: number;
  private filledMs: number;

  /** `onReady` is called when, after `take` said no, there is room again. `bytesPerSecond` is above 0, or Infinity. */
  constructor(transport: Transport, bytesPerSecond: number, onReady: () => void) {
    this.transport = transport;
    this.bytesPerMs = bytesPerSecond / 1000;
    this.timer = transport.createTimer(onReady);
    this.tokens = this.bytesPerMs * BURST_MS;
    this.filledMs = transport.now();
  }

  /** Must the flow stay stopped until `onReady`? */
  get isWaiting(): boolean {
    return this.timer.isSet;
  }

  /** Bytes that have come in. False: nothing more is to come until `onReady`. */
  take(bytes: number): boolean {
    if (this.bytesPerMs === Number.POSITIVE_INFINITY) return true;
    const nowMs = this.transport.now();
    const filled = this.tokens + (nowMs - this.filledMs) * this.bytesPerMs;
    this.tokens = Math.min(this.bytesPerMs * BURST_MS, filled) - bytes;
    this.filledMs = nowMs;
    if (this.tokens >= 0) return !this.timer.isSet;
    this.timer.set(-this.tokens / this.bytesPerMs);
    return false;
  }

  stop(): void {
    this.timer.cancel();
  }
}
