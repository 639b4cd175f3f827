/** `peerlab sweep`: many seeds of one scenario at every point of a grid; statistics, with theory beside them. */

import { availableParallelism } from "node:os";
import { sep } from "node:path";
import { countOf, groupDigits, readableDuration } from "../report/text.ts";
import { SweepCollector, type SweepPlan } from "../study/collect.ts";
import { compareCsv, sweepCsv, sweepDocument } from "../study/documents.ts";
import { runInThreads } from "../study/pool.ts";
import type { SweepReport } from "../study/report.ts";
import { BrokenRunError, type CellRuns, countRuns, firstRuns, joinRuns } from "../study/run-cell.ts";
import { svgChart, svgDifference } from "../study/svg-chart.ts";
import { comparisonTables, methodNote, metricTable, sweepHeading, sweepSummary } from "../study/table.ts";
import { terminalChart } from "../study/terminal-chart.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { type Console, colorAllowed, columnsOf, say, writeJson } from "./output.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { reportError } from "./report-error.ts";
import { SweepFolder } from "./sweep-folder.ts";
import { type PlannedSweep, planSweep } from "./sweep-plan.ts";

export interface SweepCommandOptions {
  /** `path=values`, the first on the x axis. */
  readonly vary: readonly string[];
  readonly paired: boolean;
  /** `path=a,b`. */
  readonly compare?: string | undefined;
  /** Names of metrics; none: the usual ones. */
  readonly metric: readonly string[];
  readonly runs: number;
  /** Replaces the scenario's seed, from which those of the runs derive. */
  readonly seed?: string | undefined;
  readonly set: readonly string[];
  /** Threads; absent: one for each core. */
  readonly workers?: number | undefined;
  readonly out?: string | undefined;
  readonly json: boolean;
  readonly charts: boolean;
  readonly quiet: boolean;
  /** false: the scenario's expectations are left out. */
  readonly verdicts: boolean;
}

const MAX_WORKERS = 256;
const NO_RUNS: CellRuns = { values: new Float64Array(0), failedRuns: 0, failed: [] };

/** Reports errors itself. */
export async function sweepCommand(path: string, options: SweepCommandOptions, console: Console): Promise<ExitCode> {
  try {
    refuseEmpty(options);
    const planned = await planSweep(path, options, console.interrupted);
    const folder = options.out === undefined ? undefined : new SweepFolder(options.out, planned.plan.scenario.name);
    const report = await runCells(planned, folder, options, console);
    const files = folder === undefined ? [] : writeFiles(report, folder);
    folder?.tidy(planned.keys);
    if (options.json) writeJson(console.stdout, { sweep: sweepDocument(report) });
    else show(report, options, console);
    if (folder && !options.json) console.stdout.write(`files: ${folder.path}${sep} (${files.join(", ")})\n`);
    return report.cells.every(({ failedRuns }) => failedRuns === 0) ? ExitCode.passed : ExitCode.failed;
  } catch (error) {
    return reportError(console, error, options.json ? { sweep: null } : undefined);
  }
}

function refuseEmpty({ seed, out, workers }: SweepCommandOptions): void {
  if (seed === "") throw new CliError("usage", "--seed is empty: give a number or a text, such as --seed 7");
  if (out === "") throw new CliError("usage", "--out is empty: give a folder, such as --out results");
  if (workers !== undefined && workers > MAX_WORKERS) {
    throw new CliError(
      "usage",
      `--workers is ${workers}: at most ${MAX_WORKERS}; more than the machine has cores are of no use`,
    );
  }
}

/** Runs what is not kept already. */
async function runCells(
  { plan, scenarioOf, keys }: PlannedSweep,
  folder: SweepFolder | undefined,
  options: SweepCommandOptions,
  console: Console,
): Promise<SweepReport> {
  const { runs, base } = plan.seeds;
  const collector = new SweepCollector(plan);
  const cells = plan.grid.cells.length;
  const missing: number[] = [];
  /** Of cells that need more: the first runs. */
  const begun = new Map<number, CellRuns>();
  /** Cells of which more runs are kept than these, which stay as they are. */
  const larger = new Set<number>();
  for (const index of plan.grid.cells.keys()) {
    const kept = folder?.load(keys[index] as string);
    if (kept !== undefined && countRuns(kept) > runs) larger.add(index);
    const known = kept && (countRuns(kept) < runs ? kept : firstRuns(kept, runs));
    if (known !== undefined && countRuns(known) === runs) collector.add(index, known);
    else {
      missing.push(index);
      if (known !== undefined) begun.set(index, known);
    }
  }
  const runsDone = (index: number) => countRuns(begun.get(index) ?? NO_RUNS);
  const runsLeft = missing.reduce((sum, index) => sum + runs - runsDone(index), 0);
  if (folder !== undefined && !options.quiet) sayTaken(console, cells, missing, begun, folder);
  const progress = new SweepProgress(console, plan, runsLeft, options.quiet);
  try {
    const isWhole = await runInThreads({
      cells: missing,
      scenarioOf,
      baseSeed: base,
      runs,
      runsDone,
      workers: options.workers ?? availableParallelism(),
      signal: console.interrupted,
      onRuns: (done) => progress.add(done, collector.finished),
      onCell: (index, newRuns) => {
        const cellRuns = joinRuns([begun.get(index) ?? NO_RUNS, newRuns]);
        if (!larger.has(index)) folder?.keep(keys[index] as string, cellRuns);
        collector.add(index, cellRuns);
      },
    });
    if (!isWhole) throw interruption(collector.finished, cells, folder);
  } catch (error) {
    throw asCliError(error, plan);
  } finally {
    progress.end();
  }
  return collector.report();
}

