/**
 * Numbers of 64 bits as two words of 32, without BigInt: message IDs, packet numbers, cursors. Numbers up to 2^53 - 1 that
 * are counted with are plain numbers, on the wire 64 bits too.
 */

/** Two unsigned words of 32 bits. Never compared by identity: see `sameUint64`. */
export interface Uint64 {
  readonly high: number;
  readonly low: number;
}

export const ZERO: Uint64 = { high: 0, low: 0 };

const TWO_32 = 4_294_967_296;
/** The high word of the smallest number that is beyond Number.MAX_SAFE_INTEGER. */
const UNSAFE_HIGH = 0x20_0000;

export function sameUint64(a: Uint64, b: Uint64): boolean {
  return a.high === b.high && a.low === b.low;
}

export function isZero(value: Uint64): boolean {
  return value.high === 0 && value.low === 0;
}

/** 64 random bits, never all zero: that stands for "none". */
export function randomUint64(source: { random(): number }): Uint64 {
  const high = randomUint32(source);
  const low = randomUint32(source);
  return high === 0 && low === 0 ? { high, low: 1 } : { high, low };
}

/** 32 random bits. */
export function randomUint32(source: { random(): number }): number {
  return Math.floor(source.random() * TWO_32);
}

/** So many random bytes. */
export function randomBytes(source: { random(): number }, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    if (at % 4 === 0) writeUint32(bytes, at, randomUint32(source));
  }
  return bytes;
}

/** A whole number from 0 to 2^53 - 1 in two words. */
export function toUint64(value: number): Uint64 {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`a whole number from 0 to 2^53 - 1 is needed, not ${value}`);
  }
  return { high: Math.floor(value / TWO_32), low: value % TWO_32 };
}

/** Undefined beyond 2^53 - 1, which a double cannot count. */
export function fromUint64({ high, low }: Uint64): number | undefined {
  return high < UNSAFE_HIGH ? high * TWO_32 + low : undefined;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function readUint64(bytes: Uint8Array, at: number): Uint64 {
  return { high: readUint32(bytes, at), low: readUint32(bytes, at + 4) };
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Bytes beyond the array's end are left out. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeUint64(bytes: Uint8Array, at: number, { high, low }: Uint64): void {
  writeUint32(bytes, at, high);
  writeUint32(bytes, at + 4, low);
}

/** Do two byte arrays of one length agree? Takes as long whichever of their bytes differ. */
export function sameBytesInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ b[at]!;
  return difference === 0;
}
