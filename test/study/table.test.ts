import { describe, expect, test } from "vitest";
import { comparisonTables, methodNote, metricTable, sweepHeading, sweepSummary } from "../../src/study/table.ts";
import { sweepReport } from "./reports.ts";
import { bulkText } from "./support.ts";

const style = { columns: 100, color: false };
const rowsOf = (text: string) => text.trimEnd().split("\n");

test("the heading says how many, which seeds, and what was varied", () => {
  expect(sweepHeading(sweepReport({ vary: ["network.loss=0,0.1", "network.delay=1ms,2ms"] }), style)).toBe(
    "bulk: 4 cells of 10 runs, seeds 42-1 to 42-10, the same in every cell\nvaried: network.loss, network.delay\n",
  );
  expect(sweepHeading(sweepReport({ vary: [], runs: 1 }), style)).toBe("bulk: 1 cell of 1 run, seed 42-1\n");
});

describe("a metric's table", () => {
  test("has mean, interval, median, percentiles, closed form and deviation for each cell", () => {
    const rows = rowsOf(metricTable(sweepReport({ vary: ["network.loss=0,0.2"] }), 0, style));
    expect(rows[0]).toBe("transmissionsPerPacket");
    expect(rows.at(-3)).toMatch(/^loss +mean +95 % CI +median +p5 +p95 +theory +dev\/SE$/);
    expect(rows.at(-2)).toMatch(/^0 +1 +± 0 +1 +1 +1 +1 +0$/);
    expect(rows.at(-1)).toMatch(/^0\.2 +1\.\d+ +± 0\.\d\d+ +1\.\d+ +1\.\d+ +1\.\d+ +1\.5625 +[+-]\d\.\d\d$/);
  });

  test("leaves percentiles out where the terminal is narrow, and never what was varied", () => {
    const report = sweepReport({ vary: ["network.loss=0,0.2"] });
    const head = (columns: number) =>
      rowsOf(metricTable(report, 0, { ...style, columns })).find((row) => /^loss/.test(row));
    expect(head(52)).not.toContain("p5");
    expect(head(52)).toContain("median");
    expect(head(40)).toMatch(/^loss +mean +95 % CI +theory +dev\/SE$/);
  });

  test("calls paths by the shortest ends that tell them apart", () => {
    const vary = ["protocol.rto.min=10ms,20ms", "protocol.rto.max=1min,2min"];
    const links = ["network.loss=0,0.1", "network.queue=1,2"];
    const headOf = (paths: string[], set: string[] = []) =>
      rowsOf(metricTable(sweepReport({ vary: paths, runs: 1, set }), 0, style)).find((row) => row.includes("95 % CI"));
    expect(headOf(vary)).toMatch(/^min +max +mean/);
    expect(headOf(links, ["network.rate=1Mbit/s"])).toMatch(/^loss +queue +mean/);
    const alike = ["hosts.sender.start=0s,0ms", "hosts.receiver.start=0s,0ms"];
    expect(headOf(alike)).toMatch(/^sender\.start +receiver\.start +mean/);
  });

  test("says where there is no spread, and gives a share its own interval", () => {
    const drops = rowsOf(metricTable(sweepReport({ vary: ["network.loss=0,0.2"], metrics: ["drops"] }), 0, style));
    expect(drops).toContainEqual(expect.stringMatching(/^0 +0 +no spread /));
    expect(drops.at(-1)).toMatch(/^no spread: all runs gave the same value/);
    const text = bulkText({ messages: 2, packets: 1, attempts: 9 });
    const rate = metricTable(sweepReport({ text, vary: ["network.loss=0.01"], metrics: ["giveUpRate"] }), 0, style);
    expect(rate).toMatch(/^0\.01 +0 +0 to 0\.161 /m);
  });

  test("says which runs had no value, why a closed form is missing, why a deviation is", () => {
    const delays = sweepReport({ vary: ["network.delay=50ms,150ms"], metrics: ["timePerPacket"] });
    expect(metricTable(delays, 0, style)).toContain(
      "no closed form: the RTT (300 ms) is above the timeout (200 ms) (1 of 2 cells)\n",
    );
    const few = sweepReport({ vary: ["network.loss=0.001,0.1"], runs: 2 });
    expect(metricTable(few, 0, style)).toContain("no deviation: too few to compare\n");
    const none = sweepReport({ metrics: ["meanDownloadTime"] });
    expect(metricTable(none, 0, style)).toContain("no value in 30 of 30 runs (in 3 cells)");
    expect(metricTable(none, 0, style)).toMatch(/^0\.2 +no value$/m);
    expect(metricTable(none, 0, style)).not.toContain("closed form");
  });
});

test("a comparison: the mean difference, its interval, and who was lower how often", () => {
  const report = sweepReport({
    vary: ["network.loss=0,0.2"],
    compare: "protocol.rto.initial=200ms,400ms",
    metrics: ["timePerPacket"],
  });
  const rows = rowsOf(comparisonTables(report, style));
  expect(rows[0]).toBe("timePerPacket: protocol.rto.initial=400ms less 200ms, seed by seed");
  expect(rows[1]).toMatch(/^loss +mean difference +95 % CI +lower +equal +higher$/);
  expect(rows[2]).toMatch(/^0 +0 +no spread +0 +10 +0$/);
  expect(rows[3]).toMatch(/^0\.2 +\d+(\.\d+)? +± \d+ +0 +0 +10$/);
  expect(comparisonTables(sweepReport(), style)).toBe("");
});

describe("the summary", () => {
  const failing = bulkText({ packets: 50, expect: "[{ retransmissions: { atMost: 12 } }]" });

  test("counts runs, and figures that agree with their closed form", () => {
    const summary = sweepSummary(sweepReport(), style);
    expect(summary).toContain("closed forms: 3 of 3 means within 4.09 standard errors\n");
    expect(methodNote(sweepReport(), style).replaceAll("\n", " ")).toContain("Cells share their seeds");
    expect(methodNote(sweepReport({ metrics: ["drops"] }), style)).not.toContain("closed forms");
    expect(sweepSummary(sweepReport({ vary: ["network.loss=0"], runs: 1 }), style)).toContain("1 of 1 mean agree\n");
    expect(summary).toMatch(/\n3 cells, 30 runs: 30 passed, 0 failed\n$/);
    expect(sweepSummary(sweepReport({ metrics: ["drops"] }), style)).not.toContain("closed forms");
    expect(sweepSummary({ ...sweepReport(), verdicts: false }, style)).toMatch(/30 runs: verdicts left out\n$/);
  });

  test("names the cells in which something failed, with the command that shows it", () => {
    const summary = sweepSummary(sweepReport({ text: failing, vary: ["network.loss=0,0.2"] }), style);
    expect(summary).toMatch(/^ {2}network\.loss=0\.2: failed in \d+ of 10 runs: retransmissions: \{ atMost: 12 \}$/m);
    expect(summary).toMatch(
      /^ {4}replay: npx peerlab run x\.yaml --seed 42-\d+ --set network\.loss=0\.2 --until-event \d+$/m,
    );
    expect(summary).toMatch(/20 runs: \d+ passed, \d+ failed\n$/);
  });

  test("shows ten of them and counts the others", () => {
    const vary = ["network.loss=0.3:0.4:0.01"];
    const summary = sweepSummary(sweepReport({ text: failing, vary, runs: 3 }), style);
    expect(summary.match(/replay:/g)).toHaveLength(10);
    expect(summary).toContain("  and 1 more: see sweep.json (--out)\n");
  });
});
