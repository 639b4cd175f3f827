/**
 * `npm run bench [-- --quick] [-- --json]`: how fast peerlab is, beside a hand-written minimal simulator of the same
 * workload in the same run. `--quick` runs small sizes once (to see that it works, not how fast); `--json` prints one document.
 * The goals are figures to look at: missing one is no failure.
 */

import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { interleaved } from "./measure.mjs";
import { bytesHeldAt, hashSecondsPerEvent, parse } from "./peerlab.mjs";
import { count, WORKLOADS } from "./workloads.mjs";

const GOAL_UNTRACED = 0.5;
const GOAL_CSV = 0.25;
const GOAL_PEER_BYTES = 4096;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const sizes = options.quick
  ? { rounds: 1, packets: 20_000, peers: 500, seconds: 60, hostCounts: [100, 1000], hostSeconds: 30_000 }
  : {
      rounds: 5,
      packets: 200_000,
      peers: 10_000,
      seconds: 600,
      hostCounts: [100, 1000, 10_000],
      hostSeconds: 1_000_000,
    };

const say = (line = "") => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const row = (name, ...cells) => say(`  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(14)).join("")}`);
const verdict = (isMet, goal) => (options.quick ? `(${goal})` : `${isMet ? "meets" : "MISSES"} ${goal}`);

async function throughput(kind, ...workloadSizes) {
  const { title } = WORKLOADS[kind](...workloadSizes);
  const variants = ["baseline", "untraced", "csv"];
  const measured = await interleaved({ kind, sizes: workloadSizes }, variants, sizes.rounds);
  const perSecond = Object.fromEntries(
    variants.map((variant) => [variant, measured[variant].transmissions / measured[variant].seconds]),
  );
  const figures = {
    workload: kind,
    transmissions: { baseline: measured.baseline.transmissions, peerlab: measured.untraced.transmissions },
    transmissionsPerSecond: perSecond,
    ratioUntraced: perSecond.untraced / perSecond.baseline,
    ratioCsv: perSecond.csv / perSecond.baseline,
    traceHashShare: (hashSecondsPerEvent() * measured.untraced.events) / measured.untraced.seconds,
  };

  say(title);
  row("", "transmissions", "Mtx/s", "of baseline", "goal");
  row("baseline", count(figures.transmissions.baseline), mega(perSecond.baseline));
  const ours = count(figures.transmissions.peerlab);
  const [untraced, csv] = [figures.ratioUntraced, figures.ratioCsv];
  row("peerlab", ours, mega(perSecond.untraced), untraced.toFixed(2), verdict(untraced >= GOAL_UNTRACED, "0.50"));
  row("peerlab with CSV files", ours, mega(perSecond.csv), csv.toFixed(2), verdict(csv >= GOAL_CSV, "0.25"));
  say(`  the trace hash takes ${(100 * figures.traceHashShare).toFixed(1)} % of the time of the run without CSV`);
  say();
  return figures;
}

async function timePerEvent() {
  say(`time per event: the directory workload, ${count(sizes.hostSeconds)} host-seconds`);
  row("peers", "events", "peerlab ns", "baseline ns");
  const figures = [];
  for (const hosts of sizes.hostCounts) {
    const workload = { kind: "directory", sizes: [hosts, sizes.hostSeconds / hosts] };
    const { baseline, untraced } = await interleaved(workload, ["baseline", "untraced"], Math.min(3, sizes.rounds));
    const nsPerEvent = {
      peerlab: (1e9 * untraced.seconds) / untraced.events,
      baseline: (1e9 * baseline.seconds) / baseline.events,
    };
    row(count(hosts), count(untraced.events), nsPerEvent.peerlab.toFixed(0), nsPerEvent.baseline.toFixed(0));
    figures.push({ hosts, events: untraced.events, nsPerEvent });
  }
  say();
  return figures;
}

/** Peers that have registered and wait for their next update; the directory's entry of each is counted with it. */
function memory() {
  const bytesPerPeer = bytesHeldAt(parse(WORKLOADS.directory(sizes.peers, 20)), 15_000) / sizes.peers;
  const isMet = bytesPerPeer < GOAL_PEER_BYTES;
  say(`memory per idle peer, of ${count(sizes.peers)}: ${count(bytesPerPeer)} B, ${verdict(isMet, "4,096 B")}`);
  return { peers: sizes.peers, bytesPerPeer };
}

const mega = (perSecond) => (perSecond / 1e6).toFixed(2);

const machine = `Node ${process.versions.node}, ${process.arch}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown processor"}`;
say(`${machine}; median of ${sizes.rounds}, interleaved${options.quick ? "; QUICK: too short to judge by" : ""}`);
const [load] = loadavg();
if (load > cpus().length / 2) {
  say(
    `The machine is busy with other things (load ${load.toFixed(1)}): long runs suffer more than short ones, so the ratios are too low.`,
  );
}
say();
const report = {
  machine,
  load,
  quick: options.quick,
  rounds: sizes.rounds,
  throughput: [await throughput("bulk", sizes.packets), await throughput("directory", sizes.peers, sizes.seconds)],
  timePerEvent: await timePerEvent(),
  memory: memory(),
};
if (options.json) process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
