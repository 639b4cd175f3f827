import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadScenarios } from "../../src/scenario/files.ts";
import { type ParseResult, parseScenario } from "../../src/scenario/parse.ts";
import { resolvedText } from "../../src/scenario/resolved-text.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { writtenDuration } from "../../src/scenario/written.ts";

function scenarioOf(result: ParseResult): Scenario {
  if (!result.ok) throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return result.scenario;
}
/** The scenario that its own resolved text is. */
const again = (scenario: Scenario) => scenarioOf(parseScenario(resolvedText(scenario), "again.yaml"));

test("the text of a scenario has every default, and is a scenario file", () => {
  const scenario = scenarioOf(parseScenario("name: a\ndescription: b\nhosts: { s: { role: arq-sender } }\n", "a.yaml"));
  const text = resolvedText(scenario);
  expect(parse(text)).toMatchObject({
    name: "a",
    seed: "1",
    network: { delay: "0s", loss: 0, rate: "unlimited", maxDatagram: "65507B" },
    protocol: { rto: { estimator: "report", initial: "1s" } },
    hosts: { s: { role: "arq-sender", address: "10.0.0.1", start: "0s", clockDrift: "0ppm" } },
  });
  expect(again(scenario)).toEqual({ ...scenario, file: "again.yaml" });
});

describe("every committed scenario's text loads as the same scenario", () => {
  const loaded = loadScenarios(["scenarios"]);
  if (!loaded.ok) throw new Error("no scenarios");
  test.each(loaded.scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_, scenario) => {
    const text = resolvedText(scenario);
    expect(text.length).toBeLessThan(200_000);
    const copy = again(scenario);
    expect({ ...copy, file: "", expect: [] }).toEqual({ ...scenario, file: "", expect: [] });
    expect(copy.expect.map(({ because, shouldFail, form }) => [because, shouldFail, form])).toEqual(
      scenario.expect.map(({ because, shouldFail, form }) => [because, shouldFail, form]),
    );
  });
});

test.each([
  "scenarios/report-2015",
  "scenarios/lessons/loss.yaml",
  "scenarios/faults/clock-drift.yaml",
  "scenarios/faults/group-key.yaml",
  "scenarios/faults/burst-loss-in-time.yaml",
  "scenarios/faults/fetch-bad-source.yaml",
])("%s: the text gives the same trace and the same verdicts", (path) => {
  const loaded = loadScenarios([path]);
  if (!loaded.ok) throw new Error("no scenarios");
  for (const scenario of loaded.scenarios) {
    const [first, second] = [runScenario(scenario), runScenario(again(scenario))];
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.expectations.map(({ passed, found }) => [passed, found])).toEqual(
      first.expectations.map(({ passed, found }) => [passed, found]),
    );
  }
});

test("what no committed scenario has: each kind of value comes back", () => {
  const text = `
name: all
description: "quotes: \\"and\\" more"
seed: a seed
duration: 1min
network:
  delay: { distribution: pareto, scale: 1.5ms, shape: 2.5 }
  loss: { independent: 1%, gilbertElliott: { p: 0.1, r: 0.5, step: 10ms } }
  rate: 1.5Mbit/s
  queue: 64KiB
  links:
    - { between: [H1, H2], delay: { distribution: exponential, mean: 5ms, min: 1ms }, queue: 5, rate: 1kbit/s }
    - { to: H2, delay: { distribution: normal, mean: 5ms, stddev: 333ns } }
  faults:
    - { match: { from: H1, type: UPDATE, kind: ack, nth: [1, 3], after: 1s, before: 2s }, do: { duplicate: 4s } }
    - { match: { to: H1, seq: 1, attempt: 2, message: 1 }, do: { corrupt: 3 } }
    - { match: { kind: data }, do: corrupt }
    - { match: {}, do: { delay: 1ms } }
  partitions:
    - { between: [H1, [H2, p]], start: 10s }
    - { from: H1, end: 3s }
protocol:
  wire: hardened
  groupKey: correct horse battery staple
  attempts: unlimited
hosts:
  H1: { role: directory }
  H2: { role: peer, start: never, files: { a: { content: "x\\n" }, b: { size: 3B, variant: 2 } }, shares: [a] }
  p: { role: peer, count: 3, start: 1s, startSpread: 1s, groupKey: none, clockDrift: -20ppm }
timeline:
  - { at: 1.5s, host: H2, do: start }
  - { at: 2s, host: p, do: { download: { file: a, from: H2, range: 0-99 } } }
  - { at: 1.9s, host: p-1, do: { lookup: a } }
  - { at: 2s, host: p-1, do: { download: { file: a, choice: 1, range: 5- } } }
  - { at: 3s, host: p-1, do: { fetch: { file: a, from: p, limit: 1kbit/s, overwrite: true } } }
  - { at: 4s, network: { loss: 0, delay: 7ms }, links: [{ from: p, loss: 0.2 }] }
`;
  const scenario = scenarioOf(parseScenario(text, "all.yaml"));
  expect(again(scenario)).toEqual({ ...scenario, file: "again.yaml" });
});

test.each([0, 1e-6, 5e-9, 0.000123, 0.1, 1 / 3, 1000 / 3, 7020.7, 60_000, 86_400_000.5])(
  "%d ms is written exactly",
  (ms) => {
    const text = `name: a\ndescription: b\nhosts: { s: { role: arq-sender, start: ${writtenDuration(ms)} } }\n`;
    expect(scenarioOf(parseScenario(text, "a.yaml")).hosts[0]!.startMs).toBe(ms);
  },
);

test("very many hosts are cut, and counted", () => {
  const parsed = parseScenario("name: a\ndescription: b\nhosts: { s: { role: arq-sender, count: 250 } }\n", "a.yaml");
  expect(resolvedText(scenarioOf(parsed))).toMatch(
    /# 50 more hosts are left out here: to run it, take its own file\n$/,
  );
});
