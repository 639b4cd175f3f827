/**
 * The RTT estimator of one host and remote end over time: a dot for each SampleRTT (hollow where Karn's rule refuses
 * it), EstimatedRTT with a band of DevRTT on both sides, TimeoutInterval as steps, and a cross for each timeout.
 */

import { curveStepAfter, line } from "d3-shape";
import { formatMs } from "../../trace/format-ms.ts";
import { type Estimate, type EstimateSeries, isWide, rangeOf } from "../model/estimates.ts";
import { element, px, textElement, textWidthPx, titled } from "../svg/svg.ts";
import { countOf } from "../text.ts";
import { chartFrame, type Frame, HEADING_PX, TIME_AXIS_PX } from "./frame.ts";
import { type Point, thinDots, thinLine } from "./thin.ts";

export type AxisScale = "auto" | "linear" | "log";

const HEIGHT_PX = 190;
/** Below the plot: a row for the crosses of timeouts. */
const TIMEOUT_ROW_PX = 16;
const LEGEND_PX = 22;
const MAX_DOTS = 4000;
/** Dots with a tool tip of their own. */
const MAX_TITLES = 500;

export const RTT_CHART_PX = HEADING_PX + HEIGHT_PX + TIMEOUT_ROW_PX + TIME_AXIS_PX + LEGEND_PX;

export interface RttChartOptions {
  readonly topPx: number;
  readonly width: number;
  readonly endMs: number;
  readonly scale: AxisScale;
}

export function rttChart({ node, peer, points }: EstimateSeries, options: RttChartOptions): string {
  const range = rangeOf(points);
  const { frame, markup } = chartFrame({
    ...options,
    heightPx: HEIGHT_PX,
    heading: `Round-trip time, ${node} to ${peer}`,
    remark: remarkOf(points),
    unit: "ms",
    max: range.max,
    minPositive: range.min > 0 ? range.min * 0.87 : undefined,
    isLogarithmic: options.scale === "log" || (options.scale === "auto" && isWide(points)),
  });
  const timeouts = points.filter(({ kind }) => kind === "timeout");
  const parts = [
    markup,
    band(points, frame, options.endMs),
    estimateLine(points, frame, options.endMs, "interval", (point) => point.timeoutIntervalMs),
    estimateLine(points, frame, options.endMs, "estimate", (point) => point.estimatedRttMs),
    ...dots(points, frame),
    ...crosses(timeouts, frame),
    legend(frame, points),
  ];
  return element("g", { class: "chart" }, parts.join("\n"));
}

function remarkOf(points: readonly Estimate[]): string {
  const count = (kind: Estimate["kind"]) => points.filter((point) => point.kind === kind).length;
  const refused = count("ambiguous");
  const karn = refused === 0 ? "" : `, ${countOf(refused, "refused sample")} (Karn)`;
  return `${countOf(count("sample"), "sample")}${karn}, ${countOf(count("timeout"), "timeout")}`;
}

/** The points with a value, in px, and the last value once more at the end: it holds until then. */
function held(points: readonly Estimate[], frame: Frame, endMs: number, of: (point: Estimate) => number): Point[] {
  const known = points.filter((point) => !Number.isNaN(of(point)));
  const last = known.at(-1);
  if (last === undefined) return [];
  const at = (timeMs: number, value: number) => ({ x: frame.x(timeMs), y: frame.y(value) });
  return [...known.map((point) => at(point.timeMs, of(point))), at(Math.max(endMs, last.timeMs), of(last))];
}

function estimateLine(
  points: readonly Estimate[],
  frame: Frame,
  endMs: number,
  className: string,
  of: (point: Estimate) => number,
): string {
  const path = line<Point>(
    ({ x }) => x,
    ({ y }) => y,
  )
    .curve(curveStepAfter)
    .digits(2);
  const d = path(thinLine(held(points, frame, endMs, of)));
  return d === null ? "" : element("path", { class: className, d });
}

function band(points: readonly Estimate[], frame: Frame, endMs: number): string {
  const upper = thinLine(held(points, frame, endMs, (point) => point.estimatedRttMs + point.devRttMs));
  const lower = thinLine(held(points, frame, endMs, (point) => Math.max(0, point.estimatedRttMs - point.devRttMs)));
  if (upper.length === 0) return "";
  // The edges may have been thinned to different points: each is a line of steps of its own, and together they are a shape.
  return element("path", { class: "band", d: `M${steps(upper).join("L")}L${steps(lower).toReversed().join("L")}Z` });
}

