/** The series of a chart of round-trip times: the same marks and colours as in charts.svg. */

import uPlot from "uplot";
import type { Estimate } from "../model/estimates.ts";
import { COLOR } from "../svg/palette.ts";
import type { LegendEntry } from "./chart-legend.ts";

const BAND = "rgba(86,180,233,.3)";
/** Where there are more values than one per so many px, a line that goes up and down would be a solid block. */
const ENVELOPE_PX = 3;
/** Of more samples each is a smaller dot. */
const MANY_DOTS = 300;

export interface RttLines {
  readonly data: uPlot.AlignedData;
  readonly series: uPlot.Series[];
  readonly bands: uPlot.Band[];
  readonly legend: readonly LegendEntry[];
}

interface Line {
  readonly values: readonly (number | null)[];
  readonly series: uPlot.Series;
}

/** The lines and dots that have a value. A logarithmic axis has no place for 0 and less. */
export function rttLines(points: readonly Estimate[], isLogarithmic: boolean): RttLines {
  const least = isLogarithmic ? 1e-3 : 0;
  const xs = points.map(({ timeMs }) => timeMs / 1000);
  const lines: Line[] = [];
  const legend: LegendEntry[] = [];
  const has = (of: (point: Estimate) => number) => points.some((point) => !Number.isNaN(of(point)));
  /** Returns the number of the new series. */
  const add = (series: uPlot.Series, of: (point: Estimate) => number): number =>
    lines.push({
      series,
      values: points.map((point) => (Number.isNaN(of(point)) ? null : Math.max(least, of(point)))),
    });
  const stepped = uPlot.paths.stepped!({ align: 1 });
  const steps = (label: string, stroke: string, width: number): uPlot.Series => ({
    label,
    stroke,
    width,
    paths: stepped,
    points: { show: false },
  });

  const isBand = has(({ devRttMs }) => devRttMs);
  if (isBand) {
    const edge = (label: string) => steps(label, "rgba(86,180,233,.8)", 1);
    const band = [
      add(edge("EstimatedRTT + DevRTT"), (point) => point.estimatedRttMs + point.devRttMs),
      add(edge("EstimatedRTT - DevRTT"), (point) => point.estimatedRttMs - point.devRttMs),
    ];
    legend.push({ name: "± DevRTT", mark: { shape: "band", color: BAND }, series: band });
  }
  if (has(({ estimatedRttMs }) => estimatedRttMs)) {
    const series = [add(steps("EstimatedRTT", COLOR.estimate, 2), (point) => point.estimatedRttMs)];
    legend.unshift({ name: "EstimatedRTT", mark: { shape: "line", color: COLOR.estimate }, series });
  }
  if (has(({ timeoutIntervalMs }) => timeoutIntervalMs)) {
    const style = { ...steps("TimeoutInterval", COLOR.interval, 1.6), dash: [7, 3], fill: "rgba(196,64,10,.16)" };
    const series = [add({ ...style, paths: stepsOrEnvelope(stepped) }, (point) => point.timeoutIntervalMs)];
    legend.push({ name: "TimeoutInterval", mark: { shape: "line", color: COLOR.interval, dash: [7, 3] }, series });
  }
  const dotPx = points.length > MANY_DOTS ? 3 : 5;
  const dots = (label: string, size: number, fill: string): uPlot.Series => ({
    label,
    stroke: COLOR.sample,
    paths: () => null,
    points: { show: true, size, fill },
  });
  const only = (kind: Estimate["kind"]) => (point: Estimate) => (point.kind === kind ? point.sampleRttMs : Number.NaN);
  if (has(only("ambiguous"))) {
    const series = [add(dots("refused (Karn)", dotPx + 1, "#fff"), only("ambiguous"))];
    legend.unshift({ name: "refused by Karn's rule", mark: { shape: "ring", color: COLOR.sample }, series });
  }
  if (has(only("sample"))) {
    const series = [add(dots("SampleRTT", dotPx, COLOR.sample), only("sample"))];
    legend.unshift({ name: "SampleRTT", mark: { shape: "dot", color: COLOR.sample }, series });
  }
  if (points.some(({ kind }) => kind === "timeout")) {
    legend.push({ name: "timeout", mark: { shape: "cross", color: COLOR.interval }, series: [] });
  }
  return {
    data: [xs, ...lines.map(({ values }) => values)] as uPlot.AlignedData,
    series: [{ label: "time" }, ...lines.map(({ series }) => series)],
    bands: isBand ? [{ series: [1, 2], fill: BAND }] : [],
    legend,
  };
}

/** Steps where there is room for them; otherwise the range of the values in each few px, between two lines. */
function stepsOrEnvelope(steps: uPlot.Series.PathBuilder): uPlot.Series.PathBuilder {
  return (plot, seriesIdx, idx0, idx1) => {
    const columnPx = ENVELOPE_PX * devicePixelRatio;
    const values = plot.data[seriesIdx]!;
    if ((idx1 - idx0) * columnPx <= plot.bbox.width) {
      const paths = steps(plot, seriesIdx, idx0, idx1);
      return paths === null ? null : { ...paths, fill: null };
    }
    const columns = columnsOf(plot, values, idx0, idx1, columnPx);
    const upper = columns.map(({ x, max }) => [x, plot.valToPos(max, "y", true)] as const);
    const lower = columns.map(({ x, min }) => [x, plot.valToPos(min, "y", true)] as const);
    const [stroke, fill] = [new Path2D(), new Path2D()];
    for (const edge of [upper, lower]) polyline(stroke, edge);
    polyline(fill, [...upper, ...lower.toReversed()]);
    fill.closePath();
    return { stroke, fill, clip: null, flags: 1 };
  };
}

function polyline(path: Path2D, points: readonly (readonly [x: number, y: number])[]): void {
  for (const [i, [x, y]] of points.entries()) {
    if (i === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
}

/** The range of the values in each column; one without a value has that of the value before, which still holds. */
function columnsOf(
  plot: uPlot,
  values: uPlot.AlignedData[number],
  idx0: number,
  idx1: number,
  columnPx: number,
): { x: number; min: number; max: number }[] {
  const { left, width } = plot.bbox;
  const columns: { x: number; min: number; max: number }[] = [];
  let i = idx0;
  let held: number | undefined;
  for (let x = left; x < left + width; x += columnPx) {
    let [min, max] = [held ?? Number.POSITIVE_INFINITY, held ?? Number.NEGATIVE_INFINITY];
    for (; i <= idx1 && plot.valToPos(plot.data[0][i]!, "x", true) < x + columnPx; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      held = value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (min <= max) columns.push({ x: x + columnPx / 2, min, max });
  }
  return columns;
}
