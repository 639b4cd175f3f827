import { describe, expect, test } from "vitest";
import { type BareTransfer, bareTransfer } from "../../src/study/bare-transfer.ts";
import { chooseMetrics, SWEEP_METRIC_NAMES } from "../../src/study/metrics.ts";
import { agreement, cellReport, type Figure } from "../../src/study/report.ts";
import { ROW_LENGTH } from "../../src/study/run-cell.ts";
import { parsed } from "../scenario/support.ts";
import { sweepReport } from "./reports.ts";
import { bulkText } from "./support.ts";

const CELL = { index: 0, values: [], settings: [] };

/** The figure of a metric whose runs gave these values. */
function figureOf(metric: string, values: readonly number[], change: Partial<BareTransfer> = {}): Figure {
  const chosen = chooseMetrics([metric]);
  const analysis = bareTransfer(parsed(bulkText({ packets: 1000 })));
  if (!chosen.ok || !analysis.ok) throw new Error("the test asks for what is not there");
  const rows = new Float64Array(values.length * ROW_LENGTH);
  for (const [row, value] of values.entries()) rows[row * ROW_LENGTH + SWEEP_METRIC_NAMES.indexOf(metric)] = value;
  const runs = { values: rows, failedRuns: 0, failed: [] };
  const known = { ok: true, transfer: { ...analysis.transfer, ...change } } as const;
  return cellReport(CELL, runs, chosen.metrics, known).figures[0]!;
}

describe("the deviation from the closed form", () => {
  test("is in standard errors of the mean", () => {
    // Mean 1.25, standard error 0.01 / sqrt(2) sqrt(2) / sqrt(2): the values are 0.01 apart on both sides.
    const { summary, theory } = figureOf("transmissionsPerPacket", [1.24, 1.26]);
    expect(summary?.se).toBeCloseTo(0.01, 12);
    expect(theory.value).toBeCloseTo(1 / 0.81, 12);
    expect(theory.deviation).toBeCloseTo((1.25 - 1 / 0.81) / 0.01, 9);
  });

  test("of goodput is that of its inverse, with goodput's own sign", () => {
    const expected = figureOf("goodput", [1]).theory.value as number;
    const inverses = [0.98 / expected, 0.99 / expected];
    const { theory } = figureOf(
      "goodput",
      inverses.map((x) => 1 / x),
    );
    expect(theory.deviation).toBeCloseTo(0.015 / 0.005, 6);
  });

  test("is 0 where both are the same to the last digits, also with nothing to measure by", () => {
    expect(figureOf("transmissionsPerPacket", [1 / 0.81]).theory.deviation).toBe(0);
    const lossless = { losses: { p: 0, q: 0 } };
    expect(figureOf("timePerPacket", [100 + 1e-9, 100], lossless).theory.deviation).toBe(0);
  });

  test("of goodput without any chance has goodput's sign", () => {
    const lossless = { losses: { p: 0, q: 0 } };
    const expected = figureOf("goodput", [1], lossless).theory.value as number;
    expect(figureOf("goodput", [expected / 40], lossless).theory.deviation).toBe(Number.NEGATIVE_INFINITY);
    expect(figureOf("goodput", [expected * 2], lossless).theory.deviation).toBe(Number.POSITIVE_INFINITY);
  });

  test("agrees up to the t of as many runs that chance exceeds in 0.27 % of cells", () => {
    const expected = 1 / 0.81;
    /** Runs whose mean is so many standard errors off. */
    const agrees = (runs: number, deviation: number) => {
      const half = 0.01 * Math.sqrt(runs - 1); // a standard error of 0.01
      const values = Array.from({ length: runs }, (_, run) => expected + 0.01 * deviation + (run % 2 ? half : -half));
      const { theory } = figureOf("transmissionsPerPacket", values);
      expect(theory.deviation).toBeCloseTo(deviation, 9);
      return theory.value !== undefined && theory.agrees;
    };
    expect([235, 237].map((deviation) => agrees(2, deviation))).toEqual([true, false]);
    expect([9.2, 9.3].map((deviation) => agrees(4, deviation))).toEqual([true, false]);
    expect([3.07, 3.08].map((deviation) => agrees(100, deviation))).toEqual([true, false]);
    expect([-3.07, -3.08].map((deviation) => agrees(100, deviation))).toEqual([true, false]);
  });

  test("is without bound where nothing is left to chance and yet they differ", () => {
    const lossless = { losses: { p: 0, q: 0 } };
    expect(figureOf("timePerPacket", [101, 101], lossless).theory.deviation).toBe(Number.POSITIVE_INFINITY);
    expect(figureOf("timePerPacket", [99, 99], lossless).theory.deviation).toBe(Number.NEGATIVE_INFINITY);
  });

  test("is not given where it would say nothing, and the reason is", () => {
    expect(figureOf("transmissionsPerPacket", [1.25]).theory).toMatchObject({
      deviation: undefined,
      note: "a single run has no standard error",
    });
    const rare = { losses: { p: 0.001, q: 0 }, packets: 10 };
    expect(figureOf("transmissionsPerPacket", [1, 1.1], rare).theory).toMatchObject({
      deviation: undefined,
      note: "too few to compare: all runs together expect 0.02 events that it depends on",
    });
    expect(figureOf("transmissionsPerPacket", [1.25, 1.25]).theory).toMatchObject({
      deviation: undefined,
      note: "the runs have no spread",
    });
    expect(figureOf("transmissionsPerPacket", [Number.NaN]).theory).toMatchObject({ note: "no run had a value" });
  });
});

