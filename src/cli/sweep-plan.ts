/** From the command line of `peerlab sweep` to a plan: every cell is read and checked before the first run. */

import { setImmediate } from "node:timers/promises";
import { readText } from "../scenario/files.ts";
import { fileProblem, type Problem } from "../scenario/problems.ts";
import type { Scenario } from "../scenario/schema.ts";
import { bareTransfer } from "../study/bare-transfer.ts";
import type { SweepPlan } from "../study/collect.ts";
import { neverEnds } from "../study/endless.ts";
import { buildGrid, type Cell } from "../study/grid.ts";
import { chooseMetrics, DEFAULT_METRICS } from "../study/metrics.ts";
import { cellKey, resultsVersion } from "../study/results-version.ts";
import { MAX_RUNS } from "../study/seeds.ts";
import { cellScenario, type SweepSource } from "../study/source.ts";
import { parseVariation, type Variation } from "../study/vary.ts";
import { CliError } from "./exit-codes.ts";
import { packageVersion } from "./package-info.ts";
import { badScenario } from "./report-error.ts";
import type { SweepCommandOptions } from "./sweep.ts";

/** Runs of all cells together; beyond it the sweep is refused. */
const MAX_TOTAL_RUNS = 1_000_000;
/** Cells read between two looks at Ctrl-C. */
const CELLS_PER_STEP = 20;

export interface PlannedSweep {
  readonly plan: SweepPlan;
  readonly scenarioOf: (cell: number) => Scenario;
  /** The name under which each cell's results are kept; empty without --out. */
  readonly keys: readonly string[];
}

/** CliError where the command line or the scenario is wrong. */
export async function planSweep(
  path: string,
  options: SweepCommandOptions,
  interrupted: AbortSignal,
): Promise<PlannedSweep> {
  const chosen = chooseMetrics(options.metric.length > 0 ? options.metric : DEFAULT_METRICS);
  if (!chosen.ok) throw usage(`--metric: ${chosen.message}`);
  const vary = options.vary.map((text) => variation("--vary", text));
  const compare = options.compare === undefined ? undefined : variation("--compare", options.compare);
  if (options.paired && vary.length < 2) throw usage("--paired takes the values of two or more --vary together");
  const { set, paired, runs, verdicts } = options;
  const built = buildGrid({ vary, paired, compare, set });
  if (!built.ok) throw usage(built.message);
  const { grid } = built;
  if (runs > MAX_RUNS) throw usage(`--runs is ${runs}: at most ${MAX_RUNS}`);
  if (grid.cells.length * runs > MAX_TOTAL_RUNS) {
    const all = `${grid.cells.length} cells of ${runs} runs`;
    throw usage(
      `${all} are more than the ${MAX_TOTAL_RUNS} runs that one sweep may have: vary less, or give fewer --runs`,
    );
  }
  const read = readText(path);
  if (!read.ok) throw badScenario([fileProblem(path, read.message)]);
  const source = { text: read.text, file: path, verdicts };
  const version = options.out === undefined ? undefined : resultsVersion(packageVersion());
  const analyses = [];
  const keys = [];
  let first: Scenario | undefined;
  let seed = "";
  for (const { index, settings } of grid.cells) {
    if (index % CELLS_PER_STEP === 0) await setImmediate();
    if (interrupted.aborted) throw new CliError("interrupted", "interrupted before the first run");
    const parsed = cellScenario(source, settings);
    if (!parsed.ok) throw badScenario(parsed.problems.map((problem) => named(problem, vary, compare)));
    const { scenario } = parsed;
    first ??= scenario;
    seed ||= options.seed ?? scenario.seed;
    if (neverEnds(scenario)) {
      const cell = settings.length === 0 ? path : settings.join(", ");
      throw usage(
        `${cell}: a packet that never gets through, and nobody gives up: the run has no end. Give it a duration, or a limit of protocol.attempts`,
      );
    }
    analyses.push(bareTransfer(scenario));
    if (version !== undefined) keys.push(cellKey(scenario, seed, version));
  }
  const { name, description } = first as Scenario;
  const seeds = { base: seed, runs };
  const { metrics } = chosen;
  const scenario = { name, description };
  const plan = { scenario, file: path, seeds, set, grid, paired, compare, verdicts, metrics, analyses };
  return { plan, scenarioOf: (cell) => readAgain(source, (grid.cells[cell] as Cell).settings), keys };
}

/** What was right before is right again. */
function readAgain(source: SweepSource, settings: readonly string[]): Scenario {
  const parsed = cellScenario(source, settings);
  if (!parsed.ok) throw badScenario(parsed.problems);
  return parsed.scenario;
}

function usage(message: string): CliError {
  return new CliError("usage", message);
}

function variation(option: string, text: string): Variation {
  const parsed = parseVariation(text);
  if (!parsed.ok) throw usage(`${option} ${text}: ${parsed.message}`);
  return parsed.variation;
}

/** A cell's settings are checked like those of --set: what is wrong with one is told under the option it came from. */
function named(problem: Problem, vary: readonly Variation[], compare: Variation | undefined): Problem {
  const setting = /^--set (.*)$/s.exec(problem.file)?.[1];
  if (setting === undefined) return problem;
  const isOf = ({ path, values }: Variation) => values.some((value) => setting === `${path}=${value}`);
  const option = vary.some(isOf) ? "--vary" : compare !== undefined && isOf(compare) ? "--compare" : undefined;
  if (option === undefined) return problem;
  // The setting says the path, unless the problem lies deeper.
  const path = setting.startsWith(`${problem.path}=`) ? "" : problem.path;
  return { ...problem, file: `${option} ${setting}`, path };
}
