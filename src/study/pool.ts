/** Worker threads for a sweep. What comes out does not depend on how many there are, or on who is ready first. */

import { Tinypool } from "tinypool";
import type { Scenario } from "../scenario/schema.ts";
import { BrokenRunError, type CellRuns, joinRuns } from "./run-cell.ts";
import type { SweepAnswer, SweepTask } from "./worker.ts";

/** From the sources as from the build. */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/** Tasks given out ahead for each thread, so that none waits for the next. */
const TASKS_AHEAD = 2;
/** Tasks that a cell is cut into for each thread, so that all have work until the end. */
const TASKS_PER_CELL = 4;
/** Runs of one task: few enough for progress to be seen, enough to make messages cheap. */
const MAX_TASK_RUNS = 50;

export interface PoolOptions {
  /** The cells to run, by their numbers. */
  readonly cells: readonly number[];
  /** Called for a cell once, when its turn comes: so many scenarios at once might not fit into memory. */
  readonly scenarioOf: (cell: number) => Scenario;
  readonly baseSeed: string;
  /** Runs of each cell. */
  readonly runs: number;
  /** Runs of a cell that are there already: the first ones. Absent: none. */
  readonly runsDone?: (cell: number) => number;
  readonly workers: number;
  /** Ends all threads at once. */
  readonly signal: AbortSignal;
  /** Some runs are done. */
  readonly onRuns?: (runs: number) => void;
  /** All runs of a cell are done, and come without those that were there already. Cells may be finished out of order. */
  readonly onCell: (cell: number, runs: CellRuns) => void;
}

/** Some runs of a cell. */
type Part = Pick<SweepTask, "cell" | "firstRun" | "runs">;

/**
 * Runs cells in threads; resolves to false where the signal ended it. Rejects with what broke in a run, or with what
 * `onCell` throws; then and always, no thread is left.
 */
export async function runInThreads(options: PoolOptions): Promise<boolean> {
  const { workers, signal } = options;
  const tasks = tasksOf(options);
  const threads = Math.max(1, Math.min(workers, tasks.length));
  if (tasks.length === 0 || signal.aborted) return !signal.aborted;
  const pool = new Tinypool({
    filename: WORKER.href,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
  });
  const stop = (): void => void pool.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await giveOut(tasks, pool, threads, options);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await pool.destroy();
  }
}

async function giveOut(tasks: readonly Part[], pool: Tinypool, threads: number, options: PoolOptions): Promise<void> {
  const { scenarioOf, baseSeed, runs, runsDone = () => 0, signal, onRuns, onCell } = options;
  const parts = new Map<number, { task: Part; result: CellRuns }[]>();
  let latest: { readonly cell: number; readonly scenario: Scenario } | undefined;
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && !signal.aborted && !failed) {
      const task = tasks[next++] as Part;
      if (latest?.cell !== task.cell) latest = { cell: task.cell, scenario: scenarioOf(task.cell) };
      const work: SweepTask = { ...task, scenario: latest.scenario, baseSeed };
      const answer = (await pool.run(work)) as SweepAnswer;
      if (!answer.ok) throw new BrokenRunError(answer.broken);
      const ofCell = [...(parts.get(task.cell) ?? []), { task, result: answer.runs }];
      if (ofCell.reduce((sum, part) => sum + part.task.runs, 0) < runs - runsDone(task.cell))
        parts.set(task.cell, ofCell);
      else {
        parts.delete(task.cell);
        const inOrder = ofCell.toSorted((a, b) => a.task.firstRun - b.task.firstRun);
        onCell(task.cell, joinRuns(inOrder.map((part) => part.result)));
      }
      onRuns?.(task.runs);
    }
    if (signal.aborted) throw new Error("interrupted");
  };
  const guarded = async (): Promise<void> => {
    try {
      await lane();
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: threads * TASKS_AHEAD }, guarded));
}

/** Cell by cell, so that cells are finished early. */
function tasksOf({ cells, runs, runsDone = () => 0, workers }: PoolOptions): Part[] {
  return cells.flatMap((cell) => {
    const done = runsDone(cell);
    const left = runs - done;
    const step = Math.max(1, Math.min(MAX_TASK_RUNS, Math.ceil(left / (workers * TASKS_PER_CELL))));
    return Array.from({ length: Math.ceil(left / step) }, (_, i) => {
      const firstRun = done + 1 + i * step;
      return { cell, firstRun, runs: Math.min(step, runs - firstRun + 1) };
    });
  });
}
