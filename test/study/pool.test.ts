import { expect, test } from "vitest";
import type { Scenario } from "../../src/scenario/schema.ts";
import { type PoolOptions, runInThreads } from "../../src/study/pool.ts";
import { CellRunner, type CellRuns } from "../../src/study/run-cell.ts";
import { parsed } from "../scenario/support.ts";
import { bulkText } from "./support.ts";

const CELLS = ["network.loss=0", "network.loss=0.1", "network.loss=0.4"];
const RUNS = 13;

const TEXT = bulkText({ packets: 30, expect: "[{ events: { event: drop, note: /loss/, count: 3 } }, { rejects: 0 }]" });

function options(change: Partial<PoolOptions> = {}): PoolOptions {
  const signal = new AbortController().signal;
  const scenarioOf = (cell: number) => parsed(TEXT, CELLS[cell]!);
  return { cells: [0, 1, 2], scenarioOf, baseSeed: "7", runs: RUNS, workers: 1, signal, onCell() {}, ...change };
}

async function collected(workers: number): Promise<CellRuns[]> {
  const cells: CellRuns[] = [];
  const isWhole = await runInThreads(
    options({
      workers,
      onCell: (index, runs) => {
        cells[index] = runs;
      },
    }),
  );
  expect(isWhole).toBe(true);
  return cells;
}

test("one thread, three threads and none at all give the same numbers", { timeout: 60_000 }, async () => {
  const [one, three] = [await collected(1), await collected(3)];
  expect(three).toEqual(one);
  for (const [index, setting] of CELLS.entries()) {
    const alone = new CellRunner(parsed(TEXT, setting)).run("7", 1, RUNS);
    expect(one[index]).toEqual(alone);
  }
});

test("tells how many runs are done, each once", { timeout: 60_000 }, async () => {
  let done = 0;
  await runInThreads(
    options({
      onRuns: (runs) => {
        done += runs;
      },
    }),
  );
  expect(done).toBe(3 * RUNS);
});

test("nothing to do is done at once", { timeout: 60_000 }, async () => {
  expect(await runInThreads(options({ cells: [] }))).toBe(true);
});

test("a signal ends threads in the middle of a run that would go on for ever", { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const finished: number[] = [];
  const isWhole = await runInThreads(
    options({
      cells: [0, 1],
      scenarioOf: (cell) => parsed(TEXT, `network.loss=${cell}`),
      workers: 2,
      signal: controller.signal,
      onCell: (index) => {
        finished.push(index);
        controller.abort();
      },
    }),
  );
  expect(isWhole).toBe(false);
  expect(finished).toEqual([0]);
});

test("what goes wrong in a thread, or in keeping a cell, ends the sweep", { timeout: 60_000 }, async () => {
  // Without a network the thread cannot even begin.
  const bad = { ...parsed(TEXT), network: undefined } as unknown as Scenario;
  await expect(runInThreads(options({ scenarioOf: () => bad }))).rejects.toThrow("undefined");
  const full = () => {
    throw new Error("no space left");
  };
  await expect(runInThreads(options({ onCell: full }))).rejects.toThrow("no space left");
});
