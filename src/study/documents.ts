/** A sweep as JSON and as CSV, for programs. Numbers in full; nothing in them depends on how many threads ran. */

import { stringify } from "csv-stringify/browser/esm/sync";
import { replayCommand } from "../report/replay.ts";
import { agreement, type CellReport, type Figure, type SweepReport } from "./report.ts";
import type { FailedExpectation } from "./run-cell.ts";
import { seedOf } from "./seeds.ts";
import type { Mean, PairedDifference } from "./statistics.ts";

/** How the figures are made, in every document. */
export const METHOD = {
  confidence: "95 % confidence interval of the mean over runs, Student's t",
  noSpread:
    "where all runs gave the same value by chance there is no such interval; of giveUpRate it is Wilson's, over the messages of all runs",
  percentiles: "interpolated linearly between order statistics (Hyndman and Fan, definition 7)",
  theory:
    "deviation = (measured mean - closed form) / standard error of the mean; of goodput and utilisation by their inverses",
  agreement:
    "a mean agrees within the deviation that chance exceeds in 0.27 % of cells, by Student's t: 3 standard errors of many runs, more of few. Cells share their seeds, and the metrics of a cell its runs, so that deviations come together",
};

/** The `sweep` of --json and of sweep.json. */
export function sweepDocument(report: SweepReport): object {
  const { name, description, file, seeds, set, compare, verdicts, metrics } = report;
  return {
    name,
    description,
    file,
    seeds: { base: seeds.base, runs: seeds.runs, first: seedOf(seeds.base, 1), last: seedOf(seeds.base, seeds.runs) },
    set,
    vary: report.paths,
    paired: report.paired,
    ...(compare && { compare }),
    verdicts,
    passed: verdicts ? report.cells.every(({ failedRuns }) => failedRuns === 0) : null,
    method: METHOD,
    metrics: metrics.map(({ name, unit, description }) => ({ name, unit, description })),
    agreement: agreement(report),
    cells: report.cells.map((cell) => cellDocument(report, cell)),
    ...(compare && {
      comparisons: report.comparisons.map(({ values, differences }) => ({
        values: named(report.paths, values),
        metrics: Object.fromEntries(
          metrics.map(({ name }, index) => [name, differenceDocument(differences[index])] as const),
        ),
      })),
    }),
  };
}

function cellDocument(report: SweepReport, cell: CellReport): object {
  return {
    values: named(report.paths, cell.values),
    settings: cell.settings,
    failedRuns: cell.failedRuns,
    failed: cell.failed.map(({ expectation, failures, firstRun, untilEvent }) => ({
      expectation,
      failures,
      firstSeed: seedOf(report.seeds.base, firstRun),
      replay: replayOf(report, cell, { firstRun, untilEvent }),
    })),
    metrics: Object.fromEntries(
      report.metrics.map(({ name }, index) => [name, figureDocument(cell.figures[index] as Figure)] as const),
    ),
  };
}

/** The command that shows a cell's failure again. */
export function replayOf(
  { file, seeds }: SweepReport,
  { settings }: CellReport,
  { firstRun, untilEvent }: Pick<FailedExpectation, "firstRun" | "untilEvent">,
): string {
  return replayCommand({ file, seed: seedOf(seeds.base, firstRun), set: settings, untilEvent });
}

function named(paths: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [paths[index] as string, value]));
}

function figureDocument({ summary, missing, theory }: Figure): object {
  const figures = summary === undefined ? { n: 0 } : { ...summary, ...spread(summary) };
  if (theory.value === undefined) return { ...figures, missing, theory: { value: null, reason: theory.reason } };
  const { value, deviation, note } = theory;
  const agrees = theory.agrees ?? null;
  const shown = deviation === undefined || !Number.isFinite(deviation) ? null : deviation;
  return { ...figures, missing, theory: { value, deviation: shown, agrees, ...(note !== undefined && { note }) } };
}

/** A single run has no spread: null, so that the keys are always the same. */
function spread({ sd, se, ci95 }: Mean): object {
  return { sd: sd ?? null, se: se ?? null, ci95: ci95 ?? null };
}

function differenceDocument(paired: PairedDifference | undefined): object | null {
  if (paired === undefined) return null;
  const { difference, lower, equal, higher } = paired;
  return { n: difference.n, mean: difference.mean, ...spread(difference), lower, equal, higher };
}

const FIGURE_COLUMNS = [
  "n",
  "mean",
  "sd",
  "se",
  "ci95_low",
  "ci95_high",
  "min",
  "p5",
  "p25",
  "median",
  "p75",
  "p95",
  "max",
];

/** sweep.csv: a row for each cell and metric. */
export function sweepCsv(report: SweepReport): string {
  const head = [
    ...report.paths,
    "metric",
    "unit",
    ...FIGURE_COLUMNS,
    "missing",
    "theory",
    "deviation_se",
    "theory_note",
    "failed_runs",
  ];
  const rows = report.cells.flatMap(({ values, figures, failedRuns }) =>
    report.metrics.map(({ name, unit }, index) => {
      const { summary, missing, theory } = figures[index] as Figure;
      const [low, high] = summary?.ci95 ?? [];
      const measured = summary
        ? [summary.n, summary.mean, summary.sd, summary.se, low, high, summary.min, summary.p5, summary.p25]
        : [0];
      const rest = summary ? [summary.median, summary.p75, summary.p95, summary.max] : [];
      const filled = [...measured, ...rest, ...new Array(FIGURE_COLUMNS.length).fill("")].slice(
        0,
        FIGURE_COLUMNS.length,
      );
      const note = theory.value === undefined ? theory.reason : (theory.note ?? "");
      return [...values, name, unit, ...filled, missing, theory.value, theory.deviation, note, failedRuns];
    }),
  );
  return csv([head, ...rows]);
}

/** compare.csv: a row for each pair of cells and metric; differences are b - a. */
export function compareCsv(report: SweepReport): string {
  const head = [
    "metric",
    "unit",
    "n",
    "mean_difference",
    "sd",
    "se",
    "ci95_low",
    "ci95_high",
    "lower",
    "equal",
    "higher",
  ];
  const rows = report.comparisons.flatMap(({ values, differences }) =>
    report.metrics.map(({ name, unit }, index) => {
      const paired = differences[index];
      if (paired === undefined) return [...values, name, unit, 0, "", "", "", "", "", "", "", ""];
      const { difference, lower, equal, higher } = paired;
      const [low, high] = difference.ci95 ?? [];
      const { n, mean, sd, se } = difference;
      return [...values, name, unit, n, mean, sd, se, low, high, lower, equal, higher];
    }),
  );
  return csv([[...report.paths.slice(0, -1), ...head], ...rows]);
}

function csv(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows.map((row) => row.map((cell) => (cell === undefined ? "" : String(cell)))));
}
