/** One chart of a column of charts: its axes, its heading, and the scales that its lines are drawn with. */

import { scaleLinear, scaleLog } from "d3-scale";
import { niceStep } from "../ladder/time-scale.ts";
import { COLOR } from "../svg/palette.ts";
import { element, textElement } from "../svg/svg.ts";

export interface Frame {
  readonly leftPx: number;
  readonly rightPx: number;
  /** Of the plot itself, within the axes. */
  readonly topPx: number;
  readonly bottomPx: number;
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly isLogarithmic: boolean;
}

export interface FrameOptions {
  readonly topPx: number;
  readonly width: number;
  /** Of the plot itself. */
  readonly heightPx: number;
  readonly endMs: number;
  readonly heading: string;
  readonly remark: string;
  /** What is on the y axis: `ms`, `kbit/s`, `peers`. */
  readonly unit: string;
  /** The largest value; the axis begins at 0, or at `minPositive` where it is logarithmic. */
  readonly max: number;
  readonly minPositive?: number | undefined;
  readonly isLogarithmic?: boolean;
  /** Only whole numbers have ticks. */
  readonly isWhole?: boolean;
}

const LEFT_PX = 74;
const RIGHT_PX = 18;
export const HEADING_PX = 40;
export const TIME_AXIS_PX = 38;
const TICK_PX = 34;
const TIME_TICK_PX = 90;

/** The frame, and its markup. */
export function chartFrame(options: FrameOptions): { readonly frame: Frame; readonly markup: string } {
  const { width, heightPx, endMs, heading, remark } = options;
  const topPx = options.topPx + HEADING_PX;
  const [leftPx, rightPx, bottomPx] = [LEFT_PX, width - RIGHT_PX, topPx + heightPx];
  const isLogarithmic = options.isLogarithmic === true && options.minPositive !== undefined;
  const max = options.max > 0 ? options.max : 1;
  const x = scaleLinear([0, endMs > 0 ? endMs : 1], [leftPx, rightPx]);
  const y = isLogarithmic
    ? scaleLog([options.minPositive!, max * 1.15], [bottomPx, topPx]).clamp(true)
    : scaleLinear([0, max * 1.06], [bottomPx, topPx]).clamp(true);
  const frame = {
    leftPx,
    rightPx,
    topPx,
    bottomPx,
    x: (ms: number) => x(ms),
    y: (value: number) => y(value),
    isLogarithmic,
  };
  const ticks = isLogarithmic
    ? logTicks(options.minPositive!, max * 1.15)
    : linearTicks(max * 1.06, heightPx / TICK_PX, options.isWhole === true);
  const parts = [
    textElement(heading, { class: "heading", x: leftPx, y: options.topPx + 14 }),
    textElement(remark, { class: "remark", x: leftPx, y: options.topPx + 29 }),
    textElement(options.unit + (isLogarithmic ? " (log)" : ""), { class: "unit", x: leftPx - 8, y: topPx - 8 }),
    ...ticks.map((value) => yTick(frame, value)),
    ...timeTicks(frame, endMs),
    element("path", { class: "axis", d: `M${leftPx} ${topPx}V${bottomPx}H${rightPx}` }),
  ];
  return { frame, markup: parts.join("") };
}

function yTick({ leftPx, rightPx, y }: Frame, value: number): string {
  const at = y(value);
  return (
    element("line", { class: "grid", x1: leftPx, y1: at, x2: rightPx, y2: at }) +
    textElement(numberText(value), { class: "tick", x: leftPx - 8, y: at + 4, "text-anchor": "end" })
  );
}

function timeTicks({ leftPx, rightPx, bottomPx, x }: Frame, endMs: number): string[] {
  const stepMs = niceStep((endMs * TIME_TICK_PX) / (rightPx - leftPx));
  const inSeconds = endMs >= 5000;
  const parts: string[] = [];
  for (let i = 0; stepMs > 0 && i * stepMs <= endMs; i++) {
    const at = x(i * stepMs);
    const text = `${numberText(inSeconds ? (i * stepMs) / 1000 : i * stepMs)} ${inSeconds ? "s" : "ms"}`;
    const anchor = i === 0 ? "start" : at > rightPx - 20 ? "end" : "middle";
    parts.push(element("line", { class: "axis", x1: at, y1: bottomPx, x2: at, y2: bottomPx + 4 }));
    parts.push(textElement(text, { class: "tick", x: at, y: bottomPx + 17, "text-anchor": anchor }));
  }
  return parts;
}

function linearTicks(max: number, count: number, isWhole: boolean): number[] {
  const step = Math.max(niceStep(max / count), isWhole ? 1 : 0);
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, i) => i * step);
}

/** 1, 2 and 5 times powers of ten; only the powers where that would be too many. */
function logTicks(min: number, max: number): number[] {
  const ticks: number[] = [];
  let power = 1;
  while (power > min) power /= 10;
  while (power * 10 <= min) power *= 10;
  const factors = max / min > 5000 ? [1] : [1, 2, 5];
  for (; power <= max; power *= 10) {
    for (const factor of factors) if (factor * power >= min && factor * power <= max) ticks.push(factor * power);
  }
  return ticks;
}

/** At most six significant digits, thousands grouped. */
export function numberText(value: number): string {
  const [whole = "", decimals] = String(Number(value.toPrecision(6))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** CSS for the charts with this id prefix. */
export function chartStyle(prefix: string): string {
  const rules: readonly (readonly [string, string])[] = [
    ["heading", `font-size:13px;font-weight:600;fill:${COLOR.ink}`],
    ["title", `font-size:15px;font-weight:600;fill:${COLOR.ink}`],
    ["remark", `font-size:11px;fill:${COLOR.muted}`],
    ["unit", `font-size:11px;fill:${COLOR.muted};text-anchor:end`],
    ["tick", `font-size:11px;fill:${COLOR.muted}`],
    ["grid", `stroke:${COLOR.faint};stroke-width:.7`],
    ["axis", `stroke:${COLOR.ink};fill:none`],
    ["key", `font-size:11px;fill:${COLOR.ink}`],
    ["band", `fill:${COLOR.deviation};fill-opacity:.35;stroke:none`],
    ["estimate", `fill:none;stroke:${COLOR.estimate};stroke-width:1.8`],
    ["interval", `fill:none;stroke:${COLOR.interval};stroke-width:1.6;stroke-dasharray:7 3`],
    ["sample", `fill:${COLOR.sample};stroke:none`],
    ["ambiguous", `fill:#fff;stroke:${COLOR.sample};stroke-width:1.4`],
    ["timeout", `fill:none;stroke:${COLOR.interval};stroke-width:1.8`],
    ["sent", `fill:none;stroke:${COLOR.muted};stroke-width:1.2;stroke-dasharray:3 2`],
    ["delivered", `fill:${COLOR.data};fill-opacity:.18;stroke:${COLOR.data};stroke-width:1.5`],
    ["series-0", `fill:none;stroke:${COLOR.data};stroke-width:1.8`],
    ["series-1", `fill:none;stroke:${COLOR.lost};stroke-width:1.8;stroke-dasharray:7 3`],
    ["series-2", `fill:none;stroke:${COLOR.ack};stroke-width:1.8;stroke-dasharray:2 3`],
    ["series-3", `fill:none;stroke:${COLOR.copy};stroke-width:1.8;stroke-dasharray:9 3 2 3`],
  ];
  return rules.map(([name, css]) => `.${prefix} .${name}{${css}}`).join("");
}