/** The corners of a line of steps. */
function steps(points: readonly Point[]): string[] {
  return points.flatMap(({ x, y }, i) => {
    const corner = `${px(x)} ${px(y)}`;
    return i === 0 ? [corner] : [`${px(x)} ${px(points[i - 1]!.y)}`, corner];
  });
}

interface Dot extends Point {
  readonly point: Estimate;
}

function dots(points: readonly Estimate[], frame: Frame): string[] {
  const all: Dot[] = points
    .filter(({ sampleRttMs, kind }) => kind !== "timeout" && !Number.isNaN(sampleRttMs))
    .map((point) => ({ point, x: frame.x(point.timeMs), y: frame.y(point.sampleRttMs) }));
  const thinned = thinDots(all, MAX_DOTS);
  const radius = all.length > 300 ? 1.6 : 2.6;
  const markup = thinned.dots.map(({ point, x, y }) => {
    const isRefused = point.kind === "ambiguous";
    const attributes = {
      class: isRefused ? "ambiguous" : "sample",
      cx: x,
      cy: y,
      r: isRefused ? radius + 0.6 : radius,
    };
    if (thinned.dots.length > MAX_TITLES) return element("circle", attributes);
    const used = isRefused ? "not used (Karn's rule)" : "SampleRTT";
    return titled("circle", attributes, `${formatMs(point.timeMs)} ms: ${formatMs(point.sampleRttMs)} ms, ${used}`);
  });
  if (thinned.gridPx === 0) return markup;
  const text = `dots closer than ${thinned.gridPx} px are drawn as one`;
  const at = { class: "remark", x: frame.rightPx, y: frame.topPx - 11, "text-anchor": "end" };
  return [...markup, textElement(text, at)];
}

function crosses(timeouts: readonly Estimate[], frame: Frame): string[] {
  const y = frame.bottomPx + TIME_AXIS_PX - 10;
  const at = thinDots(
    timeouts.map((point) => ({ point, x: frame.x(point.timeMs), y })),
    MAX_DOTS / 4,
  ).dots;
  const row = at.map(({ point, x }) => {
    const d = `M${px(x - 3.5)} ${px(y - 3.5)}L${px(x + 3.5)} ${px(y + 3.5)}M${px(x - 3.5)} ${px(y + 3.5)}L${px(x + 3.5)} ${px(y - 3.5)}`;
    if (at.length > MAX_TITLES) return element("path", { class: "timeout", d });
    const text = `${formatMs(point.timeMs)} ms: timeout; TimeoutInterval is ${formatMs(point.timeoutIntervalMs)} ms from here on`;
    return titled("path", { class: "timeout", d }, text);
  });
  if (row.length > 0)
    row.push(textElement("timeouts", { class: "tick", x: frame.leftPx - 8, y: y + 4, "text-anchor": "end" }));
  return row;
}

/** Only what this chart has. */
function legend(frame: Frame, points: readonly Estimate[]): string {
  const has = (kind: Estimate["kind"]) => points.some((point) => point.kind === kind);
  const hasEstimate = points.some(({ estimatedRttMs }) => !Number.isNaN(estimatedRttMs));
  const y = frame.bottomPx + TIME_AXIS_PX + TIMEOUT_ROW_PX - 1;
  const stroke = (className: string) => (x: number) =>
    element("line", { class: className, x1: x, y1: y, x2: x + 20, y2: y });
  const entries: (readonly [boolean, string, (x: number) => string])[] = [
    [has("sample"), "SampleRTT", (x) => element("circle", { class: "sample", cx: x + 10, cy: y, r: 2.6 })],
    [
      has("ambiguous"),
      "refused by Karn's rule",
      (x) => element("circle", { class: "ambiguous", cx: x + 10, cy: y, r: 3.2 }),
    ],
    [hasEstimate, "EstimatedRTT", stroke("estimate")],
    [hasEstimate, "± DevRTT", (x) => element("rect", { class: "band", x, y: y - 5, width: 20, height: 10 })],
    [true, "TimeoutInterval", stroke("interval")],
  ];
  let x = frame.leftPx;
  const parts: string[] = [];
  for (const [isShown, words, draw] of entries) {
    if (!isShown) continue;
    parts.push(draw(x) + textElement(words, { class: "key", x: x + 26, y: y + 4 }));
    x += 44 + textWidthPx(words, 11);
  }
  return parts.join("");
}
