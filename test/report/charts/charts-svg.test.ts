import { describe, expect, test } from "vitest";
import { chartsSvg } from "../../../src/report/charts/charts-svg.ts";
import { numberText } from "../../../src/report/charts/frame.ts";
import { thinDots, thinLine } from "../../../src/report/charts/thin.ts";
import { type TraceModel, TraceModelSink } from "../../../src/report/model/trace-model.ts";
import { bare, modelOf, TraceStory } from "../../support/trace-story.ts";
import { byClass, parseXml, type XmlElement } from "../../support/xml.ts";

const draw = (model: TraceModel, options = {}) => parseXml(chartsSvg(model, options));
const headings = (svg: XmlElement) => byClass(svg, "heading").map(({ text }) => text);
const texts = (svg: XmlElement, className: string) => byClass(svg, className).map(({ text }) => text);
const circles = (svg: XmlElement, className: string) =>
  byClass(svg, className).filter(({ name, children }) => name === "circle" && children.length > 0);
const LOST = "{ match: { kind: data, seq: 2, attempt: 1 }, do: drop }";
const KARN = modelOf(bare(LOST, 3, "{ estimator: report, initial: 1s, min: 10ms, backoff: 2, karn: true }"));

describe("charts of a run", () => {
  test("a dot for each sample, hollow where Karn's rule refuses it, a cross for each timeout", () => {
    const svg = draw(KARN);
    expect(circles(svg, "sample").map(({ text }) => text)).toEqual([
      "100 ms: 100 ms, SampleRTT",
      "600 ms: 100 ms, SampleRTT",
    ]);
    expect(circles(svg, "ambiguous").map(({ text }) => text)).toEqual(["500 ms: 100 ms, not used (Karn's rule)"]);
    expect(byClass(svg, "timeout").map(({ text }) => text)).toEqual([
      "400 ms: timeout; TimeoutInterval is 600 ms from here on",
    ]);
    expect(texts(svg, "remark")).toContain("2 samples, 1 refused sample (Karn), 1 timeout");
    expect(texts(svg, "key")).toEqual([
      "SampleRTT",
      "refused by Karn's rule",
      "EstimatedRTT",
      "± DevRTT",
      "TimeoutInterval",
      "arrived",
      "sent",
    ]);
  });

  test("TimeoutInterval is a line of steps, higher where it is longer", () => {
    const [path] = byClass(draw(KARN), "interval").filter(({ name }) => name === "path");
    const points = [...path!.attributes.d!.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    // 300 ms at 100 ms, 600 ms from the timeout at 400 ms on, 250 ms from 600 ms on.
    const heights = [...new Set(points.map(([, y]) => y))];
    expect(heights).toHaveLength(3);
    expect(heights[1]).toBeLessThan(heights[0]!);
    expect(heights[2]).toBeGreaterThan(heights[0]!);
    for (const [i, [x, y]] of points.entries()) {
      const before = points[i - 1];
      if (before !== undefined) expect(before[0] === x || before[1] === y).toBe(true);
    }
  });

  test("the band of DevRTT lies round EstimatedRTT", () => {
    const svg = draw(KARN);
    const ys = (className: string) => {
      const path = byClass(svg, className).find(({ name }) => name === "path")!.attributes.d!;
      return [...path.matchAll(/[\d.]+[ ,]([\d.]+)/g)].map(([, y]) => Number(y));
    };
    expect(Math.min(...ys("band"))).toBeLessThan(Math.min(...ys("estimate")));
    expect(Math.max(...ys("band"))).toBeGreaterThan(Math.max(...ys("estimate")));
  });

  test("the axis is linear or logarithmic as asked, and chosen by the data otherwise", () => {
    const unit = (model: TraceModel, options = {}) => texts(draw(model, options), "unit")[0];
    expect(unit(KARN)).toBe("ms");
    expect(unit(KARN, { scale: "log" })).toBe("ms (log)");
    const wide = new TraceStory().rtt(1, "A", "B", 1, "sample", {
      sample: 1,
      estimated: 1,
      dev: 0.5,
      timeout: 60_000,
    }).model;
    expect(unit(wide)).toBe("ms (log)");
    expect(unit(wide, { scale: "linear" })).toBe("ms");
  });

  test("a fixed timeout has no estimate to draw", () => {
    const svg = draw(modelOf(bare("", 2)));
    expect(texts(svg, "key")).not.toContain("EstimatedRTT");
    expect(byClass(svg, "estimate")).toHaveLength(0);
  });

  test("what there is has a chart: membership with a directory, downloads with a download", () => {
    expect(headings(draw(KARN))).toEqual(["Round-trip time, sender to receiver", "Throughput, all hosts"]);
    const sharing = new TraceStory()
      .note(1, "state", "H1", "added 10.0.0.2:80 with x", "H2")
      .note(2, "action", "H3", "download x from 10.0.0.2 80")
      .note(3, "action", "H3", "download x from 10.0.0.2 80 -> (200, 'OK') 1 bytes").model;
    expect(headings(draw(sharing))).toEqual(["Throughput, all hosts", "Peers in the directory", "Downloads under way"]);
    expect(headings(draw(new TraceModelSink().model()))).toEqual([]);
  });

  test("of many pairs of hosts the busiest have a chart, and the rest is counted", () => {
    const story = new TraceStory();
    for (let i = 0; i < 6; i++) {
      for (let n = 0; n <= i; n++) story.rtt(10 * i + n, `P${i}`, "H1", n + 1, "sample", { sample: 10, timeout: 20 });
    }
    const svg = draw(story.model, { maxPairs: 2 });
    expect(headings(svg).slice(0, 2)).toEqual(["Round-trip time, P5 to H1", "Round-trip time, P4 to H1"]);
    expect(texts(svg, "remark")[0]).toBe("Left out: the round-trip times of 4 quieter pairs of hosts.");
  });

  test("a trace that was cut says so, and its charts end where it does", () => {
    const sink = new TraceModelSink({ maxEvents: 10 });
    const story = new TraceStory(sink);
    for (let i = 0; i < 20; i++) story.rtt(i, "A", "B", i + 1, "sample", { sample: 5, timeout: 10 });
    const svg = draw(sink.model(20));
    expect(texts(svg, "remark")[0]).toBe("Left out: all but the first 10 of 20 events, until 9 ms.");
    expect(texts(svg, "tick").some((text) => text.startsWith("20"))).toBe(false);
  });

  test("100,000 samples are a picture of bounded size that says what it merged", () => {
    const story = new TraceStory();
    for (let i = 0; i < 100_000; i++) {
      story.rtt(i, "A", "B", i + 1, "sample", {
        sample: 100 + ((i * 7919) % 100),
        estimated: 100,
        dev: 5,
        timeout: 120,
      });
    }
    const svg = chartsSvg(story.model);
    expect(svg.length).toBeLessThan(600_000);
    expect(svg).toMatch(/dots closer than \d+(\.\d+)? px are drawn as one/);
  });
});

describe("thinning", () => {
  const wave = Array.from({ length: 10_000 }, (_, i) => ({ x: i / 100, y: ((i * 7919) % 1000) / 10 }));

  test("keeps what can be seen: the first, lowest, highest and last of each column", () => {
    const thin = thinLine(wave);
    expect(thin.length).toBeLessThanOrEqual(4 * 200);
    for (let column = 0; column < 200; column++) {
      const inColumn = (points: readonly { x: number; y: number }[]) =>
        points.filter(({ x }) => Math.floor(x / 0.5) === column);
      const [all, kept] = [inColumn(wave), inColumn(thin)];
      expect(kept[0]).toBe(all[0]);
      expect(kept.at(-1)).toBe(all.at(-1));
      expect(Math.min(...kept.map(({ y }) => y))).toBe(Math.min(...all.map(({ y }) => y)));
      expect(Math.max(...kept.map(({ y }) => y))).toBe(Math.max(...all.map(({ y }) => y)));
    }
  });

  test("leaves few points as they are", () => {
    expect(thinLine(wave.slice(0, 4))).toEqual(wave.slice(0, 4));
    expect(thinDots(wave.slice(0, 10), 10)).toEqual({ dots: wave.slice(0, 10), gridPx: 0 });
  });

  test("dots keep to the limit, each one near every dot that it stands for", () => {
    const { dots, gridPx } = thinDots(wave, 500);
    expect(dots.length).toBeLessThanOrEqual(500);
    expect(gridPx).toBeGreaterThan(0);
    for (const { x, y } of wave.slice(0, 300)) {
      expect(dots.some((dot) => Math.abs(dot.x - x) < gridPx && Math.abs(dot.y - y) < gridPx)).toBe(true);
    }
  });
});

test("numbers as people read them", () => {
  expect([0, 0.5, 1200, 1_234_567.89, 0.30000000000000004].map(numberText)).toEqual([
    "0",
    "0.5",
    "1,200",
    "1,234,570",
    "0.3",
  ]);
});
