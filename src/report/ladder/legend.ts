/** The legend of a ladder diagram: a small picture and a few words for each mark that is used, and for no other. */

import { element, px, textElement, textWidthPx } from "../svg/svg.ts";
import { breakMark, damageBadge, duplicateBadge, retransmissionBadge } from "./arrows.ts";
import { cross, FONT_PX, type LegendKey } from "./canvas.ts";
import { symbol } from "./hosts.ts";
import { expiryCap } from "./timers.ts";

interface Entry {
  readonly key: LegendKey;
  readonly words: string;
  /** The mark, with its left end at x. */
  readonly draw: (x: number, y: number) => string;
}

const SAMPLE_PX = 34;

const line = (classes: string) => (x: number, y: number) =>
  element("line", { class: `line ${classes}`, x1: x, y1: y, x2: x + SAMPLE_PX - 6, y2: y });
const head =
  (classes: string, isOpen = false) =>
  (x: number, y: number) => {
    const end = x + SAMPLE_PX - 6;
    const d = `M${px(end - 9)} ${px(y - 3.6)}L${px(end)} ${px(y)}L${px(end - 9)} ${px(y + 3.6)}${isOpen ? "" : "Z"}`;
    return `${line(classes)(x, y)}<path d="${d}" class="head ${isOpen ? "is-open " : ""}${classes}"/>`;
  };
const middle = (mark: (x: number, y: number) => string) => (x: number, y: number) => mark(x + 14, y);

const ENTRIES: readonly Entry[] = [
  { key: "data", words: "data", draw: head("data") },
  { key: "ack", words: "ACK", draw: head("ack", true) },
  { key: "other", words: "another packet", draw: head("other") },
  { key: "segment", words: "segment of a byte stream", draw: head("segment") },
  {
    key: "exchange",
    words: "HTTP exchange",
    draw: (x, y) =>
      element("polygon", {
        class: "answer",
        points: `${px(x)},${px(y - 7)} ${px(x + 28)},${px(y - 3)} ${px(x + 28)},${px(y + 7)} ${px(x)},${px(y + 3)}`,
      }),
  },
  { key: "lost", words: "lost", draw: (x, y) => line("data is-lost")(x - 6, y) + cross(x + 22, y, 5) },
  { key: "unknown", words: "end not in the trace", draw: line("data is-unknown") },
  { key: "necessary", words: "sent again: necessary", draw: middle((x, y) => retransmissionBadge("necessary", x, y)) },
  { key: "spurious", words: "sent again: spurious", draw: middle((x, y) => retransmissionBadge("spurious", x, y)) },
  { key: "cookie", words: "sent again with the cookie", draw: middle((x, y) => retransmissionBadge("cookie", x, y)) },
  { key: "again", words: "sent again", draw: middle((x, y) => retransmissionBadge("again", x, y)) },
  { key: "copy", words: "duplicate", draw: (x, y) => head("copy")(x, y) + duplicateBadge(x + 4, y) },
  { key: "corrupt", words: "damaged", draw: middle(damageBadge) },
  {
    key: "overtaken",
    words: "overtaken by a later packet",
    draw: middle((x, y) => element("circle", { class: "overtaken", cx: x, cy: y, r: 7 })),
  },
  {
    key: "timer",
    words: "retransmission timer, cancelled",
    draw: middle(
      (x, y) =>
        element("rect", { class: "bar", x: x - 2.5, y: y - 8, width: 5, height: 13 }) +
        element("circle", { class: "cancelled-end", cx: x, cy: y + 6, r: 3 }),
    ),
  },
  {
    key: "expired",
    words: "timer ran out",
    draw: middle(
      (x, y) => element("rect", { class: "bar", x: x - 2.5, y: y - 8, width: 5, height: 13 }) + expiryCap(x, y + 6),
    ),
  },
  { key: "mark", words: "what happened at a host", draw: middle((x, y) => symbol("note", x, y)) },
  {
    key: "down",
    words: "host not started, or down",
    draw: middle((x, y) => element("line", { class: "absence down", x1: x, y1: y - 9, x2: x, y2: y + 9 })),
  },
  {
    key: "crash",
    words: "host crashed",
    draw: middle((x, y) => element("line", { class: "lifeline", x1: x, y1: y - 9, x2: x, y2: y + 9 }) + cross(x, y, 5)),
  },
  {
    key: "pause",
    words: "host paused",
    draw: middle(
      (x, y) =>
        element("line", { class: "absence paused", x1: x, y1: y - 9, x2: x, y2: y + 9 }) + symbol("pause", x, y - 3),
    ),
  },
  {
    key: "fold",
    words: "folded, not to scale",
    draw: (x, y) => element("rect", { class: "fold", x, y: y - 6, width: 28, height: 12 }),
  },
  {
    key: "broken",
    words: "under way for longer than drawn",
    draw: (x, y) =>
      element("line", { class: "line data", x1: x, y1: y, x2: x + 11, y2: y }) +
      element("line", { class: "line data", x1: x + 17, y1: y, x2: x + 28, y2: y }) +
      breakMark({ x: x + 11, y }, 1, 0) +
      breakMark({ x: x + 17, y }, 1, 0),
  },
  { key: "cut", words: "goes on beyond the picture", draw: (x, y) => line("data is-rest")(x, y) },
];

const GAP_PX = 18;
const ROW_PX = 22;

/** The legend in rows of at most `width` px, its first row's middle at `topPx`; and the height that it takes. */
export function legend(
  keys: ReadonlySet<LegendKey>,
  leftPx: number,
  topPx: number,
  width: number,
): { markup: string; heightPx: number } {
  const parts: string[] = [];
  let [x, y] = [leftPx, topPx];
  for (const { key, words, draw } of ENTRIES) {
    if (!keys.has(key)) continue;
    const entryPx = SAMPLE_PX + textWidthPx(words, FONT_PX) + GAP_PX;
    if (x + entryPx > leftPx + width && x > leftPx) [x, y] = [leftPx, y + ROW_PX];
    parts.push(draw(x, y) + textElement(words, { class: "legend-words", x: x + SAMPLE_PX, y: y + 4 }));
    x += entryPx;
  }
  return {
    markup: element("g", { class: "legend", "aria-hidden": "true" }, parts.join("")),
    heightPx: y - topPx + ROW_PX,
  };
}
