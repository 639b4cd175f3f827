/** Bytes written as text, one character each, and packets to start rubbish from. */

import fc from "fast-check";

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function latin1Text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Mostly packets, with fragments that are hard on a decoder: digits and spaces. */
export const datagramLike = fc
  .tuple(
    fc.integer({ min: 0, max: 10 }),
    fc.string({ unit: fc.constantFrom(" ", "0", "1", "7", "x", "\xff"), maxLength: 20, size: "max" }),
    fc.integer({ min: 0, max: 130 }),
    fc.integer({ min: 0, max: 1300 }),
  )
  .map(([type, fragment, seq, total]) => `${type} ${fragment} ${seq} ${total}`);

/** Cuts bytes into pieces at the given places (taken modulo the length). */
export function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => bytes.slice(start, places[i] ?? bytes.length));
}
