/** Which hosts, packets, timers, marks and exchanges of a trace are in a ladder diagram, and what is left out of it. */

import type { Exchange } from "../model/exchanges.ts";
import type { HostLine, HostMark } from "../model/hosts.ts";
import { lastNs, type Transmission } from "../model/packets.ts";
import type { TimerBar } from "../model/timers.ts";
import { omission } from "../model/trace-model.ts";
import { countOf } from "../text.ts";
import { packetsOfMessage } from "./messages.ts";
import {
  defaultLadderOptions,
  LadderOptionError,
  type LadderOptions,
  type LadderSource,
  MAX_SINGLE_SEGMENTS,
} from "./options.ts";
import { laterTrouble } from "./trouble.ts";

export interface Selection {
  readonly hosts: readonly HostLine[];
  readonly packets: readonly Transmission[];
  readonly timers: readonly TimerBar[];
  readonly marks: readonly HostMark[];
  readonly exchanges: readonly Exchange[];
  /** What is drawn is at or after, and at or before. */
  readonly fromNs: number;
  readonly toNs: number;
  /** What the picture does not show, in words. */
  readonly leftOut: readonly string[];
  /** Which option shows the first thing that goes wrong; absent where that is in the picture, or never comes. */
  readonly hint: string | undefined;
}

const NS_PER_MS = 1e6;
/** So many times a packet's usual way are near. */
const NEAR_FLIGHTS = 4;
/** Marks drawn; there may be one per event. */
const MAX_MARKS = 400;
/** HTTP exchanges drawn, which are taller than packets. */
const MAX_EXCHANGES = 40;

/** Throws LadderOptionError where a window, a host or a message is asked for that the trace does not have. */
export function select(source: LadderSource, options: LadderOptions): Selection {
  const { message } = options;
  const { fromNs, toNs } = windowOf(options);
  const leftOut: string[] = [];
  // Of a packet that is sent when the window ends, nothing is to be seen.
  const isInWindow = (one: Transmission) => one.sentNs < toNs && lastNs(one) >= fromNs;
  const ofMessage = message === undefined ? source.transmissions : packetsOfMessage(source.transmissions, message);
  const asksForSegments = message !== undefined && ofMessage.some(({ kind }) => kind === "segment");
  const inWindow = ofMessage.filter(isInWindow);

  const hosts = hostsShown(source, options, inWindow, leftOut);
  const names = new Set(hosts.map(({ name }) => name));
  const between = inWindow.filter(({ from, to }) => names.has(from) && names.has(to));
  const segments = between.filter(({ kind }) => kind === "segment").length;
  // A real run has no segments in its trace, and exchanges all the same.
  const areFew = segments > 0 && segments <= MAX_SINGLE_SEGMENTS;
  const streams = options.streams ?? (areFew || asksForSegments ? "segments" : "summary");
  const drawable = streams === "summary" ? between.filter(({ kind }) => kind !== "segment") : between;
  const maxPackets = options.maxPackets ?? defaultLadderOptions.maxPackets;
  const firstPackets = drawable.slice(0, maxPackets);
  const firstMissing = drawable[maxPackets];
  const packetsEndNs = firstMissing === undefined ? toNs : Math.min(toNs, endOf(firstPackets, firstMissing, source));
  const inTime =
    streams === "segments" || message !== undefined
      ? []
      : source.exchanges.filter(
          (one) =>
            names.has(one.client) &&
            names.has(one.server) &&
            one.requestSentNs <= packetsEndNs &&
            lastOf(one) >= fromNs,
        );
  const exchanges = inTime.slice(0, MAX_EXCHANGES);
  const endNs = Math.min(packetsEndNs, inTime[MAX_EXCHANGES]?.requestSentNs ?? packetsEndNs);
  const packets = firstPackets.filter(({ sentNs }) => sentNs < endNs);
  if (packets.length < drawable.length) leftOut.push(countOf(drawable.length - packets.length, "later packet"));
  if (exchanges.length < inTime.length) {
    leftOut.push(countOf(inTime.length - exchanges.length, "later HTTP exchange"));
  }
  // A timer may run on when its packet is long there, or lost.
  const ids = new Set(ofMessage.map(({ packetId }) => packetId));
  const timersBetween = source.timers.filter(
    ({ packetId, host, peer, endNs: stopNs }) =>
      ids.has(packetId) && names.has(host) && names.has(peer) && stopNs >= fromNs,
  );
  const timers = timersBetween.filter(({ startNs }) => startNs < endNs);
  const marks = source.facts.marks.filter(
    (mark) =>
      names.has(mark.host) &&
      mark.timeNs >= fromNs &&
      mark.timeNs <= endNs &&
      isWorthAMark(mark, message !== undefined),
  );
  if (marks.length > MAX_MARKS) leftOut.push(countOf(marks.length - MAX_MARKS, "later mark"));
  const cut = omission(source.model);
  const hint =
    options.hint === true && firstMissing !== undefined
      ? laterTrouble(between, timersBetween, endNs, maxPackets)
      : undefined;
  if (cut !== "") leftOut.push(`all but ${cut}`);
  const shownMarks = marks.slice(0, MAX_MARKS);
  return { hosts, packets, timers, marks: shownMarks, exchanges, fromNs, toNs: endNs, leftOut, hint };
}

