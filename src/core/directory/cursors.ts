/**
 * Cursors of the hardened wire's pages: where a list goes on, as the rank of the last entry that was sent. Nothing is kept
 * for them. A cursor carries a random number of the directory's start, so that one from before a restart, when ranks were
 * others, is known.
 */

import { isZero, randomUint32, type Uint64 } from "../wire/uint64.ts";

const TWO_32 = 4_294_967_296;

export class Cursors {
  /** 16 bits, never 0: a cursor of zero is none. */
  private readonly start: number;

  constructor(source: { random(): number }) {
    this.start = randomUint32(source) & 0xffff || 1;
  }

  /** Behind the entry of this rank (below 2^48). */
  behind(rank: number): Uint64 {
    return { high: this.start * 0x1_0000 + Math.floor(rank / TWO_32), low: rank % TWO_32 };
  }

  /** The rank that the cursor is behind; -1 for the beginning; undefined for a cursor of another start. */
  rankOf(cursor: Uint64): number | undefined {
    if (isZero(cursor)) return -1;
    if (cursor.high >>> 16 !== this.start) return undefined;
    return (cursor.high & 0xffff) * TWO_32 + cursor.low;
  }
}
