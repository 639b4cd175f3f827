/** Every line of arithmetic of whole runs, worked out again from the numbers that are printed. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EstimatorName } from "../../../src/core/arq/options.ts";
import { arithmeticOf, type Estimate, estimatesOf } from "../../../src/report/model/estimates.ts";
import { packModel, unpackModel } from "../../../src/report/model/pack.ts";
import { TraceModelSink } from "../../../src/report/model/trace-model.ts";
import { runScenario } from "../../../src/scenario/run.ts";
import type { Scenario } from "../../../src/scenario/schema.ts";
import { parsed } from "../../scenario/support.ts";

const SCENARIOS = new URL("../../../scenarios/", import.meta.url);
const ESTIMATORS: readonly EstimatorName[] = ["report", "rfc6298", "fixed"];
/** Rows of one run that are looked at: the longest have 100,000, which say no more. */
const MAX_ROWS = 3000;

interface Explained {
  readonly before: Estimate | undefined;
  readonly now: Estimate;
  readonly lines: readonly string[];
}

/** What the page shows for each row: its copy of the trace has whole nanoseconds. */
function explained(scenario: Scenario): Explained[] {
  const sink = new TraceModelSink();
  runScenario(scenario, { sinks: [sink] });
  const rows = estimatesOf(unpackModel(packModel(sink.model()))).flatMap(({ points }) =>
    points.map((now, at) => {
      const before = points[at - 1];
      return { before, now, lines: arithmeticOf(before, now, scenario.protocol.arq.rto) };
    }),
  );
  return rows.slice(0, MAX_ROWS);
}

/** A scenario under another estimator; an option that it does not heed is no mistake here. */
function under(estimator: EstimatorName, scenario: Scenario): Scenario {
  const { protocol } = scenario;
  const { rto } = protocol.arq;
  const changed = { ...rto, estimator, minMs: Math.min(rto.minMs, rto.initialMs) };
  return { ...scenario, protocol: { ...protocol, arq: { ...protocol.arq, rto: changed } } };
}

/** `0.875 x 104 + 0.125 x |90 - 104|`, `100 + max(500, 4 x 50)`, `90 / 2`. */
function workedOut(expression: string): number {
  const flat = expression
    .replace(/\|([\d.]+) - ([\d.]+)\|/g, (_, a, b) => String(Math.abs(Number(a) - Number(b))))
    .replace(/max\(([\d.]+), ([\d.]+) x ([\d.]+)\)/g, (_, a, b, c) =>
      String(Math.max(Number(a), Number(b) * Number(c))),
    );
  const factor = (text: string) => {
    const [first, second] = text.split(" / ").map(Number);
    return second === undefined ? first! : first! / second;
  };
  const terms = flat.split(" + ").map((term) => term.split(" x ").map(factor));
  return terms.reduce((sum, factors) => sum + factors.reduce((a, b) => a * b), 0);
}

const halfUnit = (printed: string) => 0.5 / 10 ** (printed.split(".")[1]?.length ?? 0) + 1e-9 * Number(printed);
const near = (a: number, b: number, within = 6e-4) => Math.abs(a - b) <= within;

