import fc from "fast-check";
import { expect, test } from "vitest";
import { NUMBER_BYTES, putMs, putNanosecondsAsMs, putUnsigned } from "../../../src/trace/csv/digits.ts";
import { formatMs } from "../../../src/trace/format-ms.ts";

type Put = (view: DataView, at: number, value: number) => number;

/** What `put` writes, and that it stays within its bounds. */
function written(put: Put, value: number): string {
  const bytes = new Uint8Array(NUMBER_BYTES + 1).fill(35);
  const end = put(new DataView(bytes.buffer), 1, value);
  expect(bytes[0]).toBe(35);
  return new TextDecoder().decode(bytes.subarray(1, end));
}

/** The same number in exact integer arithmetic. */
function exactMs(timeNs: number): string {
  const digits = BigInt(timeNs).toString().padStart(7, "0");
  const decimals = digits.slice(-6).replace(/0+$/, "");
  return digits.slice(0, -6) + (decimals === "" ? "" : `.${decimals}`);
}

test("whole numbers are written digit by digit, at every width", () => {
  for (let digits = 1; digits <= 16; digits++) {
    for (const value of [10 ** (digits - 1), 10 ** (digits - 1) + 1, 10 ** digits - 1]) {
      if (Number.isSafeInteger(value)) expect(written(putUnsigned, value)).toBe(String(value));
    }
  }
  for (const value of [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    expect(written(putUnsigned, value)).toBe(String(value));
  }
  fc.assert(fc.property(fc.maxSafeNat(), (value) => void expect(written(putUnsigned, value)).toBe(String(value))));
});

test("times keep every nanosecond and drop trailing zeros", () => {
  expect(written(putNanosecondsAsMs, 6_580_757_000)).toBe("6580.757");
  expect(written(putNanosecondsAsMs, 0)).toBe("0");
  expect(written(putNanosecondsAsMs, 1)).toBe("0.000001");
  expect(written(putNanosecondsAsMs, 50_000_000)).toBe("50");
  expect(written(putNanosecondsAsMs, 100_100_000)).toBe("100.1");
  fc.assert(
    fc.property(fc.maxSafeNat(), (timeNs) => void expect(written(putNanosecondsAsMs, timeNs)).toBe(exactMs(timeNs))),
  );
});

test("times beside a whole ms stay exact where a double holds no fraction of it (beyond 49 days)", () => {
  for (const wholeMs of [1, 4_294_967_296, 9_007_199_254]) {
    for (const offsetNs of [-1, 0, 1]) {
      const timeNs = wholeMs * 1e6 + offsetNs;
      expect(written(putNanosecondsAsMs, timeNs)).toBe(exactMs(timeNs));
    }
  }
});

test("a double in ms is written as formatMs writes it", () => {
  const edges = [0, -0, Number.NaN, -1.5, 2 ** 32, 2 ** 32 - 1e-6, 1e21, Number.POSITIVE_INFINITY, 5e-7, 4e-7, 1e-300];
  for (const value of edges) expect(written(putMs, value)).toBe(formatMs(value));
  fc.assert(fc.property(fc.double(), (value) => void expect(written(putMs, value)).toBe(formatMs(value))));
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7 }), (value) => void expect(written(putMs, value)).toBe(formatMs(value))),
  );
});
