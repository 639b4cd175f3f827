/** The arrows of a ladder diagram: one for each way that a transmission took, with a cross where it died. */

import { formatMs } from "../../trace/format-ms.ts";
import { shortName, type Transmission } from "../model/packets.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textElement, textWidthPx } from "../svg/svg.ts";
import { type Canvas, cross, FONT_PX } from "./canvas.ts";
import { outsideStrips, type Piece, type Point } from "./cut.ts";
import type { Flights } from "./flights.ts";

/** How far on its way a packet is drawn that was lost there, and one that never got onto its link. */
const LOST_AT = 0.58;
const NEVER_SENT_AT = 0.16;
const NEVER_SENT = /^(queue full|larger than|no such host)/;
/** Texts along steeper arrows are written level. */
const MAX_TILT = 0.6;

export function drawTransmission(canvas: Canvas, one: Transmission, flights: Flights): void {
  const { kind, from, to, packetId } = one;
  canvas.legend.add(kind);
  const parts: string[] = [];
  const start: Point = { x: canvas.x(from), y: canvas.yBeyond(one.sentNs) };
  const flightMs = flights.byDirection.get(`${from}\n${to}`) ?? flights.typicalMs;
  /** What of its first way is in the picture. */
  let seen: Piece | undefined;
  for (const [i, arrival] of one.arrivals.entries()) {
    const end = { x: canvas.x(to), y: canvas.yBeyond(arrival.timeNs) };
    const isCopy = i > 0;
    if (isCopy) canvas.legend.add("copy");
    const way = drawWay(canvas, start, end, `line ${isCopy ? "copy" : kind}`, canvas.shiftOf(start, end));
    parts.push(way.markup);
    seen ??= way.inside;
    if (way.inside === undefined || !way.endsInside) continue;
    parts.push(headOf(...way.inside, isCopy ? "copy" : kind, kind === "ack" && !isCopy));
    if (arrival.isOvertaken) {
      canvas.legend.add("overtaken");
      parts.push(element("circle", { class: "overtaken", cx: end.x, cy: end.y, r: 7 }));
    }
  }
  for (const loss of one.losses) {
    const end = lossPoint(canvas, one, loss, start, flightMs);
    const way = drawWay(canvas, start, end, `line ${kind} is-lost`);
    parts.push(way.markup);
    seen ??= way.inside;
    if (!way.endsInside) continue;
    canvas.legend.add("lost");
    parts.push(cross(end.x, end.y, 5));
    parts.push(canvas.label(loss.why, besides(end, loss.why, start.x < end.x), COLOR.lost));
  }
  if (one.arrivals.length + one.losses.length === 0) {
    // Under way when the trace ends, or its fate is not in the trace.
    canvas.legend.add("unknown");
    const end = onTheWay(canvas, one, start, flightMs, LOST_AT);
    const way = drawWay(canvas, start, end, `line ${kind} is-unknown`);
    parts.push(way.markup);
    seen ??= way.inside;
    if (way.endsInside) {
      parts.push(textElement("?", { class: "label", x: end.x, y: end.y + 4, fill: COLOR.muted }));
    }
  }
  if (seen !== undefined) {
    parts.push(...badges(canvas, one, start, seen));
    parts.push(along(canvas, labelOf(one), ...seen, kind));
  }
  const attributes = {
    class: "packet",
    "data-packet": String(packetId),
    ...(canvas.focusable && { tabindex: "0" }),
    role: "img",
    "aria-label": titleOf(one),
  };
  const inside = `<title>${escapeText(titleOf(one))}</title><desc>${escapeText(storyOf(one))}</desc>${parts.join("")}`;
  canvas.arrows.push(element("g", attributes, inside));
}

function lossPoint(
  canvas: Canvas,
  one: Transmission,
  loss: Transmission["losses"][number],
  start: Point,
  flightMs: number,
): Point {
  if (loss.isAtReceiver) return { x: canvas.x(one.to), y: canvas.yBeyond(loss.timeNs) };
  return onTheWay(canvas, one, start, flightMs, NEVER_SENT.test(loss.why) ? NEVER_SENT_AT : LOST_AT);
}

