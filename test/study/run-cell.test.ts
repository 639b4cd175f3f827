import { expect, test } from "vitest";
import { runScenario } from "../../src/scenario/run.ts";
import type { Scenario } from "../../src/scenario/schema.ts";
import { SWEEP_METRIC_NAMES } from "../../src/study/metrics.ts";
import { BrokenRunError, CellRunner, columnOf, firstRuns, joinRuns, ROW_LENGTH } from "../../src/study/run-cell.ts";
import { parsed, SHARING } from "../scenario/support.ts";
import { bulkText } from "./support.ts";

test("a row has the metrics that `run` gives for the same seed", () => {
  const scenario = parsed(bulkText({ packets: 30 }));
  const { values } = new CellRunner(scenario).run("7", 3, 2);
  expect(values).toHaveLength(2 * ROW_LENGTH);
  const { metrics } = runScenario(scenario, { seed: "7-4" });
  for (const [name, value] of Object.entries(metrics)) {
    expect(values[ROW_LENGTH + SWEEP_METRIC_NAMES.indexOf(name)], name).toBe(value);
  }
});

test("a metric without a value in a run is NaN", () => {
  const runs = new CellRunner(parsed(bulkText({ packets: 3 }))).run("7", 1, 2);
  expect(columnOf(runs, "meanDownloadTime")).toEqual([Number.NaN, Number.NaN]);
  expect(columnOf(runs, "utilisation")).toEqual([Number.NaN, Number.NaN]);
  expect(columnOf(runs, "messagesDelivered")).toEqual([1, 1]);
});

test("what needs the scenario: give-ups per message, duplicates per packet, the use of a link's rate", () => {
  const text = bulkText({ messages: 50, packets: 1, attempts: 1 });
  const runs = new CellRunner(parsed(text, "network.loss=0.5", "network.rate=64kbit/s")).run("7", 1, 3);
  const of = (metric: string) => columnOf(runs, metric);
  expect(of("giveUpRate")).toEqual(of("messagesGivenUp").map((count) => count / 50));
  expect(of("utilisation")).toEqual(of("goodput").map((goodput) => goodput / 64_000));
  const lossy = parsed(bulkText({ packets: 40 }), "network.loss=0.3");
  const many = new CellRunner(lossy).run("7", 1, 3);
  expect(columnOf(many, "duplicatesPerPacket")).toEqual(columnOf(many, "duplicatesReceived").map((n) => n / 40));
  expect(Math.max(...columnOf(many, "duplicatesReceived"))).toBeGreaterThan(0);
});

test("counts the runs in which an expectation failed, and remembers the first", () => {
  const scenario = parsed(bulkText({ packets: 20, expect: "[{ retransmissions: { atMost: 3 } }, { rejects: 1 }]" }));
  const runs = new CellRunner(scenario).run("7", 1, 20);
  const over = columnOf(runs, "retransmissions").map((count) => count > 3);
  expect(runs.failedRuns).toBe(20);
  expect(runs.failed.map(({ index, failures }) => [index, failures])).toEqual([
    [0, over.filter(Boolean).length],
    [1, 20],
  ]);
  const [first] = runs.failed;
  expect(first?.firstRun).toBe(over.indexOf(true) + 1);
  // Where its replay stops is where `run` says that it broke.
  const [verdict] = runScenario(scenario, { seed: `7-${first?.firstRun}` }).expectations;
  expect(first?.untilEvent).toBe(verdict?.event);
});

test("parts of a cell join to what one go gives", () => {
  const scenario = parsed(bulkText({ packets: 20, expect: "[{ retransmissions: { atMost: 5 } }]" }));
  const runner = new CellRunner(scenario);
  const parts = [runner.run("7", 1, 4), runner.run("7", 5, 1), runner.run("7", 6, 7)];
  expect(joinRuns(parts)).toEqual(new CellRunner(scenario).run("7", 1, 12));
});

test("the first runs of more are those of a smaller cell, where it is known which of them failed", () => {
  const passing = new CellRunner(parsed(bulkText({ packets: 5 })));
  expect(firstRuns(passing.run("9", 1, 5), 2)).toEqual(passing.run("9", 1, 2));
  const failing = new CellRunner(parsed(bulkText({ packets: 20, expect: "[{ retransmissions: { atMost: 8 } }]" })));
  const many = failing.run("9", 1, 30);
  const first = many.failed[0]?.firstRun ?? 0;
  expect(first).toBeGreaterThan(1);
  expect(firstRuns(many, 30)).toBe(many);
  expect(firstRuns(many, first)).toBeUndefined();
  expect(firstRuns(many, first - 1)).toEqual(failing.run("9", 1, first - 1));
});

test("a run that breaks names its seed", () => {
  const scenario: Scenario = parsed(SHARING);
  const impossible = { ...scenario, timeline: [{ kind: "action", atMs: 0, host: "nobody", action: { kind: "list" } }] };
  const broken = () => new CellRunner(impossible as Scenario).run("7", 2, 1);
  expect(broken).toThrow(BrokenRunError);
  expect(broken).toThrow(/the run with --seed 7-2 broke: /);
});
