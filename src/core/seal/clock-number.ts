/**
 * Numbers that grow over restarts without anything being stored: they begin with the wall clock, 1,024 to the millisecond.
 * Who counts up from one by less than a million a second begins higher after a restart than it ended before, as long as its
 * clock has not been set back meanwhile.
 */

const PER_MS = 1024;

/** Where to begin; good until the year 2248. */
export function clockNumber(clock: { wallClockMs(): number }): number {
  return Math.floor(clock.wallClockMs() * PER_MS);
}
