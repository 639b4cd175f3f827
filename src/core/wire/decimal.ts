/**
 * Canonical decimal numbers in bytes: ASCII digits, no sign, no leading zeros, at most nine digits. One number has one
 * spelling, so what decodes encodes to the same bytes; nine digits stay within small integers.
 */

export const MAX_DIGITS = 9;
/** The largest number of nine digits. */
export const MAX_DECIMAL = 999_999_999;

const ZERO = 0x30;
const NINE = 0x39;

/** Number of digits of `value`, 0 to 999,999,999. */
export function digitCount(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return 9;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** The number spelled by the digits `[start, end)`, at most nine. */
export function readDigits(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (bytes[at]! - ZERO);
  return value;
}

/** Where the digits begin that end just before `end`: looks at no more than nine bytes, and at none before `floor`. */
export function startOfDigits(bytes: Uint8Array, end: number, floor: number): number {
  const stop = end - floor > MAX_DIGITS ? end - MAX_DIGITS : floor;
  let start = end;
  while (start > stop && isDigit(bytes[start - 1]!)) start--;
  return start;
}

/** Where the digits end that begin at `start`: looks at no more than nine bytes, and at none from `ceiling` on. */
export function endOfDigits(bytes: Uint8Array, start: number, ceiling: number): number {
  const stop = ceiling - start > MAX_DIGITS ? start + MAX_DIGITS : ceiling;
  let end = start;
  while (end < stop && isDigit(bytes[end]!)) end++;
  return end;
}

/** Writes `value` with `digits` digits, from its last digit to its first, so that it ends just before `end`. */
export function writeDigits(value: number, digits: number, target: Uint8Array, end: number): void {
  let rest = value;
  for (let at = end - 1; at >= end - digits; at--) {
    const tens = (rest / 10) | 0; // nine digits fit into 32 bits, where a division is cheap
    target[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
}
