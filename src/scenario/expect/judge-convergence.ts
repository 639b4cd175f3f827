/** Judges liveness: once the last fault has ended, no live peer is missing from the directory for longer than allowed. */

import type { ConvergesExpectation } from "./expectation.ts";
import type { RunFacts } from "./facts.ts";
import type { Judgement } from "./judgement.ts";
import { formatQuantity } from "./quantity.ts";

export function judgeConvergence({ withinMs }: ConvergesExpectation, { liveness, durationMs }: RunFacts): Judgement {
  const expected = `every live peer in the directory within ${formatQuantity("ms", withinMs)}`;
  if (!liveness || liveness.peers.length === 0)
    return { outcome: "nothing", expected, found: "no live peer at the end" };
  let slowestMs = 0;
  for (const { host, longestAbsence } of liveness.peers) {
    if (!longestAbsence) continue;
    const { fromMs, toMs } = longestAbsence;
    const absentMs = (toMs ?? durationMs) - fromMs;
    if (absentMs > withinMs) {
      const found = `${host} missing for ${formatQuantity("ms", absentMs)}${toMs === undefined ? ", to the end" : ""}`;
      return { outcome: "broken", expected, found, evidence: { atMs: fromMs + withinMs } };
    }
    if (toMs === undefined) {
      const found = `the run ended ${formatQuantity("ms", absentMs)} after ${host} went missing, too early to tell`;
      return { outcome: "nothing", expected, found };
    }
    slowestMs = Math.max(slowestMs, absentMs);
  }
  const { length } = liveness.peers;
  return {
    outcome: "holds",
    expected,
    found: `${length} live peers, missing for ${formatQuantity("ms", slowestMs)} at most`,
  };
}
