/**
 * A rate limit over many senders: a token bucket (RFC 2697's, with one rate). Bytes may go once the bucket is not
 * empty; it may run into debt by one piece, which the next in line waits out. First come, first served.
 */

/** How much may go at once after a pause, as a share of a second's bytes. */
const BURST_SECONDS = 0.1;

/** The clock and the timer that a bucket runs on. */
export interface BucketClock {
  nowMs(): number;
  /** Calls back after so many ms; the returned function calls that off. */
  after(delayMs: number, onTime: () => void): () => void;
}

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

export class TokenBucket {
  private readonly bytesPerMs: number;
  private readonly burstBytes: number;
  private readonly clock: BucketClock;
  private tokens: number;
  private filledMs: number;
  private readonly waiting: Waiter[] = [];
  private stopTimer: (() => void) | undefined = undefined;

  constructor(bytesPerSecond: number, clock: BucketClock) {
    this.bytesPerMs = bytesPerSecond / 1000;
    this.burstBytes = bytesPerSecond * BURST_SECONDS;
    this.clock = clock;
    this.tokens = this.burstBytes;
    this.filledMs = clock.nowMs();
  }

  /** The largest piece to take at a time, so that senders take turns a few times a second. */
  get pieceBytes(): number {
    return Math.max(1, Math.floor(this.burstBytes));
  }

  /** Calls `go` when so many bytes may be sent: within this call where that is now. The returned function gives up waiting. */
  take(bytes: number, go: () => void): () => void {
    if (this.bytesPerMs === Number.POSITIVE_INFINITY) {
      go();
      return () => {};
    }
    const waiter = { bytes, go };
    this.waiting.push(waiter);
    this.serve();
    return () => {
      const place = this.waiting.indexOf(waiter);
      if (place >= 0) this.waiting.splice(place, 1);
      if (this.waiting.length === 0) this.stop();
    };
  }

  /** Forgets all who wait. */
  stop(): void {
    this.waiting.length = 0;
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private serve(): void {
    if (this.stopTimer !== undefined) return;
    this.refill();
    while (this.waiting.length > 0 && this.tokens > 0) {
      const { bytes, go } = this.waiting.shift()!;
      this.tokens -= bytes;
      go();
    }
    if (this.waiting.length === 0 || this.stopTimer !== undefined) return;
    // When there is something in the bucket again: not a byte too early.
    const delayMs = Math.floor(-this.tokens / this.bytesPerMs) + 1;
    this.stopTimer = this.clock.after(delayMs, () => {
      this.stopTimer = undefined;
      this.serve();
    });
  }

  private refill(): void {
    const nowMs = this.clock.nowMs();
    this.tokens = Math.min(this.burstBytes, this.tokens + (nowMs - this.filledMs) * this.bytesPerMs);
    this.filledMs = nowMs;
  }
}
