/** What the page's charts have in common: their size, their time axis, and marks that are drawn over them. */

import type uPlot from "uplot";
import { COLOR } from "../svg/palette.ts";

/** Charts with this key share their cursor. */
export const SYNC_KEY = "peerlab";

export function plotSize(frame: HTMLElement, height: number): { width: number; height: number } {
  return { width: Math.max(280, frame.clientWidth), height };
}

export function timeAxis(): uPlot.Axis {
  return {
    size: 34,
    grid: { stroke: "#eef1f3" },
    values: (_, values) => values.map((value) => `${Number(value.toPrecision(8))} s`),
  };
}

/** The moment shown, as a line from top to bottom. */
export function verticalLine(plot: uPlot, timeS: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(timeS, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = COLOR.timer;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** A timeout, as a cross at the foot of the chart. */
export function cross(plot: uPlot, timeS: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(timeS, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const [y, arm] = [bbox.top + bbox.height - 7 * devicePixelRatio, 4 * devicePixelRatio];
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = COLOR.interval;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x - arm, y + arm);
  ctx.lineTo(x + arm, y - arm);
  ctx.stroke();
  ctx.restore();
}
