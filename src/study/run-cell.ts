/** Runs of one cell: a scenario, many seeds, and of each run nothing but numbers. */

import { groupDigits, readableDuration } from "../report/text.ts";
import { type RunProgress, type RunResult, runScenario } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { type Analysis, bareTransfer } from "./bare-transfer.ts";
import { type RunMetrics, SWEEP_METRICS } from "./metrics.ts";
import { seedOf } from "./seeds.ts";

/** The values of one run: one for each of SWEEP_METRICS. */
export const ROW_LENGTH = SWEEP_METRICS.length;

/** One expectation that failed in some runs. */
export interface FailedExpectation {
  /** Its place in the scenario. */
  readonly index: number;
  readonly expectation: string;
  readonly failures: number;
  /** The first run that it failed in, from 1, and where a replay of that run stops. */
  readonly firstRun: number;
  readonly untilEvent: number;
}

export interface CellRuns {
  /** A row for each run; NaN: this run gave the metric no value. */
  readonly values: Float64Array;
  /** Runs in which an expectation failed. */
  readonly failedRuns: number;
  /** In the order of the scenario. */
  readonly failed: readonly FailedExpectation[];
}

/** A run that came to no result: a fault of peerlab's own, or more events than it may have. The message says how to see it again. */
export class BrokenRunError extends Error {
  override readonly name = "BrokenRunError";
}

/** Events of one run; a run with more is taken for one without an end. */
const MAX_RUN_EVENTS = 50_000_000;

/** A cell's scenario, made ready for many runs. */
export class CellRunner {
  private readonly scenario: Scenario;
  private readonly analysis: Analysis;
  private readonly maxEvents: number;

  constructor(scenario: Scenario, maxEvents = MAX_RUN_EVENTS) {
    this.scenario = scenario;
    this.maxEvents = maxEvents;
    this.analysis = bareTransfer(scenario);
  }

  /** Runs `count` runs from `firstRun` (from 1) on. */
  run(baseSeed: string, firstRun: number, count: number): CellRuns {
    const values = new Float64Array(count * ROW_LENGTH);
    const failed = new Map<number, FailedExpectation>();
    let failedRuns = 0;
    for (let i = 0; i < count; i++) {
      const run = firstRun + i;
      const result = this.runOne(seedOf(baseSeed, run));
      values.set(rowOf(result.metrics, this.analysis), i * ROW_LENGTH);
      if (result.passed) continue;
      failedRuns++;
      addFailures(failed, run, result);
    }
    return { values, failedRuns, failed: inOrder(failed) };
  }

  private runOne(seed: string): RunResult {
    try {
      return runScenario(this.scenario, { seed, onProgress: (progress) => this.refuseEndless(seed, progress) });
    } catch (error) {
      if (error instanceof BrokenRunError) throw error;
      const what = error instanceof Error ? error.message : String(error);
      throw new BrokenRunError(`the run with --seed ${seed} broke: ${what}`, { cause: error });
    }
  }

  private refuseEndless(seed: string, { events, virtualMs }: RunProgress): void {
    if (events <= this.maxEvents) return;
    const reached = `${groupDigits(this.maxEvents)} events, after ${readableDuration(Math.round(virtualMs))} of virtual time`;
    throw new BrokenRunError(
      `the run with --seed ${seed} was still going on at ${reached}: if it has no end, give it a duration or a limit of protocol.attempts; else make it smaller`,
    );
  }
}

/** The values of one run, in the order of SWEEP_METRICS. */
export function rowOf(metrics: RunMetrics, analysis: Analysis): number[] {
  return SWEEP_METRICS.map((metric) => metric.value(metrics, analysis) ?? Number.NaN);
}

function addFailures(failed: Map<number, FailedExpectation>, run: number, { expectations, events }: RunResult): void {
  for (const [index, verdict] of expectations.entries()) {
    if (verdict.passed) continue;
    const known = failed.get(index);
    if (known !== undefined) {
      failed.set(index, { ...known, failures: known.failures + 1 });
      continue;
    }
    const { expectation } = verdict;
    const untilEvent = verdict.event ?? Math.max(1, events);
    failed.set(index, { index, expectation, failures: 1, firstRun: run, untilEvent });
  }
}

function inOrder(failed: ReadonlyMap<number, FailedExpectation>): FailedExpectation[] {
  return [...failed.values()].toSorted((a, b) => a.index - b.index);
}

export function countRuns({ values }: CellRuns): number {
  return values.length / ROW_LENGTH;
}

/** The first `count` runs of a cell; undefined where nobody knows which of them failed, since only sums are kept. */
export function firstRuns(runs: CellRuns, count: number): CellRuns | undefined {
  if (countRuns(runs) === count) return runs;
  if (runs.failed.some(({ firstRun }) => firstRun <= count)) return undefined;
  return { values: runs.values.slice(0, count * ROW_LENGTH), failedRuns: 0, failed: [] };
}

/** Puts the runs of one cell together; `parts` in the order of their runs. */
export function joinRuns(parts: readonly CellRuns[]): CellRuns {
  const length = parts.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float64Array(length);
  const failed = new Map<number, FailedExpectation>();
  let at = 0;
  let failedRuns = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
    failedRuns += part.failedRuns;
    for (const failure of part.failed) {
      const known = failed.get(failure.index);
      const failures = (known?.failures ?? 0) + failure.failures;
      failed.set(failure.index, { ...(known ?? failure), failures });
    }
  }
  return { values, failedRuns, failed: inOrder(failed) };
}

/** The values of one metric, by the runs of a cell; NaN where a run gave none. */
export function columnOf({ values }: Pick<CellRuns, "values">, metric: string): number[] {
  const column = SWEEP_METRICS.findIndex(({ name }) => name === metric);
  const rows = values.length / ROW_LENGTH;
  return Array.from({ length: rows }, (_, row) => values[row * ROW_LENGTH + column] as number);
}
