/**
 * A 53-bit fingerprint of bytes: tells fragments apart without keeping them. No defence against a sender who wants two
 * of its own messages to look the same, which would harm nobody but itself.
 */

const TWO_32 = 4294967296;

export function fingerprint(bytes: Uint8Array, start: number, end: number): number {
  let h1 = 0xdeadbeef ^ (end - start);
  let h2 = 0x41c6ce57;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    h1 = Math.imul(h1 ^ byte, 0x9e3779b1);
    h2 = Math.imul(h2 ^ byte, 0x5f356495);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 0x85ebca6b);
  h2 = Math.imul(h2 ^ (h2 >>> 13), 0xc2b2ae35);
  return ((h2 ^ (h2 >>> 16)) & 0x1fffff) * TWO_32 + ((h1 ^ (h1 >>> 13)) >>> 0);
}
