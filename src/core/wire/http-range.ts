/** Byte ranges (RFC 9110, 14): what a Range header asks for, and which bytes of a file that is. */

import type { RangeSpec } from "../transport.ts";

/** Bytes `first` to `last` inclusive, all of which exist. */
export interface ResolvedRange {
  readonly first: number;
  readonly last: number;
}

/**
 * A Range header's one range: `bytes=0-99`, `bytes=100-`, `bytes=-100`. Undefined for what a server is to ignore and
 * answer as if it were not there: another unit, several ranges, or no range at all (RFC 9110, 14.2).
 */
export function parseRange(header: string): RangeSpec | undefined {
  const match = RANGE.exec(header);
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") return last === "" ? undefined : { suffixBytes: position(last) };
  if (last === "") return { first: position(first) };
  // "Invalid if the last-pos value is less than the first-pos" (14.1.1); compared as written, before any clamping.
  return isBefore(last, first) ? undefined : { first: position(first), last: position(last) };
}

/** Ranges in one request: whoever asks for more gets the whole file (RFC 9110, 14.2 and 17.15). */
export const MAX_RANGES = 50;

/**
 * All ranges of a Range header, one or several. Undefined for what a server is to ignore: another unit, no range at all,
 * one that is malformed among them, or more than `MAX_RANGES`.
 */
export function parseRanges(header: string): RangeSpec[] | undefined {
  const match = RANGE_SET.exec(header);
  if (match === null) return undefined;
  const ranges: RangeSpec[] = [];
  for (const element of match[1]!.split(",")) {
    if (element.trim() === "") continue; // empty elements of a list are passed over (5.6.1.2)
    const range = parseRange(`bytes=${element}`);
    if (range === undefined || ranges.length === MAX_RANGES) return undefined;
    ranges.push(range);
  }
  return ranges.length === 0 ? undefined : ranges;
}

/**
 * The bytes of a file of `sizeBytes` that several ranges name, without those that name none: in the order they were asked for,
 * where they overlap or touch as one (15.3.7.2). Together they are never more than the file.
 */
export function resolveRanges(ranges: readonly RangeSpec[], sizeBytes: number): ResolvedRange[] {
  const wanted = ranges.flatMap((range, place) => {
    const resolved = resolveRange(range, sizeBytes);
    return resolved === undefined ? [] : [{ ...resolved, place }];
  });
  const merged: { first: number; last: number; place: number }[] = [];
  for (const range of wanted.sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1) {
      merged.push({ ...range });
    } else {
      before.last = Math.max(before.last, range.last);
      before.place = Math.min(before.place, range.place);
    }
  }
  return merged.sort((a, b) => a.place - b.place).map(({ first, last }) => ({ first, last }));
}

/** The range as a Range header's value. Throws RangeError where its numbers are none. */
export function formatRange(range: RangeSpec): string {
  if ("suffixBytes" in range) return `bytes=-${checked(range.suffixBytes)}`;
  const { first, last } = range;
  if (last === undefined) return `bytes=${checked(first)}-`;
  if (last < first) throw new RangeError(`a range's last byte is not before its first: ${first} to ${last}`);
  return `bytes=${checked(first)}-${checked(last)}`;
}

/** The bytes of a file of `sizeBytes` that a range names; undefined where it names none (status 416). */
export function resolveRange(range: RangeSpec, sizeBytes: number): ResolvedRange | undefined {
  if ("suffixBytes" in range) {
    if (range.suffixBytes === 0 || sizeBytes === 0) return undefined;
    return { first: Math.max(0, sizeBytes - range.suffixBytes), last: sizeBytes - 1 };
  }
  if (range.first >= sizeBytes) return undefined;
  return { first: range.first, last: Math.min(range.last ?? sizeBytes - 1, sizeBytes - 1) };
}

/** A Content-Range header: `bytes 0-99/1000`, or of an unsatisfiable range `bytes` followed by `*`, slash and the size. */
export function formatContentRange(range: ResolvedRange | undefined, sizeBytes: number): string {
  return range === undefined ? `bytes */${sizeBytes}` : `bytes ${range.first}-${range.last}/${sizeBytes}`;
}

/** What part of how large a file a 206 response carries; undefined where the header makes no sense or hides the size. */
export function parseContentRange(header: string): (ResolvedRange & { readonly sizeBytes: number }) | undefined {
  const match = CONTENT_RANGE.exec(header);
  if (match === null) return undefined;
  const [first, last, sizeBytes] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const sound = first <= last && last < sizeBytes && Number.isSafeInteger(sizeBytes);
  return sound ? { first, last, sizeBytes } : undefined;
}

const RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
const RANGE_SET = /^bytes=(.*)$/i;
const CONTENT_RANGE = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/i;

/** Positions beyond what a number holds exactly are beyond every file's end, too. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

function isBefore(left: string, right: string): boolean {
  const a = left.replace(/^0+/, "");
  const b = right.replace(/^0+/, "");
  return a.length === b.length ? a < b : a.length < b.length;
}

function checked(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`a position in a file is a whole number of bytes, not ${value}`);
  }
  return value;
}
