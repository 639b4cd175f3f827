/** What the head of an answer means for a fetch: the file or a part of it, try again later, or never again. */

import type { ResponseHead } from "../../transport.ts";
import type { Dropped } from "./outcomes.ts";
import { type Asked, type Offer, readOffer, retryAfterMs } from "./version.ts";

export type HeadVerdict =
  | { readonly kind: "offer"; readonly offer: Offer }
  /** `waitMs`: as long as the server asks to wait; undefined: as the back-off says. */
  | { readonly kind: "retry"; readonly text: string; readonly waitMs: number | undefined }
  | { readonly kind: "drop"; readonly dropped: Dropped };

/** Statuses of a server that may do better another time. */
const TEMPORARY: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

export function judgeHead(head: ResponseHead, asked: Asked, wallClockMs: number): HeadVerdict {
  const { status, headers } = head;
  const http = { status, reason: head.reason };
  if (status === 200 || status === 206) {
    const offer = readOffer(head, asked);
    if (typeof offer !== "string") return { kind: "offer", offer };
    return { kind: "drop", dropped: { reason: "bad-answer", text: offer, http } };
  }
  const said = `it says ${status}${head.reason === "" ? "" : ` ${printable(head.reason)}`}`;
  if (TEMPORARY.includes(status)) {
    return { kind: "retry", text: said, waitMs: retryAfterMs(headers["retry-after"], wallClockMs) };
  }
  if (status === 416) {
    const size = /^bytes \*\/(\d{1,16})$/i.exec(headers["content-range"] ?? "")?.[1];
    const has = size === undefined ? "" : `: its file has ${size} bytes`;
    return {
      kind: "drop",
      dropped: { reason: "other-version", text: `it has no bytes from ${asked.from} on${has}`, http },
    };
  }
  return { kind: "drop", dropped: { reason: "refused", text: said, http } };
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?").slice(0, 200);
}
