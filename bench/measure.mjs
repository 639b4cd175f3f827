/**
 * The bench's instruments: interleaved timing, and the memory that a run holds. Each variant runs in a process of its
 * own, as `peerlab run` does: in one process they would spoil each other's compiled code and heap.
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const RUNNER = fileURLToPath(new URL("runner.mjs", import.meta.url));

/** The middle value; of an even number of values the upper of the two in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * Runs a workload in each of the `variants` of runner.mjs once to warm up, then `rounds` times in turn (A B C A B C), so
 * that a slow moment of the machine falls on all of them. Returns variant -> { seconds (the median), transmissions, events }.
 */
export async function interleaved(workload, variants, rounds) {
  const runners = variants.map((variant) => fork(RUNNER, [JSON.stringify({ ...workload, variant })]));
  try {
    const seconds = variants.map(() => []);
    const latest = [];
    for (let round = 0; round <= rounds; round++) {
      for (const [index, runner] of runners.entries()) {
        latest[index] = await runOnce(runner);
        if (round > 0) seconds[index].push(latest[index].seconds);
      }
    }
    return Object.fromEntries(
      variants.map((variant, index) => [variant, { ...latest[index], seconds: median(seconds[index]) }]),
    );
  } finally {
    for (const runner of runners) runner.kill();
  }
}

async function runOnce(runner) {
  runner.send("run");
  const answer = await Promise.race([once(runner, "message"), once(runner, "exit")]);
  if (typeof answer[0] === "object" && answer[0] !== null) return answer[0];
  throw new Error(`a run of the bench ended with exit code ${answer[0]}; its error is above`);
}

/** Bytes in use, in the heap and outside, after a collection. Needs `node --expose-gc`. */
export function usedBytes() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
