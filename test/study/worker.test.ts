/** The thread's program, called from this thread. What the pool would give it is put where it looks for it. */

import { expect, test, vi } from "vitest";
import { bulkText } from "./support.ts";

const work = {
  text: bulkText({ packets: 10, expect: "[{ retransmissions: 0 }]" }),
  file: "x.yaml",
  verdicts: true,
  baseSeed: "7",
  cells: [["network.loss=0"], ["network.loss=0.9"]],
};

async function program(change: Partial<typeof work> = {}) {
  vi.resetModules();
  const isTinypoolWorker = true;
  process.__tinypool_state__ = { isTinypoolWorker, workerData: { ...work, ...change }, workerId: 1 };
  return (await import("../../src/study/worker.ts")).default;
}

test("answers with the runs of a cell", async () => {
  const runTask = await program();
  const [calm, lossy] = [runTask({ cell: 0, firstRun: 1, runs: 3 }), runTask({ cell: 1, firstRun: 4, runs: 2 })];
  expect(calm).toMatchObject({ ok: true, runs: { failedRuns: 0 } });
  expect(lossy).toMatchObject({ ok: true, runs: { failedRuns: 2, failed: [{ firstRun: 4 }] } });
});

test("leaves the expectations out where verdicts do not matter", async () => {
  const runTask = await program({ verdicts: false });
  expect(runTask({ cell: 1, firstRun: 1, runs: 2 })).toMatchObject({ ok: true, runs: { failedRuns: 0 } });
});

test("says in words which run broke", async () => {
  const runTask = await program();
  const { CellRunner: ItsRunner, BrokenRunError: ItsError } = await import("../../src/study/run-cell.ts");
  const run = vi.spyOn(ItsRunner.prototype, "run");
  run.mockImplementationOnce(() => {
    throw new ItsError("the run with --seed 7-1 broke: no reason");
  });
  const task = { cell: 0, firstRun: 1, runs: 1 };
  expect(runTask(task)).toEqual({ ok: false, broken: "the run with --seed 7-1 broke: no reason" });
  run.mockImplementationOnce(() => {
    throw new TypeError("ours");
  });
  expect(() => runTask(task)).toThrow("ours");
  run.mockRestore();
});
