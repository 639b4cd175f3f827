/** The subject of the bench: the built peerlab, run as its users run it. */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatProblem, parseScenario, runScenario } from "../dist/index.js";
import { RttCsvSink } from "../dist/trace/csv/rtt-csv.js";
import { TraceCsvSink } from "../dist/trace/csv/trace-csv.js";
import { TraceHash } from "../dist/trace/trace-hash.js";
import { usedBytes } from "./measure.mjs";

/** Reads a workload's scenario; throws with the problems that peerlab found in it. */
export function parse({ name, text, settings }) {
  const parsed = parseScenario(text, `${name}.yaml`, { settings });
  if (parsed.ok) return parsed.scenario;
  throw new Error(parsed.problems.map(formatProblem).join("\n"));
}

/** A run with tracing off; the trace hash and the metrics are always on. */
export function runUntraced(scenario) {
  return runScenario(scenario);
}

/** A run that writes trace.csv and rtt.csv to a scratch folder, which is removed afterwards. */
export function runWithCsv(scenario) {
  const folder = mkdtempSync(join(tmpdir(), "peerlab-bench-"));
  const files = ["trace.csv", "rtt.csv"].map((name) => openSync(join(folder, name), "w"));
  const trace = new TraceCsvSink((chunk) => writeSync(files[0], chunk));
  const rtt = new RttCsvSink((chunk) => writeSync(files[1], chunk));
  try {
    const result = runScenario(scenario, { sinks: [trace, rtt] });
    trace.end();
    rtt.end();
    return result;
  } finally {
    for (const file of files) closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

/** What a run holds in memory at `atMs` of virtual time, in bytes. */
export function bytesHeldAt(scenario, atMs) {
  const before = usedBytes();
  let held = Number.NaN;
  const probe = {
    onEvent(event) {
      if (Number.isNaN(held) && event.timeMs >= atMs) held = usedBytes() - before;
    },
  };
  runScenario(scenario, { sinks: [probe] });
  return held;
}

/** What the trace hash takes for one event, in seconds: measured alone, as it cannot be switched off. */
export function hashSecondsPerEvent(events = 2_000_000) {
  const run = () => {
    const hash = new TraceHash();
    for (let i = 0; i < events; i++) hash.event(i * 1e6, i & 15, 11, 12, i, 13, i & 255, 255, 512, 14);
    return hash.digest();
  };
  run();
  const startedMs = performance.now();
  run();
  return (performance.now() - startedMs) / 1000 / events;
}
