/**
 * One variant of one workload in a process of its own: runs it once for each message and answers with the time it took
 * and what it did. Started by measure.mjs.
 */

import { runBaseline } from "./baseline.mjs";
import { parse, runUntraced, runWithCsv } from "./peerlab.mjs";
import { WORKLOADS } from "./workloads.mjs";

const { kind, sizes, variant } = JSON.parse(process.argv[2]);
const workload = WORKLOADS[kind](...sizes);
const run = prepare();

process.on("message", () => {
  globalThis.gc();
  const startedMs = performance.now();
  const { transmissions, events } = run();
  process.send({ seconds: (performance.now() - startedMs) / 1000, transmissions, events });
});

/** The scenario is read before the clock starts. */
function prepare() {
  if (variant === "baseline") return () => runBaseline(workload.baseline);
  const scenario = parse(workload);
  const runPeerlab = variant === "csv" ? runWithCsv : runUntraced;
  return () => {
    const { metrics, events } = runPeerlab(scenario);
    return { transmissions: metrics.transmissions, events };
  };
}
