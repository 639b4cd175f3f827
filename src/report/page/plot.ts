/** What the page's charts have in common: their size, their time axis, and marks that are drawn over them. */

import type uPlot from "uplot";
import { COLOR } from "../svg/palette.ts";
import { h } from "./dom.ts";

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

/** The moment shown, as a line over a chart: it moves without the chart being drawn again. */
export class NowLine {
  private readonly plot: uPlot;
  private readonly line: HTMLElement;

  constructor(plot: uPlot) {
    this.plot = plot;
    this.line = h("div", { class: "plot-now" });
    plot.over.append(this.line);
  }

  moveTo(timeS: number): void {
    const { plot, line } = this;
    const left = plot.valToPos(timeS, "x");
    line.hidden = !(left >= 0 && left <= plot.over.clientWidth);
    line.style.transform = `translateX(${left - 1}px)`;
  }
}

/** Timeouts, as crosses at the foot of the chart; those of one pixel are one. */
export function crosses(plot: uPlot, timesS: readonly number[]): void {
  const { ctx, bbox } = plot;
  const [y, arm] = [bbox.top + bbox.height - 7 * devicePixelRatio, 4 * devicePixelRatio];
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = COLOR.interval;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  let before = Number.NaN;
  for (const timeS of timesS) {
    const x = Math.round(plot.valToPos(timeS, "x", true));
    if (x === before || x < bbox.left || x > bbox.left + bbox.width) continue;
    before = x;
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x - arm, y + arm);
    ctx.lineTo(x + arm, y - arm);
  }
  ctx.stroke();
  ctx.restore();
}
