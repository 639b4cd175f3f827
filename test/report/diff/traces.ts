/** Traces for the tests of diffs: a few lines written down, or the run of a scenario. */

import type { ComparedRun, Comparison } from "../../../src/report/diff/sides.ts";
import { parseScenario } from "../../../src/scenario/parse.ts";
import { startRun } from "../../../src/scenario/run.ts";
import { keptEvent, keptRow } from "../../../src/trace/kept-event.ts";
import { type TraceLine, TraceLines } from "../../../src/trace/read/trace-line.ts";

/** Columns of trace.csv: `{ time_ms: 50, event: "send", node: "a", peer: "b", type: "DATA", seq: 1, ... }`. */
export type Row = Readonly<Record<string, string | number>>;

export function run(rows: readonly Row[], facts: ReturnType<ComparedRun["facts"]> = undefined): ComparedRun {
  const lines = new TraceLines("test");
  return { lines: rows.map((row, i) => lines.event(i + 1, row)), facts: () => facts };
}

/** Runs a scenario to its end. */
export function scenarioRun(text: string, settings: readonly string[] = [], seed?: string): ComparedRun {
  const parsed = parseScenario(text, "test.yaml", { settings });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const lines: TraceLine[] = [];
  const sink = {
    onEvent: (event: Parameters<typeof keptEvent>[0]) => void lines.push({ line: 1, event: keptEvent(event) }),
    onRtt: (row: Parameters<typeof keptRow>[0]) => void lines.push({ line: 1, rtt: keptRow(row) }),
  };
  const scenario = startRun(parsed.scenario, { sinks: [sink], ...(seed !== undefined && { seed }) });
  while (scenario.step(1000));
  const result = scenario.finish();
  return { lines, facts: () => ({ ...result, isReal: false }) };
}

/** Goes through all steps of a comparison. */
export function finish<T>(comparison: Comparison<T>): T {
  for (;;) {
    const { done, value } = comparison.next();
    if (done) return value;
  }
}

export const BULK = `name: bulk
description: A test of diffs.
seed: 42
network: { delay: 50ms }
protocol: { attempts: unlimited, rto: { estimator: fixed, initial: 200ms, backoff: 1 } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, packets: 5, messages: 2, bytes: 100B } } }]
expect: [{ timeouts: 0 }]
`;

/** One fault that drops what matches. */
export const dropping = (match: string): string => `network.faults=[{ match: ${match}, do: drop }]`;
