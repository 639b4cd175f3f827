import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Comparator,
  holds,
  isTooHigh,
  isTooLow,
  parseComparator,
} from "../../../src/scenario/expect/comparator.ts";
import type { Unit } from "../../../src/scenario/expect/quantity.ts";

function comparator(unit: Unit, input: unknown): Comparator {
  const parsed = parseComparator(unit, input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  return parsed.comparator;
}

function problem(unit: Unit, input: unknown) {
  const parsed = parseComparator(unit, input);
  if (parsed.ok) throw new Error("it was accepted");
  return parsed.problem;
}

describe("at the bound, and one step to either side", () => {
  test.each<[unknown, [below: boolean, at: boolean, above: boolean]]>([
    [100, [false, true, false]],
    [{ equals: 100 }, [false, true, false]],
    [{ not: 100 }, [true, false, true]],
    [{ atLeast: 100 }, [false, true, true]],
    [{ atMost: 100 }, [true, true, false]],
    [{ above: 100 }, [false, false, true]],
    [{ below: 100 }, [true, false, false]],
    [{ between: [100, 100] }, [false, true, false]],
    [{ between: [99, 100] }, [true, true, false]],
    [{ between: [100, 101] }, [false, true, true]],
    [{ within: 0, of: 100 }, [false, true, false]],
    [{ within: 1, of: 101 }, [false, true, true]],
    [{ within: "1%", of: 100 }, [true, true, true]],
    [{ within: "0.5%", of: 100 }, [false, true, false]],
    [{ atLeast: 99, not: 100 }, [true, false, true]],
    [{ below: 100, atMost: 100 }, [true, false, false]],
    [{ atLeast: 100, above: 100 }, [false, false, true]],
    [{ above: 99, atMost: 100 }, [false, true, false]],
  ])("%j", (input, answers) => {
    const asked = comparator("count", input);
    expect([99, 100, 101].map((value) => holds(asked, value))).toEqual(answers);
  });

  test("a tolerance's own ends belong to it", () => {
    const period = comparator("ms", { within: "5ms", of: "7.02s" });
    expect([7014.999999, 7015, 7025, 7025.000001].map((ms) => holds(period, ms))).toEqual([false, true, true, false]);
  });

  test("a bound that is met up to the last bits of a double is met", () => {
    expect(holds(comparator("ratio", 0.3), 0.1 + 0.2)).toBe(true);
    expect(holds(comparator("ratio", { atMost: 0.3 }), 0.1 + 0.2)).toBe(true);
    expect(holds(comparator("ratio", { above: 0.3 }), 0.1 + 0.2)).toBe(false);
    expect(holds(comparator("ratio", 0.3), 0.300000001)).toBe(false);
  });

  test("no comparator holds for a figure that does not exist", () => {
    expect(holds(comparator("ratio", { not: 1 }), Number.NaN)).toBe(false);
  });
});

describe("units", () => {
  test.each<[Unit, unknown, number]>([
    ["ms", "7.02s", 7020],
    ["ms", 0, 0],
    ["bytes", "64KiB", 65536],
    ["bytes", 26, 26],
    ["bit/s", "10Mbit/s", 10_000_000],
    ["ratio", "10%", 0.1],
    ["ratio", 1.2346, 1.2346],
    ["count", 3, 3],
  ])("%s: %j", (unit, input, value) => {
    expect(comparator(unit, input)).toMatchObject({ low: value, high: value });
  });

  test.each<[Unit, unknown]>([
    ["count", "5ms"],
    ["count", "26"],
    ["count", "10%"],
    ["ratio", "5ms"],
    ["ms", 50],
    ["ms", "512B"],
    ["bytes", "1s"],
    ["bit/s", 1000],
    ["bit/s", "1MiB"],
    ["count", -1],
    ["count", Number.NaN],
    ["count", true],
    ["count", [1, 2]],
    ["count", null],
  ])("%s refuses %j, and says what it takes", (unit, input) => {
    expect(problem(unit, input)).toMatchObject({ path: [], expected: expect.stringMatching(/^a /) });
  });

  test("a duration without a unit: the one that was meant", () => {
    expect(problem("ms", { atMost: 50 })).toMatchObject({ path: ["atMost"], suggestion: "50ms" });
  });

  test("the value that is wrong inside of a comparator is the one that is named", () => {
    expect(problem("ms", { between: ["1s", 5] }).path).toEqual(["between", 1]);
    expect(problem("ms", { within: 3, of: "1s" }).path).toEqual(["within"]);
    expect(problem("ms", { within: "1%", of: 3 }).path).toEqual(["of"]);
  });
});

describe("comparators that cannot be meant", () => {
  test.each<[unknown, (string | number)[]]>([
    [{}, []],
    [{ within: "1%" }, ["within"]],
    [{ of: 3 }, ["of"]],
    [{ between: [3, 1] }, ["between"]],
    [{ between: [3] }, ["between"]],
    [{ between: 3 }, ["between"]],
    [{ atLeast: 3, below: 3 }, []],
    [{ above: 3, atMost: 3 }, []],
    [{ atLeast: 4, atMost: 3 }, []],
    [{ equals: 3, not: 3 }, []],
  ])("%j", (input, path) => {
    expect(problem("count", input).path).toEqual(path);
  });
});

test("in words", () => {
  expect(comparator("count", 3).text).toBe("3");
  expect(comparator("ratio", { within: "1%", of: 1.2346 }).text).toBe("1.2346 within 1%");
  expect(comparator("ms", { atLeast: "1s", below: "2s" }).text).toBe("at least 1000 ms and below 2000 ms");
  expect(comparator("bytes", { between: [18, 26] }).text).toBe("between 18 bytes and 26 bytes");
});

test("too low, too high and in range exclude each other, and only what is in range can hold", () => {
  const bound = fc.nat(1000);
  const input = fc.oneof(
    bound,
    fc.record({ atLeast: bound }),
    fc.record({ atMost: bound }),
    fc.record({ above: bound }),
    fc.record({ below: bound }),
    fc.record({ within: bound, of: bound }),
    fc.tuple(bound, bound).map(([a, b]) => ({ between: [Math.min(a, b), Math.max(a, b)] })),
  );
  fc.assert(
    fc.property(input, fc.nat(1100), (given, value) => {
      const asked = comparator("count", given);
      const sides = [isTooLow(asked, value), isTooHigh(asked, value), holds(asked, value)];
      expect(sides.filter(Boolean)).toHaveLength(1);
    }),
  );
});
