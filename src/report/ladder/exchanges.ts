/**
 * HTTP exchanges as shapes: the request as one arrow, the answer as a slanted band from its first byte to its last, as
 * textbooks draw the transmission of a file. The segments in it are counted, not drawn.
 */

import { formatMs } from "../../trace/format-ms.ts";
import type { Exchange } from "../model/exchanges.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textElement, textWidthPx } from "../svg/svg.ts";
import { countOf, wrapText } from "../text.ts";
import { alongLine, type Canvas, FONT_PX, ROW_PX, type Rows, shortened } from "./canvas.ts";
import { cutPolygon, type Piece, type Point, SHAPE_REST_PX } from "./cut.ts";
import { lastOf } from "./select.ts";

const MAX_LABEL_LENGTH = 50;
const MIN_ROW_LENGTH = 16;
/** About the width of a character. */
const CHARACTER_PX = 6.2;
/** The least height of a shape. */
const LEAST_PX = 4;

/** The moments of an exchange as it is drawn, in ns; what the trace does not show is at the nearest moment that it does. */
function timesOf(one: Exchange) {
  const known = (timeNs: number, otherwiseNs: number) => (Number.isNaN(timeNs) ? otherwiseNs : timeNs);
  const hasAnswer = !Number.isNaN(one.statusSentNs) || !Number.isNaN(one.statusArrivedNs);
  const firstNs = known(one.statusSentNs, one.statusArrivedNs);
  const arrivesNs = known(one.statusArrivedNs, firstNs);
  const endNs = known(one.endNs, arrivesNs);
  return {
    requestArrivedNs: known(one.requestArrivedNs, lastOf(one)),
    /** First byte sent, first byte there, last byte sent, last byte there; the last took about as long as the first. */
    answer: hasAnswer
      ? ([firstNs, arrivesNs, Math.max(firstNs, endNs - (arrivesNs - firstNs)), endNs] as const)
      : undefined,
  };
}

/** When something of an exchange is under way that is drawn with a slope, in ms. */
export function exchangeWays(one: Exchange): readonly (readonly [number, number])[] {
  const { requestArrivedNs, answer } = timesOf(one);
  const request = [one.requestSentNs, requestArrivedNs] as const;
  const ways = answer === undefined ? [request] : [request, [answer[0], answer[1]], [answer[2], answer[3]]];
  return ways.map(([fromNs, toNs]) => [fromNs! / 1e6, toNs! / 1e6]);
}

/** Draws the shapes of an exchange; what is returned writes its labels, once all lines are there to keep off. */
export function drawExchange(canvas: Canvas, one: Exchange): () => void {
  canvas.legend.add("exchange");
  const [clientX, serverX] = [canvas.x(one.client), canvas.x(one.server)];
  const { requestArrivedNs, answer } = timesOf(one);
  const parts: string[] = [];
  const [sentY, arrivedY] = [canvas.yBeyond(one.requestSentNs), canvas.yBeyond(requestArrivedNs)];
  const request = canvas.cut({ x: clientX, y: sentY }, { x: serverX, y: arrivedY });
  const lines = request.rests.map((piece) => requestLine(piece, "line request is-rest"));
  if (request.inside !== undefined) {
    if (request.rests.length > 0) canvas.legend.add("cut");
    parts.push(...lines, requestLine(request.inside, "line request"));
    const [from, to] = request.inside;
    canvas.places.avoidLine(from.x, from.y, to.x, to.y, one);
    if (request.endsInside) parts.push(requestHead(clientX < serverX ? 1 : -1, serverX, arrivedY));
  }
  /** Where the band begins and ends between both lines. */
  let answerYs: readonly [number, number] | undefined;
  if (answer !== undefined) {
    const [firstY, arrivesY, lastSentY, endY] = answer.map((timeNs) => canvas.yBeyond(timeNs)) as [
      number,
      number,
      number,
      number,
    ];
    // A little height is left where it all took no time to see.
    const corners = [
      { x: serverX, y: firstY },
      { x: clientX, y: arrivesY },
      { x: clientX, y: Math.max(endY, arrivesY + LEAST_PX) },
      { x: serverX, y: Math.max(lastSentY, firstY + LEAST_PX) },
    ];
    canvas.places.avoidLine(serverX, firstY, clientX, arrivesY);
    canvas.places.avoidLine(serverX, lastSentY, clientX, endY);
    answerYs = [(firstY + arrivesY) / 2, (lastSentY + endY) / 2];
    parts.push(band(canvas, corners, one.outcome.startsWith("failed") ? "answer is-failed" : "answer"));
  }
  return () => {
    if (request.inside !== undefined) parts.push(requestLabel(canvas, one, request.inside));
    parts.push(answerLabel(canvas, one, clientX, serverX, answerYs ?? [arrivedY, arrivedY]));
    const title = exchangeTitle(one);
    const attributes = { class: "exchange", role: "img", "aria-label": title, "data-event": String(one.event) };
    canvas.below.push(element("g", attributes, `<title>${escapeText(title)}</title>${parts.join("")}`));
  };
}

