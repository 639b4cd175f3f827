/** Random numbers that nobody can foretell: message IDs are drawn from them. */

import { randomFillSync } from "node:crypto";

/** Words drawn at a time: a call of the system costs as much as some hundred numbers. */
const POOL_WORDS = 1024;
const TWO_26 = 2 ** 26;
const TWO_53 = 2 ** 53;

const pool = new Uint32Array(POOL_WORDS);
let used = POOL_WORDS;

/** A number from [0, 1) in steps of 2^-53, from the system's cryptographic generator. */
export function unpredictable(): number {
  if (used === POOL_WORDS) {
    randomFillSync(pool);
    used = 0;
  }
  const high = (pool[used] as number) >>> 5;
  const low = (pool[used + 1] as number) >>> 6;
  // What was drawn is not left lying about.
  pool[used] = 0;
  pool[used + 1] = 0;
  used += 2;
  return (high * TWO_26 + low) / TWO_53;
}
