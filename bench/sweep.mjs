/**
 * `node bench/sweep.mjs [--quick] [--json]`, after a build: how long a sweep takes as its users run it, start of the
 * process and of the threads included: 11 losses x 200 runs of a bulk transfer of 1,000 packets, with one worker thread
 * and with two, in turn. Two whole sweeps side by side, with one thread each, show what the machine's cores can do at most:
 * they share its memory, its caches, and the cores that compile and collect garbage meanwhile. `--quick` runs a small sweep once (to see that it works, not how fast); `--json` prints one
 * document. The goals are figures to look at: missing one is no failure.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./measure.mjs";
import { count } from "./workloads.mjs";

const GOAL_SECONDS = 10;
const GOAL_SPEEDUP = 1.7;
const WORKERS = [1, 2];
const ROOT = fileURLToPath(new URL("../", import.meta.url));

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const sizes = options.quick ? { rounds: 1, packets: 200, runs: 20 } : { rounds: 3, packets: 1000, runs: 200 };

const say = (line = "") => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const verdict = (isMet, goal) => (options.quick ? `(${goal})` : `${isMet ? "meets" : "MISSES"} ${goal}`);

/** Runs the sweep once. What it prints is the same for any number of threads. */
async function sweep(workers) {
  const args = ["sweep", "scenarios/lessons/bulk.yaml", "--vary", "network.loss=0:0.5:0.05", "--no-verdicts"];
  const set = ["--set", `timeline.0.do.send.packets=${sizes.packets}`, "--metric", "dataTransmissions"];
  const size = ["--runs", String(sizes.runs), "--workers", String(workers), "--json", "--quiet"];
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["dist/cli/main.js", ...args, ...set, ...size], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`the sweep ended with exit code ${exitCode}; its error is above`);
  return { seconds: (performance.now() - startedMs) / 1000, out };
}

function transmissionsOf(out) {
  const { cells } = JSON.parse(out).sweep;
  return cells.reduce((sum, { metrics }) => sum + metrics.dataTransmissions.mean * sizes.runs, 0);
}

const machine = `Node ${process.versions.node}, ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}`;
say(`${machine}; median of ${sizes.rounds}, interleaved${options.quick ? "; QUICK: too short to judge by" : ""}`);
const [load] = loadavg();
if (load > cpus().length / 2) {
  say(`The machine is busy with other things (load ${load.toFixed(1)}): two threads do not get two cores.`);
}
if (availableParallelism() < 2) say("There is one core only: two threads cannot be faster than one.");
say();

const seconds = new Map(WORKERS.map((workers) => [workers, []]));
const sideBySide = [];
const outputs = new Set();
for (let round = 0; round < sizes.rounds; round++) {
  for (const workers of WORKERS) {
    const run = await sweep(workers);
    seconds.get(workers).push(run.seconds);
    outputs.add(run.out);
  }
  const pair = await Promise.all([sweep(1), sweep(1)]);
  sideBySide.push(Math.max(...pair.map((run) => run.seconds)));
}
if (outputs.size > 1) throw new Error("the results depend on the number of threads");
const transmissions = Math.round(transmissionsOf([...outputs][0]));
const [one, two] = WORKERS.map((workers) => median(seconds.get(workers)));
const speedup = one / two;
const ceiling = (2 * one) / median(sideBySide);

const packets = 11 * sizes.runs * sizes.packets;
say(`sweep: 11 losses x ${sizes.runs} runs of ${count(sizes.packets)} packets (${count(packets)} packets)`);
say(`  one worker    ${one.toFixed(2)} s`);
say(`  two workers   ${two.toFixed(2)} s   ${verdict(two < GOAL_SECONDS, `${GOAL_SECONDS} s`)}`);
say(`  speed-up      ${speedup.toFixed(2)}     ${verdict(speedup >= GOAL_SPEEDUP, String(GOAL_SPEEDUP))}`);
say(
  `  two sweeps side by side are ${ceiling.toFixed(2)} times as fast as one after the other: no speed-up here can be above it`,
);
say(`  with two: ${(transmissions / two / 1e6).toFixed(2)} M data transmissions a second, of ${count(transmissions)}`);
if (options.json) {
  const report = { machine, load, quick: options.quick, rounds: sizes.rounds, packets, transmissions };
  const figures = { ...report, seconds: { one, two }, speedup, ceiling };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}
