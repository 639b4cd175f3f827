/**
 * The receiving half of a stream: puts the bytes in order and keeps the window (RFC 9293, 3.8.6). Bytes that are in
 * order wait in `ready` until the user takes them, and those of a user who does not take them close the window; its
 * right edge never moves back.
 */

import { Fifo } from "./fifo.ts";
import { Reassembly } from "./reassembly.ts";

export class Receiver {
  /** RCV.NXT: the next octet expected; 1 once the other side's SYN is here. */
  nextSeq = 1;
  /** The other side's FIN is here, and all that came before it. */
  isFinished = false;
  private readonly capacityBytes: number;
  private readonly reassembly = new Reassembly();
  private readonly ready = new Fifo<Uint8Array>();
  private readyBytes = 0;
  private finSeq = Number.NaN;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  /** RCV.WND. */
  get windowBytes(): number {
    return this.capacityBytes - this.readyBytes;
  }

  get hasReady(): boolean {
    return this.ready.length > 0;
  }

  /** The bytes, and the FIN behind them, of a segment: what is new and within the window is kept. */
  accept(seq: number, payload: Uint8Array, fin: boolean): void {
    if (this.isFinished) return;
    const windowEnd = this.nextSeq + this.windowBytes;
    const end = seq + payload.length;
    if (fin && end <= windowEnd) this.finSeq = end;
    const from = Math.max(seq, this.nextSeq);
    const to = Math.min(end, windowEnd);
    if (from < to) {
      const bytes = payload.subarray(from - seq, to - seq);
      if (from === this.nextSeq) this.append(bytes);
      else this.reassembly.insert(from, bytes);
    }
    if (this.nextSeq === this.finSeq) {
      this.nextSeq++;
      this.isFinished = true;
    }
  }

  /** The next bytes in order; undefined where none are ready. */
  take(): Uint8Array | undefined {
    const bytes = this.ready.shift();
    if (bytes !== undefined) this.readyBytes -= bytes.length;
    return bytes;
  }

  private append(bytes: Uint8Array): void {
    for (let next: Uint8Array | undefined = bytes; next !== undefined; ) {
      this.ready.push(next);
      this.readyBytes += next.length;
      this.nextSeq += next.length;
      next = this.reassembly.takeFrom(this.nextSeq);
    }
  }
}
