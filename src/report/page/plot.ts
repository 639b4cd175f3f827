/** What the page's charts have in common: their size, their time axis and range, and marks that are drawn over them. */

import type uPlot from "uplot";
import { COLOR } from "../svg/palette.ts";
import { h } from "./dom.ts";
import type { TimeRange } from "./time-range.ts";

/** Charts with this key share their cursor. */
const SYNC_KEY = "peerlab";
/** The axis with its numbers. */
const AXIS_PX = 34;
/** Below it: a row for the crosses of timeouts. */
const TIMEOUT_ROW_PX = 18;
const CROSS_PX = 4;

export function plotSize(frame: HTMLElement, height: number): { width: number; height: number } {
  return { width: Math.max(280, frame.clientWidth), height };
}

export function timeAxis(hasTimeoutRow = false): uPlot.Axis {
  return {
    size: AXIS_PX + (hasTimeoutRow ? TIMEOUT_ROW_PX : 0),
    grid: { stroke: "#eef1f3" },
    values: (_, values) => values.map((value) => `${Number(value.toPrecision(8))} s`),
  };
}

/** A drag zooms, a drag with the shift key moves, a double click shows the whole run; for all charts at once. */
export function timeCursor(range: TimeRange): uPlot.Cursor {
  const isMove = (type: string) => type === "mousemove" || type === "mouseleave";
  return {
    sync: { key: SYNC_KEY, filters: { pub: isMove, sub: isMove } },
    points: { size: 9 },
    drag: { x: true, y: false, setScale: false },
    bind: {
      dblclick: () => () => {
        range.show(range.whole);
        return null;
      },
      mousedown: (plot, _, zoom) => (event) => {
        if (event.button === 0 && event.shiftKey) drag(plot, range, event);
        else zoom(event);
        return null;
      },
    },
  };
}

function drag(plot: uPlot, range: TimeRange, { clientX }: MouseEvent): void {
  const { min, max } = range.range;
  const secondsPerPx = (max - min) / plot.over.clientWidth;
  const onMove = (event: MouseEvent) => {
    const by = (clientX - event.clientX) * secondsPerPx;
    range.show({ min: min + by, max: max + by });
  };
  document.addEventListener("mousemove", onMove);
  document.addEventListener("mouseup", () => document.removeEventListener("mousemove", onMove), { once: true });
}

/** The hook of a chart's selection: what was dragged over is the new range. */
export function zoomToSelection(range: TimeRange): (plot: uPlot) => void {
  return (plot) => {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const [min, max] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    range.show({ min, max });
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

/** Timeouts, as crosses in a row of their own below the time axis; those that would lie upon each other are one. */
export function crosses(plot: uPlot, timesS: readonly number[]): void {
  if (timesS.length === 0) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const [y, arm] = [bbox.top + bbox.height + (AXIS_PX + TIMEOUT_ROW_PX / 2 - 2) * ratio, CROSS_PX * ratio];
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = COLOR.interval;
  ctx.lineWidth = 1.6 * ratio;
  ctx.beginPath();
  let before = Number.NEGATIVE_INFINITY;
  for (const timeS of timesS) {
    const x = Math.round(plot.valToPos(timeS, "x", true));
    if (x - before < 1.5 * arm || x < bbox.left || x > bbox.left + bbox.width) continue;
    before = x;
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x - arm, y + arm);
    ctx.lineTo(x + arm, y - arm);
  }
  ctx.stroke();
  ctx.fillStyle = COLOR.muted;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillText("timeouts", bbox.left - 8 * ratio, y);
  ctx.restore();
}
