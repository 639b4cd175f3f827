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
  const ends = new Ends(marks);
  for (const mark of marks) if (mark.kind === "http") take(exchanges, ends, mark);
  for (const one of exchanges) turnRound(one);
  const carried = new CarriedBy(exchanges);
  for (const one of transmissions) if (one.kind === "segment") count(carried.find(one), one);
  return exchanges;
}

/** The exchanges from one client to one server that lack a line, the oldest first, by what they lack. */
interface Waiting {
  /** The request, at the server. */
  readonly arrival: Growing[];
  /** The status: from the server, and at the client. */
  readonly statusSent: Growing[];
  readonly statusArrived: Growing[];
  /** The client's last line. */
  readonly end: Growing[];
}

/**
 * Gives a line to the exchange that it belongs to: of several between the same hosts, the oldest that lacks it, and of
 * those that are over already only where there is no other.
 */
function take(exchanges: Growing[], ends: Ends, mark: HostMark): void {
  const { host, text, timeNs, event } = mark;
  const peer = REQUEST.test(text) ? ends.clientOf(mark) : ends.peerOf(mark);
  const atClient = ends.between(host, peer);
  const atServer = ends.between(peer, host);
  if (REQUEST.test(text)) {
    const arrived = takeOut(atServer.arrival, ({ request }) => request === text);
    if (arrived !== undefined) arrived.requestArrivedNs = timeNs;
    else {
      const one = begun(host, peer, text, timeNs, event);
      exchanges.push(one);
      for (const list of Object.values(atClient) as Growing[][]) list.push(one);
    }
  } else if (STATUS.test(text)) {
    const received = takeOut(atClient.statusArrived);
    const one = received ?? takeOut(atServer.statusSent);
    if (one === undefined) return;
    if (received === undefined) one.statusSentNs = timeNs;
    else one.statusArrivedNs = timeNs;
    if (one.status === "") one.status = text;
  } else if (OUTCOME.test(text)) {
    const ended = takeOut(atClient.end);
    if (ended === undefined) return;
    ended.outcome = text;
    ended.endNs = timeNs;
    takeOut(atClient.statusArrived, (one) => one === ended);
  }
}

/** The exchanges by their ends, and who is behind the addresses that real servers see. */
class Ends {
  /** By client, then by server. */
  private readonly waiting = new Map<string, Map<string, Waiting>>();
  private readonly hosts: ReadonlySet<string>;
  /** Server and address of a connection -> the client's name. */
  private readonly clients = new Map<string, string>();

  constructor(marks: readonly HostMark[]) {
    this.hosts = new Set(marks.map(({ host }) => host));
  }

  between(client: string, server: string): Waiting {
    let servers = this.waiting.get(client);
    if (servers === undefined) {
      servers = new Map();
      this.waiting.set(client, servers);
    }
    let found = servers.get(server);
    if (found === undefined) {
      found = { arrival: [], statusSent: [], statusArrived: [], end: [] };
      servers.set(server, found);
    }
    return found;
  }

  peerOf({ host, peer }: HostMark): string {
    return this.clients.get(JSON.stringify([host, peer])) ?? peer;
  }

  /** A real server sees a connection from whatever port it has: the client is who has asked for just that and waits. */
  clientOf(mark: HostMark): string {
    const known = this.peerOf(mark);
    if (this.hosts.has(known)) return known;
    for (const [client, servers] of this.waiting) {
      const waits = servers.get(mark.host)?.arrival.some((one) => one.request === mark.text && one.outcome === "");
      if (!waits) continue;
      this.clients.set(JSON.stringify([mark.host, mark.peer]), client);
      return client;
    }
    return known;
  }
}

/** Takes the oldest that is meant out of a list; one that is over only where no other is meant. */
function takeOut(list: Growing[], isMeant: (one: Growing) => boolean = () => true): Growing | undefined {
  const open = list.findIndex((one) => one.outcome === "" && isMeant(one));
  const index = open < 0 ? list.findIndex(isMeant) : open;
  return index < 0 ? undefined : list.splice(index, 1)[0];
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

/** Finds the exchange that a segment falls into: the latest between its hosts that had begun when it was over. */
class CarriedBy {
  /** By both hosts; with each exchange the latest end of those up to it. */
  private readonly between = new Map<string, { readonly one: Growing; readonly lastEndNs: number }[]>();

  constructor(exchanges: readonly Growing[]) {
    for (const one of exchanges) {
      const key = pairKey(one.client, one.server);
      const list = this.between.get(key);
      // One of which the trace has no end may go on for ever.
      const endNs = Number.isNaN(one.endNs) ? Number.POSITIVE_INFINITY : one.endNs;
      const lastEndNs = Math.max(endNs, list?.at(-1)?.lastEndNs ?? endNs);
      if (list === undefined) this.between.set(key, [{ one, lastEndNs }]);
      else list.push({ one, lastEndNs });
    }
  }

  find(segment: Transmission): Growing | undefined {
    const list = this.between.get(pairKey(segment.from, segment.to)) ?? [];
    for (let i = begunBy(list, lastNs(segment)) - 1; i >= 0; i--) {
      const { one, lastEndNs } = list[i]!;
      if (lastEndNs < segment.sentNs) return undefined;
      if (!(segment.sentNs > one.endNs)) return one;
    }
    return undefined;
  }
}

function pairKey(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}

/** How many of the exchanges had begun at `timeNs`; they are in the order of their requests. */
function begunBy(list: readonly { readonly one: Growing }[], timeNs: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.one.requestSentNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function count(one: Growing | undefined, { losses, attempt }: Transmission): void {
  if (one === undefined) return;
  one.segments++;
  if (losses.length > 0) one.segmentsLost++;
  if (attempt > 1) one.segmentsSentAgain++;
}
