/**
 * The ladder diagram of the page without its script: the beginning of the run in windows that are at most a printed page
 * high, so that no arrow is cut in two where a page ends.
 */

import { ladder } from "../ladder/ladder.ts";
import { type LadderSource, ladderSource } from "../ladder/options.ts";
import { lastNs, type Transmission } from "../model/packets.ts";
import type { TraceModel } from "../model/trace-model.ts";

/** How high a picture may be for its width: less than A4 upright with usual margins, for letter is less high. */
const MAX_ASPECT = 1.32;
/** Fewer packets are on one page however high it is; it is made smaller then. */
const MIN_PACKETS = 6;
const NS_PER_MS = 1e6;

/** One picture or several, as SVG; together they show what one alone would. */
export function ladderPages(model: TraceModel): readonly string[] {
  const source = ladderSource(model);
  const whole = ladder(source, { title: "Ladder diagram" });
  const packets = source.transmissions.filter((one) => whole.packetIds.has(one.packetId) && one.sendEvent >= 0);
  if (tooHighBy(whole.svg) <= 1 || packets.length <= MIN_PACKETS) return [whole.svg];
  const hosts = [...whole.lanes.keys()];
  const windows = windowsOf(source, packets, hosts, whole.toMs);
  return windows.map(({ fromMs, toMs }, i) => {
    const title = `Ladder diagram, ${i + 1} of ${windows.length}`;
    return ladder(source, { ...optionsOf(hosts, packets), fromMs, toMs, title, idPrefix: `ladder-${i + 1}` }).svg;
  });
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
    if (i >= count / 2 && packets[first + i]!.sentNs > busyUntilNs) best = i;
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