/**
 * Where packets are left out, the picture ends at the last thing that happens to those that are in it, if that is soon
 * after the first one that is not in it was sent; what is under way for longer is cut.
 */
function endOf(packets: readonly Transmission[], firstMissing: Transmission, { flights }: LadderSource): number {
  const nearNs = firstMissing.sentNs + NEAR_FLIGHTS * flights.typicalMs * NS_PER_MS;
  return Math.max(firstMissing.sentNs, Math.min(nearNs, Math.max(...packets.map(lastNs))));
}

/** Is there nothing at all to draw? */
export function isEmpty({ packets, timers, marks, exchanges }: Selection): boolean {
  return packets.length + timers.length + marks.length + exchanges.length === 0;
}

/** The last moment that is known of an exchange. */
export function lastOf(one: Exchange): number {
  const known = [one.requestSentNs, one.requestArrivedNs, one.statusSentNs, one.statusArrivedNs, one.endNs];
  return Math.max(...known.filter((timeNs) => !Number.isNaN(timeNs)));
}

function windowOf({ fromMs, toMs }: LadderOptions): { fromNs: number; toNs: number } {
  const [from, to] = [fromMs ?? 0, toMs ?? Number.POSITIVE_INFINITY];
  if (!(from >= 0)) throw new LadderOptionError(`the window begins at a time of 0 ms or more, not ${from}`);
  if (!(to > from)) throw new LadderOptionError(`the window ends after it begins (${from} ms), not at ${to} ms`);
  // Moments are whole nanoseconds, and 0.1 + 0.2 is not 0.3.
  return { fromNs: Math.round(from * NS_PER_MS), toNs: Math.round(to * NS_PER_MS) };
}

function hostsShown(
  { facts }: LadderSource,
  options: LadderOptions,
  packets: readonly Transmission[],
  leftOut: string[],
): readonly HostLine[] {
  if (options.hosts !== undefined) {
    return [...new Set(options.hosts)].map((name) => {
      const host = facts.hosts.find((one) => one.name === name);
      if (host !== undefined) return host;
      const some = facts.hosts.slice(0, 12).map((one) => one.name);
      throw new LadderOptionError(`no host is called ${name}: this trace has ${some.join(", ") || "none"}`);
    });
  }
  const maxHosts = options.maxHosts ?? defaultLadderOptions.maxHosts;
  const load = new Map<string, number>();
  for (const { from, to } of packets) for (const name of [from, to]) load.set(name, (load.get(name) ?? 0) + 1);
  // A message's picture has the hosts that it concerns; any other one has all, where there is room.
  const candidates = options.message === undefined ? facts.hosts : facts.hosts.filter(({ name }) => load.has(name));
  if (candidates.length <= maxHosts) return candidates;
  const busiest = candidates.toSorted((a, b) => (load.get(b.name) ?? 0) - (load.get(a.name) ?? 0)).slice(0, maxHosts);
  leftOut.push(`${countOf(candidates.length - maxHosts, "quieter host")} and their packets`);
  return candidates.filter((host) => busiest.includes(host));
}

/** HTTP lines are in the exchanges' shapes. In a message's picture, only what befalls the hosts matters beside it. */
function isWorthAMark({ kind }: HostMark, isOfMessage: boolean): boolean {
  if (kind === "http") return false;
  return !isOfMessage || ["crash", "restart", "pause", "resume", "given-up"].includes(kind);
}