/** A point on the way that the packet would have taken. */
function onTheWay(canvas: Canvas, { sentNs, to }: Transmission, start: Point, flightMs: number, share: number): Point {
  const endY = canvas.yBeyond(sentNs + flightMs * 1e6);
  return { x: start.x + (canvas.x(to) - start.x) * share, y: start.y + (endY - start.y) * share };
}

/** A way as far as it is in the picture: cut at the edges with a mark that it goes on, broken where time is folded. */
function drawWay(
  canvas: Canvas,
  start: Point,
  end: Point,
  classes: string,
  shift = 0,
): { readonly markup: string; readonly inside: Piece | undefined; readonly endsInside: boolean } {
  const { inside, rests, endsInside } = canvas.cut(start, end);
  if (inside === undefined) return { markup: "", inside, endsInside };
  if (rests.length > 0) canvas.legend.add("cut");
  const shifted = ({ x, y }: Point): Point => ({ x, y: y + shift });
  const [from, to] = [shifted(inside[0]), shifted(inside[1])];
  const parts = rests.map(([a, b]) => lineBetween(shifted(a), shifted(b), `${classes} is-rest`));
  if (start.x === end.x) {
    // To itself: a loop beside its line.
    const d = `M${px(from.x)} ${px(from.y)}q34 ${px((to.y - from.y) / 2)} 0 ${px(to.y - from.y)}`;
    parts.push(`<path d="${d}" class="${classes}"/>`);
  } else {
    canvas.places.avoidLine(from.x, from.y, to.x, to.y);
    // A wider line that is not seen, for the mouse to find.
    parts.push(lineBetween(from, to, "grip"));
    const pieces = outsideStrips([from, to], canvas.scale.folds);
    if (pieces.length > 1) canvas.legend.add("broken");
    for (const [i, [a, b]] of pieces.entries()) {
      parts.push(lineBetween(a, b, classes));
      if (i > 0) parts.push(breakMark(a, to.x - from.x, to.y - from.y));
      if (i < pieces.length - 1) parts.push(breakMark(b, to.x - from.x, to.y - from.y));
    }
  }
  return { markup: parts.join(""), inside: [from, to], endsInside };
}

