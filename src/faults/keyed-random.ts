/**
 * Randomness that does not depend on history. Each draw is a function of a key (the seed and what the draw is for) and
 * of the identity of the packet it decides: to change one packet's fate leaves every other packet's fate as it was.
 *
 * seedrandom turns names into keys; a few rounds of integer mixing turn a key and an identity into a number.
 */

import seedrandom from "seedrandom";

const TWO_32 = 4294967296;

/** 64 bits, as two signed 32-bit integers. */
export interface Key {
  readonly a: number;
  readonly b: number;
}

/** The key of a name under a seed. */
export function deriveKey(seed: string, name: string): Key {
  const generator = seedrandom(`${seed}/${name}`);
  return { a: generator.int32(), b: generator.int32() };
}

/** What a draw is for, so that one packet's draws do not depend on each other. */
export const Purpose = {
  loss: 1,
  burstLoss: 2,
  duplicate: 3,
  corrupt: 4,
  corruptWhere: 5,
  delay: 6,
  duplicateDelay: 7,
  channelState: 8,
  hostRandom: 9,
} as const;

/** A draw from [0, 1) in steps of 2^-32. `a` and `b` are the identity of what is decided. */
export function draw(key: Key, a: number, b: number, purpose: number): number {
  let h = Math.imul(a ^ key.a ^ Math.imul(purpose, 0x9e3779b9), 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h ^ b ^ key.b, 0x735a2d97);
  h = Math.imul(h ^ (h >>> 15) ^ key.a, 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 16), 0x735a2d97);
  return ((h ^ (h >>> 15)) >>> 0) / TWO_32;
}

/** Mixes one more part into an identity word. */
export function mixIdentity(word: number, part: number): number {
  const h = Math.imul(word ^ part, 0x9e3779b1);
  return h ^ (h >>> 16);
}

/** A host's own generator: the n-th draw of a key. Small enough for tens of thousands of hosts. */
export class CounterRandom {
  private count = 0;
  private readonly key: Key;

  constructor(key: Key) {
    this.key = key;
  }

  next(): number {
    this.count++;
    return draw(this.key, this.count | 0, Math.floor(this.count / TWO_32), Purpose.hostRandom);
  }
}
