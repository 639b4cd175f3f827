/** The central directory's options, with the defaults used where a scenario is silent. */

import type { ArqOptions } from "../arq/options.ts";
import { elapsedMs } from "../time.ts";

export interface DirectoryOptions {
  readonly arq: ArqOptions;
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
};

/**
 * How long an entry stays without an update, in whole nanoseconds. The last of the missed updates is only known to be
 * missed when it is overdue by the grace.
 */
export function entryLifetimeMs(options: DirectoryOptions): number {
  return elapsedMs(0, options.missedUpdates * options.updatePeriodMs + options.graceMs);
}
