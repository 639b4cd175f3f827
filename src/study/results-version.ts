/**
 * Tells whether results that were kept are still what this peerlab would compute: a digest of what it does with a small
 * scenario that has every random fault, HTTP and a crash in it. Nobody has to think of raising a number.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { parseScenario } from "../scenario/parse.ts";
import { runScenario } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { CellRunner } from "./run-cell.ts";

const PROBE = `
name: probe
description: What peerlab does with a little of everything.
seed: probe
duration: 40s
network:
  delay: { distribution: uniform, min: 5ms, max: 80ms }
  loss: { independent: 0.1, gilbertElliott: { p: 0.05, r: 0.3 } }
  duplicate: 0.05
  corrupt: 0.02
  rate: 1Mbit/s
hosts:
  directory: { role: directory }
  H2: { role: peer, files: { a.txt: 20kB }, shares: [a.txt] }
  H3: { role: peer }
timeline:
  - { at: 5s, host: H3, do: { lookup: a.txt } }
  - { at: 10s, host: H3, do: { download: { file: a.txt, from: H2 } } }
  - { at: 20s, host: directory, do: crash }
  - { at: 22s, host: directory, do: restart }
`;

let probed: readonly string[] | undefined;

/** 16 hexadecimal digits: other results, another version. `packageVersion` is peerlab's own. */
export function resultsVersion(packageVersion: string): string {
  probed ??= probeResults();
  return digest([packageVersion, ...probed]);
}

function probeResults(): string[] {
  const parsed = parseScenario(PROBE, "probe.yaml");
  if (!parsed.ok) throw new Error(`the probe is no scenario: ${parsed.problems[0]?.message}`);
  const { traceHash } = runScenario(parsed.scenario);
  const { values } = new CellRunner(parsed.scenario).run("probe", 1, 2);
  return [traceHash, ...Array.from(values, String)];
}

/** The name under which the results of a cell are kept: what they follow from, and nothing else. */
export function cellKey(scenario: Scenario, baseSeed: string, runs: number, version: string): string {
  // JSON knows no Infinity and no pattern: a limit of none is null there, and an expectation has its own text beside it.
  const { name: _name, description: _description, file: _file, seed: _seed, ...whatCounts } = scenario;
  return digest([version, baseSeed, String(runs), JSON.stringify(whatCounts)]);
}

function digest(parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 16);
}
