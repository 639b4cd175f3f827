import { describe, expect, test } from "vitest";
import { runScenario } from "../../src/scenario/run.ts";
import { compareCsv, sweepCsv, sweepDocument } from "../../src/study/documents.ts";
import { parsed } from "../scenario/support.ts";
import { sweepReport } from "./reports.ts";
import { bulkText } from "./support.ts";

/** A document as a reader of the JSON gets it. */
// biome-ignore lint/suspicious/noExplicitAny: whatever it is, is what the test is about
function json(options: Parameters<typeof sweepReport>[0]): any {
  return JSON.parse(JSON.stringify(sweepDocument(sweepReport(options))));
}

describe("the document", () => {
  test("names what was run, and how: seeds, paths, method", () => {
    expect(json({ vary: ["network.loss=0,0.2"], set: ["protocol.duplicateWindow=1s"] })).toMatchObject({
      name: "bulk",
      file: "x.yaml",
      seeds: { base: "42", runs: 10, first: "42-1", last: "42-10" },
      set: ["protocol.duplicateWindow=1s"],
      vary: ["network.loss"],
      paired: false,
      passed: true,
      metrics: [{ name: "transmissionsPerPacket", unit: "ratio" }],
      agreement: { compared: 2, within: 2 },
    });
  });

  test("has a cell for each point, whose figures are those of the runs with its seeds", () => {
    const { cells } = json({ vary: ["network.loss=0,0.2"] });
    expect(cells.map((cell: { values: object }) => cell.values)).toEqual([
      { "network.loss": "0" },
      { "network.loss": "0.2" },
    ]);
    const scenario = parsed(bulkText({ packets: 50 }), "network.loss=0.2");
    const values = Array.from(
      { length: 10 },
      (_, i) => runScenario(scenario, { seed: `42-${i + 1}` }).metrics.transmissionsPerPacket!,
    );
    const { transmissionsPerPacket: figure } = cells[1].metrics;
    expect(figure.mean).toBeCloseTo(values.reduce((a, b) => a + b) / 10, 12);
    expect(figure).toMatchObject({ n: 10, min: Math.min(...values), max: Math.max(...values), missing: 0 });
    expect(figure.ci95[0]).toBeLessThan(figure.mean);
    expect(figure.theory).toMatchObject({ value: 1 / (0.8 * 0.8), agrees: true });
    expect(cells[0].metrics.transmissionsPerPacket.theory).toEqual({ value: 1, deviation: 0, agrees: true });
  });

  test("says why there is no closed form, no value, no spread", () => {
    const { cells } = json({ vary: [], metrics: ["goodput", "maxAttempt", "meanDownloadTime"], runs: 1 });
    const { goodput, maxAttempt, meanDownloadTime } = cells[0].metrics;
    expect(goodput).toMatchObject({ n: 1, sd: null, se: null, ci95: null, theory: { deviation: null, agrees: null } });
    expect(maxAttempt.theory).toEqual({ value: null, reason: "there is no closed form of this metric" });
    expect(meanDownloadTime).toEqual({ n: 0, missing: 1, theory: { value: null, reason: expect.any(String) } });
  });

  test("hands over the command that replays the first failure of each expectation", () => {
    const text = bulkText({ packets: 50, expect: "[{ retransmissions: { atMost: 12 } }]" });
    const { cells, passed } = json({ text, vary: ["network.loss=0,0.2"], set: ["network.delay=40ms"] });
    expect(passed).toBe(false);
    expect(cells[0]).toMatchObject({ failedRuns: 0, failed: [] });
    const [failure] = cells[1].failed;
    expect(failure).toMatchObject({ expectation: "retransmissions: { atMost: 12 }", failures: cells[1].failedRuns });
    const [, seed, event] =
      /^npx peerlab run x\.yaml --seed (42-\d+) --set network\.delay=40ms --set network\.loss=0\.2 --until-event (\d+)$/.exec(
        failure.replay,
      )!;
    expect(failure.firstSeed).toBe(seed);
    const scenario = parsed(text, "network.delay=40ms", "network.loss=0.2");
    const replayed = runScenario(scenario, { seed: seed!, untilEvent: Number(event) });
    expect(replayed.passed).toBe(false);
  });
});

describe("sweep.csv", () => {
  const rows = (text: string) => text.trimEnd().split("\n");

  test("has a row for each cell and metric", () => {
    const csv = rows(sweepCsv(sweepReport({ vary: ["network.loss=0,0.2"], metrics: ["drops", "meanDownloadTime"] })));
    expect(csv[0]).toBe(
      "network.loss,metric,unit,n,mean,sd,se,ci95_low,ci95_high,min,p5,p25,median,p75,p95,max,missing,theory,deviation_se,theory_note,failed_runs",
    );
    expect(csv).toHaveLength(5);
    expect(csv[1]).toBe("0,drops,count,10,0,0,0,,,0,0,0,0,0,0,0,0,,,there is no closed form of this metric,0");
    expect(csv[2]).toBe("0,meanDownloadTime,ms,0,,,,,,,,,,,,,10,,,there is no closed form of this metric,0");
  });

  test("quotes values with commas", () => {
    const delay = "network.delay={ distribution: uniform, min: 1ms, max: 2ms },3ms";
    expect(sweepCsv(sweepReport({ vary: [delay] }))).toContain('"{ distribution: uniform, min: 1ms, max: 2ms }",trans');
  });

  test("a single run has neither deviation nor interval", () => {
    const [, row] = rows(sweepCsv(sweepReport({ vary: [], runs: 1, metrics: ["drops"] })));
    expect(row).toMatch(/^drops,count,1,(\d+),,,,,\1,\1,\1,\1,\1,\1,\1,0,/);
  });
});

test("sweep-compare.csv has a row for each pair of cells and metric", () => {
  const report = sweepReport({
    compare: "protocol.rto.initial=200ms,400ms",
    metrics: ["timePerPacket", "meanDownloadTime"],
    vary: ["network.loss=0"],
  });
  expect(compareCsv(report)).toBe(
    [
      "network.loss,metric,unit,n,mean_difference,sd,se,ci95_low,ci95_high,lower,equal,higher",
      "0,timePerPacket,ms,10,0,0,0,,,0,10,0",
      "0,meanDownloadTime,ms,0,,,,,,,,",
      "",
    ].join("\n"),
  );
});
