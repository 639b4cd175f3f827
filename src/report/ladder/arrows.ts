/** The arrows of a ladder diagram: one for each way that a transmission took, with a cross where it died. */

import { formatMs } from "../../trace/format-ms.ts";
import { shortName, type Transmission } from "../model/packets.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textElement, textWidthPx } from "../svg/svg.ts";
import { alongLine, type Canvas, cross, FONT_PX } from "./canvas.ts";
import { outsideStrips, type Piece, type Point } from "./cut.ts";
import type { Flights } from "./flights.ts";

/** How far on its way a packet is drawn that was lost there, and one that never got onto its link. */
const LOST_AT = 0.58;
const NEVER_SENT_AT = 0.16;
const NEVER_SENT = /^(queue full|larger than|no such host)/;

/** Draws the lines and marks of a transmission; what is returned writes its labels, once all lines are there to keep off. */
export function drawTransmission(canvas: Canvas, one: Transmission, flights: Flights): () => void {
  const { kind, from, to } = one;
  canvas.legend.add(kind);
  const parts: string[] = [];
  const crosses: { readonly end: Point; readonly why: string }[] = [];
  const start: Point = { x: canvas.x(from), y: canvas.yBeyond(one.sentNs) };
  const flightMs = flights.byDirection.get(`${from}\n${to}`) ?? flights.typicalMs;
  /** What of its first way is in the picture. */
  let seen: Piece | undefined;
  for (const [i, arrival] of one.arrivals.entries()) {
    const end = { x: canvas.x(to), y: canvas.yBeyond(arrival.timeNs) };
    const isCopy = i > 0;
    if (isCopy) canvas.legend.add("copy");
    const way = drawWay(canvas, one, start, end, `line ${isCopy ? "copy" : kind}`, canvas.shiftOf(start, end));
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
    const way = drawWay(canvas, one, start, end, `line ${kind} is-lost`);
    parts.push(way.markup);
    seen ??= way.inside;
    if (!way.endsInside) continue;
    canvas.legend.add("lost");
    parts.push(cross(end.x, end.y, 5));
    crosses.push({ end, why: loss.why });
  }
  if (one.arrivals.length + one.losses.length === 0) {
    // Under way when the trace ends, or its fate is not in the trace.
    canvas.legend.add("unknown");
    const end = onTheWay(canvas, one, start, flightMs, LOST_AT);
    const way = drawWay(canvas, one, start, end, `line ${kind} is-unknown`);
    parts.push(way.markup);
    seen ??= way.inside;
    if (way.endsInside) {
      parts.push(textElement("?", { class: "label", x: end.x, y: end.y + 4, fill: COLOR.muted }));
    }
  }
  const shown = seen;
  if (shown !== undefined) parts.push(...badges(canvas, one, start, shown));
  return () => {
    for (const { end, why } of crosses) parts.push(canvas.label(why, besides(end, why, start.x < end.x), COLOR.lost));
    if (shown !== undefined) parts.push(along(canvas, one, shown));
    canvas.arrows.push(group(canvas, one, parts));
  };
}

function group(canvas: Canvas, one: Transmission, parts: readonly string[]): string {
  const attributes = {
    class: "packet",
    "data-packet": String(one.packetId),
    ...(canvas.focusable && { tabindex: "0" }),
    role: "img",
    "aria-label": titleOf(one),
  };
  const inside = `<title>${escapeText(titleOf(one))}</title><desc>${escapeText(storyOf(one))}</desc>${parts.join("")}`;
  return element("g", attributes, inside);
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
  owner: Transmission,
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
    canvas.places.avoidLine(from.x, from.y, to.x, to.y, owner);
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

const BADGE_STEP_PX = 17;
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
    const { x, y } = freeOnLine(canvas, start, end, 13 * side);
    parts.push(retransmissionBadge(key, x, y));
  }
  if (isSendingSeen && one.duplicated !== undefined) {
    canvas.legend.add("copy");
    const { x, y } = freeOnLine(canvas, start, end, 30 * side);
    parts.push(duplicateBadge(x, y));
  }
  if (one.corrupted !== undefined) {
    canvas.legend.add("corrupt");
    parts.push(damageBadge((start.x + end.x) / 2, (start.y + end.y) / 2));
  }
  return parts;
}

/** A place on a line for a badge, so far from its start or, where another badge is there, a little farther. */
function freeOnLine(canvas: Canvas, start: Point, end: Point, offsetPx: number): Point {
  const dx = end.x - start.x;
  const at = (offset: number): Point => ({
    x: start.x + offset,
    y: dx === 0 ? start.y : start.y + (end.y - start.y) * (offset / dx),
  });
  const box = ({ x, y }: Point) => ({ x: x - 8, y: y - 8, width: 16, height: 16 });
  const places = [0, 1, 2, 3, 4, 5].map((step) => at(offsetPx + Math.sign(offsetPx) * step * BADGE_STEP_PX));
  const place = places.find((one) => canvas.places.isFree(box(one))) ?? places[0]!;
  canvas.places.reserve(box(place));
  return place;
}

const BADGE_LETTERS = { necessary: "R", spurious: "s", cookie: "C", again: "R" } as const;

/** A filled square for what was needed, a hollow diamond for what was not, a shield with a cookie, a hollow square where nobody knows. */
export function retransmissionBadge(key: keyof typeof BADGE_LETTERS, x: number, y: number): string {
  const text = textElement(BADGE_LETTERS[key], { class: `badge-letter ${key}`, x, y: y + 3.5 });
  return badgeShape(key, x, y) + text;
}

function badgeShape(key: keyof typeof BADGE_LETTERS, x: number, y: number): string {
  switch (key) {
    case "spurious":
      return `<path d="M${px(x)} ${px(y - 8)}L${px(x + 8)} ${px(y)}L${px(x)} ${px(y + 8)}L${px(x - 8)} ${px(y)}Z" class="badge"/>`;
    case "cookie":
      return `<path d="M${px(x - 7)} ${px(y - 6)}H${px(x + 7)}V${px(y + 2)}L${px(x)} ${px(y + 9)}L${px(x - 7)} ${px(y + 2)}Z" class="badge"/>`;
    default:
      return element("rect", { class: `badge ${key}`, x: x - 6, y: y - 6, width: 12, height: 12 });
  }
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
function along(canvas: Canvas, one: Transmission, [start, end]: Piece): string {
  // It arrived at the very moment at which the picture begins: there is nothing to write along.
  if (start.x === end.x && start.y === end.y && one.from !== one.to) return "";
  const text = labelOf(one);
  if (start.x === end.x) return canvas.label(text, [{ x: start.x + 22, y: (start.y + end.y) / 2 }]);
  const place = canvas.places.place(alongLine(text, start, end), one);
  if (place === undefined) return "";
  return textElement(text, { class: "label", fill: LABEL_COLORS[one.kind], ...place.attributes });
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
  const cookie = one.retransmission === "cookie" ? " with the cookie" : "";
  const what = one.kind === "ack" ? `${one.type}, next expected is ${one.seq}` : shortName(one);
  return `${what} from ${one.from} to ${one.to}${again}${cookie}, ${one.sendEvent < 0 ? "arrived" : "sent"} at ${formatMs(one.sentNs / 1e6)} ms`;
}

/** What became of it. */
export function storyOf(one: Transmission): string {
  const facts = [`packet ${one.packetId}, ${one.bytes} bytes`];
  if (one.reason !== "") facts.push(one.reason);
  if (one.retransmission === "cookie") facts.push("sent again with the cookie of a challenge, and not after a timeout");
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
