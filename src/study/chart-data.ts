/** What the charts of a sweep show: one metric over the first varied path, a series for each combination of the others. */

import { type PlotScale, plotScale } from "../report/line-plot.ts";
import { DRIFT, DURATION, PERCENTAGE, parseQuantity, type Quantity, RATE, SIZE } from "../scenario/units.ts";
import type { CellReport, MetricHead, SweepReport } from "./report.ts";

export interface SweepChart {
  /** The metric, and of a difference, which variant less which. */
  readonly title: string;
  readonly unit: string;
  readonly axis: Axis;
  readonly series: readonly ChartSeries[];
  /** From 0, or logarithmic where values differ by much: what every drawing of the chart goes by. */
  readonly scale: PlotScale;
  /** Series that are not drawn, because there are too many to tell apart. */
  readonly omitted: number;
  /** Why the closed form is missing somewhere; empty where there is none of this metric at all. */
  readonly reasons: readonly string[];
}

export interface Axis {
  readonly path: string;
  /** The unit of the numbers; "" where they have none. */
  readonly unit: string;
  /**
   * Where the values are no numbers of one kind, or only two of them (a switch, two variants): their texts, for x = 0, 1,
   * 2, ... Nothing is known between them, so that no line leads from one to the next.
   */
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
  const { paths, paired, compare, cells } = report;
  const metric = report.metrics[metricIndex];
  if (metric === undefined || paths.length === 0) return undefined;
  const apart = paired ? paths.length - (compare ? 1 : 0) : 1;
  const points = cells.map((cell) => ({ values: cell.values, point: pointOf(cell, metricIndex) }));
  const drawn = drawing(paths, apart, points, maxSeries);
  if (drawn === undefined) return undefined;
  const reasons = metric.hasClosedForm ? missingTheory(report, metricIndex) : [];
  return { title: metric.name, unit: unitOf(metric), reasons, ...drawn };
}

/** What the second variant has more than the first, seed by seed; undefined where nothing else was varied. */
export function differenceChart(report: SweepReport, metricIndex: number, maxSeries: number): SweepChart | undefined {
  const { compare, comparisons, paired } = report;
  const metric = report.metrics[metricIndex];
  const paths = report.paths.slice(0, -1);
  if (metric === undefined || compare === undefined || paths.length === 0) return undefined;
  const points = comparisons.map(({ values, differences }) => {
    const { difference } = differences[metricIndex] ?? {};
    const [low, high] = difference?.ci95 ?? [Number.NaN, Number.NaN];
    return { values, point: { mean: difference?.mean ?? Number.NaN, low, high, theory: Number.NaN } };
  });
  const drawn = drawing(paths, paired ? paths.length : 1, points, maxSeries);
  if (drawn === undefined) return undefined;
  const title = `${metric.name}: ${compare.path}=${compare.b} less ${compare.a}`;
  // Its 0 matters, and it may be negative.
  return { title, unit: unitOf(metric), reasons: [], ...drawn, scale: LINEAR };
}

function unitOf({ unit }: MetricHead): string {
  return unit === "ratio" || unit === "count" ? "" : unit;
}

type Figures = Omit<ChartPoint, "x">;

/** Points become series: over the first path, apart by the paths from `apart` on (in a paired sweep the others go with the first). */
function drawing(
  paths: readonly string[],
  apart: number,
  points: readonly { readonly values: readonly string[]; readonly point: Figures }[],
  maxSeries: number,
): Pick<SweepChart, "axis" | "series" | "scale" | "omitted"> | undefined {
  const texts = [...new Set(points.map(({ values }) => values[0] as string))];
  const numbers = texts.length < 3 ? undefined : numericScale(texts);
  const xOf = (text: string) => numbers?.of(text) ?? texts.indexOf(text);
  const series = new Map<string, ChartPoint[]>();
  for (const { values, point } of points) {
    const label = paths
      .map((path, index) => `${path}=${values[index]}`)
      .slice(apart)
      .join(", ");
    series.set(label, [...(series.get(label) ?? []), { ...point, x: xOf(values[0] as string) }]);
  }
  const withValues = [...series]
    .map(([label, ofSeries]) => ({ label, points: ofSeries.toSorted((a, b) => a.x - b.x) }))
    .filter((one) => one.points.some(({ mean }) => !Number.isNaN(mean)));
  if (withValues.length === 0) return undefined;
  const drawn = withValues.slice(0, maxSeries);
  const all = withValues.flatMap((one) => one.points.flatMap(({ mean, theory }) => [mean, theory]));
  const finite = all.filter(Number.isFinite);
  return {
    axis: { path: paths[0] as string, unit: numbers?.unit ?? "", texts: numbers === undefined ? texts : undefined },
    series: drawn,
    scale: plotScale(finite),
    omitted: withValues.length - drawn.length,
  };
}

const LINEAR = plotScale([]);

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

function pointOf({ figures }: CellReport, metricIndex: number): Figures {
  const { summary, theory } = figures[metricIndex] ?? {};
  const [low, high] = summary?.ci95 ?? [Number.NaN, Number.NaN];
  return { mean: summary?.mean ?? Number.NaN, low, high, theory: theory?.value ?? Number.NaN };
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
