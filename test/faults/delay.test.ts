/** Delay distributions: moments within tolerance for draws spread evenly, and their edges. */

import { describe, expect, test } from "vitest";
import { delaySampler, standardNormalQuantile } from "../../src/faults/delay.ts";
import type { DelayOptions } from "../../src/faults/options.ts";

const N = 200_000;

/** Mean, standard deviation, least and greatest delay over draws that cover [0, 1) evenly, in ms. */
function moments(options: DelayOptions): { mean: number; deviation: number; min: number; max: number } {
  const sample = delaySampler(options);
  let sum = 0;
  let squares = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < N; i++) {
    const ns = sample((i + 0.5) / N);
    if (!Number.isInteger(ns)) throw new Error(`${ns} ns is not whole`);
    const ms = ns / 1e6;
    sum += ms;
    squares += ms * ms;
    min = Math.min(min, ms);
    max = Math.max(max, ms);
  }
  const mean = sum / N;
  return { mean, deviation: Math.sqrt(squares / N - mean * mean), min, max };
}

/** The last draw below 1, and 0. */
const EXTREMES = [0, 1 - 2 ** -32];

describe("delay distributions", () => {
  test("constant: always the same, to the nanosecond", () => {
    expect(moments({ distribution: "constant", valueMs: 3.3785 })).toMatchObject({ min: 3.3785, max: 3.3785 });
  });

  test("uniform: between min and max, mean in the middle, deviation (max - min)/sqrt(12)", () => {
    const { mean, deviation, min, max } = moments({ distribution: "uniform", minMs: 10, maxMs: 100 });
    expect(mean).toBeCloseTo(55, 3);
    expect(deviation).toBeCloseTo(90 / Math.sqrt(12), 3);
    expect(min).toBeGreaterThanOrEqual(10);
    expect(max).toBeLessThanOrEqual(100);
    const [low, high] = EXTREMES.map(delaySampler({ distribution: "uniform", minMs: 10, maxMs: 100 }));
    expect([low, high]).toEqual([10e6, 100e6]);
  });

  test("normal: mean and deviation as given, never below min", () => {
    const { mean, deviation } = moments({ distribution: "normal", meanMs: 50, stddevMs: 5, minMs: 0 });
    expect(mean).toBeCloseTo(50, 2);
    expect(deviation).toBeCloseTo(5, 2);
    const cut = moments({ distribution: "normal", meanMs: 50, stddevMs: 5, minMs: 45 });
    expect(cut.min).toBe(45);
    expect(cut.mean).toBeGreaterThan(50);
    for (const u of EXTREMES) {
      const ns = delaySampler({ distribution: "normal", meanMs: 1, stddevMs: 5, minMs: 0 })(u);
      expect(ns >= 0 && ns < 40e6).toBe(true);
    }
  });

  test("normal: its quantiles are the table's", () => {
    for (const [u, z] of [
      [0.5, 0],
      [0.975, 1.959964],
      [0.995, 2.575829],
      [0.0013499, -3],
      [0.02425, -1.972961],
    ] as const) {
      expect(standardNormalQuantile(u)).toBeCloseTo(z, 4);
    }
    for (let u = 0.001; u < 1; u += 0.001)
      expect(standardNormalQuantile(u) + standardNormalQuantile(1 - u)).toBeCloseTo(0, 6);
  });

  test("exponential: mean as given, its deviation the mean less min", () => {
    const { mean, deviation, min } = moments({ distribution: "exponential", meanMs: 30, minMs: 10 });
    expect(mean).toBeCloseTo(30, 2);
    expect(deviation).toBeCloseTo(20, 1);
    expect(min).toBeGreaterThanOrEqual(10);
    for (const u of EXTREMES) {
      expect(delaySampler({ distribution: "exponential", meanMs: 30, minMs: 10 })(u)).toBeLessThan(500e6);
    }
  });

  test("Pareto: at least its scale, mean scale * shape/(shape - 1), half above scale * 2^(1/shape)", () => {
    const options = { distribution: "pareto", scaleMs: 10, shape: 3 } as const;
    const { mean, min } = moments(options);
    expect(mean).toBeGreaterThan(14.9); // the tail beyond the last draw is missing
    expect(mean).toBeLessThan(15.001);
    expect(min).toBeGreaterThanOrEqual(10);
    expect(delaySampler(options)(0.5) / 1e6).toBeCloseTo(10 * 2 ** (1 / 3), 5);
    expect(delaySampler(options)(1 - 2 ** -32)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});
