/**
 * The RTT estimator of one host and remote end as a zoomable chart, tied to the ladder: pointing at a sample lights up
 * its packet there and shows the arithmetic that produced the estimate; pointing at a packet there shows it here.
 */

import uPlot from "uplot";
import { arithmeticOf, type Estimate, type EstimateSeries, estimatesOf, isWide } from "../model/estimates.ts";
import { COLOR } from "../svg/palette.ts";
import { button, choice, h, panel } from "./dom.ts";
import { crosses, NowLine, plotSize, SYNC_KEY, timeAxis } from "./plot.ts";
import type { Store } from "./store.ts";

const HEIGHT_PX = 250;
const MAX_CHOICES = 100;
/** As in the style. */
const RING_PX = 16;

export class RttView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly all: readonly EstimateSeries[];
  private readonly frame: HTMLElement;
  private readonly arithmetic: HTMLElement;
  private readonly axis: HTMLSelectElement;
  private series: EstimateSeries | undefined;
  private rowOfPacket = new Map<number, number>();
  private isLogarithmic = false;
  private plot: uPlot | undefined;
  private now: NowLine | undefined;
  private readonly ring = h("div", { class: "plot-ring" });
  private timeoutsS: readonly number[] = [];
  /** The row that the cursor is at; -1 = none. */
  private row = -1;
  /** The packet whose row the cursor was last put at from outside. */
  private followed = 0;

  constructor(store: Store) {
    this.store = store;
    this.all = estimatesOf(store.model).slice(0, MAX_CHOICES);
    this.frame = h("div", {
      class: "plot",
      tabindex: 0,
      role: "group",
      "aria-label": "Round-trip times: arrow keys go from sample to sample, Enter keeps one",
    });
    this.arithmetic = h("div", { class: "arithmetic", role: "status", id: "arithmetic" });
    const pairs = choice(
      "Estimator",
      this.all.map(({ node, peer }, i) => [String(i), `${node} to ${peer}`] as const),
      (value) => this.show(Number(value)),
    );
    const axis = choice(
      "Axis",
      [
        ["linear", "linear"],
        ["log", "logarithmic"],
      ],
      (value) => {
        this.isLogarithmic = value === "log";
        this.draw();
      },
    );
    this.axis = axis.select;
    const tools = h(
      "div",
      { class: "tools" },
      pairs.root,
      axis.root,
      button("zoom in", "Zoom in at the moment shown", () => this.zoom(0.5)),
      button("zoom out", "Zoom out", () => this.zoom(2)),
      button("whole run", "Show the whole run", () => this.plot?.setScale("x", this.wholeRun())),
    );
    this.root = panel("Round-trip times", "rtt-panel", tools, this.frame, this.arithmetic);
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("click", () => this.choose());
    new ResizeObserver(() => this.plot?.setSize(plotSize(this.frame, HEIGHT_PX))).observe(this.frame);
    store.watch(() => this.follow());
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** Draws the series of this number. Call once the page has its place in the document. */
  show(index: number): void {
    this.series = this.all[index];
    this.row = -1;
    this.isLogarithmic = isWide(this.series?.points ?? []);
    this.axis.value = this.isLogarithmic ? "log" : "linear";
    this.timeoutsS = (this.series?.points ?? [])
      .filter(({ kind }) => kind === "timeout")
      .map(({ timeMs }) => timeMs / 1000);
    this.rowOfPacket = new Map(this.series?.points.map(({ packetId }, row) => [packetId, row]));
    this.draw();
  }

  private wholeRun(): { min: number; max: number } {
    return { min: 0, max: this.store.endMs / 1000 };
  }

  private draw(): void {
    this.plot?.destroy();
    const { series } = this;
    if (series === undefined) return;
    const lines = linesOf(series.points, this.isLogarithmic);
    const data = [series.points.map(({ timeMs }) => timeMs / 1000), ...lines.map(({ values }) => values)];
    const options: uPlot.Options = {
      ...plotSize(this.frame, HEIGHT_PX),
      scales: { x: { time: false }, y: this.isLogarithmic ? { distr: 3 } : { range: (_, __, max) => [0, max * 1.06] } },
      axes: [timeAxis(), { label: "ms", labelSize: 18, size: 62, grid: { stroke: "#e8ecef" } }],
      cursor: { sync: { key: SYNC_KEY }, points: { size: 9 } },
      legend: { live: false },
      bands: lines.some(({ isEdge }) => isEdge) ? [{ series: [1, 2], fill: "rgba(86,180,233,.3)" }] : [],
      series: [{ label: "time" }, ...lines.map(({ series: one }) => one)],
      hooks: {
        draw: [(plot) => this.onDrawn(plot)],
        setCursor: [(plot) => this.onCursor(plot)],
        setScale: [(plot) => this.sayRange(plot)],
      },
    };
    this.plot = new uPlot(options, data as uPlot.AlignedData, this.frame);
    this.plot.over.append(this.ring);
    this.now = new NowLine(this.plot);
    this.plot.setScale("x", this.wholeRun());
    this.plot.over.addEventListener("pointerleave", () => this.store.hover(0));
    this.explain();
  }

  private onDrawn(plot: uPlot): void {
    crosses(plot, this.timeoutsS);
    this.placeMarks();
  }

  /** The part of the run that is in sight, for screen readers. */
  private sayRange({ scales }: uPlot): void {
    const { min, max } = scales.x ?? {};
    const seconds = (value: number | null | undefined) => `${Math.round((value ?? 0) * 1000) / 1000} s`;
    this.frame.dataset.range = `${seconds(min)} to ${seconds(max)}`;
    this.frame.setAttribute("aria-description", `shows ${this.frame.dataset.range}`);
  }

  /** Places what lies over the chart: the moment shown, and a ring round the chosen packet's sample. */
  private placeMarks(): void {
    const { plot, store, series, ring } = this;
    if (plot === undefined) return;
    this.now?.moveTo(store.timeMs / 1000);
    const row = this.rowOf(store.selected);
    const point = row === undefined ? undefined : series?.points[row];
    ring.hidden = point === undefined || Number.isNaN(point.sampleRttMs);
    if (point === undefined || ring.hidden) return;
    const [left, top] = [plot.valToPos(point.timeMs / 1000, "x"), plot.valToPos(point.sampleRttMs, "y")];
    ring.style.transform = `translate(${left - RING_PX / 2}px, ${top - RING_PX / 2}px)`;
    ring.hidden = left < 0 || left > plot.over.clientWidth;
  }

  /** The row of a packet, or of the packet that it acknowledges. */
  private rowOf(packetId: number): number | undefined {
    const answered = this.store.byPacket.get(packetId)?.answers ?? 0;
    return this.rowOfPacket.get(packetId) ?? (answered === 0 ? undefined : this.rowOfPacket.get(answered));
  }

  private onCursor(plot: uPlot): void {
    const { idx, left } = plot.cursor;
    const row = idx === null || idx === undefined || (left ?? -1) < 0 ? -1 : idx;
    if (row === this.row) return;
    this.row = row;
    this.explain();
    const packetId = this.series?.points[row]?.packetId ?? 0;
    if (row >= 0 && packetId !== this.followed) {
      this.followed = packetId;
      this.store.hover(packetId);
    }
  }

  /** Puts the cursor at the packet that is pointed at elsewhere, and redraws what moves. */
  private follow(): void {
    const { plot, store } = this;
    if (plot === undefined) return;
    const lit = store.hovered !== 0 ? store.hovered : store.selected;
    if (lit !== this.followed) {
      this.followed = lit;
      const row = this.rowOf(lit);
      if (row !== undefined) this.putCursor(row);
    }
    this.placeMarks();
  }

  private putCursor(row: number): void {
    const { plot, series } = this;
    const point = series?.points[row];
    if (plot === undefined || point === undefined) return;
    const left = plot.valToPos(point.timeMs / 1000, "x");
    const value = Number.isNaN(point.sampleRttMs) ? point.timeoutIntervalMs : point.sampleRttMs;
    plot.setCursor({ left: Math.max(0, left), top: Math.max(0, plot.valToPos(value, "y")) });
    this.row = row;
    this.explain();
  }

  private explain(): void {
    const { row, series, store } = this;
    const now = row < 0 ? undefined : series?.points[row];
    const lines =
      now === undefined || store.rto === undefined
        ? ["Point at a sample to see how its EstimatedRTT came about. Drag to zoom, double click for the whole run."]
        : [`${now.timeMs / 1000} s, packet ${now.packetId}`, ...arithmeticOf(series?.points[row - 1], now, store.rto)];
    this.arithmetic.replaceChildren(...lines.map((line) => h("div", {}, line)));
  }

  private choose(): void {
    const packetId = this.series?.points[this.row]?.packetId ?? 0;
    if (packetId !== 0) this.store.select(packetId);
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key];
    const rows = this.series?.points.length ?? 0;
    if (event.key === "Enter") this.choose();
    else if (step !== undefined && rows > 0) {
      const row = Math.max(0, Math.min(rows - 1, this.row + step));
      this.followed = this.series!.points[row]!.packetId;
      this.store.hover(this.followed);
      this.putCursor(row);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private zoom(factor: number): void {
    const { plot, store } = this;
    const { min, max } = plot?.scales.x ?? {};
    if (plot === undefined || min === undefined || max === undefined || min === null || max === null) return;
    const whole = this.wholeRun();
    const span = Math.min((max - min) * factor, whole.max);
    const now = store.timeMs / 1000;
    const centre = now >= min && now <= max ? now : (min + max) / 2;
    const from = Math.max(0, Math.min(centre - span / 2, whole.max - span));
    plot.setScale("x", { min: from, max: from + span });
  }
}

interface Line {
  readonly values: readonly (number | null)[];
  readonly series: uPlot.Series;
  /** Is it an edge of the band of DevRTT? Both come first, or neither is there. */
  readonly isEdge: boolean;
}

/** The lines and dots that have a value. A logarithmic axis has no place for 0 and less. */
function linesOf(points: readonly Estimate[], isLogarithmic: boolean): readonly Line[] {
  const least = isLogarithmic ? 1e-3 : 0;
  const paths = uPlot.paths.stepped!({ align: 1 });
  const line = (label: string, style: uPlot.Series, of: (point: Estimate) => number, isEdge = false): Line => ({
    values: points.map((point) => (Number.isNaN(of(point)) ? null : Math.max(least, of(point)))),
    series: { label, ...style },
    isEdge,
  });
  const steps = (stroke: string, width: number, dash: number[] = []) => ({
    stroke,
    width,
    dash,
    paths,
    points: { show: false },
  });
  const dots = (size: number, fill: string): uPlot.Series => ({
    stroke: COLOR.sample,
    paths: () => null,
    points: { show: true, size, fill },
  });
  const only = (kind: Estimate["kind"]) => (point: Estimate) => (point.kind === kind ? point.sampleRttMs : Number.NaN);
  const edge = steps("rgba(86,180,233,.8)", 1);
  return [
    line("EstimatedRTT + DevRTT", edge, (point) => point.estimatedRttMs + point.devRttMs, true),
    line("EstimatedRTT - DevRTT", edge, (point) => point.estimatedRttMs - point.devRttMs, true),
    line("EstimatedRTT", steps(COLOR.estimate, 2), (point) => point.estimatedRttMs),
    line("TimeoutInterval", steps(COLOR.interval, 1.6, [7, 3]), (point) => point.timeoutIntervalMs),
    line("SampleRTT", dots(5, COLOR.sample), only("sample")),
    line("refused (Karn)", dots(6, "#fff"), only("ambiguous")),
  ].filter(({ values }) => values.some((value) => value !== null));
}
