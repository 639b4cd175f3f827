import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatContentRange,
  formatRange,
  MAX_RANGES,
  parseContentRange,
  parseRange,
  parseRanges,
  type RangeSpec,
  resolveRange,
  resolveRanges,
} from "../../../src/core/wire/http.ts";

describe("a Range header (RFC 9110, 14.1.2)", () => {
  test.each([
    ["bytes=0-499", { first: 0, last: 499 }],
    ["bytes=500-500", { first: 500, last: 500 }],
    ["bytes=9500-", { first: 9500 }],
    ["bytes=-500", { suffixBytes: 500 }],
    ["bytes=-0", { suffixBytes: 0 }],
    ["Bytes=007-08", { first: 7, last: 8 }],
    ["bytes=99999999999999999998-99999999999999999999", { first: 2 ** 53 - 1, last: 2 ** 53 - 1 }],
  ])("%s", (header, range) => {
    expect(parseRange(header)).toEqual(range);
  });

  test.each([
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=a-b",
    "bytes=1",
    "bytes=-1-2",
    "bytes=500-499",
    "bytes=99999999999999999999-99999999999999999998",
    "bytes=0-0,2-2",
    "items=0-1",
    "bytes=0x1-2",
    "bytes=1.5-2",
  ])("%j is ignored", (header) => {
    expect(parseRange(header)).toBeUndefined();
  });
});

describe("the bytes of a file of 10,000 bytes", () => {
  test.each([
    ["bytes=0-499", { first: 0, last: 499 }],
    ["bytes=9500-", { first: 9500, last: 9999 }],
    ["bytes=-500", { first: 9500, last: 9999 }],
    ["bytes=-20000", { first: 0, last: 9999 }],
    ["bytes=9999-20000", { first: 9999, last: 9999 }],
    ["bytes=10000-", undefined],
    ["bytes=10000-10001", undefined],
    ["bytes=-0", undefined],
  ])("%s", (header, bytes) => {
    expect(resolveRange(parseRange(header)!, 10_000)).toEqual(bytes);
  });

  test("an empty file has no range", () => {
    expect(resolveRange({ first: 0 }, 0)).toBeUndefined();
    expect(resolveRange({ suffixBytes: 1 }, 0)).toBeUndefined();
  });
});

describe("several ranges (RFC 9110, 14.1.2 and 15.3.7.2), of 10,000 bytes", () => {
  test.each([
    // The RFC's own examples.
    [
      "bytes=0-999, 4500-5499, -1000",
      [
        [0, 999],
        [4500, 5499],
        [9000, 9999],
      ],
    ],
    ["bytes=500-600,601-999", [[500, 999]]],
    ["bytes=500-700,601-999", [[500, 999]]],
    [
      "bytes=0-0,-1",
      [
        [0, 0],
        [9999, 9999],
      ],
    ],
    // In the order they were asked for; those that meet become one, in the place of the first of them.
    [
      "bytes=-1,0-0",
      [
        [9999, 9999],
        [0, 0],
      ],
    ],
    [
      "bytes=50-59,0-9,55-69",
      [
        [50, 69],
        [0, 9],
      ],
    ],
    [
      "bytes=9-12,100-200,0-10",
      [
        [0, 12],
        [100, 200],
      ],
    ],
    ["bytes=0-,0-,0-", [[0, 9999]]],
    [
      "bytes=0-0,2-2",
      [
        [0, 0],
        [2, 2],
      ],
    ],
    // What the file does not have is left out.
    ["bytes=0-9,10000-,20000-30000,-0", [[0, 9]]],
    ["bytes=10000-,-0", []],
    // Empty elements of a list are no elements.
    ["bytes=,0-9, ,", [[0, 9]]],
    ["Bytes=0-9", [[0, 9]]],
  ])("%s", (header, ranges) => {
    const resolved = resolveRanges(parseRanges(header)!, 10_000);
    expect(resolved.map(({ first, last }) => [first, last])).toEqual(ranges);
  });

  test.each(["", "bytes=", "bytes=,", "bytes=0-9,x", "bytes=0-9,9-0", "items=0-1,2-3", "bytes=0-1;2-3", "0-1,2-3"])(
    "%j is ignored",
    (header) => {
      expect(parseRanges(header)).toBeUndefined();
    },
  );

  test("50 ranges are heeded, 51 are ignored", () => {
    const header = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join(",")}`;
    expect(resolveRanges(parseRanges(header(MAX_RANGES))!, 10_000)).toHaveLength(MAX_RANGES);
    expect(parseRanges(header(MAX_RANGES + 1))).toBeUndefined();
  });
});

const position = fc.nat(1000);
const rangeSpec: fc.Arbitrary<RangeSpec> = fc.oneof(
  position.map((first) => ({ first })),
  position.map((suffixBytes) => ({ suffixBytes })),
  fc.tuple(position, position).map(([first, more]) => ({ first, last: first + more })),
);

test("property: a range comes back as it went, and names bytes that exist", () => {
  fc.assert(
    fc.property(rangeSpec, position, (range, sizeBytes) => {
      expect(parseRange(formatRange(range))).toEqual(range);
      const bytes = resolveRange(range, sizeBytes);
      const asked = Array.from({ length: sizeBytes }, (_, at) => at).filter((at) =>
        "suffixBytes" in range
          ? at >= sizeBytes - range.suffixBytes
          : at >= range.first && at <= (range.last ?? Number.POSITIVE_INFINITY),
      );
      expect(bytes).toEqual(asked.length === 0 ? undefined : { first: asked[0], last: asked.at(-1) });
      expect(parseContentRange(formatContentRange(bytes, sizeBytes))).toEqual(bytes && { ...bytes, sizeBytes });
    }),
  );
});

test("property: several ranges name each byte that any of them names, once", () => {
  fc.assert(
    fc.property(fc.array(rangeSpec, { maxLength: 6 }), position, (ranges, sizeBytes) => {
      const bytesOf = (list: readonly { first: number; last: number }[]): number[] =>
        list.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
      const each = ranges.flatMap((range) => resolveRange(range, sizeBytes) ?? []);
      const together = bytesOf(resolveRanges(ranges, sizeBytes));
      expect(together.toSorted((a, b) => a - b)).toEqual([...new Set(bytesOf(each))].sort((a, b) => a - b));
    }),
  );
});

test("property: no header throws", () => {
  const text = fc.string({
    unit: fc.constantFrom("bytes", "=", "-", "/", "*", " ", "0", "9", "x"),
    maxLength: 12,
    size: "max",
  });
  fc.assert(
    fc.property(text, (header) => {
      const range = parseRange(header);
      if (range !== undefined) expect(parseRange(formatRange(range))).toEqual(range);
      const content = parseContentRange(header);
      if (content !== undefined) expect(content.first <= content.last && content.last < content.sizeBytes).toBe(true);
    }),
  );
});

test("Content-Range", () => {
  expect(formatContentRange({ first: 0, last: 99 }, 1000)).toBe("bytes 0-99/1000");
  expect(formatContentRange(undefined, 1000)).toBe("bytes */1000");
  for (const header of ["bytes */1000", "bytes 0-99/*", "bytes 0-99/99", "bytes 5-4/10", "bytes 0-1"]) {
    expect(parseContentRange(header), header).toBeUndefined();
  }
});

test("misuse is a RangeError", () => {
  for (const range of [{ first: -1 }, { first: 0.5 }, { first: 5, last: 4 }, { suffixBytes: Number.NaN }]) {
    expect(() => formatRange(range)).toThrow(RangeError);
  }
});
