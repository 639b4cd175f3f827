import { describe, expect, test } from "vitest";
import { type ChartOptions, rttCharts } from "../../src/report/charts.ts";
import { RttSeriesSink } from "../../src/report/series.ts";
import { EventCode } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/recorder.ts";

const plain: ChartOptions = { columns: 91, color: false, endMs: 8000 };
/** The plot begins behind the labels of the y axis; with 91 columns it has 80, so that 8 s are 100 ms each. */
const PLOT = 11;

/** Tells a series sink what an estimator went through. Times in ms. */
class Story {
  readonly sink = new RttSeriesSink();
  private readonly recorder = new Recorder([this.sink]);
  private readonly node: number;
  private readonly peer: number;

  constructor(node = "sender", peer = "receiver") {
    this.node = this.recorder.labels.id(node);
    this.peer = this.recorder.labels.id(peer);
  }

  sample(atMs: number, sampleRttMs: number, estimatedRttMs = sampleRttMs, timeoutIntervalMs = 2 * sampleRttMs): this {
    const state = { sampleRttMs, estimatedRttMs, devRttMs: 1, timeoutIntervalMs };
    this.recorder.clock.nowNs = atMs * 1e6;
    this.recorder.rtt(this.node, this.peer, 1, "sample", state);
    return this;
  }

  timeout(atMs: number, timeoutIntervalMs: number, estimatedRttMs = 100): this {
    const state = { sampleRttMs: Number.NaN, estimatedRttMs, devRttMs: 1, timeoutIntervalMs };
    this.recorder.clock.nowNs = atMs * 1e6;
    this.recorder.rtt(this.node, this.peer, 1, "timeout", state);
    return this;
  }

  resend(atMs: number, note: string): this {
    const { labels } = this.recorder;
    const [type, noteId] = [labels.id("DATA"), labels.id(note)];
    this.recorder.clock.nowNs = atMs * 1e6;
    this.recorder.emit(EventCode.send, this.node, this.peer, 2, type, 1, 1, 2, 512, noteId, Number.NaN);
    return this;
  }

  chart(options: Partial<ChartOptions> = {}): string {
    return rttCharts(this.sink.series, { ...plain, ...options });
  }
}

/** One sample every 100 ms, from 50 ms to 7950 ms; the first is 2 % shorter, which is more than nothing. */
function steady(story = new Story()): Story {
  for (let atMs = 50; atMs < 8000; atMs += 100) story.sample(atMs, atMs === 50 ? 98 : 100, 100, 150);
  return story;
}

/** The marks of a row below the chart, as columns. */
function marked(chart: string, name: string): number[] {
  const row = chart.split("\n").find((line) => line.startsWith(name)) ?? "";
  return [...row].flatMap((mark, column) => (column >= PLOT && mark !== " " ? [column - PLOT] : []));
}

/** How many rows above the axis the topmost of these symbols is. */
function heightOf(chart: string, symbols: RegExp): number {
  const lines = chart.split("\n");
  const axis = lines.findIndex((line) => line.includes("└─") || line.includes("└┬"));
  const top = lines.findIndex((line, i) => i > 1 && symbols.test(line.slice(PLOT)));
  return axis - top;
}

