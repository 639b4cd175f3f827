/** The scales of a sweep's charts as SVG: the same rules as on the terminal, and what is written at the axes. */

import { scaleLinear, scaleLog } from "d3-scale";
import type { ChartPoint, SweepChart } from "./chart-data.ts";

/** The plot's edges, in px. */
export const PLOT = { left: 84, right: 736, top: 44, bottom: 360 };
/** Ticks of each axis, about. */
export const TICKS = { x: 11, y: 7 };
const MAX_LOG_TICKS = 10;

/** Categories have room on both sides. */
export function xScale({ axis }: SweepChart, points: readonly ChartPoint[]): Linear {
  const range = [PLOT.left, PLOT.right];
  if (axis.texts !== undefined) return scaleLinear([-0.5, axis.texts.length - 0.5], range);
  return scaleLinear(extent(points.map((point) => point.x)), range);
}

export interface YScale {
  (value: number): number;
  readonly labelled: readonly number[];
}

/** From 0, or from below it; logarithmic where the terminal's chart is, too. A 0 lies at the foot of that. */
export function yScale({ scale }: SweepChart, points: readonly ChartPoint[]): YScale {
  const tops = points.flatMap(({ mean, high, theory }) => [mean, high, theory]).filter(Number.isFinite);
  const lows = points.flatMap(({ mean, low }) => [mean, low]).filter(Number.isFinite);
  if (!scale.isLogarithmic) {
    const [bottom, top] = [Math.min(0, ...lows), Math.max(0, ...tops)];
    const y = scaleLinear([bottom, top === bottom ? 1 : top], [PLOT.bottom, PLOT.top]).nice(TICKS.y);
    return Object.assign((value: number) => y(value), { labelled: y.ticks(TICKS.y) });
  }
  const domain = [scale.back(0), Math.max(...tops)];
  const y = scaleLog(domain, [PLOT.bottom, PLOT.top]).clamp(true);
  return Object.assign((value: number) => y(Math.max(value, domain[0] as number)), { labelled: logTicks(domain) });
}

/** Powers of ten, and between them 2 and 5 where there is room. */
function logTicks([from, to]: readonly number[]): number[] {
  const ticks = scaleLog([from as number, to as number], [0, 1]).ticks();
  const leading = (tick: number) => Number(tick.toExponential(0).split("e")[0]);
  const few = ticks.filter((tick) => [1, 2, 5].includes(leading(tick)));
  return few.length <= MAX_LOG_TICKS ? few : ticks.filter((tick) => leading(tick) === 1);
}

export type Linear = ReturnType<typeof scaleLinear<number, number>>;
/** A single value gets some room on both sides. */
function extent(values: readonly number[]): [number, number] {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return min === max ? [min - 1, max + 1] : [min, max];
}
