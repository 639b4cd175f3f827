/** Retransmission timers, as bars beside their host's line: from the sending that started them to what ended them. */

import { formatMs } from "../../trace/format-ms.ts";
import type { TimerBar } from "../model/timers.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textWidthPx } from "../svg/svg.ts";
import { type Canvas, cross, FONT_PX } from "./canvas.ts";
import { durationText } from "./time-scale.ts";

/** Timers side by side at one host; more are left out. */
const MAX_TRACKS = 4;
const TRACK_PX = 9;
const FIRST_TRACK_PX = 9;
const BAR_PX = 5;
const REST_PX = 12;

/** Draws the bars; returns how many found no room. */
export function drawTimers(canvas: Canvas, timers: readonly TimerBar[]): number {
  /** For each host, when each track is free again. */
  const tracks = new Map<string, number[]>();
  let leftOut = 0;
  for (const timer of timers.toSorted((a, b) => a.startNs - b.startNs)) {
    const free = tracks.get(timer.host) ?? [];
    tracks.set(timer.host, free);
    let track = free.findIndex((untilNs) => untilNs <= timer.startNs);
    if (track < 0) track = free.length;
    if (track >= MAX_TRACKS) {
      leftOut++;
      continue;
    }
    free[track] = timer.endNs;
    drawTimer(canvas, timer, track);
  }
  return leftOut;
}

function drawTimer(canvas: Canvas, timer: TimerBar, track: number): void {
  canvas.legend.add("timer");
  const side = canvas.isFirst(timer.host) ? -1 : 1;
  const x = canvas.x(timer.host) + side * (FIRST_TRACK_PX + track * TRACK_PX);
  const [startY, endY] = [canvas.yBeyond(timer.startNs), canvas.yBeyond(timer.endNs)];
  const [startsInside, endsInside] = [canvas.isInside({ x, y: startY }), canvas.isInside({ x, y: endY })];
  // A little apart, so that a timer that follows another at once is seen to be another one.
  const top = canvas.y(timer.startNs) + 1;
  const bottom = Math.max(canvas.y(timer.endNs) - 1, top + 1);
  const runMs = (timer.endNs - timer.startNs) / 1e6;
  const bar = element("rect", {
    class: `bar ${timer.end}`,
    x: x - BAR_PX / 2,
    y: top,
    width: BAR_PX,
    height: bottom - top,
  });
  canvas.places.avoidLine(x, top, x, bottom);
  // One that still runs where the trace ends has its own mark, wherever the picture ends.
  const isCut = !endsInside && timer.end !== "open";
  const parts = [bar];
  if (!startsInside) parts.push(rest(x, top - 1 - REST_PX));
  parts.push(isCut ? rest(x, bottom + 1) : ending(canvas, timer, x, bottom, side, runMs));
  if (isCut || !startsInside) canvas.legend.add("cut");
  const attributes = { class: "timer", "data-packet": String(timer.packetId) };
  const inside = `<title>${escapeText(timerTitle(timer, runMs))}</title>${parts.join("")}`;
  canvas.below.push(element("g", attributes, inside));
}

/** A bar that is cut at an edge goes on beyond it, in dots. */
function rest(x: number, top: number): string {
  return element("line", { class: "bar-rest", x1: x, y1: top, x2: x, y2: top + REST_PX });
}

/** What ended it: a thick cap where it ran out, a ring where it was cancelled, a cross where its host crashed. */
function ending(canvas: Canvas, { end }: TimerBar, x: number, y: number, side: number, runMs: number): string {
  switch (end) {
    case "expired": {
      canvas.legend.add("expired");
      const text = `timeout ${durationText(runMs)}`;
      const width = textWidthPx(text, FONT_PX);
      const [outside, inside] = [x + side * 11, x - side * 30];
      const left = (at: number, towards: number) => (towards < 0 ? at - width : at);
      const places = [-7, 0, 7].flatMap((rise) => [
        { x: left(outside, side), y: y + rise },
        { x: left(inside, -side), y: y + rise },
      ]);
      return expiryCap(x, y) + canvas.label(text, places, COLOR.lost);
    }
    case "cancelled":
      return element("circle", { class: "cancelled-end", cx: x, cy: y, r: 3 });
    case "crashed":
      return cross(x, y, 4);
    case "open":
      return `<path d="M${px(x - 3)} ${px(y)}l3 6l3 -6" class="open-end"/>`;
  }
}

export function expiryCap(x: number, y: number): string {
  return element("rect", { class: "expiry", x: x - 7, y: y - 3, width: 14, height: 4 });
}

const ENDS = {
  expired: "it ran out",
  cancelled: "it was cancelled",
  crashed: "its host crashed",
  open: "it still runs where the trace ends",
} as const;

function timerTitle({ host, peer, type, seq, attempt, startNs, end }: TimerBar, runMs: number): string {
  const what = `${type} ${seq}${attempt > 1 ? `, attempt ${attempt},` : ""}`;
  return `retransmission timer of ${host} for ${what} to ${peer}: set at ${formatMs(startNs / 1e6)} ms; ${ENDS[end]} after ${formatMs(runMs)} ms`;
}