describe("an RTT chart", () => {
  test("names both ends and counts what happened", () => {
    const chart = steady().timeout(8000, 300).resend(8000, "necessary: data lost").chart();
    expect(chart.split("\n")[0]).toBe(
      "sender -> receiver: 80 samples, 1 timeout, 1 retransmission (1 necessary, 0 spurious)",
    );
    expect(chart.split("\n")[1]).toBe("• SampleRTT   ─ EstimatedRTT   ═ TimeoutInterval");
  });

  test("the three series stand at their heights, told apart without colour", () => {
    const chart = new Story().sample(4000, 75, 50, 150).sample(4100, 73, 50, 150).chart();
    expect(heightOf(chart, /═/)).toBe(13);
    expect(heightOf(chart, /•/)).toBe(7);
    expect(heightOf(chart, /─/)).toBe(5);
    expect(chart).not.toContain("\u001b");
  });

  test("the estimates hold until the next observation; a sample is a point in time", () => {
    const chart = new Story().sample(1000, 75, 50, 150).sample(6000, 74, 50, 150).chart();
    const rows = chart.split("\n").slice(2, 15);
    const [interval, samples] = [rows.find((row) => row.includes("═"))!, rows.find((row) => row.includes("•"))!];
    expect(interval.slice(PLOT)).toBe(" ".repeat(10) + "═".repeat(70));
    expect(samples.slice(PLOT)).toBe(`${" ".repeat(10)}•${" ".repeat(49)}•`);
  });

  test("a spike of one packet in a long run is seen", () => {
    const run = (spikeAt: number) => {
      const story = new Story();
      for (let i = 0; i < 100_000; i++) story.sample(i * 0.08, i === spikeAt ? 1000 : i === 0 ? 98 : 100, 90, 1000);
      return story.chart();
    };
    expect(heightOf(run(-1), /•|┊/)).toBe(2);
    expect(heightOf(run(77_777), /•|┊/)).toBe(13);
    expect(
      run(77_777)
        .split("\n")
        .find((line) => line.includes("┊"))
        ?.indexOf("┊"),
    ).toBe(PLOT + 62);
  });

  test("marks stand below the columns where things happened", () => {
    const chart = new Story()
      .sample(50, 100)
      .timeout(1000, 400)
      .resend(1000, "necessary: data lost")
      .timeout(2550, 800)
      .resend(2550, "spurious: ACK lost")
      .timeout(5000, 800)
      .resend(5000, "spurious: late")
      .chart();
    expect(marked(chart, "timeouts")).toEqual([10, 25, 50]);
    expect(marked(chart, "necessary")).toEqual([10]);
    expect(marked(chart, "spurious")).toEqual([25, 50]);
    expect(chart).toContain(`necessary${" ".repeat(12)}R`);
    expect(steady().chart()).not.toMatch(/^(timeouts|necessary|spurious)/m);
  });

  test("what a real network does not tell is not called spurious", () => {
    const told = "sender -> receiver: 80 samples, 1 timeout, 1 retransmission";
    const unknown = steady().timeout(2000, 300).resend(2000, "");
    expect(unknown.chart().split("\n")[0]).toBe(told);
    expect(marked(unknown.chart(), "sent again")).toEqual([20]);
    expect(unknown.chart()).not.toMatch(/^(necessary|spurious)/m);
    const mixed = unknown.resend(4000, "spurious: late").chart();
    expect(mixed.split("\n").slice(0, 2).join(" ")).toContain(
      "2 retransmissions (0 necessary, 1 spurious, 1 not known)",
    );
    expect(marked(mixed, "spurious")).toEqual([40]);
  });

  test("back-off is a staircase, and where it dwarfs the samples the axis is logarithmic and says so", () => {
    const story = new Story().sample(50, 100, 100, 200);
    for (let i = 1; i <= 5; i++) story.timeout(1000 * i, 200 * 2 ** i);
    const chart = story.chart();
    expect(chart).toContain("(logarithmic)");
    const steps = chart.split("\n").filter((line) => /╔/.test(line));
    expect(steps).toHaveLength(5);
    expect(new Story().sample(50, 100, 100, 200).timeout(1000, 400).chart()).not.toContain("(logarithmic)");
  });

  test("both axes carry units", () => {
    const chart = steady().chart();
    expect(chart).toMatch(/^ +150 ms ┤═/m);
    expect(chart).toMatch(/^ +0 ms ┤/m);
    expect(chart).toMatch(/^ +0 s +2 s +4 s +6 s +8 s$/m);
    expect(new Story().sample(50, 100).sample(60, 90).chart({ endMs: 100 })).toMatch(/^ +0 ms +20 ms +40 ms/m);
  });

  test("numbers on both axes have their digits in threes", () => {
    const chart = new Story().sample(50, 1500).sample(60, 1200).chart({ endMs: 5_000_000 });
    expect(chart).toMatch(/^ +3,000 ms ┤/m);
    expect(chart).toMatch(/ 4,000 s/);
    expect(chart).not.toMatch(/\d{4}/);
  });

  test("keeps to the width, whatever it is", () => {
    for (const columns of [40, 80, 160]) {
      const lines = steady().timeout(7999, 60_000).resend(7999, "spurious: late").chart({ columns }).split("\n");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(columns - 12);
    }
  });

  test("has colour only where asked", () => {
    const chart = steady().chart({ color: true });
    expect(chart).toContain("\u001b[31m═\u001b[0m");
    expect(chart).toContain("\u001b[34m─ EstimatedRTT\u001b[0m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is removed
    expect(chart.replace(/\u001b\[\d+m/g, "")).toBe(steady().chart());
  });

  test("the same data give the same chart", () => {
    expect(steady().chart()).toBe(steady().chart());
  });
});

describe("several pairs of hosts", () => {
  function pairs(): RttSeriesSink["series"] {
    const quiet = new Story("quiet", "H1").sample(100, 50).timeout(200, 100).sink.series;
    const busy = steady(new Story("busy", "H1")).sink.series;
    const middle = new Story("middle", "H1").sample(100, 50).sample(200, 60).sample(300, 50).sink.series;
    return [...quiet, ...busy, ...middle];
  }

  test("the busiest come first, the rest is counted", () => {
    const charts = rttCharts(pairs(), { ...plain, maxCharts: 2 });
    expect(charts.match(/^\w+ -> H1/gm)).toEqual(["busy -> H1", "middle -> H1"]);
    expect(charts).toContain("and 1 quieter pair of hosts: see rtt.csv");
    expect(rttCharts(pairs(), plain)).not.toContain("quieter");
  });

  test("where nothing varies, one line says it all", () => {
    const steady = new Story("H3", "H1");
    for (let i = 0; i < 5; i++) steady.sample(100 * i, 0.655);
    const once = new Story("H4", "H1").sample(100, 1234.5);
    const nearly = new Story("H5", "H1").sample(100, 100).sample(200, 100.9);
    const series = [...once.sink.series, ...steady.sink.series, ...nearly.sink.series];
    const lines = [
      "H3 -> H1: 5 samples, all 0.655 ms, no timeout",
      "H5 -> H1: 2 samples, 100 ms to 101 ms, no timeout",
      "H4 -> H1: 1 sample, 1,235 ms, no timeout",
      "",
    ];
    expect(rttCharts(series, plain)).toBe(lines.join("\n"));
    expect(steady.timeout(700, 100).chart()).toContain("┤");
    const varying = new Story("H6", "H1").sample(100, 100).sample(200, 102);
    expect(varying.chart()).toContain("┤");
    // Pictures first, whoever measured more.
    expect(rttCharts([...nearly.sink.series, ...varying.sink.series], plain)).toMatch(
      /^H6 -> [\s\S]*\n\nH5 -> [^\n]*\n$/,
    );
  });

  test("of very many steady pairs, the last are only counted", () => {
    const many = Array.from({ length: 14 }, (_, i) => new Story(`P${i}`, "H1").sample(100, 50).sink.series).flat();
    expect(rttCharts(many, plain)).toMatch(/\nP11 -> [^\n]*\nand 2 quieter pairs of hosts: see rtt.csv\n$/);
  });

  test("share one time axis", () => {
    const charts = rttCharts(pairs(), { columns: 91, color: false });
    expect(charts.match(/^ +0 s +2 s +4 s +6 s/gm)).toHaveLength(3);
  });

  test("where nobody measured anything there is no chart", () => {
    expect(rttCharts([], plain)).toBe("");
  });
});
