/** Where a picture ends before anything went wrong: when the first thing does, and which option shows it. */

import type { Transmission } from "../model/packets.ts";
import type { TimerBar } from "../model/timers.ts";
import { momentText, unitFor } from "./time-scale.ts";

const NS_PER_MS = 1e6;
/** The option's time is a multiple of the first of these, in ms, that leaves few enough packets before the moment. */
const STEPS_MS = [1000, 100, 10, 1, 0.1, 0.01, 0.001];

interface Trouble {
  readonly what: string;
  readonly timeNs: number;
  readonly isSegment: boolean;
}

/** What went wrong with a packet first; undefined: nothing. */
function troubleOf({ kind, losses, corrupted, duplicated, sentNs }: Transmission): Trouble | undefined {
  const isSegment = kind === "segment";
  const [loss] = losses;
  if (loss !== undefined) return { what: "loss", timeNs: loss.timeNs, isSegment };
  if (corrupted !== undefined) return { what: "damaged packet", timeNs: sentNs, isSegment };
  return duplicated === undefined ? undefined : { what: "duplicate", timeNs: sentNs, isSegment };
}

/**
 * A sentence for a picture that ends at `endNs`, of some of the packets `all`; undefined where something goes wrong in it
 * already, or never does. `maxPackets`: how many packets a picture from another moment on would have.
 */
export function laterTrouble(
  all: readonly Transmission[],
  timers: readonly TimerBar[],
  endNs: number,
  maxPackets: number,
): string | undefined {
  const expiries = timers
    .filter(({ end }) => end === "expired")
    .map(({ endNs: timeNs }): Trouble => ({ what: "timeout", timeNs, isSegment: false }));
  const troubles = [...all.map(troubleOf).filter((trouble) => trouble !== undefined), ...expiries];
  const [first] = troubles.toSorted((a, b) => a.timeNs - b.timeNs);
  if (first === undefined || first.timeNs <= endNs) return undefined;
  const atMs = first.timeNs / NS_PER_MS;
  const drawn = all.filter(({ kind }) => (kind === "segment") === first.isSegment);
  const isNear = (fromMs: number) =>
    drawn.filter(({ sentNs }) => sentNs >= fromMs * NS_PER_MS && sentNs <= first.timeNs).length <= maxPackets / 2;
  const floors = STEPS_MS.map((step) => Math.floor(atMs / step + 1e-9) * step);
  const fromMs = floors.find(isNear) ?? floors.at(-1)!;
  const unit = unitFor(fromMs);
  const options = [
    ...(first.isSegment ? ["message=SEGMENT"] : []),
    `from=${momentText(fromMs, unit).replace(" ", "")}`,
  ];
  return `The first ${first.what} is at ${momentText(atMs, unitFor(atMs))}: ${options.map((option) => `--ladder ${option}`).join(" ")} shows it.`;
}
