/**
 * What runs in a sweep's worker threads: takes (cell, first run, number of runs), answers with numbers. The scenario's
 * text is read once for each cell that the thread meets.
 */

import { Tinypool } from "tinypool";
import { BrokenRunError, CellRunner, type CellRuns } from "./run-cell.ts";
import { cellScenario, type SweepSource } from "./source.ts";

/** What all tasks of a sweep have in common; the threads have it from their start. */
export interface SweepWork extends SweepSource {
  readonly baseSeed: string;
  /** The settings of each cell. */
  readonly cells: readonly (readonly string[])[];
}

export interface SweepTask {
  readonly cell: number;
  readonly firstRun: number;
  readonly runs: number;
}

/** A run that broke is told in words: errors lose their class on the way to another thread. */
export type SweepAnswer =
  | { readonly ok: true; readonly runs: CellRuns }
  | { readonly ok: false; readonly broken: string };

const work = Tinypool.workerData as SweepWork;
let latest: { readonly cell: number; readonly runner: CellRunner } | undefined;

export default function runTask({ cell, firstRun, runs }: SweepTask): SweepAnswer {
  if (latest?.cell !== cell) latest = { cell, runner: runnerOf(cell) };
  try {
    return { ok: true, runs: latest.runner.run(work.baseSeed, firstRun, runs) };
  } catch (error) {
    if (!(error instanceof BrokenRunError)) throw error;
    return { ok: false, broken: error.message };
  }
}

function runnerOf(cell: number): CellRunner {
  const parsed = cellScenario(work, work.cells[cell] as readonly string[]);
  // The main thread has read the same text before.
  if (!parsed.ok) throw new Error(`cell ${cell} is no scenario: ${parsed.problems[0]?.message}`);
  return new CellRunner(parsed.scenario);
}
