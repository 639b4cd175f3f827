/** The same scenario and seed give the same events, to the byte; another seed gives others. */

import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { Tape } from "../support/tape.ts";

/** Everything at once: file sharing with a download over bad links, a crash, a partition, drift. */
const text = `
name: everything
description: File sharing over links on which everything happens.
seed: 7
duration: 60s
network:
  delay: { distribution: exponential, mean: 20ms, min: 2ms }
  loss: { independent: 0.05, gilbertElliott: { p: 0.02, r: 0.3, step: packet } }
  duplicate: 0.05
  corrupt: 0.01
  links:
    - { between: [H1, H2], rate: 1Mbit/s, queue: 20, keepOrder: true }
  partitions:
    - { between: [[H1], [H3]], start: 20s, end: 30s }
hosts:
  H1: { role: directory }
  H2: { role: peer, files: { new.txt: 20000B }, shares: [new.txt], clockDrift: 50ppm }
  H3: { role: peer, start: 2s }
  flock: { role: peer, count: 10, start: 1s, startSpread: 7s }
timeline:
  - { at: 10s, host: H3, do: { lookup: new.txt } }
  - { at: 12s, host: H3, do: { download: { file: new.txt, from: H2 } } }
  - { at: 25s, host: H2, do: crash }
  - { at: 35s, host: H2, do: restart }
  - { at: 40s, host: H3, do: view }
`;

function scenario(): Scenario {
  const parsed = parseScenario(text, "everything.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, undefined, 2));
  return parsed.scenario;
}

describe("a scenario", () => {
  test("run twice gives the same events, hash and figures", () => {
    const [one, two] = [new Tape(), new Tape()];
    const first = runScenario(scenario(), { sinks: [one] });
    const second = runScenario(scenario(), { sinks: [two] });
    expect(one.rows.length).toBeGreaterThan(500);
    expect(one.rows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(two.rows[i]))).toBe(-1);
    expect(second).toEqual(first);
    expect(JSON.stringify(one.rtt)).toBe(JSON.stringify(two.rtt));
  });

  test("does not care who listens, nor what ran before in the same process", () => {
    const alone = runScenario(scenario()).traceHash;
    runScenario(scenario(), { seed: "another" });
    expect(runScenario(scenario(), { sinks: [new Tape()] }).traceHash).toBe(alone);
  });

  test("with another seed goes another way; the seed of the call wins over the scenario's", () => {
    const hashes = [undefined, 8, "8 ", "x"].map(
      (seed) => runScenario(scenario(), seed === undefined ? {} : { seed }).traceHash,
    );
    expect(new Set(hashes).size).toBe(4);
    expect(runScenario(scenario(), { seed: 7 }).traceHash).toBe(hashes[0]);
    expect(runScenario(scenario(), { seed: "7" }).traceHash).toBe(hashes[0]);
  });

  test("stopped at an event has had the same events up to there", () => {
    const [whole, part] = [new Tape(), new Tape()];
    runScenario(scenario(), { sinks: [whole] });
    runScenario(scenario(), { sinks: [part], untilEvent: 300 });
    expect(part.rows.length).toBeGreaterThanOrEqual(300);
    expect(part.rows.length).toBeLessThan(400);
    expect(JSON.stringify(part.rows)).toBe(JSON.stringify(whole.rows.slice(0, part.rows.length)));
  });
});
