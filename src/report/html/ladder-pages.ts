/**
 * The ladder diagram of the page without its script: the beginning of the run in windows that are at most a printed page
 * high, so that no arrow is cut in two where a page ends.
 */

import { ladder } from "../ladder/ladder.ts";
import { type LadderSource, ladderSource } from "../ladder/options.ts";
import { lastNs, type Transmission } from "../model/packets.ts";
import type { TraceModel } from "../model/trace-model.ts";
import { countOf } from "../text.ts";

/** How high a picture may be for its width: less than A4 upright with usual margins, for letter is less high. */
const MAX_ASPECT = 1.32;
/** Fewer packets are on one page however high it is; it is made smaller then. */
const MIN_PACKETS = 6;
const NS_PER_MS = 1e6;

/** Of what fits on a page, so much at least is on it where it could end at a better moment. */
const LEAST_SHARE = 0.7;

export interface LadderPages {
  /** One picture or several, as SVG; together they show what one alone would. */
  readonly pictures: readonly string[];
  /** What all of them do not show, in words; "" where a picture says so itself, or there is nothing. */
  readonly leftOut: string;
}

export function ladderPages(model: TraceModel): LadderPages {
  const source = ladderSource(model);
  const whole = ladder(source, { title: "Ladder diagram" });
  const packets = source.transmissions.filter((one) => whole.packetIds.has(one.packetId) && one.sendEvent >= 0);
  if (tooHighBy(whole.svg) <= 1 || packets.length <= MIN_PACKETS) return { pictures: [whole.svg], leftOut: "" };
  const hosts = [...whole.lanes.keys()];
  const windows = windowsOf(source, packets, hosts, whole.toMs);
  const pictures = windows.map(({ fromMs, toMs }, i) => {
    const title = `Ladder diagram, ${i + 1} of ${windows.length}`;
    return ladder(source, { ...optionsOf(hosts, packets), fromMs, toMs, title, idPrefix: `ladder-${i + 1}` }).svg;
  });
  return { pictures, leftOut: leftOutOf(source, whole.packetIds, hosts, packets) };
}

function leftOutOf(
  { transmissions, facts }: LadderSource,
  ids: ReadonlySet<number>,
  hosts: readonly string[],
  packets: readonly Transmission[],
): string {
  const { streams } = optionsOf(hosts, packets);
  const later = transmissions.filter(
    ({ from, to, kind, packetId }) =>
      !ids.has(packetId) &&
      hosts.includes(from) &&
      hosts.includes(to) &&
      (streams === "segments" || kind !== "segment"),
  ).length;
  const quieter = facts.hosts.length - hosts.length;
  return [
    ...(later === 0 ? [] : [countOf(later, "later packet")]),
    ...(quieter === 0 ? [] : [`${countOf(quieter, "quieter host")} and their packets`]),
  ].join("; ");
}

/** A picture's height as a multiple of what fits. */
function tooHighBy(svg: string): number {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  return Number(height) / Number(width) / MAX_ASPECT;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number | undefined;
}

function optionsOf(hosts: readonly string[], packets: readonly Transmission[]) {
  const streams = packets.some(({ kind }) => kind === "segment") ? ("segments" as const) : ("summary" as const);
  return { hosts, streams, maxPackets: 2 * packets.length };
}

/** As many packets in each as fit. */
function windowsOf(
  source: LadderSource,
  packets: readonly Transmission[],
  hosts: readonly string[],
  endMs: number,
): Window[] {
  const windows: Window[] = [];
  let first = 0;
  while (first < packets.length) {
    let count = packets.length - first;
    let window = windowAt(packets, first, count, endMs);
    for (;;) {
      const tooHigh = tooHighBy(ladder(source, { ...optionsOf(hosts, packets), ...window }).svg);
      if (tooHigh <= 1 || count <= MIN_PACKETS) break;
      count = Math.max(MIN_PACKETS, Math.min(count - 1, Math.floor(count / tooHigh)));
      window = windowAt(packets, first, count, endMs);
    }
    count = upToQuiet(packets, first, count);
    window = windowAt(packets, first, count, endMs);
    windows.push(window);
    first += count;
    // What was sent at one moment is in one window.
    while (first < packets.length && packets[first]!.sentNs / NS_PER_MS <= window.fromMs) first++;
  }
  return windows;
}

/** At most `count`, and so many, if possible, that nothing is on its way where the window ends. */
function upToQuiet(packets: readonly Transmission[], first: number, count: number): number {
  if (first + count >= packets.length) return count;
  let best = count;
  let busyUntilNs = 0;
  for (let i = 1; i <= count; i++) {
    busyUntilNs = Math.max(busyUntilNs, lastNs(packets[first + i - 1]!));
    if (i >= count * LEAST_SHARE && packets[first + i]!.sentNs > busyUntilNs) best = i;
  }
  return packets[first + best]!.sentNs > packets[first]!.sentNs ? best : count;
}

function windowAt(packets: readonly Transmission[], first: number, count: number, endMs: number): Window {
  const fromMs = first === 0 ? 0 : packets[first]!.sentNs / NS_PER_MS;
  const next = packets[first + count];
  const toMs =
    next === undefined ? Math.max(endMs, lastNs(packets.at(-1)!) / NS_PER_MS) : (next.sentNs - 1) / NS_PER_MS;
  return { fromMs, toMs: Math.max(toMs, fromMs + 1 / NS_PER_MS) };
}
