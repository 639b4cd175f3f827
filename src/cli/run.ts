/** `peerlab run`: runs scenarios, shows charts and verdicts, and writes files under --out. */

import { join, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { rttCharts } from "../report/charts.ts";
import { metricTable } from "../report/metric-table.ts";
import { RttSeriesSink } from "../report/series.ts";
import { type JudgedRun, verdictSummary, verdictTable } from "../report/verdict-table.ts";
import { unspokenFailures } from "../scenario/expect/unspoken-failures.ts";
import { loadScenarios } from "../scenario/files.ts";
import { type RunResult, startRun } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import type { TraceSink } from "../trace/events.ts";
import { EventTail } from "./event-tail.ts";
import { CliError, ExitCode } from "./exit-codes.ts";
import { exportFormats } from "./export-option.ts";
import { ladderOptions } from "./ladder-option.ts";
import { metricOption } from "./metric-option.ts";
import { type Console, colorAllowed, columnsOf, isFancyTerminal, say, writeJson } from "./output.ts";
import { Progress } from "./progress.ts";
import { badScenario, reportError } from "./report-error.ts";
import { runDocument } from "./run-document.ts";
import { RunFolder, runFiles } from "./run-folder.ts";
import { RUN_INDEX, RunIndex, removeOldIndex } from "./run-index.ts";
import { RunPictures } from "./run-pictures.ts";
import { driveReal } from "./run-real.ts";
import { FileWatcher } from "./watch.ts";

export interface RunCommandOptions {
  /** Replaces the seed of every scenario. */
  readonly seed?: string | undefined;
  /** `path=value`, in order. */
  readonly set: readonly string[];
  /** The folder for files; absent: none are written. */
  readonly out?: string | undefined;
  /** `key=value`, in order: what ladder.svg shows. */
  readonly ladder: readonly string[];
  /** Formats in which the trace is written as well. */
  readonly export: readonly string[];
  /** Metrics to show, by name. */
  readonly metric: readonly string[];
  /** false: the scenarios' expectations are left out. */
  readonly verdicts: boolean;
  readonly json: boolean;
  readonly watch: boolean;
  /** With real sockets of this machine, in real time. */
  readonly real: boolean;
  /** How late the machine may be in a real run: a duration with a unit. */
  readonly lateness?: string | undefined;
  /** Stop after this many events. */
  readonly untilEvent?: number | undefined;
  readonly charts: boolean;
  readonly quiet: boolean;
}

/** Events between two looks at Ctrl-C and at the clock: some tens of milliseconds. */
const EVENTS_PER_STEP = 20_000;
/** charts.txt is for any reader: no colour, and as wide as a page. */
const FILE_COLUMNS = 100;

/** Runs all scenarios of `paths`, again and again with `watch`. Reports errors itself. */
export async function runCommand(
  paths: readonly string[],
  options: RunCommandOptions,
  console: Console,
): Promise<ExitCode> {
  let watcher: FileWatcher;
  try {
    refuseSenseless(options);
    if (!options.watch) return await runAll(paths, options, console);
    if (options.json)
      throw new CliError("usage", "--watch writes results again and again, --json one document: give one of them");
    watcher = startWatching(paths);
  } catch (error) {
    return reportError(console, error, options.json ? { scenarios: [] } : undefined);
  }
  try {
    while (!console.interrupted.aborted) {
      await runAll(paths, options, console);
      if (console.interrupted.aborted || !console.stdout.writable) break;
      say(console, `watching ${paths.join(", ")}: runs again when a scenario changes; Ctrl-C ends`);
      const changed = await watcher.next(console.interrupted);
      if (changed.length > 0) say(console, `\n${changed.join(", ")} changed`);
    }
  } finally {
    watcher.close();
  }
  return ExitCode.interrupted;
}

function refuseSenseless(options: RunCommandOptions): void {
  const { seed, out, ladder, metric, json, real, lateness } = options;
  ladderOptions(ladder);
  metricOption(metric);
  if (metric.length > 0 && json) {
    throw new CliError("usage", "--metric is for people, and --json has every metric: leave one of them out");
  }
  if (ladder.length > 0 && out === undefined) {
    throw new CliError(
      "usage",
      "--ladder says what ladder.svg shows, and without --out there is none: add --out results",
    );
  }
  exportFormats(options.export, out);
  if (lateness !== undefined && !real) {
    throw new CliError("usage", "--lateness is for runs with real sockets: give --real as well, or leave it out");
  }
  if (seed === "") throw new CliError("usage", "--seed is empty: give a number or a text, such as --seed 7");
  if (out === "") throw new CliError("usage", "--out is empty: give a folder, such as --out results");
}

function startWatching(paths: readonly string[]): FileWatcher {
  try {
    return new FileWatcher(paths);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError("bad-scenario", `cannot watch: ${message}`);
    throw new CliError("runtime", `cannot watch: ${message}`);
  }
}

async function runAll(paths: readonly string[], options: RunCommandOptions, console: Console): Promise<ExitCode> {
  const results: RunResult[] = [];
  const documents: object[] = [];
  /** A `--ladder` that asks the only scenario for what it does not have. */
  let mistake: CliError | undefined;
  try {
    const loaded = loadScenarios(paths, { settings: options.set, uniqueNames: options.out !== undefined });
    if (!loaded.ok) throw badScenario(loaded.problems);
    const { out, set } = options;
    const isSeveral = loaded.scenarios.length > 1;
    const index = out !== undefined && isSeveral ? new RunIndex(out) : undefined;
    if (out !== undefined && !isSeveral) removeOldIndex(out);
    for (const written of loaded.scenarios) {
      const scenario = options.verdicts ? written : { ...written, expect: [] };
      await setImmediate();
      if (console.interrupted.aborted) throw new CliError("interrupted", `interrupted before ${scenario.name}`);
      const { result, ladderProblem } = await runOne(scenario, options, console);
      if (ladderProblem !== undefined) {
        const message = `${ladderProblem}; ladder.svg shows the start of the run instead`;
        // What one scenario lacks another may have.
        if (loaded.scenarios.length > 1) say(console, message);
        else mistake = new CliError("usage", message);
      }
      results.push(result);
      documents.push(runDocument(result, set));
    }
    index?.write(results, filesOf(options), set);
  } catch (error) {
    return reportError(console, error, options.json ? { scenarios: documents } : undefined);
  }
  if (!options.json) {
    console.stdout.write(`${verdictSummary(results, colorAllowed(console.stdout, console.env))}\n`);
    if (options.out !== undefined) console.stdout.write(filesText(options.out, results, options));
  }
  if (mistake !== undefined) return reportError(console, mistake, options.json ? { scenarios: documents } : undefined);
  if (options.json) writeJson(console.stdout, { scenarios: documents });
  return results.every((result) => result.passed) ? ExitCode.passed : ExitCode.failed;
}

/** The names of the files that each run leaves under --out. */
function filesOf({ real, export: formats, out }: RunCommandOptions): readonly string[] {
  return runFiles(real, exportFormats(formats, out));
}

/** Where the files are (of several scenarios, where those of each are), and which of them to open first. */
function filesText(out: string, results: readonly RunResult[], options: RunCommandOptions): string {
  const [only] = results;
  const folder = only !== undefined && results.length === 1 ? only.name : undefined;
  const files = `files: ${join(out, folder ?? "<scenario>")}${sep} (${filesOf(options).join(", ")})`;
  const first = folder === undefined ? join(out, RUN_INDEX) : join(out, folder, "report.html");
  return `${files}\nopen in a browser: ${first}\n`;
}

function openFolder(scenario: Scenario, title: string, options: RunCommandOptions): RunFolder | undefined {
  const { out, real } = options;
  if (out === undefined) return undefined;
  const subject = { title, hosts: scenario.hosts.map(({ name }) => name) };
  const exports = { formats: exportFormats(options.export, out), subject };
  return new RunFolder(out, scenario.name, { captureTitle: real ? undefined : title, exports });
}

/** Runs one scenario and shows it; its files are closed whatever happens. */
async function runOne(
  scenario: Scenario,
  options: RunCommandOptions,
  console: Console,
): Promise<{ readonly result: RunResult; readonly ladderProblem: string | undefined }> {
  const title = `scenario ${scenario.name}, seed ${options.seed ?? scenario.seed}`;
  const folder = openFolder(scenario, title, options);
  const showsCharts = options.charts && !options.quiet && !options.json;
  const series = folder || showsCharts ? new RttSeriesSink() : undefined;
  const tail = options.untilEvent === undefined ? undefined : new EventTail(options.untilEvent);
  const pictures = folder === undefined ? undefined : new RunPictures(ladderOptions(options.ladder));
  const sinks = [
    ...(folder?.sinks ?? []),
    ...(pictures ? [pictures.sink] : []),
    ...(series ? [series] : []),
    ...(tail ? [tail] : []),
  ];
  try {
    const result = await drive(scenario, sinks, folder, options, console);
    if (folder && series) {
      folder.capture?.writeTraceHash(result.traceHash);
      folder.write("summary.json", `${JSON.stringify(runDocument(result, options.set), null, 2)}\n`);
      const charts = rttCharts(series.series, { columns: FILE_COLUMNS, color: false, endMs: result.durationMs });
      folder.write("charts.txt", charts === "" ? "nobody measured a round-trip time in this run\n" : charts);
      for (const [name, text] of pictures?.files(result, scenario, options.set) ?? []) folder.write(name, text);
    }
    if (!options.json) {
      const judged = { ...result, unspokenFailures: unspokenFailures(result.actions, scenario.expect) };
      show(judged, showsCharts ? series : undefined, tail, options, console);
    }
    return { result, ladderProblem: pictures?.ladderProblem };
  } finally {
    folder?.close();
  }
}

/** Runs in steps, so that Ctrl-C is heard in between. The traces in the folder are ended, also when interrupted. */
async function drive(
  scenario: Scenario,
  sinks: readonly TraceSink[],
  folder: RunFolder | undefined,
  options: RunCommandOptions,
  console: Console,
): Promise<RunResult> {
  const { seed, untilEvent } = options;
  const runOptions = { sinks, ...(seed !== undefined && { seed }), ...(untilEvent !== undefined && { untilEvent }) };
  if (options.real) return await driveReal(scenario, runOptions, options, console, () => folder?.endTraces());
  const run = startRun(scenario, { ...runOptions, ...(folder?.capture && { capture: folder.capture }) });
  const progress = new Progress(console, scenario.name, options.quiet);
  try {
    while (run.step(EVENTS_PER_STEP)) {
      await setImmediate();
      if (console.interrupted.aborted) {
        folder?.endTraces();
        throw new CliError("interrupted", `interrupted in ${scenario.name} at event ${run.events}`);
      }
      progress.update(run);
    }
    const result = run.finish();
    folder?.endTraces();
    return result;
  } finally {
    progress.end();
  }
}

function show(
  result: JudgedRun & Pick<RunResult, "metrics">,
  series: RttSeriesSink | undefined,
  tail: EventTail | undefined,
  options: RunCommandOptions,
  { stdout, env }: Console,
): void {
  const columns = columnsOf(stdout, env);
  const color = colorAllowed(stdout, env);
  const symbols = isFancyTerminal(stdout, env);
  const charts = series ? rttCharts(series.series, { columns, color, endMs: result.durationMs }) : "";
  if (charts !== "") stdout.write(`${charts}\n`);
  if (options.metric.length > 0) {
    stdout.write(`${metricTable(metricOption(options.metric), result.metrics)}\n`);
  }
  if (tail) stdout.write(`${tail}\n`);
  const style = { columns, color, symbols, set: options.set, failuresOnly: options.quiet };
  const table = verdictTable(result, style);
  stdout.write(options.quiet ? table : `${table}\n`);
}
