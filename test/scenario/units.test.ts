import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DRIFT,
  DURATION,
  formatDuration,
  formatSize,
  PERCENTAGE,
  parseQuantity,
  type Quantity,
  RATE,
  SIZE,
  suggestQuantity,
} from "../../src/scenario/units.ts";

describe("a quantity becomes a number of base units, exactly", () => {
  const cases: [Quantity, string, number][] = [
    [DURATION, "50ms", 50],
    [DURATION, "7.02s", 7020],
    [DURATION, "1.005s", 1005],
    [DURATION, "6.580757s", 6580.757],
    [DURATION, "250us", 0.25],
    [DURATION, "1ns", 1e-6],
    [DURATION, "2min", 120_000],
    [DURATION, "1.5h", 5_400_000],
    [DURATION, "0s", 0],
    [DURATION, "50 ms", 50],
    [SIZE, "512B", 512],
    [SIZE, "58710B", 58710],
    [SIZE, "1kB", 1000],
    [SIZE, "64KiB", 65536],
    [SIZE, "1.5KiB", 1536],
    [SIZE, "1MiB", 1048576],
    [SIZE, "1GB", 1e9],
    [RATE, "10Mbit/s", 1e7],
    [RATE, "1kbit/s", 1000],
    [RATE, "2.5Gbit/s", 2.5e9],
    [DRIFT, "50ppm", 50],
    [DRIFT, "-0.5ppm", -0.5],
    [PERCENTAGE, "10%", 0.1],
    [PERCENTAGE, "0.1 %", 0.001],
  ];
  test.each(cases)("%# $name", (quantity, text, value) => {
    expect(parseQuantity(quantity, text)).toBe(value);
  });
});

describe("what is no such quantity is refused", () => {
  const cases: [Quantity, string][] = [
    [DURATION, "50"],
    [DURATION, "50 sec"],
    [DURATION, "-5s"],
    [DURATION, "5S"],
    [DURATION, "5  s"],
    [DURATION, ".5s"],
    [DURATION, "1e3ms"],
    [DURATION, "5s\n"],
    [DURATION, "1h30min"],
    [SIZE, "512"],
    [SIZE, "1KB"],
    [SIZE, "64kib"],
    [RATE, "10Mbps"],
    [RATE, "10MB/s"],
    [DRIFT, "50"],
    [PERCENTAGE, "10"],
    [PERCENTAGE, "-10%"],
  ];
  test.each(cases)("%# $name", (quantity, text) => {
    expect(parseQuantity(quantity, text)).toBeUndefined();
  });
});

describe("a near miss gets a suggestion", () => {
  const cases: [Quantity, unknown, string | undefined][] = [
    [DURATION, 50, "50ms"],
    [DURATION, "50", "50ms"],
    [DURATION, "50 sec", "50s"],
    [DURATION, "3 minutes", "3min"],
    [DURATION, "3m", "3min"],
    [DURATION, "7,02s", "7.02s"],
    [DURATION, "5S", "5s"],
    [DURATION, "soon", undefined],
    [DURATION, "5 parsecs", undefined],
    [DURATION, "-5s", undefined],
    [DURATION, "5s", undefined],
    [DURATION, true, undefined],
    [DURATION, "1 __proto__", undefined],
    [SIZE, 512, "512B"],
    [SIZE, "1KB", "1kB"],
    [SIZE, "64kib", "64KiB"],
    [RATE, "10Mbps", "10Mbit/s"],
    [RATE, "10 mbit", "10Mbit/s"],
    [DRIFT, 50, "50ppm"],
    [PERCENTAGE, "10 percent", "10%"],
  ];
  test.each(cases)("%# $name", (quantity, found, suggestion) => {
    expect(suggestQuantity(quantity, found)).toBe(suggestion);
  });
});

test("a written duration reads back as the same number", () => {
  expect(formatDuration(7020)).toBe("7.02s");
  expect(formatDuration(0.25)).toBe("250us");
  expect(formatDuration(60_000)).toBe("1min");
  expect(formatDuration(0)).toBe("0s");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) => parseQuantity(DURATION, formatDuration(ms)) === ms),
  );
});

test("a written size reads back as the same number", () => {
  expect(formatSize(1 << 20)).toBe("1MiB");
  expect(formatSize(512)).toBe("512B");
  expect(formatSize(0)).toBe("0B");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => parseQuantity(SIZE, formatSize(bytes)) === bytes),
  );
});
