/** Arithmetic on times that is exact to the nanosecond, the resolution of every clock here. */

const NS_PER_MS = 1e6;

/** The time from `startMs` to `endMs` in ms, without the noise that subtracting two large doubles leaves behind. */
export function elapsedMs(startMs: number, endMs: number): number {
  return Math.round((endMs - startMs) * NS_PER_MS) / NS_PER_MS;
}

/** The smallest whole number of nanoseconds that is not shorter than `ms`: a timer set to it is never early. */
export function toNsNotEarly(ms: number): number {
  const ns = Math.round(ms * NS_PER_MS);
  return ns / NS_PER_MS < ms ? ns + 1 : ns;
}
