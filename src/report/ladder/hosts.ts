/** The hosts' lines: their names, when each was down or paused, and what befell it. */

import { formatMs } from "../../trace/format-ms.ts";
import type { HostLine, HostMark, MarkKind } from "../model/hosts.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textElement, textWidthPx, titled } from "../svg/svg.ts";
import { wrapText } from "../text.ts";
import { type Canvas, cross, FONT_PX, ROW_PX, type Rows, shortened } from "./canvas.ts";
import { type HostNames, withNames } from "./names.ts";

/** Characters of a mark's text; and of its rows, where there is room and where there is less. */
const MAX_MARK_LENGTH = 120;
const WRAPS = [46, 20] as const;
/** Shorter texts stay in one row where there is room, and longer ones do not become columns. */
const MIN_WRAPPED_LENGTH = 30;
const MAX_NARROW_ROWS = 4;
const NAME_HEIGHT_PX = 22;
const NAME_FONT_PX = 13;
const MAX_NAME_LENGTH = 22;

/** The width of the box with a host's name. */
export function nameWidthPx(name: string): number {
  return textWidthPx(boxName(name), NAME_FONT_PX) + 18;
}

/** An address and a port are told apart by their ends, and are shortened in front; other names at their end. */
function boxName(name: string): string {
  const characters = [...name];
  if (characters.length <= MAX_NAME_LENGTH || !/:\d+$/.test(name)) return shortened(name, MAX_NAME_LENGTH);
  return `…${characters.slice(1 - MAX_NAME_LENGTH).join("")}`;
}

/** A host's name in its box, and its line below it. */
export function drawHost(canvas: Canvas, host: HostLine, topPx: number): void {
  const { scale } = canvas;
  const x = canvas.x(host.name);
  const width = nameWidthPx(host.name);
  canvas.above.push(
    titled(
      "g",
      { class: "host" },
      host.name,
      element("rect", { x: x - width / 2, y: topPx, width, height: NAME_HEIGHT_PX, rx: 4 }) +
        textElement(boxName(host.name), { x, y: topPx + 15.5, "text-anchor": "middle" }),
    ),
  );
  const [top, bottom] = [topPx + NAME_HEIGHT_PX, scale.bottomPx + 12];
  canvas.below.push(element("line", { class: "lifeline", x1: x, y1: top, x2: x, y2: bottom }));
  canvas.places.avoidLine(x, top, x, bottom);
  const [firstNs, lastNs] = [scale.stretches[0]![0] * 1e6, scale.stretches.at(-1)![1] * 1e6];
  for (const { condition, fromNs, toNs } of host.absences) {
    if (toNs <= firstNs || fromNs > lastNs) continue;
    const fromPx = fromNs === 0 || fromNs < firstNs ? top : canvas.y(fromNs);
    const toPx = toNs > lastNs ? bottom : canvas.y(toNs);
    if (toPx - fromPx < 0.5) continue;
    canvas.legend.add(condition === "paused" ? "pause" : "down");
    const until = toNs === Number.POSITIVE_INFINITY ? "the end" : `${formatMs(toNs / 1e6)} ms`;
    const text = `${host.name} is ${condition} from ${formatMs(fromNs / 1e6)} ms to ${until}`;
    canvas.below.push(
      element("line", { class: "no-line", x1: x, y1: fromPx, x2: x, y2: toPx }) +
        titled("line", { class: `absence ${condition}`, x1: x, y1: fromPx, x2: x, y2: toPx }, text),
    );
  }
}

/** A mark on its host's line, with its text beside it where there is room, in several rows if it must be. */
export function drawMark(canvas: Canvas, mark: HostMark, names: HostNames): void {
  const x = canvas.x(mark.host);
  const y = canvas.y(mark.timeNs);
  canvas.legend.add(mark.kind === "crash" ? "crash" : mark.kind === "pause" ? "pause" : "mark");
  const text = shortened(withNames(inWords(mark), names), MAX_MARK_LENGTH);
  const [wide, narrow] = WRAPS.map((length) => wrapText(text, length)) as [string[], string[]];
  const wideForms = formsBeside(wide, x, y);
  const mayWrap = text.length > MIN_WRAPPED_LENGTH || !wideForms.some((form) => canvas.fits(form));
  const narrowForms = mayWrap && narrow.length <= MAX_NARROW_ROWS ? formsBeside(narrow, x, y) : [];
  const forms = [...wideForms, ...narrowForms];
  const color = mark.kind === "crash" || mark.kind === "given-up" ? COLOR.lost : COLOR.muted;
  const label = canvas.rows(forms, color);
  const when = `${mark.host} at ${formatMs(mark.timeNs / 1e6)} ms: ${mark.text}`;
  const inside = `<title>${escapeText(when)}</title>${symbol(mark.kind, x, y)}${label}`;
  canvas.above.push(element("g", { class: `mark ${mark.kind}`, "data-event": String(mark.event) }, inside));
}

/** Places for rows of text on both sides of a point on a line, level with it first, the right side first. */
function formsBeside(rows: readonly string[], x: number, y: number): readonly Rows[] {
  const width = Math.max(...rows.map((row) => textWidthPx(row, FONT_PX)));
  const [right, left] = [x + 14, x - 14 - width];
  const rises =
    rows.length === 1 ? [0, 13, -13, 26, -26] : [0, 13, -6, 26, (1 - rows.length) * ROW_PX, 6 - rows.length * ROW_PX];
  return rises.flatMap((rise) => [
    { x: right, y: y + rise, rows },
    { x: left, y: y + rise, rows },
  ]);
}

/** The codes of decoders, in words: `no-type at byte 0` is rubbish without a type of message. */
function inWords({ kind, text }: HostMark): string {
  const [, before = "", reason, at] =
    (kind === "reject" && /^(.*?)([a-z]+(?:-[a-z]+)*) at byte (\d+)$/s.exec(text)) || [];
  if (reason === undefined) return text;
  return `${before === "" ? "not a packet: " : before}${reason.replaceAll("-", " ")} (at byte ${at})`;
}

/** The shape of a mark says what it is. */
export function symbol(kind: MarkKind, x: number, y: number): string {
  switch (kind) {
    case "crash":
    case "given-up":
      return cross(x, y, 6);
    case "start":
    case "restart":
    case "resume":
      return `<path d="M${px(x - 5)} ${px(y - 6)}L${px(x + 6)} ${px(y)}L${px(x - 5)} ${px(y + 6)}Z" class="solid"/>`;
    case "pause":
      return (
        element("rect", { class: "solid", x: x - 5, y: y - 6, width: 4, height: 12 }) +
        element("rect", { class: "solid", x: x + 1, y: y - 6, width: 4, height: 12 })
      );
    case "entry":
      return element("rect", { class: "solid", x: x - 4, y: y - 4, width: 8, height: 8 });
    default:
      return element("circle", { class: "solid", cx: x, cy: y, r: 3.5 });
  }
}
