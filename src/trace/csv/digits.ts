/**
 * Numbers as ASCII digits in a byte buffer: the inner loop of every traced run. Each function writes at `at`, returns
 * the position behind what it wrote, and leaves it to the caller that there is room: NUMBER_BYTES always is enough.
 * Digits are written four bytes at a time; what a function writes beyond the position it returns, the next one writes
 * over.
 */

import { formatMs, SIX_DECIMALS_BELOW } from "../format-ms.ts";

/** The most bytes that one number touches. */
export const NUMBER_BYTES = 32;

const ZERO = 48;
const POINT = 46;
const INT32_MAX = 0x7fffffff;
const NS_PER_MS = 1_000_000;
const MS_PER_NS = 1e-6;

/** 0 to 999 as three ASCII digits with leading zeros, the first in the lowest byte. */
const PADDED = new Int32Array(1000);
/** 0 to 999 without leading zeros; the number of digits in the highest byte. */
const SHORT = new Int32Array(1000);
for (let value = 0; value < 1000; value++) {
  const hundreds = ZERO + Math.floor(value / 100);
  const tens = ZERO + (Math.floor(value / 10) % 10);
  const ones = ZERO + (value % 10);
  PADDED[value] = hundreds | (tens << 8) | (ones << 16);
  if (value < 10) SHORT[value] = ones | (1 << 24);
  else if (value < 100) SHORT[value] = tens | (ones << 8) | (2 << 24);
  else SHORT[value] = PADDED[value]! | (3 << 24);
}

/** A whole number from 0 to 2^53. */
export function putUnsigned(view: DataView, at: number, value: number): number {
  if (value <= INT32_MAX) return putInt32(view, at, value | 0);
  const millions = Math.floor(value / 1_000_000);
  return putSix(view, putUnsigned(view, at, millions), (value - millions * 1_000_000) | 0);
}

/** Whole nanoseconds as ms: at most six decimals, trailing zeros dropped. */
export function putNanosecondsAsMs(view: DataView, at: number, timeNs: number): number {
  // A product is cheaper than a quotient, and may be off by one: the remainder shows it.
  let wholeMs = Math.floor(timeNs * MS_PER_NS);
  let restNs = (timeNs - wholeMs * NS_PER_MS) | 0;
  if (restNs < 0) {
    wholeMs--;
    restNs += NS_PER_MS;
  } else if (restNs >= NS_PER_MS) {
    wholeMs++;
    restNs -= NS_PER_MS;
  }
  let end = putUnsigned(view, at, wholeMs);
  if (restNs === 0) return end;
  view.setUint8(end, POINT);
  end = putSix(view, end + 1, restNs);
  while (view.getUint8(end - 1) === ZERO) end--;
  return end;
}

/** A double in ms, as `formatMs` writes it; nothing for NaN. */
export function putMs(view: DataView, at: number, valueMs: number): number {
  if (valueMs >= 0 && valueMs < SIX_DECIMALS_BELOW) {
    return putNanosecondsAsMs(view, at, Math.round(valueMs * NS_PER_MS));
  }
  const text = formatMs(valueMs);
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  return at + text.length;
}

// From here on values are 32-bit integers, and `| 0` keeps them so: on doubles the same code takes twice as long.

function putInt32(view: DataView, at: number, value: number): number {
  if (value < 1000) return putShort(view, at, value);
  if (value < 1_000_000) {
    const thousands = (value / 1000) | 0;
    return putThree(view, putShort(view, at, thousands), (value - thousands * 1000) | 0);
  }
  const millions = (value / 1_000_000) | 0;
  return putSix(view, putInt32(view, at, millions), (value - millions * 1_000_000) | 0);
}

function putShort(view: DataView, at: number, value: number): number {
  const digits = SHORT[value]!;
  view.setInt32(at, digits, true);
  return at + (digits >> 24);
}

function putThree(view: DataView, at: number, value: number): number {
  view.setInt32(at, PADDED[value]!, true);
  return at + 3;
}

function putSix(view: DataView, at: number, value: number): number {
  const thousands = (value / 1000) | 0;
  return putThree(view, putThree(view, at, thousands), (value - thousands * 1000) | 0);
}
