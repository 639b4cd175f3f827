/** What the parts of a ladder diagram share while it is drawn: scales, layers, labels, and what the legend must explain. */

import { type Box, LabelPlaces, type Place } from "../svg/labels.ts";
import { COLOR } from "../svg/palette.ts";
import { type Attributes, px, textElement, textWidthPx } from "../svg/svg.ts";
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
  | "cookie"
  | "again"
  | "timer"
  | "expired"
  | "exchange"
  | "mark"
  | "crash"
  | "down"
  | "pause"
  | "fold"
  | "broken"
  | "cut";

export const FONT_PX = 11;

/** Texts at steeper lines are written level. */
const MAX_TILT = 0.6;
/** Where along a line a label may be, as shares of it. */
const SHARES = [0.5, 0.34, 0.66, 0.22, 0.78] as const;
const TILTED_PART_PX = 16;
const SHIFT_PX = 4;
const MAX_SHIFTS = 3;
/** Texts keep within so much below the picture's last moment, where there is room. */
const FOOT_PX = 24;

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
  /** Where the lowest text ends: the legend is below it. */
  lowestPx: number;
  private readonly xs: ReadonlyMap<string, number>;
  /** How many arrows there are between the same two points. */
  private readonly sameArrows = new Map<string, number>();

  constructor(scale: TimeScale, xs: ReadonlyMap<string, number>, width: number, focusable: boolean) {
    this.scale = scale;
    this.xs = xs;
    this.width = width;
    this.lowestPx = scale.bottomPx + FOOT_PX;
    this.focusable = focusable;
  }

  x(host: string): number {
    return this.xs.get(host)!;
  }

  /** The lanes between two hosts' lines, from the left: each from one line to the next, in px. */
  lanesBetween(leftPx: number, rightPx: number): readonly (readonly [number, number])[] {
    const lines = [...this.xs.values()].filter((x) => x >= leftPx && x <= rightPx).toSorted((a, b) => a - b);
    return lines.slice(1).map((x, i) => [lines[i]!, x]);
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
  label(text: string, at: readonly Point[], fill: string = COLOR.ink): string {
    return this.rows(
      at.map((place) => ({ ...place, rows: [text] })),
      fill,
    );
  }

  /** Is a text not too wide for its place? */
  fits(form: Rows): boolean {
    return form.x >= 2 && form.x + widthOf(form) <= this.width - 2;
  }

  /**
   * Writes one of several forms of a text, in one or more rows, at the first place (the left end and the middle of the
   * first row) that is free.
   */
  rows(forms: readonly Rows[], fill: string = COLOR.ink): string {
    const boxes = forms
      .filter((form) => this.fits(form))
      .map((form) => ({
        ...form,
        y: form.y - ROW_PX / 2,
        width: widthOf(form),
        height: form.rows.length * ROW_PX,
      }));
    const isHigh = (box: Box) => box.y + box.height <= this.scale.bottomPx + FOOT_PX && this.places.isFree(box);
    const high = boxes.filter(isHigh);
    const box = this.places.place(high.length > 0 ? high : boxes);
    if (box === undefined) return "";
    this.lowestPx = Math.max(this.lowestPx, box.y + box.height);
    return box.rows
      .map((row, i) => textElement(row, { class: "label", x: box.x, y: box.y + (i + 1) * ROW_PX - 3, fill }))
      .join("");
  }
}

function widthOf({ rows }: Rows): number {
  return Math.max(...rows.map((row) => textWidthPx(row, FONT_PX)));
}

/** A text in rows: where its left end and the middle of its first row are. */
export interface Rows extends Point {
  readonly rows: readonly string[];
}

/** The height of a row of text. */
export const ROW_PX = FONT_PX + 2;

/** A label along a line from `start` to `end`: above it, or below; where the line is steep, level beside it. */
export function alongLine(text: string, start: Point, end: Point): readonly Tilted[] {
  const [left, right] = start.x <= end.x ? [start, end] : [end, start];
  const [dx, dy] = [right.x - left.x, right.y - left.y];
  const width = textWidthPx(text, FONT_PX);
  const tilt = dy / dx;
  if (Math.abs(tilt) > MAX_TILT) return besideLine(width, left, dx, dy);
  const cosine = 1 / Math.sqrt(1 + tilt * tilt);
  const degrees = Math.atan(tilt) * (180 / Math.PI);
  const spots = SHARES.map((share) => ({ x: left.x + dx * share, y: left.y + dy * share })).filter(
    ({ x }) => x - width / 2 > left.x + 4 && x + width / 2 < right.x - 4,
  );
  return [-4, FONT_PX + 1].flatMap((baselinePx) =>
    spots.map(({ x, y }) => {
      // A tilted text is covered by level boxes, one for each stretch of it.
      const [run, count] = [width * cosine, tilt === 0 ? 1 : Math.ceil(width / TILTED_PART_PX)];
      const rise = Math.abs(tilt) * (run / count);
      const parts = Array.from({ length: count }, (_, i) => {
        const middle = (i + 0.5) * (run / count) - run / 2;
        const top = y + tilt * middle + baselinePx - FONT_PX;
        return { x: x + middle - run / count / 2, y: top - rise / 2, width: run / count, height: FONT_PX + 1 + rise };
      });
      const box = { x: x - run / 2, y: parts[0]!.y, width: run, height: FONT_PX + 1 };
      const transform = tilt === 0 ? undefined : `rotate(${px(degrees)} ${px(x)} ${px(y)})`;
      return { ...box, parts, attributes: { x, y: y + baselinePx, "text-anchor": "middle", transform } };
    }),
  );
}

function besideLine(width: number, left: Point, dx: number, dy: number): readonly Tilted[] {
  const aside = width / 2 + (ROW_PX / 2) * Math.abs(dx / dy) + 3;
  // Above the line first: that is on the right of one that falls to the right.
  const sides = dy > 0 ? [aside, -aside] : [-aside, aside];
  return sides.flatMap((side) =>
    SHARES.map((share) => {
      const [x, y] = [left.x + dx * share + side, left.y + dy * share];
      const box = { x: x - width / 2, y: y - ROW_PX / 2, width, height: ROW_PX };
      return { ...box, attributes: { x, y: y + FONT_PX / 2 - 2, "text-anchor": "middle" } };
    }),
  );
}

export interface Tilted extends Place {
  /** Of the text's element. */
  readonly attributes: Attributes;
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
