/**
 * The RTT estimator of one host and remote end as a zoomable chart, tied to the ladder: pointing at a sample lights up
 * its packet there and shows the arithmetic that produced the estimate; pointing at a packet there shows it here.
 */

import uPlot from "uplot";
import { momentText, unitFor } from "../ladder/time-scale.ts";
import { arithmeticOf, type Estimate, type EstimateSeries, estimatesOf, isWide } from "../model/estimates.ts";
import { groupDigits } from "../text.ts";
import { chartLegend } from "./chart-legend.ts";
import { choice, h, panel } from "./dom.ts";
import { crosses, NowLine, plotSize, timeAxis, timeCursor, zoomToSelection } from "./plot.ts";
import { rttLines } from "./rtt-lines.ts";
import type { Store } from "./store.ts";
import { rangeKey, rangeText, type TimeRange } from "./time-range.ts";

const HEIGHT_PX = 270;
/** A click that is the first of two keeps nothing: so long a second one is waited for. */
const DOUBLE_CLICK_MS = 300;
const MAX_CHOICES = 100;
const HINT =
  "Point at a sample to see how its EstimatedRTT came about. Drag to zoom, drag with Shift to move, double click for the whole run.";
/** As in the style. */
const RING_PX = 16;

export class RttView {
  readonly root: HTMLElement;
  private readonly store: Store;
  private readonly range: TimeRange;
  private readonly all: readonly EstimateSeries[];
  private readonly frame: HTMLElement;
  private readonly legend: HTMLElement;
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
  private isPuttingCursor = false;
  private clickTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, range: TimeRange) {
    this.store = store;
    this.range = range;
    this.all = estimatesOf(store.model).slice(0, MAX_CHOICES);
    this.frame = h("div", {
      class: "plot",
      tabindex: 0,
      role: "group",
      "aria-label":
        "Round-trip times: arrow keys go from sample to sample, Enter keeps one; plus and minus zoom, 0 shows the whole run",
    });
    this.legend = h("div");
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
    const tools = h("div", { class: "tools" }, pairs.root, axis.root);
    this.root = panel("Round-trip times", "rtt-panel", tools, this.frame, this.legend, this.arithmetic);
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("click", (event) => this.onClick(event));
    range.watch(() => this.showRange());
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

  private draw(): void {
    this.plot?.destroy();
    const { range, series } = this;
    if (series === undefined) return;
    const { data, series: lines, bands, legend } = rttLines(series.points, this.isLogarithmic);
    const y: uPlot.Scale = this.isLogarithmic
      ? { distr: 3 }
      : { range: (_, __, max) => [0, max === null || !(max > 0) ? 1 : max * 1.06] };
    const options: uPlot.Options = {
      ...plotSize(this.frame, HEIGHT_PX),
      scales: { x: { time: false }, y },
      axes: [
        timeAxis(this.timeoutsS.length > 0),
        { label: "ms", labelSize: 18, size: 62, grid: { stroke: "#e8ecef" } },
      ],
      cursor: timeCursor(range),
      legend: { show: false },
      bands,
      series: lines,
      hooks: {
        draw: [(plot) => this.onDrawn(plot)],
        setCursor: [(plot) => this.onCursor(plot)],
        setSelect: [zoomToSelection(range)],
      },
    };
    this.plot = new uPlot(options, data, this.frame);
    this.plot.over.append(this.ring);
    this.now = new NowLine(this.plot);
    this.plot.over.addEventListener("pointerleave", () => this.store.hover(0));
    this.legend.replaceChildren(chartLegend(this.plot, legend));
    this.showRange();
    this.explain();
  }

  private showRange(): void {
    const { min, max } = this.range.range;
    this.plot?.setScale("x", { min, max });
    // For screen readers.
    this.frame.dataset.range = rangeText(this.range, this.store.endMs);
    this.frame.setAttribute("aria-description", `shows ${this.frame.dataset.range}`);
  }

  private onDrawn(plot: uPlot): void {
    crosses(plot, this.timeoutsS);
    this.placeMarks();
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
    if (row === this.row || this.isPuttingCursor) return;
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
    const isInSight = left >= 0 && left <= plot.over.clientWidth;
    const value = Number.isNaN(point.sampleRttMs) ? point.timeoutIntervalMs : point.sampleRttMs;
    // What is pointed at is already known: the chart is not to tell the others about it again.
    this.isPuttingCursor = true;
    plot.setCursor(isInSight ? { left, top: Math.max(0, plot.valToPos(value, "y")) } : { left: -10, top: -10 });
    this.isPuttingCursor = false;
    this.row = row;
    this.explain();
  }

  private explain(): void {
    const { row, series, store } = this;
    const now = row < 0 ? undefined : series?.points[row];
    const lines =
      now === undefined || store.rto === undefined
        ? [HINT]
        : [this.headOf(now), ...arithmeticOf(series?.points[row - 1], now, store.rto)];
    this.arithmetic.replaceChildren(...lines.map((line) => h("div", {}, line)));
  }

  private headOf({ timeMs, packetId }: Estimate): string {
    return `${momentText(timeMs, unitFor(this.store.endMs))}, packet ${groupDigits(packetId)}`;
  }

  /** One click keeps a packet; two are for the range, and keep none. */
  private onClick({ detail, shiftKey }: MouseEvent): void {
    clearTimeout(this.clickTimer);
    const row = this.row;
    if (detail === 1 && !shiftKey) this.clickTimer = setTimeout(() => this.choose(row), DOUBLE_CLICK_MS);
  }

  private choose(row: number): void {
    const packetId = this.series?.points[row]?.packetId ?? 0;
    if (packetId !== 0) this.store.select(packetId);
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Partial<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
    const isRange = rangeKey(this.range, event, this.store.timeMs / 1000);
    const step = isRange ? undefined : steps[event.key];
    const rows = this.series?.points.length ?? 0;
    if (event.key === "Enter") this.choose(this.row);
    else if (step !== undefined && rows > 0) {
      const row = Math.max(0, Math.min(rows - 1, this.row + step));
      this.followed = this.series!.points[row]!.packetId;
      this.store.hover(this.followed);
      this.range.bringIn(this.series!.points[row]!.timeMs / 1000);
      this.putCursor(row);
    } else if (!isRange) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
