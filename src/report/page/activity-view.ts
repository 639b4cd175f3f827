/** What the run did over time, as a zoomable chart: throughput, the directory's members, or downloads under way. */

import uPlot from "uplot";
import { downloadsOf, membershipOf, type StepSeries, throughputOf } from "../model/activity.ts";
import { COLOR } from "../svg/palette.ts";
import { chartLegend } from "./chart-legend.ts";
import { choice, h, panel } from "./dom.ts";
import { NowLine, plotSize, timeAxis, timeCursor, zoomToSelection } from "./plot.ts";
import type { Store } from "./store.ts";
import { rangeText, type TimeRange } from "./time-range.ts";

const HEIGHT_PX = 170;
const BUCKETS = 200;

interface Style {
  readonly color: string;
  readonly dash: number[];
  readonly width: number;
  /** The area below the line; absent: none. */
  readonly fill?: string;
}

/** As in charts.svg. */
const ARRIVED: Style = { color: COLOR.data, dash: [], width: 1.5, fill: "rgba(0,114,178,.18)" };
const SENT: Style = { color: COLOR.muted, dash: [3, 2], width: 1.2 };
const STEPS: readonly Style[] = [
  { color: COLOR.data, dash: [], width: 1.8 },
  { color: COLOR.lost, dash: [7, 3], width: 1.8 },
  { color: COLOR.ack, dash: [2, 3], width: 1.8 },
  { color: COLOR.copy, dash: [9, 3, 2, 3], width: 1.8 },
];

interface Line {
  readonly name: string;
  readonly style: Style;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

interface Chart {
  readonly name: string;
  readonly unit: string;
  readonly lines: readonly Line[];
}

export class ActivityView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly charts: readonly Chart[];
  private readonly range: TimeRange;
  private readonly frame: HTMLElement;
  private readonly legend: HTMLElement;
  private plot: uPlot | undefined;
  private now: NowLine | undefined;

  constructor(store: Store, range: TimeRange) {
    this.store = store;
    this.range = range;
    this.charts = chartsOf(store);
    this.frame = h("div", { class: "plot" });
    this.legend = h("div");
    const which = choice(
      "Show",
      this.charts.map(({ name }, i) => [String(i), name] as const),
      (value) => this.show(Number(value)),
    );
    this.root = panel("Over time", "activity-panel", h("div", { class: "tools" }, which.root), this.frame, this.legend);
    new ResizeObserver(() => this.plot?.setSize(plotSize(this.frame, HEIGHT_PX))).observe(this.frame);
    range.watch(() => this.showRange());
    store.watch(() => this.now?.moveTo(store.timeMs / 1000));
  }

  show(index: number): void {
    this.plot?.destroy();
    const chart = this.charts[index]!;
    const whole = this.store.endMs / 1000;
    const xs = [...new Set([...chart.lines.flatMap((line) => line.xs), whole])].toSorted((a, b) => a - b);
    const data = [xs, ...chart.lines.map((line) => holding(line, xs))] as unknown as uPlot.AlignedData;
    const stepped = uPlot.paths.stepped!({ align: 1 });
    const options: uPlot.Options = {
      ...plotSize(this.frame, HEIGHT_PX),
      scales: {
        x: { time: false },
        y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.08)] },
      },
      axes: [timeAxis(), { label: chart.unit, labelSize: 18, size: 62, grid: { stroke: "#dde2e6" } }],
      cursor: timeCursor(this.range),
      legend: { show: false },
      series: [
        { label: "time" },
        ...chart.lines.map(({ name, style: { color, dash, width, fill } }) => ({
          label: name,
          stroke: color,
          dash,
          width,
          ...(fill !== undefined && { fill }),
          paths: stepped,
          points: { show: false },
        })),
      ],
      hooks: {
        draw: [() => this.now?.moveTo(this.store.timeMs / 1000)],
        setSelect: [zoomToSelection(this.range)],
      },
    };
    this.plot = new uPlot(options, data, this.frame);
    this.now = new NowLine(this.plot);
    const entries = chart.lines.map(({ name, style: { color, dash } }, i) => ({
      name,
      mark: { shape: "line" as const, color, dash },
      series: [i + 1],
    }));
    this.legend.replaceChildren(chartLegend(this.plot, entries));
    this.showRange();
  }

  private showRange(): void {
    const { min, max } = this.range.range;
    this.plot?.setScale("x", { min, max });
    this.frame.dataset.range = rangeText(this.range, this.store.endMs);
    this.now?.moveTo(this.store.timeMs / 1000);
  }
}

function chartsOf({ model, source }: Store): readonly Chart[] {
  const { bucketMs, sent, delivered } = throughputOf(model, BUCKETS);
  const xs = sent.map((_, i) => (i * bucketMs) / 1000);
  const kilobits = (values: readonly number[]) => values.map((bits) => bits / 1000);
  const members = membershipOf(source.facts);
  const downloads = downloadsOf(source.facts);
  return [
    {
      name: "throughput",
      unit: "kbit/s",
      lines: [
        { name: "arrived", style: ARRIVED, xs, ys: kilobits(delivered) },
        { name: "sent", style: SENT, xs, ys: kilobits(sent) },
      ],
    },
    ...(members.length === 0
      ? []
      : [{ name: "peers in the directory", unit: "peers", lines: members.slice(0, 4).map(lineOf) }]),
    ...(downloads === undefined
      ? []
      : [{ name: "downloads under way", unit: "downloads", lines: [lineOf(downloads, 0)] }]),
  ];
}

function lineOf({ name, steps }: StepSeries, i: number): Line {
  const style = STEPS[i]!;
  return {
    name,
    style,
    xs: [0, ...steps.map(({ timeMs }) => timeMs / 1000)],
    ys: [0, ...steps.map(({ value }) => value)],
  };
}

/** A line's value at each of `xs`, both rising: the latest one holds. */
function holding({ xs, ys }: Line, at: readonly number[]): number[] {
  let next = 0;
  return at.map((x) => {
    while (next < xs.length && xs[next]! <= x) next++;
    return next === 0 ? 0 : ys[next - 1]!;
  });
}
