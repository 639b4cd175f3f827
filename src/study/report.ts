/** What came of a sweep, as plain data: every table, chart and file is a function of it. Undefined: there is no value. */

import type { Unit } from "../scenario/expect/quantity.ts";
import type { Analysis } from "./bare-transfer.ts";
import type { Cell } from "./grid.ts";
import type { SweepMetric } from "./metrics.ts";
import { type CellRuns, columnOf, type FailedExpectation } from "./run-cell.ts";
import {
  type Mean,
  meanOf,
  type PairedDifference,
  type Summary,
  studentTThreeSigma,
  summarise,
  wilson95,
} from "./statistics.ts";
import { hasClosedForm, type Theory, theoryOf } from "./theory.ts";

export interface SweepReport {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly seeds: { readonly base: string; readonly runs: number };
  /** Settings that all cells have. */
  readonly set: readonly string[];
  /** What was varied, a comparison's path last; each cell has a value of each. */
  readonly paths: readonly string[];
  /** The n-th values went together, instead of each with each. */
  readonly paired: boolean;
  readonly compare: { readonly path: string; readonly a: string; readonly b: string } | undefined;
  /** Were the scenario's expectations judged? */
  readonly verdicts: boolean;
  readonly metrics: readonly MetricHead[];
  readonly cells: readonly CellReport[];
  /** For each pair of cells that differ in the compared value only. */
  readonly comparisons: readonly Comparison[];
}

export interface MetricHead {
  readonly name: string;
  readonly unit: Unit;
  readonly description: string;
  readonly hasClosedForm: boolean;
}

export interface CellReport {
  readonly values: readonly string[];
  readonly settings: readonly string[];
  readonly failedRuns: number;
  readonly failed: readonly FailedExpectation[];
  /** One for each metric. */
  readonly figures: readonly Figure[];
}

export interface Figure {
  /** Undefined where no run had a value. Its interval is undefined where all runs had the same one by chance. */
  readonly summary: Summary | undefined;
  /** Runs that gave the metric no value. */
  readonly missing: number;
  readonly theory: ComparedTheory;
}

/** A closed form beside what was measured, or why it is not there. */
export type ComparedTheory =
  | { readonly value: undefined; readonly deviation: undefined; readonly reason: string }
  | {
      readonly value: number;
      /** Measured less expected, in standard errors of the mean; undefined where `note` says why. */
      readonly deviation: number | undefined;
      /** Is the deviation one that chance makes in all but 0.27 % of cells? Undefined without a deviation. */
      readonly agrees: boolean | undefined;
      readonly note?: string;
    };

export interface Comparison {
  /** Of the varied paths without the compared one. */
  readonly values: readonly string[];
  /** One for each metric; undefined where no pair of runs has both values. */
  readonly differences: readonly (PairedDifference | undefined)[];
}

/** Fewer random events than this say too little about a mean to judge it by its standard error. */
const MIN_EVENTS = 50;

export function metricHead({ name, unit, description }: SweepMetric): MetricHead {
  return { name, unit, description, hasClosedForm: hasClosedForm(name) };
}

/** What the runs of a cell come to. */
export function cellReport(
  cell: Cell,
  runs: CellRuns,
  metrics: readonly SweepMetric[],
  analysis: Analysis,
): CellReport {
  const { values, settings } = cell;
  const { failedRuns, failed } = runs;
  return { values, settings, failedRuns, failed, figures: metrics.map((metric) => figure(metric, runs, analysis)) };
}

function figure(metric: SweepMetric, runs: CellRuns, analysis: Analysis): Figure {
  const column = columnOf(runs, metric.name);
  const present = column.filter((value) => !Number.isNaN(value));
  const theory = theoryOf(metric.name, analysis, column.length);
  const summary = summarise(present);
  const leftToChance = !theory.applies || theory.events > 0;
  return {
    summary: summary?.sd === 0 && leftToChance ? { ...summary, ci95: equalRuns(metric, runs) } : summary,
    missing: column.length - present.length,
    theory: compared(theory, present),
  };
}

/**
 * All runs gave the same value, which Student's t would take for certain. Of a share it is known how often it was tried;
 * of anything else nothing is.
 */
function equalRuns({ trials }: SweepMetric, runs: CellRuns): Summary["ci95"] {
  if (trials === undefined) return undefined;
  const total = (names: readonly string[]) =>
    names.reduce((sum, name) => columnOf(runs, name).reduce((all, count) => all + (count || 0), sum), 0);
  return wilson95(total(trials.successes), total([...trials.successes, ...trials.failures]));
}

/** The same to the last digits: what is left between them is the rounding of sums. */
const SAME_WITHIN = 1e-9;

function compared(theory: Theory, sample: readonly number[]): ComparedTheory {
  if (!theory.applies) return { value: undefined, deviation: undefined, reason: theory.reason };
  const { value, events, inverse } = theory;
  const without = (note: string): ComparedTheory => ({ value, deviation: undefined, agrees: undefined, note });
  if (sample.length === 0) return without("no run had a value");
  const invert = (x: number) => (inverse ? 1 / x : x);
  const measured: Mean = meanOf(sample.map(invert));
  // More goodput is less time: the sign is that of the metric itself.
  const difference = (inverse ? -1 : 1) * (measured.mean - invert(value));
  if (Math.abs(difference) <= SAME_WITHIN * Math.abs(invert(value))) return { value, deviation: 0, agrees: true };
  if (events === 0) return { value, deviation: difference * Number.POSITIVE_INFINITY, agrees: false };
  if (events < MIN_EVENTS) {
    const expected = `${Number(events.toPrecision(2))} events that it depends on`;
    return without(`too few to compare: all runs together expect ${expected}`);
  }
  if (measured.se === undefined) return without("a single run has no standard error");
  if (measured.se === 0) return without("the runs have no spread");
  const deviation = difference / measured.se;
  return { value, deviation, agrees: Math.abs(deviation) <= agreesWithin(measured.n) };
}

/**
 * In standard errors: where a mean of so many runs is taken to agree with its closed form. 3 for many runs; a few know
 * their own spread badly, and Student's t allows for it.
 */
export function agreesWithin(runs: number): number {
  return studentTThreeSigma(runs - 1);
}

/** How well measured and expected agree, over all cells and metrics. */
export interface Agreement {
  /** Figures with a deviation. */
  readonly compared: number;
  /** Of those, the ones that agree. */
  readonly within: number;
}

export function agreement({ cells }: SweepReport): Agreement {
  const judged = cells.flatMap(({ figures }) => figures.flatMap(({ theory }) => verdictOf(theory) ?? []));
  return { compared: judged.length, within: judged.filter((agrees) => agrees).length };
}

function verdictOf(theory: ComparedTheory): boolean | undefined {
  return theory.value === undefined ? undefined : theory.agrees;
}