/** What is wrong with a line; undefined: nothing. */
function fault(line: string, { before, now }: Explained): string | undefined {
  if (/ is now | is about /.test(line)) return "does not say how";
  const sum = /(EstimatedRTT|DevRTT|TimeoutInterval) = (?!SampleRTT)(.*?) = ([\d.]+) ms/.exec(line);
  if (sum !== null) {
    const [, name, expression, printed] = sum as unknown as [string, string, string, string];
    if (!near(workedOut(expression), Number(printed), Math.max(halfUnit(printed), 5e-4 + 1e-9 * Number(printed)))) {
      return "is wrong as it is printed";
    }
    const bound = /(cut to the maximum|raised to the minimum) of ([\d.]+) ms/.exec(line);
    if (bound !== null && Number(bound[2]) < Number(printed) !== bound[1]!.startsWith("cut"))
      return "has no need of it";
    const traced = { EstimatedRTT: now.estimatedRttMs, DevRTT: now.devRttMs, TimeoutInterval: now.timeoutIntervalMs };
    const result = Number(bound?.[2] ?? printed);
    return near(traced[name as keyof typeof traced], result) ? undefined : "is not the trace's value";
  }
  const [, stays] = /TimeoutInterval stays ([\d.]+) ms/.exec(line) ?? [];
  if (stays !== undefined) {
    const fromMs = before?.timeoutIntervalMs ?? now.timeoutIntervalMs;
    const hasStayed = near(fromMs, Number(stays)) || line.includes("started afresh");
    return hasStayed && near(now.timeoutIntervalMs, Number(stays)) ? undefined : "has not stayed";
  }
  const [, from, back] = /starts afresh: from ([\d.]+) ms back to the fixed ([\d.]+) ms/.exec(line) ?? [];
  if (back !== undefined) {
    const holds = near(before!.timeoutIntervalMs, Number(from)) && near(now.timeoutIntervalMs, Number(back));
    return holds ? undefined : "has not started afresh";
  }
  const [, first] = /EstimatedRTT = SampleRTT = ([\d.]+) ms \(first sample/.exec(line) ?? [];
  if (first !== undefined) return near(now.estimatedRttMs, Number(first)) ? undefined : "is not the first sample";
  const [, fixed] = /the timeout is fixed at ([\d.]+) ms/.exec(line) ?? [];
  if (fixed !== undefined) return near(now.timeoutIntervalMs, Number(fixed)) ? undefined : "is not fixed at that";
  return /^SampleRTT [\d.]+ ms: not used/.test(line) ? undefined : "is unknown to this test";
}

function faults(rows: readonly Explained[]): string[] {
  return rows.flatMap((row) =>
    row.lines.flatMap((line) => {
      const what = fault(line, row);
      return what === undefined ? [] : [`${row.now.timeMs} ms: ${line}: ${what}`];
    }),
  );
}

const transfer = (rto: string, more = "attempts: unlimited", loss = 0.6, messages = 20) =>
  parsed(`name: transfer
description: A bare transfer.
network: { delay: { distribution: uniform, min: 10ms, max: 333ms }, loss: ${loss} }
protocol: { ${more}, rto: { ${rto} } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, messages: ${messages}, packets: 20, bytes: 64B } } }]
`);

const restart = (delay: string, estimator: string) =>
  parsed(`name: restart
description: A peer that is started again.
duration: 60s
network: { delay: ${delay} }
protocol: { rto: { estimator: ${estimator} } }
hosts: { H1: { role: directory }, H2: { role: peer, files: { a.txt: 9kB }, shares: [a.txt] }, H3: { role: peer } }
timeline:
  - { at: 25s, host: H2, do: crash }
  - { at: 27s, host: H2, do: restart }
`);

describe("every line of arithmetic holds as it is printed", { timeout: 60_000 }, () => {
  const files = ["lessons", "faults", "report-2015"].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, SCENARIOS)).map((name) => `${folder}/${name}`),
  );

  test.each(files)("%s, under each estimator", (file) => {
    const text = readFileSync(new URL(file, SCENARIOS), "utf8");
    for (const estimator of ESTIMATORS) {
      expect(faults(explained(under(estimator, parsed(text)))), estimator).toEqual([]);
    }
  });

  test.each(ESTIMATORS)("%s: back-off, a maximum, a minimum, a granularity, odd weights, no Karn", (estimator) => {
    const initial = "initial: 700ms";
    for (const options of [
      `${initial}, backoff: 2, max: 60s`,
      `${initial}, backoff: 1`,
      `${initial}, backoff: 1.7, max: 9s`,
      `${initial}, min: 500ms`,
      "initial: 600ms, min: 500ms, max: 3s",
      `${initial}, granularity: 100ms, k: 2.5`,
      `${initial}, alpha: 0.3, beta: 0.007, k: 4.4`,
      `${initial}, karn: false`,
    ]) {
      for (const more of ["attempts: unlimited", "attempts: 3", "attempts: 3, wire: hardened"]) {
        const rows = explained(under(estimator, transfer(options, more)));
        expect(rows.length).toBeGreaterThan(50);
        expect(faults(rows), `${options}, ${more}`).toEqual([]);
      }
    }
  });

  test.each(ESTIMATORS)(
    "%s: a host that is started again, with a constant delay and with a random one",
    (estimator) => {
      for (const delay of ["10ms", "{ distribution: uniform, min: 10ms, max: 90ms }"]) {
        const rows = explained(restart(delay, estimator));
        expect(faults(rows), delay).toEqual([]);
        const afresh = rows.flatMap(({ lines }) => lines).filter((line) => line.includes("started afresh"));
        if (estimator !== "fixed") expect(afresh).toHaveLength(1);
      }
    },
  );

  test("a maximum is shown where it cuts, and that it cut before", () => {
    const lines = explained(transfer("estimator: fixed, initial: 1s, backoff: 2, max: 60s", undefined, 0.8)).flatMap(
      (row) => row.lines,
    );
    const cut = "= 64000 ms, cut to the maximum of 60000 ms";
    expect(lines).toContain(`back-off after a timeout: TimeoutInterval = 2 x 32000 ${cut}`);
    expect(lines).toContain(
      "back-off after a timeout: TimeoutInterval = 2 x 60000 = 120000 ms, cut to the maximum of 60000 ms",
    );
  });

  test("a fixed timeout starts afresh with each message that is given up, and with each ACK", () => {
    const rows = explained(transfer("estimator: fixed, initial: 200ms, backoff: 2", "attempts: 3"));
    const lines = rows.flatMap((row) => row.lines);
    expect(lines).toContain(
      "back-off after a timeout, which had started afresh at 200 ms: TimeoutInterval = 2 x 200 = 400 ms",
    );
    expect(lines).toContain(
      "TimeoutInterval starts afresh: from 400 ms back to the fixed 200 ms, for the packet was acknowledged",
    );
  });
});
