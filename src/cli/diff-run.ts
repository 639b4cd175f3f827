/** One of the two runs of `peerlab diff`: a run's folder, a trace file, or a scenario that is run on the spot. */

import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { factsOfSummary, type RunFacts } from "../report/diff/run-facts.ts";
import type { ComparedRun, Side } from "../report/diff/sides.ts";
import { loadScenarios } from "../scenario/files.ts";
import { type RunResult, startRun } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { keptEvent, keptRow } from "../trace/kept-event.ts";
import { readTrace, TRACE_ENDINGS } from "../trace/read/read-trace.ts";
import type { TraceLine } from "../trace/read/trace-line.ts";
import { CliError } from "./exit-codes.ts";
import { badScenario } from "./report-error.ts";
import { attempt } from "./run-folder.ts";

/** Events of a simulated run that are made at a time. */
const EVENTS_PER_STEP = 500;
const CHUNK_BYTES = 64 * 1024;
/** The traces of a run's folder, the better one first: trace.jsonl has what the RTT estimators saw as well. */
const TRACE_FILES = ["trace.jsonl", "trace.csv"] as const;
const MAX_SUMMARY_BYTES = 64 * 1024 * 1024;

export interface DiffRun extends ComparedRun {
  /** What the run is read from, as a person would type it. */
  readonly source: string;
  readonly isReal: boolean;
}

export interface DiffRunOptions {
  readonly side: Side;
  readonly seed?: string | undefined;
  /** `path=value`, in order. */
  readonly set: readonly string[];
}

/** Throws CliError: usage, bad-scenario, or runtime where a file cannot be read. */
export function openDiffRun(path: string, options: DiffRunOptions): DiffRun {
  const stats = attempt("read", path, () => statSync(path, { throwIfNoEntry: false }));
  if (stats === undefined) throw new CliError("runtime", `cannot read ${path}: there is no such file or folder`);
  if (stats.isDirectory()) {
    refuseScenarioOptions(path, options);
    return traceRun(traceIn(path));
  }
  if (/\.ya?ml$/i.test(path)) return scenarioRun(path, options);
  if (TRACE_ENDINGS.some((ending) => path.endsWith(ending))) {
    refuseScenarioOptions(path, options);
    return traceRun(path);
  }
  const expected = "the folder of a run (DIR/<scenario>), a trace (.csv, .jsonl) or a scenario (.yaml, .yml)";
  throw new CliError("usage", `${path} is none of what can be compared: give ${expected}`);
}

function refuseScenarioOptions(path: string, { side, seed, set }: DiffRunOptions): void {
  if (seed === undefined && set.length === 0) return;
  const option = seed === undefined ? `--set-${side}` : `--seed-${side}`;
  throw new CliError("usage", `${option} is for a scenario that is run on the spot, and ${path} has been run already`);
}

function traceIn(folder: string): string {
  const names = attempt("read", folder, () => readdirSync(folder));
  const trace = TRACE_FILES.find((name) => names.includes(name));
  if (trace !== undefined) return join(folder, trace);
  const below = names.filter((name) => TRACE_FILES.some((trace) => existsSync(join(folder, name, trace)))).toSorted();
  const hint = below.length === 0 ? "`peerlab run --out` writes such folders" : `give ${join(folder, below[0]!)}`;
  const others = below.length > 1 ? `, or another of the ${below.length} runs in it` : "";
  throw new CliError("usage", `${folder} has no ${TRACE_FILES.join(" and no ")}: ${hint}${others}`);
}

// A trace on disk -------------------------------------------------------------------------------------------------------

function traceRun(path: string): DiffRun {
  const facts = summaryBeside(path);
  return { source: path, isReal: facts?.isReal ?? false, lines: readTrace(path, chunksOf(path)), facts: () => facts };
}

function* chunksOf(path: string): Generator<Uint8Array> {
  const fd = attempt("read", path, () => openSync(path, "r"));
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const bytes = attempt("read", path, () => readSync(fd, buffer));
      if (bytes === 0) return;
      yield buffer.subarray(0, bytes);
    }
  } finally {
    closeSync(fd);
  }
}

/** What summary.json says of a run, where the trace lies in the run's folder. */
function summaryBeside(trace: string): RunFacts | undefined {
  const path = join(dirname(trace), "summary.json");
  if (!(TRACE_FILES as readonly string[]).includes(basename(trace)) || !existsSync(path)) return undefined;
  const text = attempt("read", path, () => {
    if (statSync(path).size > MAX_SUMMARY_BYTES) throw new CliError("runtime", `${path} is larger than 64 MiB`);
    return readFileSync(path, "utf8");
  });
  let facts: RunFacts | undefined;
  try {
    facts = factsOfSummary(JSON.parse(text));
  } catch {
    facts = undefined;
  }
  if (facts !== undefined) return facts;
  throw new CliError("runtime", `${path} is not the summary of a run: remove it, or run the scenario again`);
}

// A scenario that is run on the spot ------------------------------------------------------------------------------------

function scenarioRun(path: string, { seed, set, side }: DiffRunOptions): DiffRun {
  if (seed === "") throw new CliError("usage", `--seed-${side} is empty: give a number or a text, such as 7`);
  const loaded = loadScenarios([path], { settings: set });
  if (!loaded.ok) throw badScenario(loaded.problems);
  const changes = [...(seed === undefined ? [] : [`--seed ${seed}`]), ...set.map((setting) => `--set ${setting}`)];
  let result: RunResult | undefined;
  return {
    source: [path, ...changes].join(" "),
    isReal: false,
    lines: eventsOf(loaded.scenarios[0] as Scenario, seed, (ended) => {
      result = ended;
    }),
    facts: () => result && { ...result, isReal: false },
  };
}

/** The run's events, a few at a time: memory does not grow with the run. */
function* eventsOf(
  scenario: Scenario,
  seed: string | undefined,
  onEnd: (result: RunResult) => void,
): Generator<TraceLine> {
  let lines: TraceLine[] = [];
  let line = 0;
  const sink = {
    onEvent: (event: Parameters<typeof keptEvent>[0]) => void lines.push({ line: ++line, event: keptEvent(event) }),
    onRtt: (row: Parameters<typeof keptRow>[0]) => void lines.push({ line: ++line, rtt: keptRow(row) }),
  };
  const run = startRun(scenario, { sinks: [sink], ...(seed !== undefined && { seed }) });
  for (let hasMore = true; hasMore; ) {
    hasMore = run.step(EVENTS_PER_STEP);
    const ready = lines;
    lines = [];
    yield* ready;
  }
  onEnd(run.finish());
}
