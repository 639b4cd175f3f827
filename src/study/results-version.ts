/**
 * Tells whether results that were kept are still what this peerlab would compute: a digest of what it does with small
 * scenarios that have every random fault, both wires, every estimator, HTTP and a crash in them. Nobody has to think of
 * raising a number. Every start of a sweep with --out waits for it, so that they are as small as they can be.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { RtoOptions } from "../core/arq/options.ts";
import { parseScenario } from "../scenario/parse.ts";
import { runScenario } from "../scenario/run.ts";
import type { Scenario } from "../scenario/schema.ts";
import { bareTransfer } from "./bare-transfer.ts";
import { rowOf } from "./run-cell.ts";

/** File sharing on the report's wire, with its estimator. */
const SHARING = `
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

/** A few messages, some of them given up, on a channel that is bad for stretches of time. */
const TRANSFER = `
name: probe
description: Bare messages over a bad channel.
seed: probe
network:
  delay: { distribution: exponential, mean: 30ms, min: 5ms }
  loss: { independent: 0.2, gilbertElliott: { p: 0.1, r: 0.4, lossBad: 0.9, step: 200ms } }
  partitions: [{ between: [sender, receiver], start: 3s, end: 4s }]
protocol: { attempts: 4, rto: { initial: 120ms, min: 40ms, max: 700ms } }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
timeline: [{ at: 0s, host: sender, do: { send: { to: receiver, messages: 8, packets: 4, bytes: 64B } } }]
`;

/** The hardened wire in a closed group, with a member, a stranger and a restart. */
const GROUP = `
name: probe
description: A group with a key.
seed: probe
duration: 12s
network: { delay: 15ms, loss: 0.15, duplicate: 0.05, corrupt: 0.05 }
protocol: { wire: hardened, groupKey: a key of the probe, attempts: 4, rto: { estimator: rfc6298, initial: 1s } }
hosts:
  directory: { role: directory }
  H2: { role: peer, files: { a.txt: 4kB }, shares: [a.txt] }
  H3: { role: peer, groupKey: none }
timeline:
  - { at: 4s, host: H3, do: view }
  - { at: 6s, host: H2, do: { lookup: a.txt } }
  - { at: 8s, host: H2, do: crash }
  - { at: 9s, host: H2, do: restart }
`;

/** The timeouts that TRANSFER is run with. */
const TIMEOUTS: readonly Partial<RtoOptions>[] = [
  { estimator: "fixed" },
  { estimator: "rfc6298", granularityMs: 300 },
  { estimator: "report", karn: false },
];

let probed: readonly string[] | undefined;

/** 16 hexadecimal digits: other results, another version. `packageVersion` is peerlab's own. */
export function resultsVersion(packageVersion: string): string {
  probed ??= probeResults();
  return digest([packageVersion, ...probed]);
}

function probeResults(): string[] {
  const transfer = probe(TRANSFER);
  const transfers = TIMEOUTS.map((timeout) => withTimeout(transfer, timeout));
  return [probe(SHARING), ...transfers, probe(GROUP)].flatMap((scenario) => {
    const { traceHash, metrics } = runScenario(scenario);
    return [traceHash, ...rowOf(metrics, bareTransfer(scenario)).map(String)];
  });
}

function probe(text: string): Scenario {
  const parsed = parseScenario(text, "probe.yaml");
  if (!parsed.ok) throw new Error(`the probe is no scenario: ${parsed.problems[0]?.message}`);
  return parsed.scenario;
}

/** Cheaper than to read the text again. */
function withTimeout(scenario: Scenario, timeout: Partial<RtoOptions>): Scenario {
  const { protocol } = scenario;
  const { arq } = protocol;
  return { ...scenario, protocol: { ...protocol, arq: { ...arq, rto: { ...arq.rto, ...timeout } } } };
}

/**
 * The name under which the results of a cell are kept: the version, and what they follow from besides. How many runs
 * there are is no part of it: the first n runs of more are the n runs of a smaller sweep.
 */
export function cellKey(scenario: Scenario, baseSeed: string, version: string): string {
  // JSON knows no Infinity and no pattern: a limit of none is null there, and an expectation has its own text beside it.
  const { name: _name, description: _description, file: _file, seed: _seed, ...whatCounts } = scenario;
  return `${version}-${digest([version, baseSeed, JSON.stringify(whatCounts)])}`;
}

function digest(parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 16);
}
