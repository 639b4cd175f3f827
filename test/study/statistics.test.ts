import { describe, expect, test } from "vitest";
import {
  meanOf,
  pairedDifference,
  percentile,
  studentT975,
  studentTThreeSigma,
  summarise,
  wilson95,
} from "../../src/study/statistics.ts";

describe("Student's t", () => {
  test.each([
    [1, 12.7062],
    [2, 4.302653],
    [9, 2.262157],
    [20, 2.085963],
    [21, 2.079614],
    [30, 2.042272],
    [100, 1.983972],
    [199, 1.971957],
    [100_000, 1.959988],
  ])("t(0.975, %d) = %d", (degreesOfFreedom, expected) => {
    expect(Math.abs(studentT975(degreesOfFreedom) / expected - 1)).toBeLessThan(1e-6);
  });

  test("falls all the way, also from the table into the expansion", () => {
    for (let v = 1; v < 60; v++) expect(studentT975(v + 1)).toBeLessThan(studentT975(v));
  });
});

describe("the t that is exceeded in size as often as three standard deviations are", () => {
  test.each([
    [1, 235.8015],
    [2, 19.20674],
    [10, 3.956937],
    [20, 3.422151],
    [21, 3.399726],
    [30, 3.270334],
    [99, 3.077559],
    [1_000_000, 3.0000075],
  ])("for %d degrees of freedom it is %d", (degreesOfFreedom, expected) => {
    expect(Math.abs(studentTThreeSigma(degreesOfFreedom) / expected - 1)).toBeLessThan(1e-5);
  });
});

test("Wilson's interval: 10 of 50, none and all of 20, one of one", () => {
  const rounded = (successes: number, trials: number) => wilson95(successes, trials).map((x) => Number(x.toFixed(4)));
  expect(rounded(10, 50)).toEqual([0.1124, 0.3304]);
  expect(rounded(0, 20)).toEqual([0, 0.1611]);
  expect(rounded(20, 20)).toEqual([0.8389, 1]);
  expect(rounded(1, 1)).toEqual([0.2065, 1]);
});

describe("a sample", () => {
  test("mean, deviation, standard error and 95 % interval: a textbook's ten values", () => {
    const summary = summarise([2, 4, 4, 4, 5, 5, 7, 9])!;
    expect(summary).toMatchObject({ n: 8, mean: 5, min: 2, median: 4.5, max: 9 });
    expect(summary.sd).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(summary.se).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
    expect(summary.ci95![1] - 5).toBeCloseTo(2.3646242516 * Math.sqrt(32 / 7 / 8), 9);
    expect(summary.ci95![0] + summary.ci95![1]).toBeCloseTo(10, 12);
  });

  test("percentiles between order statistics", () => {
    const sorted = [10, 20, 30, 40];
    expect(percentile(sorted, 0)).toBe(10);
    expect(percentile(sorted, 0.5)).toBe(25);
    expect(percentile(sorted, 0.95)).toBeCloseTo(38.5, 12);
    expect(percentile(sorted, 1)).toBe(40);
    expect(summarise([3, 1, 2])).toMatchObject({ p25: 1.5, median: 2, p75: 2.5 });
  });

  test("equal values have no spread at all, whatever their digits", () => {
    expect(meanOf([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, sd: 0, se: 0, ci95: [0.1, 0.1] });
  });

  test("one value has no spread; none has no summary", () => {
    expect(summarise([7])).toMatchObject({ n: 1, mean: 7, p5: 7, sd: undefined, se: undefined, ci95: undefined });
    expect(summarise([])).toBeUndefined();
  });
});

describe("a paired difference", () => {
  test("is over the differences, not over the two samples", () => {
    const a = [100, 200, 300, 400];
    const paired = pairedDifference(a, [101, 202, 301, 402])!;
    expect(paired.difference.mean).toBe(1.5);
    expect(paired.difference.sd).toBeCloseTo(Math.sqrt(1 / 3), 12);
  });

  test("counts where b is lower, the same, higher, and leaves out pairs without a value", () => {
    const paired = pairedDifference([1, 2, 3, Number.NaN, 5], [0, 2, 4, 4, Number.NaN])!;
    expect(paired).toMatchObject({ lower: 1, equal: 1, higher: 1 });
    expect(paired.difference.n).toBe(3);
    expect(pairedDifference([Number.NaN], [1])).toBeUndefined();
  });

  test("that is the same in all pairs does not make the next one certain", () => {
    expect(pairedDifference([1, 2], [3, 4])?.difference).toMatchObject({ mean: 2, sd: 0, ci95: undefined });
  });
});