test("runs without a value are counted, and the figures are those of the others", () => {
  const { summary, missing } = figureOf("goodput", [10, Number.NaN, 20]);
  expect(missing).toBe(1);
  expect(summary).toMatchObject({ n: 2, mean: 15 });
  expect(figureOf("goodput", [Number.NaN]).summary).toBeUndefined();
});

describe("where all runs gave the same value", () => {
  const lossless = { losses: { p: 0, q: 0 } };

  test("there is no interval, unless nothing was left to chance", () => {
    expect(figureOf("drops", [0, 0, 0]).summary).toMatchObject({ mean: 0, sd: 0, ci95: undefined });
    expect(figureOf("retransmissions", [7, 7]).summary?.ci95).toBeUndefined();
    expect(figureOf("timePerPacket", [100, 100], lossless).summary?.ci95).toEqual([100, 100]);
    expect(figureOf("drops", [0, 1, 0]).summary?.ci95).toBeDefined();
  });

  test("a share of known trials has Wilson's: none of 20 messages may be up to 16 %", () => {
    const [none, all] = [
      ["messagesDelivered", [0, 0, 0, 0, 0]],
      ["messagesGivenUp", [1, 1, 1, 1, 1]],
    ].map(([counted, rates]) => {
      const chosen = chooseMetrics(["giveUpRate"]);
      const analysis = bareTransfer(parsed(bulkText({ messages: 4, packets: 1, attempts: 3 })));
      if (!chosen.ok) throw new Error("no metric");
      const rows = new Float64Array(5 * ROW_LENGTH);
      for (const [row, rate] of (rates as number[]).entries()) {
        rows[row * ROW_LENGTH + SWEEP_METRIC_NAMES.indexOf("giveUpRate")] = rate;
        rows[row * ROW_LENGTH + SWEEP_METRIC_NAMES.indexOf(counted as string)] = 4;
      }
      const runs = { values: rows, failedRuns: 0, failed: [] };
      return cellReport(CELL, runs, chosen.metrics, analysis).figures[0]?.summary?.ci95;
    });
    expect(none?.[0]).toBe(0);
    expect(none?.[1]).toBeCloseTo(0.1611, 4);
    expect(all?.[0]).toBeCloseTo(0.8389, 4);
    expect(all?.[1]).toBe(1);
  });
});

test("agreement counts what was compared, and what agrees", () => {
  const report = sweepReport({ metrics: ["transmissionsPerPacket", "drops"] });
  expect(agreement(report)).toEqual({ compared: 3, within: 3 });
  const first = report.cells[0]!;
  const figures = [{ ...first.figures[0]!, theory: { value: 1, deviation: -9, agrees: false } }];
  expect(agreement({ ...report, cells: [{ ...first, figures }] })).toEqual({ compared: 1, within: 0 });
});

test("a comparison pairs the same seeds of two cells side by side", () => {
  const report = sweepReport({ compare: "protocol.rto.initial=200ms,400ms", metrics: ["timePerPacket", "drops"] });
  expect(report.compare).toEqual({ path: "protocol.rto.initial", a: "200ms", b: "400ms" });
  expect(report.comparisons.map(({ values }) => values)).toEqual([["0"], ["0.2"], ["0.4"]]);
  const [calm, lossy] = report.comparisons;
  // Without loss no timer ever expires.
  expect(calm?.differences[0]).toMatchObject({ lower: 0, equal: 10, higher: 0, difference: { mean: 0, sd: 0 } });
  expect(lossy?.differences[0]).toMatchObject({ lower: 0, equal: 0, higher: 10 });
  // The same packets are lost, whatever the timer does: that is what common random numbers are for.
  expect(lossy?.differences[1]).toMatchObject({ equal: 10 });
});
