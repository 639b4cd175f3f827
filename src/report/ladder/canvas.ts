/** What the parts of a ladder diagram share while it is drawn: scales, layers, labels, and what the legend must explain. */

import { type Box, LabelPlaces } from "../svg/labels.ts";
import { COLOR } from "../svg/palette.ts";
import { px, textElement, textWidthPx } from "../svg/svg.ts";
import { type CutLine, cutLine, isBetween, type Point } from "./cut.ts";
import type { TimeScale } from "./time-scale.ts";

export type LegendKey =
  | "data"
  | "ack"
  | "segment"
  | "other"
  | "lost"
  | "unknown"
  | "copy"
  | "corrupt"
  | "overtaken"
  | "necessary"
  | "spurious"
  | "again"
  | "timer"
  | "expired"
  | "exchange"
  | "mark"
  | "crash"
  | "pause"
  | "fold"
  | "broken"
  | "cut";

export const FONT_PX = 11;

const SHIFT_PX = 4;
const MAX_SHIFTS = 3;

export class Canvas {
  readonly scale: TimeScale;
  readonly places = new LabelPlaces();
  readonly legend = new Set<LegendKey>();
  /** Markup, what lies below first. */
  readonly below: string[] = [];
  readonly arrows: string[] = [];
  readonly above: string[] = [];
  readonly focusable: boolean;
  readonly width: number;
  private readonly xs: ReadonlyMap<string, number>;
  /** How many arrows there are between the same two points. */
  private readonly sameArrows = new Map<string, number>();

  constructor(scale: TimeScale, xs: ReadonlyMap<string, number>, width: number, focusable: boolean) {
    this.scale = scale;
    this.xs = xs;
    this.width = width;
    this.focusable = focusable;
  }

  x(host: string): number {
    return this.xs.get(host)!;
  }

  /** The place of a moment in ns, from the top. */
  y(timeNs: number): number {
    return this.scale.y(timeNs / 1e6);
  }

  /** The same, to scale beyond the picture's edges: for what is cut there. */
  yBeyond(timeNs: number): number {
    return this.scale.yBeyond(timeNs / 1e6);
  }

  /** A line cut at the picture's edges. */
  cut(start: Point, end: Point): CutLine {
    return cutLine(start, end, this.scale.topPx, this.scale.bottomPx);
  }

  /** Is a place in the picture? */
  isInside({ y }: Point): boolean {
    return isBetween(y, this.scale.topPx, this.scale.bottomPx);
  }

  /** Is the host's line the leftmost? Its timers stand on its left. */
  isFirst(host: string): boolean {
    return this.xs.keys().next().value === host;
  }

  /** How far down an arrow is moved so that one does not hide another between the same two points, in px. */
  shiftOf(start: Point, end: Point): number {
    const key = [start.x, start.y, end.x, end.y].map(px).join(" ");
    const before = this.sameArrows.get(key) ?? 0;
    this.sameArrows.set(key, before + 1);
    return Math.min(before, MAX_SHIFTS) * SHIFT_PX;
  }

  /** Writes a text at the first of the places (its left end and the middle of its height) that is free. */
  label(text: string, at: readonly { readonly x: number; readonly y: number }[], fill: string = COLOR.ink): string {
    const width = textWidthPx(text, FONT_PX);
    const height = FONT_PX + 2;
    const boxes = at
      .filter(({ x }) => x >= 2 && x + width <= this.width - 2)
      .map(({ x, y }) => ({ x, y: y - height / 2, width, height }));
    const box: Box | undefined = this.places.place(boxes);
    if (box === undefined) return "";
    return textElement(text, { class: "label", x: box.x, y: box.y + height - 3, fill });
  }
}

/** A text cut to a length, with an ellipsis where something is missing. */
export function shortened(text: string, maxLength: number): string {
  const characters = [...text];
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join("")}…`;
}

/** A cross, its arms `size` px long. */
export function cross(x: number, y: number, size: number): string {
  const d = `M${px(x - size)} ${px(y - size)}L${px(x + size)} ${px(y + size)}M${px(x - size)} ${px(y + size)}L${px(x + size)} ${px(y - size)}`;
  return `<path d="${d}" class="cross"/>`;
}
