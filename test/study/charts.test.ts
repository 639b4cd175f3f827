/** The charts of a sweep. test/study/golden has one as SVG: to write it anew, UPDATE_GOLDEN=1, and look at it. */

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { differenceChart, sweepChart } from "../../src/study/chart-data.ts";
import { svgChart, svgDifference } from "../../src/study/svg-chart.ts";
import { terminalChart } from "../../src/study/terminal-chart.ts";
import { sweepReport } from "./reports.ts";
import { bulkText } from "./support.ts";

describe("what is drawn", () => {
  test("one series over the first path, from left to right whatever the order of the values", () => {
    const chart = sweepChart(sweepReport({ vary: ["network.loss=0.4,0,20%"] }), 0, 6);
    expect(chart?.axis).toEqual({ path: "network.loss", unit: "", texts: ["0.4", "0", "20%"] });
    const numbers = sweepChart(sweepReport({ vary: ["network.loss=0.4,0,0.2"] }), 0, 6);
    expect(numbers?.axis.texts).toBeUndefined();
    expect(numbers?.series).toHaveLength(1);
    expect(numbers?.series[0]?.label).toBe("");
    expect(numbers?.series[0]?.points.map(({ x }) => x)).toEqual([0, 0.2, 0.4]);
  });

  test("durations are in ms on one axis, whatever their units", () => {
    const chart = sweepChart(sweepReport({ vary: ["network.delay=0,10ms,0.1s"] }), 0, 6);
    expect(chart?.axis).toMatchObject({ unit: "ms", texts: undefined });
    expect(chart?.series[0]?.points.map(({ x }) => x)).toEqual([0, 10, 100]);
  });

  test("a series for each combination of the other paths", () => {
    const vary = ["network.loss=0,0.2", "protocol.rto.initial=200ms,400ms"];
    const labels = (report: Parameters<typeof sweepReport>[0]) =>
      sweepChart(sweepReport(report), 0, 6)?.series.map(({ label }) => label);
    expect(labels({ vary })).toEqual(["protocol.rto.initial=200ms", "protocol.rto.initial=400ms"]);
    // Paired, they belong to the first path's values.
    expect(labels({ vary, paired: true })).toEqual([""]);
    expect(labels({ vary, paired: true, compare: "protocol.rto.backoff=1,2" })).toEqual([
      "protocol.rto.backoff=1",
      "protocol.rto.backoff=2",
    ]);
    expect(labels({ vary: [], compare: "protocol.rto.backoff=1,2" })).toEqual([""]);
  });

  test("no more series than can be told apart; the others are counted", () => {
    const report = sweepReport({ vary: ["network.loss=0,0.2", "network.delay=1ms:9ms:1ms"], runs: 2 });
    expect(sweepChart(report, 0, 6)).toMatchObject({ omitted: 3 });
    expect(svgChart(report, 0)).toContain("3 more series are not drawn: see sweep.csv.");
    expect(terminalChart(report, 0, { columns: 80, color: false })).toContain("6 more series are not drawn");
  });

  test("why a closed form is missing, and where", () => {
    const chart = sweepChart(sweepReport({ vary: ["network.delay=50ms,150ms"], metrics: ["timePerPacket"] }), 0, 6);
    expect(chart?.reasons).toEqual(["the RTT (300 ms) is above the timeout (200 ms) (1 of 2 cells)"]);
    expect(chart?.series[0]?.points[1]?.theory).toBeNaN();
    const without = sweepChart(sweepReport({ metrics: ["drops"] }), 0, 6);
    expect(without?.reasons).toEqual([]);
  });

  test("nothing, where nothing was varied or nothing has a value", () => {
    expect(sweepChart(sweepReport({ vary: [] }), 0, 6)).toBeUndefined();
    const report = sweepReport({ metrics: ["meanDownloadTime"] });
    expect(svgChart(report, 0)).toBeUndefined();
    expect(terminalChart(report, 0, { columns: 80, color: false })).toBe("");
  });
});

describe("what nothing lies between", () => {
  const twoValues = sweepReport({ vary: ["protocol.rto.backoff=1,2"], metrics: ["timePerPacket"] });

  test("the values of a switch are categories, numbers or not", () => {
    expect(sweepChart(twoValues, 0, 6)?.axis.texts).toEqual(["1", "2"]);
    const variants = sweepReport({ vary: [], compare: "protocol.rto.backoff=1,2" });
    expect(sweepChart(variants, 0, 6)?.axis.texts).toEqual(["1", "2"]);
    const names = sweepReport({
      vary: ["protocol.rto.estimator=fixed,report,rfc6298"],
      set: ["protocol.rto.initial=1s"],
    });
    expect(sweepChart(names, 0, 6)?.axis.texts).toHaveLength(3);
  });

  test("is drawn as points with bars in the SVG, as strokes on the terminal; no line leads across", () => {
    const svg = svgChart(twoValues, 0)!;
    expect(svg).not.toContain("fill-opacity");
    expect(svg).toContain("bars: 95 % confidence");
    // The intervals' bars, with both ends.
    expect(svg.match(/d="M[\d.]+,[\d.]+H[\d.]+M[\d.]+,[\d.]+V[\d.]+M[\d.]+,[\d.]+H[\d.]+"/g)).toHaveLength(2);
    const chart = terminalChart(twoValues, 0, { columns: 60, color: false });
    expect(chart).not.toMatch(/[╭╮╰╯]/);
    const plot = chart.split("\n").filter((line) => line.includes("┤"));
    expect(plot.join("\n").match(/──[─o]──(?!─)/g)).toHaveLength(2);
  });
});

