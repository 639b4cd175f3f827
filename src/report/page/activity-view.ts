/** What the run did over time, as a zoomable chart: throughput, the directory's members, or downloads under way. */

import uPlot from "uplot";
import { downloadsOf, membershipOf, type StepSeries, throughputOf } from "../model/activity.ts";
import { COLOR } from "../svg/palette.ts";
import { choice, h, panel } from "./dom.ts";
import { NowLine, plotSize, SYNC_KEY, timeAxis } from "./plot.ts";
import type { Store } from "./store.ts";

const HEIGHT_PX = 170;
const BUCKETS = 200;
const COLORS = [COLOR.data, COLOR.lost, COLOR.ack, COLOR.copy];
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

interface Chart {
  readonly name: string;
  readonly unit: string;
  readonly lines: readonly { readonly name: string; readonly xs: readonly number[]; readonly ys: readonly number[] }[];
}

export class ActivityView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly charts: readonly Chart[];
  private readonly frame: HTMLElement;
  private plot: uPlot | undefined;
  private now: NowLine | undefined;

  constructor(store: Store) {
    this.store = store;
    this.charts = chartsOf(store);
    this.frame = h("div", { class: "plot" });
    const which = choice(
      "Show",
      this.charts.map(({ name }, i) => [String(i), name] as const),
      (value) => this.show(Number(value)),
    );
    this.root = panel("Over time", "activity-panel", h("div", { class: "tools" }, which.root), this.frame);
    new ResizeObserver(() => this.plot?.setSize(plotSize(this.frame, HEIGHT_PX))).observe(this.frame);
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
        x: { time: false, range: [0, whole > 0 ? whole : 1] },
        y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] },
      },
      axes: [timeAxis(), { label: chart.unit, labelSize: 18, size: 58, grid: { stroke: "#dde2e6" } }],
      cursor: { sync: { key: SYNC_KEY } },
      legend: { live: false },
      series: [
        { label: "time" },
        ...chart.lines.map(({ name }, i) => ({
          label: name,
          stroke: COLORS[i % COLORS.length]!,
          dash: DASHES[i % DASHES.length]!,
          width: 1.8,
          paths: stepped,
          points: { show: false },
        })),
      ],
      hooks: { draw: [() => this.now?.moveTo(this.store.timeMs / 1000)] },
    };
    this.plot = new uPlot(options, data, this.frame);
    this.now = new NowLine(this.plot);
    this.now.moveTo(this.store.timeMs / 1000);
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
        { name: "arrived", xs, ys: kilobits(delivered) },
        { name: "sent", xs, ys: kilobits(sent) },
      ],
    },
    ...(members.length === 0
      ? []
      : [{ name: "peers in the directory", unit: "peers", lines: members.slice(0, 4).map(lineOf) }]),
    ...(downloads === undefined
      ? []
      : [{ name: "downloads under way", unit: "downloads", lines: [lineOf(downloads)] }]),
  ];
}

function lineOf({ name, steps }: StepSeries): Chart["lines"][number] {
  return { name, xs: [0, ...steps.map(({ timeMs }) => timeMs / 1000)], ys: [0, ...steps.map(({ value }) => value)] };
}

/** A line's value at each of `xs`, both rising: the latest one holds. */
function holding({ xs, ys }: Chart["lines"][number], at: readonly number[]): number[] {
  let next = 0;
  return at.map((x) => {
    while (next < xs.length && xs[next]! <= x) next++;
    return next === 0 ? 0 : ys[next - 1]!;
  });
}