function lineBetween(from: Point, to: Point, classes: string): string {
  return element("line", { class: classes, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
}

const SLASH_PX = 5;

/** A short slash across the end of a piece that runs along (dx, dy): the way is broken here. */
export function breakMark({ x, y }: Point, dx: number, dy: number): string {
  const length = Math.sqrt(dx * dx + dy * dy);
  // At 60 degrees to the line, as breaks are drawn on axes.
  const [along, across] = [(0.5 * SLASH_PX) / length, (0.87 * SLASH_PX) / length];
  const [ox, oy] = [dx * along + dy * across, dy * along - dx * across];
  return `<path d="M${px(x - ox)} ${px(y - oy)}L${px(x + ox)} ${px(y + oy)}" class="break"/>`;
}

const HEAD_LENGTH = 9;
const HEAD_WIDTH = 3.6;

/** The head of an arrow: filled, or open for an ACK. */
function headOf(start: Point, end: Point, classes: string, isOpen: boolean): string {
  const [dx, dy] = start.x === end.x ? [-1, 0.2] : [end.x - start.x, end.y - start.y];
  const length = Math.sqrt(dx * dx + dy * dy);
  // Of an arrow that is cut at the very end, nothing is left that has a direction.
  const [ux, uy] = length === 0 ? [1, 0] : [dx / length, dy / length];
  const corner = (side: number) =>
    `${px(end.x - ux * HEAD_LENGTH - side * uy * HEAD_WIDTH)} ${px(end.y - uy * HEAD_LENGTH + side * ux * HEAD_WIDTH)}`;
  const d = `M${corner(1)}L${px(end.x)} ${px(end.y)}L${corner(-1)}${isOpen ? "" : "Z"}`;
  return `<path d="${d}" class="head ${isOpen ? "is-open " : ""}${classes}"/>`;
}

/** Marks at the sender's end and on the way: sent again, duplicated, damaged. */
function badges(canvas: Canvas, one: Transmission, sent: Point, [start, end]: Piece): string[] {
  const parts: string[] = [];
  const side = canvas.x(one.from) <= canvas.x(one.to) ? 1 : -1;
  const isSendingSeen = canvas.isInside(sent);
  if (isSendingSeen && one.retransmission !== undefined) {
    const key = one.retransmission === "unknown" ? "again" : one.retransmission;
    canvas.legend.add(key);
    parts.push(retransmissionBadge(key, start.x + side * 13, start.y + (end.y - start.y) * 0.04));
  }
  if (isSendingSeen && one.duplicated !== undefined) {
    canvas.legend.add("copy");
    parts.push(duplicateBadge(start.x + side * 30, start.y + (end.y - start.y) * 0.1));
  }
  if (one.corrupted !== undefined) {
    canvas.legend.add("corrupt");
    parts.push(damageBadge((start.x + end.x) / 2, (start.y + end.y) / 2));
  }
  return parts;
}

/** A filled square for what was needed, a hollow diamond for what was not, a hollow square where nobody knows. */
export function retransmissionBadge(key: "necessary" | "spurious" | "again", x: number, y: number): string {
  const letter = key === "spurious" ? "s" : "R";
  const shape =
    key === "spurious"
      ? `<path d="M${px(x)} ${px(y - 8)}L${px(x + 8)} ${px(y)}L${px(x)} ${px(y + 8)}L${px(x - 8)} ${px(y)}Z" class="badge"/>`
      : element("rect", { class: `badge ${key}`, x: x - 6, y: y - 6, width: 12, height: 12 });
  return shape + textElement(letter, { class: `badge-letter ${key}`, x, y: y + 3.5 });
}

export function duplicateBadge(x: number, y: number): string {
  return (
    element("circle", { class: "badge copy", cx: x, cy: y, r: 7.5 }) +
    textElement("×2", { class: "badge-letter copy", x, y: y + 3.2 })
  );
}

export function damageBadge(x: number, y: number): string {
  const corners = [
    [2, -11],
    [-7, 2],
    [-1, 2],
    [-2, 11],
    [7, -2],
    [1, -2],
  ] as const;
  const points = corners.map(([dx, dy]) => `${px(x + dx)},${px(y + dy)}`).join(" ");
  return element("polygon", { class: "damage", points });
}

const LABEL_COLORS: Readonly<Record<Transmission["kind"], string>> = {
  data: COLOR.data,
  ack: COLOR.ack,
  segment: COLOR.stream,
  other: COLOR.ink,
};

/** The label of an arrow, along it where it is not too steep, at the first place that is free. */
function along(canvas: Canvas, text: string, start: Point, end: Point, kind: Transmission["kind"]): string {
  const [left, right] = start.x <= end.x ? [start, end] : [end, start];
  const [dx, dy] = [right.x - left.x, right.y - left.y];
  const width = textWidthPx(text, FONT_PX);
  const slope = dx === 0 ? 0 : dy / dx;
  const tilt = Math.abs(slope) > MAX_TILT ? 0 : slope;
  if (dx === 0) return canvas.label(text, [{ x: left.x + 22, y: (left.y + right.y) / 2 }]);
  const candidates = [0.5, 0.34, 0.66, 0.22, 0.78]
    .map((share) => ({ x: left.x + dx * share, y: left.y + dy * share }))
    .filter(({ x }) => x - width / 2 > left.x + 4 && x + width / 2 < right.x - 4)
    .map(({ x, y }) => {
      const rise = (Math.abs(tilt) * width) / 2;
      return {
        x: x - width / 2,
        y: y - FONT_PX - 4 - rise,
        width,
        height: FONT_PX + 1 + 2 * rise,
        middleX: x,
        lineY: y,
      };
    });
  const box = canvas.places.place(candidates);
  if (box === undefined) return "";
  const degrees = tilt === 0 ? 0 : Math.atan(tilt) * (180 / Math.PI);
  const transform = degrees === 0 ? undefined : `rotate(${px(degrees)} ${px(box.middleX)} ${px(box.lineY)})`;
  const at = { x: box.middleX, y: box.lineY - 4, "text-anchor": "middle", transform };
  return textElement(text, {
    class: "label",
    fill: LABEL_COLORS[kind],
    ...at,
  });
}

/** Places for a text beside a point: first on the side that the packet was going to. */
function besides({ x, y }: Point, text: string, goesRight: boolean): Point[] {
  const width = textWidthPx(text, FONT_PX);
  const [right, left] = [
    { x: x + 10, y },
    { x: x - 10 - width, y },
  ];
  const sides = goesRight ? [right, left] : [left, right];
  return [...sides, ...sides.map((at) => ({ x: at.x, y: at.y + 12 }))];
}

function labelOf(one: Transmission): string {
  return one.attempt > 1 && one.kind !== "ack" ? `${shortName(one)}, attempt ${one.attempt}` : shortName(one);
}

/** `DATA 2/3 from sender to receiver, attempt 2, sent at 400 ms`. */
export function titleOf(one: Transmission): string {
  const again =
    one.attempt > 1
      ? `, ${one.kind === "ack" ? "sent for the " : "attempt "}${one.attempt}${one.kind === "ack" ? ". time" : ""}`
      : "";
  const what = one.kind === "ack" ? `${one.type}, next expected is ${one.seq}` : shortName(one);
  return `${what} from ${one.from} to ${one.to}${again}, ${one.sendEvent < 0 ? "arrived" : "sent"} at ${formatMs(one.sentNs / 1e6)} ms`;
}

/** What became of it. */
export function storyOf(one: Transmission): string {
  const facts = [`packet ${one.packetId}, ${one.bytes} bytes`];
  if (one.reason !== "") facts.push(one.reason);
  if (one.duplicated !== undefined) facts.push(`duplicated: ${one.duplicated}`);
  if (one.corrupted !== undefined) facts.push(`damaged: ${one.corrupted}`);
  for (const [i, { timeNs, isOvertaken }] of one.arrivals.entries()) {
    const after = one.sendEvent < 0 ? "" : `, ${formatMs((timeNs - one.sentNs) / 1e6)} ms after it was sent`;
    facts.push(`${i > 0 ? "a copy arrived" : "arrived"} at ${formatMs(timeNs / 1e6)} ms${after}`);
    if (isOvertaken) facts.push("a packet that was sent later had arrived before it");
  }
  for (const { why, timeNs, isAtReceiver } of one.losses) {
    facts.push(`lost ${isAtReceiver ? "at its receiver" : "on its way"} at ${formatMs(timeNs / 1e6)} ms: ${why}`);
  }
  if (one.arrivals.length + one.losses.length === 0) facts.push("what became of it is not in the trace");
  return facts.join("; ");
}

/** When a transmission is under way, as it is drawn: from its sending to each of its ends, in ms. */
export function waysOf(one: Transmission, flights: Flights): readonly (readonly [number, number])[] {
  const flightMs = flights.byDirection.get(`${one.from}\n${one.to}`) ?? flights.typicalMs;
  const sentMs = one.sentNs / 1e6;
  const isStub = one.arrivals.length === 0 && !one.losses.some(({ isAtReceiver }) => isAtReceiver);
  const ends = [...one.arrivals, ...one.losses].map(({ timeNs }) => timeNs / 1e6);
  if (isStub) ends.push(sentMs + flightMs * LOST_AT);
  return ends.map((endMs) => [sentMs, endMs]);
}
