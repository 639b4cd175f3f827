/** A series of the RTT estimator, fitted to the columns of a chart. */

import type { RttSeries } from "./series.ts";

/** One value per column; NaN where there is nothing to draw. Times in ms. */
export interface RttColumns {
  /** The largest SampleRTT of each column. */
  readonly sampleMs: readonly number[];
  /** The largest EstimatedRTT and TimeoutInterval of each column; they hold until the next observation. */
  readonly estimatedMs: readonly number[];
  readonly timeoutIntervalMs: readonly number[];
  /** Did it happen within the column? */
  readonly timeouts: readonly boolean[];
  readonly necessary: readonly boolean[];
  readonly spurious: readonly boolean[];
  /** Retransmissions of which nobody knows whether they were needed. */
  readonly unknown: readonly boolean[];
}

/** Cuts the time from 0 to `endMs` into `width` columns. Extremes stand for a column: a spike stays a spike. */
export function resample(series: RttSeries, width: number, endMs: number): RttColumns {
  const empty = () => new Array<number>(width).fill(Number.NaN);
  const none = () => new Array<boolean>(width).fill(false);
  const columns = { sampleMs: empty(), estimatedMs: empty(), timeoutIntervalMs: empty() };
  const marks = { timeouts: none(), necessary: none(), spurious: none(), unknown: none() };
  const columnOf = (ms: number) => Math.min(width - 1, Math.max(0, Math.floor((ms * width) / endMs)));
  for (const point of series.points) {
    const first = columnOf(point.timeMs);
    const last = columnOf(point.untilMs);
    for (let column = first; column <= last; column++) {
      raise(columns.sampleMs, column, point.sampleMaxMs);
      raise(columns.estimatedMs, column, point.estimatedRttMs);
      raise(columns.timeoutIntervalMs, column, point.timeoutIntervalMaxMs);
      marks.timeouts[column] ||= point.timeouts > 0;
      marks.necessary[column] ||= point.necessary > 0;
      marks.spurious[column] ||= point.spurious > 0;
      marks.unknown[column] ||= point.retransmissions > point.necessary + point.spurious;
    }
  }
  hold(columns.estimatedMs, series, columnOf, (point) => point.estimatedRttMs);
  hold(columns.timeoutIntervalMs, series, columnOf, (point) => point.timeoutIntervalMaxMs);
  return { ...columns, ...marks };
}

function raise(values: number[], column: number, value: number): void {
  if (value > values[column]! || Number.isNaN(values[column]!)) values[column] = value;
}

/** Fills the columns between observations, and after the last, with the value before them. */
function hold(
  values: number[],
  series: RttSeries,
  columnOf: (ms: number) => number,
  heldValue: (point: RttSeries["points"][number]) => number,
): void {
  let next = 0;
  let held = Number.NaN;
  for (let column = 0; column < values.length; column++) {
    if (Number.isNaN(values[column]!)) values[column] = held;
    for (; next < series.points.length && columnOf(series.points[next]!.untilMs) <= column; next++) {
      const value = heldValue(series.points[next]!);
      if (!Number.isNaN(value)) held = value;
    }
  }
}
