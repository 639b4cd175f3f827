/** A run as JSON: one element of `run --json`'s scenarios, and the whole of summary.json. */

import { verdictReplay } from "../report/replay.ts";
import type { RunResult } from "../scenario/run.ts";

/** `set`: the assignments that changed the scenario. Failed expectations carry the command that shows them again. */
export function runDocument(result: RunResult, set: readonly string[]): object {
  const { name, description, file, seed, world, passed, traceHash, durationMs, events, metrics, actions } = result;
  const expectations = result.expectations.map((verdict) => {
    if (verdict.passed || verdict.notJudged !== undefined || file === undefined) return verdict;
    return { ...verdict, replay: verdictReplay({ file, seed, events, isReal: world === "real" }, verdict, set) };
  });
  return {
    name,
    description,
    file,
    seed,
    world,
    passed,
    traceHash,
    durationMs,
    events,
    expectations,
    metrics,
    actions,
  };
}
