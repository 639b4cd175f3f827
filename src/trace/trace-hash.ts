/**
 * The trace hash: 64 bits over a compact form of the events, the same for the same events on every machine, cheap
 * enough to be always on. Each event is reduced to 32 bits by a multilinear sum of its words (the multiplications do not
 * wait for each other), and the sums are chained into 64 bits, so the order of events counts. It tells runs apart; it
 * is no defence against somebody who wants two traces to collide.
 */

import type { Clock } from "./clock.ts";

const TWO_32 = 4294967296;
const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

export class TraceHash {
  private h1 = 0x6a09e667 | 0;
  private h2 = 0xbb67ae85 | 0;

  /** Adds one event: its time, and what else it has as 32-bit integers. */
  event(
    clock: Clock,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
    i: number,
  ): void {
    const timeNs = clock.nowNs;
    const timeHigh = Math.floor(timeNs / TWO_32);
    const timeLow = (timeNs - timeHigh * TWO_32) | 0;
    const sum =
      (Math.imul(timeLow, 0x9e3779b1) +
        Math.imul(timeHigh, 0x85ebca77) +
        Math.imul(a, 0xc2b2ae3d) +
        Math.imul(b, 0x27d4eb2f) +
        Math.imul(c, 0x165667b1) +
        Math.imul(d, 0xd3a2646d) +
        Math.imul(e, 0xfd7046c5) +
        Math.imul(f, 0xb55a4f09) +
        Math.imul(g, 0x8cb92ba7) +
        Math.imul(h, 0xa24baed5) +
        Math.imul(i, 0x9fb21c65)) |
      0;
    this.chain(sum ^ (sum >>> 15), sum ^ (sum >>> 13));
  }

  /** Adds a double, bit for bit; every NaN counts as the same. */
  double(value: number): void {
    if (Number.isNaN(value)) {
      this.chain(0x7ff80000, 0);
      return;
    }
    doubles[0] = value;
    this.chain(words[0] as number, words[1] as number);
  }

  private chain(a: number, b: number): void {
    this.h1 = Math.imul(((this.h1 << 5) | (this.h1 >>> 27)) ^ a, 0x9e3779b1);
    this.h2 = Math.imul(((this.h2 << 7) | (this.h2 >>> 25)) ^ b, 0x85ebca77) + (this.h1 >>> 16);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const first = finish(this.h1 ^ finish(this.h2));
    const second = finish(this.h2 + 0x9e3779b9 + first);
    return (first >>> 0).toString(16).padStart(8, "0") + (second >>> 0).toString(16).padStart(8, "0");
  }
}

/** MurmurHash3's 32-bit finaliser: every input bit reaches every output bit. */
function finish(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
