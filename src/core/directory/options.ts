/** The central directory's options, with the defaults used where a scenario is silent. */

import type { ArqOptions } from "../arq/options.ts";
import { elapsedMs } from "../time.ts";

/** Which packets a directory takes: the report's, the hardened wire's, or both, told apart by their first byte. */
export type DirectoryWire = "report" | "hardened" | "auto";

export interface DirectoryOptions {
  readonly arq: ArqOptions;
  /** Absent: the one wire of `arq`. */
  readonly wire?: DirectoryWire;
  /** Only who has this key is heard (see SealedTransport); it needs `wire: hardened`. Absent: everybody is. */
  readonly groupKey?: Uint8Array;
  /** How often peers are expected to send an UPDATE. */
  readonly updatePeriodMs: number;
  /** Updates in a row that a peer may miss before its entry goes. */
  readonly missedUpdates: number;
  /** An update counts as missed once it is this late: the time that it may spend being lost once and sent again. */
  readonly graceMs: number;
  /** Entries kept; for one more, the entry updated longest ago is evicted. */
  readonly maxEntries: number;
  /** Files kept per entry; of a longer list, the first so many. */
  readonly maxFilesPerEntry: number;
  /** Estimated memory of all entries together; beyond it, the entry updated longest ago is evicted. */
  readonly maxTableBytes: number;
  /** Sources offered in one RESULT: the first to have registered. */
  readonly maxSources: number;
  /** Answers under way, in bytes; beyond it, the oldest of them is withdrawn. */
  readonly maxAnswerBytes: number;
  /** On the hardened wire peers are asked to update less often when there would be more updates than this: `updateIntervalMs`. */
  readonly maxUpdatesPerSecond: number;
  /** The longest interval that they are asked for. */
  readonly maxUpdateIntervalMs: number;
}

/** The update period is the one of the report's capture. */
export const defaultDirectoryOptions: Omit<DirectoryOptions, "arq"> = {
  updatePeriodMs: 7020,
  missedUpdates: 3,
  graceMs: 1000,
  maxEntries: 100_000,
  maxFilesPerEntry: 10_000,
  maxTableBytes: 512 << 20,
  maxSources: 10_000,
  maxAnswerBytes: 64 << 20,
  maxUpdatesPerSecond: 10_000,
  maxUpdateIntervalMs: 300_000,
};

/**
 * How long an entry stays without an update, in whole nanoseconds. The last of the missed updates is only known to be
 * missed when it is overdue by the grace.
 */
export function entryLifetimeMs(options: DirectoryOptions, updateIntervalMs = options.updatePeriodMs): number {
  return elapsedMs(0, options.missedUpdates * updateIntervalMs + options.graceMs);
}

/**
 * From one update of a peer to its next, as the directory asks for it on the hardened wire: the update period, doubled until
 * the entries' updates are no more than `maxUpdatesPerSecond`, and never beyond `maxUpdateIntervalMs`. In steps of two, so
 * that one entry more or less seldom changes it. Whole milliseconds.
 */
export function updateIntervalMs(options: DirectoryOptions, entries: number): number {
  const { updatePeriodMs, maxUpdatesPerSecond, maxUpdateIntervalMs } = options;
  let intervalMs = Math.ceil(updatePeriodMs);
  while ((entries * 1000) / intervalMs > maxUpdatesPerSecond && 2 * intervalMs <= maxUpdateIntervalMs) intervalMs *= 2;
  return intervalMs;
}
