/** The thread's program, called from this thread. */

import { afterEach, expect, test, vi } from "vitest";
import { BrokenRunError, CellRunner } from "../../src/study/run-cell.ts";
import runTask from "../../src/study/worker.ts";
import { parsed } from "../scenario/support.ts";
import { bulkText } from "./support.ts";

const text = bulkText({ packets: 10, expect: "[{ retransmissions: 0 }]" });
const task = (cell: number, firstRun: number, runs: number) => ({
  cell,
  scenario: parsed(text, `network.loss=${[0, 0.9][cell]}`),
  baseSeed: "7",
  firstRun,
  runs,
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("answers with the runs of the cell that it is given", () => {
  expect(runTask(task(0, 1, 3))).toMatchObject({ ok: true, runs: { failedRuns: 0 } });
  expect(runTask(task(1, 4, 2))).toMatchObject({ ok: true, runs: { failedRuns: 2, failed: [{ firstRun: 4 }] } });
  expect(runTask(task(0, 1, 3))).toMatchObject({ ok: true, runs: { failedRuns: 0 } });
});

test("says in words which run broke; anything else is a fault of its own", () => {
  const run = vi.spyOn(CellRunner.prototype, "run");
  run.mockImplementationOnce(() => {
    throw new BrokenRunError("the run with --seed 7-1 broke: no reason");
  });
  expect(runTask(task(0, 1, 1))).toEqual({ ok: false, broken: "the run with --seed 7-1 broke: no reason" });
  run.mockImplementationOnce(() => {
    throw new TypeError("ours");
  });
  expect(() => runTask(task(0, 1, 1))).toThrow("ours");
});