test("where values differ by much, both axes are logarithmic, and a 0 lies at the foot", () => {
  const report = sweepReport({
    vary: ["network.loss=0,0.3,0.6"],
    compare: "protocol.rto.backoff=1,2",
    metrics: ["timePerPacket"],
  });
  expect(svgChart(report, 0)).toContain(">timePerPacket (ms), logarithmic</text>");
  expect(terminalChart(report, 0, { columns: 80, color: false })).toContain("(logarithmic)");
  expect(svgChart(report, 0)).not.toMatch(/NaN|Infinity/);
  const calm = sweepReport({ vary: ["network.loss=0,0.1,0.2"], metrics: ["timePerPacket"] });
  expect(svgChart(calm, 0)).not.toContain("logarithmic");
  expect(terminalChart(calm, 0, { columns: 80, color: false })).not.toContain("logarithmic");
  const zero = sweepReport({ vary: ["network.loss=0,0.01,0.5"], metrics: ["retransmissions"] });
  expect(svgChart(zero, 0)).toContain(", logarithmic</text>");
  expect(svgChart(zero, 0)).toContain('transform="translate(84,360)"');
});

describe("the difference of two variants", () => {
  const compare = "protocol.rto.backoff=2,1";

  test("over what else was varied, with a 0 on its axis", () => {
    const report = sweepReport({ vary: ["network.loss=0,0.2,0.4"], compare, metrics: ["timePerPacket"] });
    const chart = differenceChart(report, 0, 6)!;
    expect(chart).toMatchObject({ title: "timePerPacket: protocol.rto.backoff=1 less 2", unit: "ms", omitted: 0 });
    expect(chart.series.map(({ label }) => label)).toEqual([""]);
    const { points } = chart.series[0]!;
    expect(points.map(({ x }) => x)).toEqual([0, 0.2, 0.4]);
    expect(points[0]).toMatchObject({ mean: 0, low: Number.NaN, high: Number.NaN });
    expect(points[2]?.mean).toBeLessThan(0);
    expect(points[2]?.high).toBeLessThan(0);
    const svg = svgDifference(report, 0)!;
    expect(svg).toContain('text-anchor="end">0</text>');
    expect(svg).toContain('text-anchor="end">-');
    expect(svg).not.toMatch(/NaN|Infinity|logarithmic/);
  });

  test("a series for each value of a further path; none where nothing else was varied", () => {
    const vary = ["network.loss=0,0.2,0.4", "network.delay=10ms,20ms"];
    expect(differenceChart(sweepReport({ vary, compare, runs: 3 }), 0, 6)?.series.map(({ label }) => label)).toEqual([
      "network.delay=10ms",
      "network.delay=20ms",
    ]);
    expect(svgDifference(sweepReport({ vary: [], compare }), 0)).toBeUndefined();
    expect(svgDifference(sweepReport(), 0)).toBeUndefined();
  });
});

describe("on the terminal", () => {
  const options = { columns: 60, color: false };

  test("lines, the closed form on them, ticks at the cells", () => {
    const chart = terminalChart(sweepReport(), 0, options);
    const lines = chart.split("\n");
    expect(lines.slice(0, 3)).toEqual(["transmissionsPerPacket over network.loss", "─ measured", "o closed form"]);
    const plot = lines.filter((line) => line.includes("┤")).join("");
    expect(plot.match(/o/g)).toHaveLength(3);
    expect(lines.at(-2)).toMatch(/^ +0 +0\.2 +0\.4$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  test("colour only where it is allowed", () => {
    expect(terminalChart(sweepReport(), 0, options)).not.toContain("\u001b");
    expect(terminalChart(sweepReport(), 0, { ...options, color: true })).toContain("\u001b[34m");
  });

  test("words on the axis where the values are no numbers", () => {
    const chart = terminalChart(sweepReport({ vary: ["protocol.rto.estimator=fixed,report"] }), 0, options);
    expect(chart).toMatch(/^ +fixed +report *$/m);
    expect(chart).toContain("no closed form: the timeout is adaptive (rto.estimator:\nreport) (1 of 2 cells)\n");
  });

  test("a single point is no line", () => {
    expect(terminalChart(sweepReport({ vary: ["network.loss=0.1"] }), 0, options)).toBe("");
  });
});

describe("as SVG", () => {
  const report = sweepReport({
    text: bulkText({ packets: 100 }),
    vary: ["network.loss=0:0.4:0.1"],
    compare: "protocol.rto.backoff=1,2",
    metrics: ["timePerPacket"],
  });

  test("is what the golden file is, to the byte", () => {
    const file = new URL("golden/time-per-packet.svg", import.meta.url);
    const svg = svgChart(report, 0)!;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, svg);
    expect(svg).toBe(readFileSync(file, "utf8"));
  });

  test("has band, line, closed form and a symbol of its own shape for each series", () => {
    const svg = svgChart(report, 0)!;
    expect(svg.match(/fill-opacity="0\.2"/g)).toHaveLength(2);
    // One in the legend as well.
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(3);
    const shapes = [...svg.matchAll(/<path d="([^"]+)" transform="translate\(16,-4\)"/g)].map(([, shape]) => shape);
    expect(new Set(shapes).size).toBe(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("values from outside cannot break out of the text", () => {
    const drawn = svgChart({ ...report, name: `<script>&"` }, 0)!;
    expect(drawn).toContain("&lt;script&gt;&amp;&quot;");
    expect(drawn).not.toContain("<script>");
  });

  test("a single point, values that are all zero, and gaps are drawn without a NaN", () => {
    for (const options of [
      { vary: ["network.loss=0.1"] },
      { vary: ["network.delay=1ms,2ms"], metrics: ["rejects"] },
      { vary: ["network.delay=50ms,150ms"], metrics: ["timePerPacket"], runs: 1 },
    ]) {
      expect(svgChart(sweepReport(options), 0)).not.toMatch(/NaN|Infinity/);
    }
  });
});