function requestLine([from, to]: Piece, classes: string): string {
  return element("line", { class: classes, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
}

/** The answer's shape, cut at the picture's edges, with a pale rest beyond them. */
function band(canvas: Canvas, corners: readonly Point[], classes: string): string {
  const { topPx, bottomPx } = canvas.scale;
  const part = (fromPx: number, toPx: number, partClasses: string): string => {
    const points = cutPolygon(corners, fromPx, toPx);
    if (points.length === 0) return "";
    if (partClasses !== classes) canvas.legend.add("cut");
    return element("polygon", { class: partClasses, points: points.map(({ x, y }) => `${px(x)},${px(y)}`).join(" ") });
  };
  const rest = `${classes} is-rest`;
  const ys = corners.map(({ y }) => y);
  // What is less than the least height of a shape is nothing that goes on.
  const [above, below] = [topPx - Math.min(...ys), Math.max(...ys) - bottomPx];
  return (
    part(topPx, below > LEAST_PX ? bottomPx : Math.max(bottomPx, ...ys), classes) +
    (above > LEAST_PX ? part(topPx - SHAPE_REST_PX, topPx, rest) : "") +
    (below > LEAST_PX ? part(bottomPx, bottomPx + SHAPE_REST_PX, rest) : "")
  );
}

function requestHead(direction: 1 | -1, x: number, y: number): string {
  return `<path d="M${px(x - direction * 9)} ${px(y - 4)}L${px(x)} ${px(y)}L${px(x - direction * 9)} ${px(y + 4)}Z" class="head request"/>`;
}

/** What is asked for, along the request's arrow. */
function requestLabel(canvas: Canvas, one: Exchange, [start, end]: Piece): string {
  const text = shortened(one.request.replace(/ HTTP\/\S+$/, ""), MAX_LABEL_LENGTH);
  const place = canvas.places.place(alongLine(text, start, end), one);
  return place === undefined ? "" : textElement(text, { class: "label", fill: COLOR.ink, ...place.attributes });
}

/** What came, in the answer's band or below it. */
function answerLabel(
  canvas: Canvas,
  one: Exchange,
  clientX: number,
  serverX: number,
  [topY, bottomY]: readonly [number, number],
): string {
  const answer = [one.status, one.outcome].filter((text) => text !== "").join(", ") || "no answer";
  const text = shortened(answer, MAX_LABEL_LENGTH);
  const texts = one.segments === 0 ? [text] : [text, segmentsText(one)];
  const [from, to] = [Math.max(topY, canvas.scale.topPx), Math.min(bottomY, canvas.scale.bottomPx)];
  const formsIn = ([leftPx, rightPx]: readonly [number, number]): Rows[] => {
    const length = Math.max(MIN_ROW_LENGTH, Math.floor((rightPx - leftPx - 12) / CHARACTER_PX));
    const rows = texts.flatMap((row) => wrapText(row, length));
    const x = (leftPx + rightPx - Math.max(...rows.map((row) => textWidthPx(row, FONT_PX)))) / 2;
    const middleY = (from + to - (rows.length - 1) * ROW_PX) / 2;
    const aboveY = from - 12 - (rows.length - 1) * ROW_PX;
    return [middleY, to + 12, middleY - ROW_PX, middleY + ROW_PX, to + 24, aboveY].map((y) => ({ x, y, rows }));
  };
  // Between the two lines; where other hosts' are in the way, between two of those.
  const all = [Math.min(clientX, serverX), Math.max(clientX, serverX)] as const;
  return canvas.rows([all, ...canvas.lanesBetween(...all)].flatMap(formsIn));
}

function segmentsText({ segments, segmentsLost, segmentsSentAgain }: Exchange): string {
  const again = segmentsSentAgain === 0 ? "" : `, ${segmentsSentAgain} sent again`;
  return `${countOf(segments, "segment")}, ${segmentsLost} lost${again}`;
}

function exchangeTitle(one: Exchange): string {
  const answer = one.status === "" ? "no answer" : one.status;
  const end = one.outcome === "" ? "" : `, ${one.outcome} at ${formatMs(one.endNs / 1e6)} ms`;
  const carried = one.segments === 0 ? "" : `; ${segmentsText(one)}`;
  return `${one.request} from ${one.client} to ${one.server} at ${formatMs(one.requestSentNs / 1e6)} ms: ${answer}${end}${carried}`;
}
