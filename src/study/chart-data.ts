/** What the charts of a sweep show: one metric over the first varied path, a series for each combination of the others. */

import { DRIFT, DURATION, PERCENTAGE, parseQuantity, type Quantity, RATE, SIZE } from "../scenario/units.ts";
import type { CellReport, SweepReport } from "./report.ts";

export interface SweepChart {
  readonly metric: string;
  readonly unit: string;
  readonly axis: Axis;
  readonly series: readonly ChartSeries[];
  /** Series that are not drawn, because there are too many to tell apart. */
  readonly omitted: number;
  /** Why the closed form is missing somewhere; empty where there is none of this metric at all. */
  readonly reasons: readonly string[];
}

export interface Axis {
  readonly path: string;
  /** The unit of the numbers; "" where they have none. */
  readonly unit: string;
  /** Where the values are no numbers of one kind: their texts, for x = 0, 1, 2, ... */
  readonly texts: readonly string[] | undefined;
}

export interface ChartSeries {
  /** `protocol.rto.min=100ms`; "" for the only one. */
  readonly label: string;
  /** From left to right. */
  readonly points: readonly ChartPoint[];
}

/** NaN: there is no such value. */
export interface ChartPoint {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly theory: number;
}

/** The chart of one metric; undefined where nothing was varied, or no run had a value. */
export function sweepChart(report: SweepReport, metricIndex: number, maxSeries: number): SweepChart | undefined {
  const metric = report.metrics[metricIndex];
  const [path] = report.paths;
  if (metric === undefined || path === undefined) return undefined;
  const texts = [...new Set(report.cells.map(({ values }) => values[0] as string))];
  const scale = numericScale(texts);
  const xOf = (text: string) => scale?.of(text) ?? texts.indexOf(text);
  const series = new Map<string, ChartPoint[]>();
  for (const cell of report.cells) {
    const label = labelOf(report, cell);
    const points = series.get(label) ?? [];
    points.push(pointOf(cell, metricIndex, xOf(cell.values[0] as string)));
    series.set(label, points);
  }
  const all = [...series].map(([label, points]) => ({ label, points: points.toSorted((a, b) => a.x - b.x) }));
  const withValues = all.filter(({ points }) => points.some(({ mean }) => !Number.isNaN(mean)));
  if (withValues.length === 0) return undefined;
  const drawn = withValues.slice(0, maxSeries);
  return {
    metric: metric.name,
    unit: metric.unit === "ratio" || metric.unit === "count" ? "" : metric.unit,
    axis: { path, unit: scale?.unit ?? "", texts: scale === undefined ? texts : undefined },
    series: drawn,
    omitted: withValues.length - drawn.length,
    reasons: metric.hasClosedForm ? missingTheory(report, metricIndex) : [],
  };
}

/** Why some cells have no closed form, each reason once. */
export function missingTheory({ cells }: SweepReport, metricIndex: number): string[] {
  const counts = new Map<string, number>();
  for (const { figures } of cells) {
    const theory = figures[metricIndex]?.theory;
    if (theory?.value !== undefined || theory === undefined) continue;
    counts.set(theory.reason, (counts.get(theory.reason) ?? 0) + 1);
  }
  const places = (count: number) => (count === cells.length ? "" : ` (${count} of ${cells.length} cells)`);
  return [...counts].map(([reason, count]) => `${reason}${places(count)}`);
}

/** In a paired sweep the other paths go with the first. */
function labelOf({ paths, paired, compare }: SweepReport, { values }: CellReport): string {
  const apart = paired ? paths.length - (compare ? 1 : 0) : 1;
  return paths
    .map((path, index) => `${path}=${values[index]}`)
    .slice(Math.max(1, apart))
    .join(", ");
}

function pointOf({ figures }: CellReport, metricIndex: number, x: number): ChartPoint {
  const { summary, theory } = figures[metricIndex] ?? {};
  const [low, high] = summary?.ci95 ?? [Number.NaN, Number.NaN];
  return { x, mean: summary?.mean ?? Number.NaN, low, high, theory: theory?.value ?? Number.NaN };
}

const UNITS: readonly (readonly [Quantity, string])[] = [
  [DURATION, "ms"],
  [SIZE, "bytes"],
  [RATE, "bit/s"],
  [PERCENTAGE, ""],
  [DRIFT, "ppm"],
];

/** How texts are read as numbers; undefined where they are not all of one kind. */
function numericScale(
  texts: readonly string[],
): { readonly unit: string; readonly of: (text: string) => number } | undefined {
  const isNumber = (text: string) => /^[+-]?\d+(\.\d+)?$/.test(text);
  if (texts.every(isNumber)) return { unit: "", of: Number };
  for (const [quantity, unit] of UNITS) {
    const of = (text: string) => parseQuantity(quantity, text) ?? (Number(text) === 0 ? 0 : Number.NaN);
    if (texts.every((text) => !Number.isNaN(of(text)))) return { unit, of };
  }
  return undefined;
}