/** What was there already, of whole cells and of those that need more runs. */
function sayTaken(
  console: Console,
  cells: number,
  missing: readonly number[],
  begun: ReadonlyMap<number, CellRuns>,
  folder: SweepFolder,
): void {
  const reused = cells - missing.length;
  const runsOfOthers = [...begun.values()].reduce((sum, known) => sum + countRuns(known), 0);
  const whole = reused > 0 ? [`${countOf(reused, "cell")} of ${cells}`] : [];
  const part = runsOfOthers > 0 ? [`${countOf(runsOfOthers, "run")} of ${countOf(begun.size, "other cell")}`] : [];
  const taken = [...whole, ...part].join(" and ");
  if (taken !== "") say(console, `${taken} taken from ${folder.path}`);
}

function interruption(finished: number, cells: number, folder: SweepFolder | undefined): CliError {
  const kept =
    folder === undefined
      ? "with --out, finished cells are kept"
      : `they are kept in ${folder.path}: the same command goes on from there`;
  return new CliError("interrupted", `interrupted: ${finished} of ${countOf(cells, "cell")} finished; ${kept}`);
}

/** A run that broke: which one, for whoever mends it. */
function asCliError(error: unknown, { file }: SweepPlan): unknown {
  return error instanceof BrokenRunError ? new CliError("runtime", `${file}: ${error.message}`) : error;
}

/** Runs done, and when the rest will be. */
class SweepProgress {
  private readonly meter: ProgressMeter;
  private readonly cells: number;
  private readonly runs: number;
  private done = 0;

  constructor(console: Console, { scenario, grid }: SweepPlan, runs: number, quiet: boolean) {
    this.meter = new ProgressMeter(console, scenario.name, quiet);
    this.cells = grid.cells.length;
    this.runs = runs;
  }

  add(runs: number, finishedCells: number): void {
    this.done += runs;
    this.meter.update((elapsedMs) => {
      const leftMs = (elapsedMs * (this.runs - this.done)) / this.done;
      const left = this.done < this.runs ? `, about ${readableDuration(wholeSeconds(leftMs))} left` : "";
      const cells = `${finishedCells} of ${countOf(this.cells, "cell")}`;
      const text = `${cells}, ${groupDigits(this.done)} of ${countOf(this.runs, "run")}${left}`;
      return { position: this.done, end: this.runs, text };
    });
  }

  end(): void {
    this.meter.end();
  }
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000)) * 1000;
}

/** Writes the results and returns the names of the files. */
function writeFiles(report: SweepReport, folder: SweepFolder): string[] {
  const files: (readonly [string, string])[] = [
    ["sweep.csv", sweepCsv(report)],
    ["sweep.json", `${JSON.stringify(sweepDocument(report), null, 2)}\n`],
  ];
  if (report.compare) files.push(["sweep-compare.csv", compareCsv(report)]);
  for (const [index, { name }] of report.metrics.entries()) {
    const chart = svgChart(report, index);
    if (chart !== undefined) files.push([`sweep-${name}.svg`, chart]);
    const difference = svgDifference(report, index);
    if (difference !== undefined) files.push([`sweep-compare-${name}.svg`, difference]);
  }
  for (const [name, text] of files) folder.write(name, text);
  return files.map(([name]) => name);
}

function show(report: SweepReport, options: SweepCommandOptions, { stdout, env }: Console): void {
  const style = { columns: columnsOf(stdout, env), color: colorAllowed(stdout, env) };
  const parts = [sweepHeading(report, style)];
  if (!options.quiet) {
    for (const index of report.metrics.keys()) {
      parts.push(metricTable(report, index, style));
      const chart = options.charts ? terminalChart(report, index, style) : "";
      if (chart !== "") parts.push(chart);
    }
    const comparison = comparisonTables(report, style);
    if (comparison !== "") parts.push(comparison);
    parts.push(methodNote(report, style));
  }
  parts.push(sweepSummary(report, style));
  stdout.write(parts.join("\n"));
}
