/**
 * HTTP exchanges as shapes: the request as one arrow, the answer as a slanted band from its first byte to its last, as
 * textbooks draw the transmission of a file. The segments in it are counted, not drawn.
 */

import { formatMs } from "../../trace/format-ms.ts";
import type { Exchange } from "../model/exchanges.ts";
import { COLOR } from "../svg/palette.ts";
import { element, escapeText, px, textWidthPx } from "../svg/svg.ts";
import { countOf } from "../text.ts";
import { type Canvas, FONT_PX, shortened } from "./canvas.ts";
import { lastOf } from "./select.ts";

const MAX_LABEL_LENGTH = 60;

export function drawExchange(canvas: Canvas, one: Exchange): void {
  canvas.legend.add("exchange");
  const [clientX, serverX] = [canvas.x(one.client), canvas.x(one.server)];
  const at = (timeNs: number, otherwiseNs: number) => canvas.y(Number.isNaN(timeNs) ? otherwiseNs : timeNs);
  const sentY = canvas.y(one.requestSentNs);
  const arrivedY = at(one.requestArrivedNs, lastOf(one));
  const parts = [
    element("line", { class: "line request", x1: clientX, y1: sentY, x2: serverX, y2: arrivedY }),
    requestHead(clientX < serverX ? 1 : -1, serverX, arrivedY),
  ];
  if (!Number.isNaN(one.statusSentNs) || !Number.isNaN(one.statusArrivedNs)) {
    const firstNs = Number.isNaN(one.statusSentNs) ? one.statusArrivedNs : one.statusSentNs;
    const arrivesNs = Number.isNaN(one.statusArrivedNs) ? firstNs : one.statusArrivedNs;
    const endNs = Number.isNaN(one.endNs) ? arrivesNs : one.endNs;
    // The last byte took about as long as the first one; a little height is left where it all took no time to see.
    const lastSentNs = Math.max(firstNs, endNs - (arrivesNs - firstNs));
    const corners = [
      [serverX, canvas.y(firstNs)],
      [clientX, canvas.y(arrivesNs)],
      [clientX, Math.max(canvas.y(endNs), canvas.y(arrivesNs) + 4)],
      [serverX, Math.max(canvas.y(lastSentNs), canvas.y(firstNs) + 4)],
    ] as const;
    const points = corners.map(([x, y]) => `${px(x)},${px(y)}`).join(" ");
    parts.push(element("polygon", { class: one.outcome.startsWith("failed") ? "answer is-failed" : "answer", points }));
  }
  parts.push(label(canvas, one, (clientX + serverX) / 2, (sentY + arrivedY) / 2));
  const attributes = {
    class: "exchange",
    role: "img",
    "aria-label": exchangeTitle(one),
    "data-event": String(one.event),
  };
  canvas.below.push(element("g", attributes, `<title>${escapeText(exchangeTitle(one))}</title>${parts.join("")}`));
}

function requestHead(direction: 1 | -1, x: number, y: number): string {
  return `<path d="M${px(x - direction * 9)} ${px(y - 4)}L${px(x)} ${px(y)}L${px(x - direction * 9)} ${px(y + 4)}Z" class="head request"/>`;
}

function label(canvas: Canvas, one: Exchange, middleX: number, requestY: number): string {
  const answer = [one.status, one.outcome].filter((text) => text !== "").join(", ") || "no answer";
  const text = shortened(`${one.request.replace(/ HTTP\/\S+$/, "")} → ${answer}`, MAX_LABEL_LENGTH);
  const counted = one.segments === 0 ? "" : segmentsText(one);
  const bottomY = canvas.y(lastOf(one));
  const place = (line: string, y: number) => ({ x: middleX - textWidthPx(line, FONT_PX) / 2, y });
  const first = canvas.label(
    text,
    [-9, -20, 14].map((dy) => place(text, requestY + dy)),
    COLOR.ink,
  );
  const below = [12, 24, -8].map((dy) => place(counted, bottomY + dy));
  return first + (counted === "" ? "" : canvas.label(counted, below, COLOR.muted));
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
