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
