/**
 * HTTP exchanges between two hosts, put together from the `http` events of both ends, with the segments that carried
 * them counted. A real run has no segments in its trace, and its exchanges look the same.
 */

import type { HostMark } from "./hosts.ts";
import { lastNs, type Transmission } from "./packets.ts";

/** Times in ns; NaN where the trace does not show the moment. */
export interface Exchange {
  readonly client: string;
  readonly server: string;
  /** The request line, as the client wrote it. */
  readonly request: string;
  /** The status, as the first end that knew it wrote it; "" = none came. */
  readonly status: string;
  /** The last line at the client: `complete 58710 bytes`, `failed: reset`; "" = neither. */
  readonly outcome: string;
  readonly requestSentNs: number;
  readonly requestArrivedNs: number;
  readonly statusSentNs: number;
  readonly statusArrivedNs: number;
  readonly endNs: number;
  /** The first of its events. */
  readonly event: number;
  readonly segments: number;
  readonly segmentsLost: number;
  readonly segmentsSentAgain: number;
}

type Growing = { -readonly [K in keyof Exchange]: Exchange[K] };

const REQUEST = /^[A-Z]+ .* HTTP\/\d/;
const STATUS = /^\d{3}( |$)/;
const OUTCOME = /^(complete|failed|refused|cancelled)\b/;

/** In the order of their requests. */
export function exchangesOf(marks: readonly HostMark[], transmissions: readonly Transmission[]): readonly Exchange[] {
  const exchanges: Growing[] = [];
  for (const mark of marks) if (mark.kind === "http") take(exchanges, mark);
  for (const one of exchanges) turnRound(one);
  for (const one of transmissions) if (one.kind === "segment") count(exchanges, one);
  return exchanges;
}

/** Gives a line to the exchange that it belongs to: of several between the same hosts, the oldest that lacks it. */
function take(exchanges: Growing[], { host, peer, text, timeNs, event }: HostMark): void {
  const atClient = (one: Growing) => one.client === host && one.server === peer;
  const atServer = (one: Growing) => one.client === peer && one.server === host;
  if (REQUEST.test(text)) {
    const arrived = exchanges.find(
      (one) => atServer(one) && Number.isNaN(one.requestArrivedNs) && one.request === text,
    );
    if (arrived !== undefined) arrived.requestArrivedNs = timeNs;
    else exchanges.push(begun(host, peer, text, timeNs, event));
  } else if (STATUS.test(text)) {
    const received = exchanges.find((one) => atClient(one) && Number.isNaN(one.statusArrivedNs) && isOpen(one));
    const sent = exchanges.find((one) => atServer(one) && Number.isNaN(one.statusSentNs));
    if (received !== undefined) received.statusArrivedNs = timeNs;
    else if (sent !== undefined) sent.statusSentNs = timeNs;
    const one = received ?? sent;
    if (one !== undefined && one.status === "") one.status = text;
  } else if (OUTCOME.test(text)) {
    const ended = exchanges.find((one) => atClient(one) && isOpen(one));
    if (ended === undefined) return;
    ended.outcome = text;
    ended.endNs = timeNs;
  }
}

/**
 * An exchange of which the trace has one end, and no last line: only a client writes one, so this end is the server's
 * (its client ran in another process).
 */
function turnRound(one: Growing): void {
  const { client, server, outcome, requestArrivedNs, statusSentNs, statusArrivedNs } = one;
  if (outcome !== "" || !Number.isNaN(requestArrivedNs) || !Number.isNaN(statusSentNs)) return;
  if (Number.isNaN(statusArrivedNs)) return;
  one.client = server;
  one.server = client;
  one.requestArrivedNs = one.requestSentNs;
  one.statusSentNs = statusArrivedNs;
  one.statusArrivedNs = Number.NaN;
}

const isOpen = (one: Growing): boolean => one.outcome === "";

function begun(client: string, server: string, request: string, timeNs: number, event: number): Growing {
  return {
    client,
    server,
    request,
    status: "",
    outcome: "",
    requestSentNs: timeNs,
    requestArrivedNs: Number.NaN,
    statusSentNs: Number.NaN,
    statusArrivedNs: Number.NaN,
    endNs: Number.NaN,
    event,
    segments: 0,
    segmentsLost: 0,
    segmentsSentAgain: 0,
  };
}

/** Adds a segment to the exchange that it falls into: the latest between its hosts that had begun when it was over. */
function count(exchanges: readonly Growing[], segment: Transmission): void {
  const { from, to, losses, attempt } = segment;
  const overNs = lastNs(segment);
  const one = exchanges.findLast(
    ({ client, server, requestSentNs, endNs }) =>
      ((client === from && server === to) || (client === to && server === from)) &&
      requestSentNs <= overNs &&
      !(segment.sentNs > endNs),
  );
  if (one === undefined) return;
  one.segments++;
  if (losses.length > 0) one.segmentsLost++;
  if (attempt > 1) one.segmentsSentAgain++;
}
