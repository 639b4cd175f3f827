import { expect, test } from "vitest";
import * as peerlab from "../src/index.ts";
import { scenarioText } from "./cli/fake-console.ts";

function parse(text: string): peerlab.Scenario {
  const parsed = peerlab.parseScenario(text, "lesson.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(peerlab.formatProblem).join("\n"));
  return parsed.scenario;
}

test("a scenario from text to verdict, in a few lines", () => {
  const result = peerlab.runScenario(parse(scenarioText("lesson")), { seed: 7 });
  expect(result).toMatchObject({ name: "lesson", seed: "7", passed: true });
  expect(result.metrics.transmissionsPerPacket).toBeGreaterThanOrEqual(1);
});

test("a run's sinks see what the command line writes", () => {
  const chunks: string[] = [];
  const csv = new peerlab.TraceCsvSink((chunk) => chunks.push(new TextDecoder().decode(chunk)));
  const series = new peerlab.RttSeriesSink();
  const result = peerlab.runScenario(parse(scenarioText("lesson")), { sinks: [csv, series] });
  csv.end();
  expect(chunks.join("").trimEnd().split("\n")).toHaveLength(1 + result.events);
  expect(peerlab.rttCharts(series.series, { columns: 80, color: false })).toMatch(/^sender -> receiver/);
  expect(peerlab.verdictTable(result, { columns: 80, color: false, symbols: false })).toMatch(/^PASS lesson/);
});

/** A run's trace.jsonl, as chunks. */
function traceOf(settings: readonly string[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const jsonl = new peerlab.TraceJsonlSink((chunk) => chunks.push(chunk.slice()));
  const parsed = peerlab.parseScenario(scenarioText("lesson"), "lesson.yaml", { settings });
  if (!parsed.ok) throw new Error("the settings do not fit");
  peerlab.runScenario(parsed.scenario, { sinks: [jsonl] });
  jsonl.end();
  return chunks;
}

test("a trace that was written is read back into any sink", () => {
  const lines = peerlab.readTrace("trace.jsonl", traceOf([]));
  const series = new peerlab.RttSeriesSink();
  peerlab.replayTrace(lines, [series]);
  expect(peerlab.rttCharts(series.series, { columns: 80, color: false })).toMatch(/^sender -> receiver/);
});

test("two runs are compared, and the first difference has words", () => {
  const run = (settings: string[]) => ({
    lines: peerlab.readTrace("trace.jsonl", traceOf(settings)),
    facts: () => undefined,
  });
  const comparison = peerlab.compareExactly(
    { a: run([]), b: run(["network.loss=0.4"]) },
    { toleranceMs: 0, context: 2, maxShown: 5 },
  );
  let step = comparison.next();
  while (!step.done) step = comparison.next();
  expect(step.value.isEqual).toBe(false);
  expect(peerlab.exactText(step.value, { columns: 80, color: false })).toContain("what followed");
});

test("a run's report, with the page that the build made", () => {
  const scenario = parse(scenarioText("lesson"));
  const sink = new peerlab.TraceModelSink();
  const run = peerlab.runScenario(scenario, { sinks: [sink] });
  const html = peerlab.reportHtml({ run, model: sink.model(run.durationMs) }, peerlab.pageAssets());
  expect(html).toMatch(/^<!doctype html>/);
  expect(html.length).toBeGreaterThan(100_000);
});

test("a sweep's cell, beside the closed form", () => {
  const source = { text: scenarioText("lesson"), file: "lesson.yaml", verdicts: false };
  const cell = peerlab.cellScenario(source, ["network.loss=0.2"]);
  if (!cell.ok) throw new Error("the cell does not fit");
  const runs = new peerlab.CellRunner(cell.scenario).run("seed", 1, 40);
  const column = peerlab.SWEEP_METRICS.findIndex(({ name }) => name === "transmissionsPerPacket");
  const values = Array.from({ length: 40 }, (_, i) => runs.values[i * peerlab.SWEEP_METRICS.length + column]!);
  const { mean, se = 0 } = peerlab.meanOf(values);
  expect(se).toBeGreaterThan(0);
  const theory = peerlab.closedForms.transmissions({ p: 0.2, q: 0.2 });
  expect(theory).toBeCloseTo(1 / 0.8 ** 2, 12);
  expect(Math.abs(mean - theory) / se).toBeLessThan(4);
});

test("a run in steps is the run", () => {
  const scenario = parse(scenarioText("lesson"));
  const run = peerlab.startRun(scenario);
  let steps = 1;
  while (run.step(10)) steps++;
  expect(steps).toBeGreaterThan(3);
  expect(run.finish()).toEqual(peerlab.runScenario(scenario));
});

test("a protocol of one's own runs on the simulated network", () => {
  const heard: string[] = [];
  const network = new peerlab.SimNetwork("seed", new peerlab.Recorder(), {
    ...peerlab.defaultNetworkOptions,
    link: { ...peerlab.defaultLinkOptions, delay: { distribution: "constant", valueMs: 50 } },
  });
  const info: peerlab.PacketInfo = {
    kind: "other",
    type: "PING",
    message: 1,
    seq: 1,
    total: 1,
    attempt: 1,
    retransmissionOf: 0,
  };
  /** Sends a byte at its start, where it is told to, and answers once. */
  const host = (name: string, address: string, first?: peerlab.Endpoint) =>
    network.addHost({
      name,
      endpoint: peerlab.endpoint(address, 7),
      boot: (transport) => ({
        start: () => void (first && transport.send(first, Uint8Array.of(1), info)),
        stop: () => {},
        onDatagram(from, [byte = 0]) {
          heard.push(`${name} heard ${byte} from ${from.host} at ${transport.now()} ms`);
          if (byte < 2) transport.send(from, Uint8Array.of(byte + 1), info);
        },
      }),
    });
  const listener = host("listener", "10.0.0.1");
  const caller = host("caller", "10.0.0.2", listener.self);
  listener.start();
  caller.start();
  network.run();
  expect(heard).toEqual(["listener heard 1 from 10.0.0.2 at 50 ms", "caller heard 2 from 10.0.0.1 at 100 ms"]);
});
