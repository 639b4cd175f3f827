/**
 * What runs in a sweep's worker threads: takes a cell's scenario and some of its runs, answers with numbers. It reads no
 * YAML, so that a thread is soon ready.
 */

import type { Scenario } from "../scenario/schema.ts";
import { BrokenRunError, CellRunner, type CellRuns } from "./run-cell.ts";

export interface SweepTask {
  readonly cell: number;
  /** That of the cell. */
  readonly scenario: Scenario;
  readonly baseSeed: string;
  /** From 1. */
  readonly firstRun: number;
  readonly runs: number;
}

/** A run that broke is told in words: errors lose their class on the way to another thread. */
export type SweepAnswer =
  | { readonly ok: true; readonly runs: CellRuns }
  | { readonly ok: false; readonly broken: string };

let latest: { readonly cell: number; readonly runner: CellRunner } | undefined;

export default function runTask({ cell, scenario, baseSeed, firstRun, runs }: SweepTask): SweepAnswer {
  if (latest?.cell !== cell) latest = { cell, runner: new CellRunner(scenario) };
  try {
    return { ok: true, runs: latest.runner.run(baseSeed, firstRun, runs) };
  } catch (error) {
    if (!(error instanceof BrokenRunError)) throw error;
    return { ok: false, broken: error.message };
  }
}
