/** The options of a fetch, with the defaults used where its caller is silent. */

export interface FetchOptions {
  /** What the file must be, from somebody who is trusted (a directory); else the sources' own word counts. */
  readonly expect: { readonly sizeBytes?: number; readonly sha256?: Uint8Array };
  /** May it take the place of a file that is there? */
  readonly overwrite: boolean;
  /** Most bytes per second, from all sources together; Infinity: no limit. */
  readonly bytesPerSecond: number;
  /** Most sources of one fetch, and so most exchanges at once. */
  readonly maxSources: number;
  /** A request asks for no less, where as much is missing; at the end, what is shorter may be fetched twice. */
  readonly minRequestBytes: number;
  /** Failures in a row after which a source is dropped; one that has delivered `minRequestBytes` begins a new row. */
  readonly maxAttempts: number;
  /** The wait after the first failure; it doubles with each in a row, up to the longest. Half of it is left to chance. */
  readonly firstRetryMs: number;
  readonly maxRetryMs: number;
  /** A source that asks to wait longer (Retry-After) is dropped. */
  readonly maxRetryAfterMs: number;
  /** Time without a byte after which an exchange has failed. */
  readonly stallMs: number;
  /** A source slower than this fraction of the fastest one ... */
  readonly slowFraction: number;
  /** ... for so long is dropped. */
  readonly slowMs: number;
  /** While no source has answered, one more is asked every so often (as RFC 8305 does with addresses). */
  readonly nextSourceMs: number;
  /** From one progress report to the next; rates are measured in this time, too. */
  readonly progressMs: number;
  /** How often a file may turn out to have changed before the fetch is given up. */
  readonly maxRestarts: number;
}

export const defaultFetchOptions: FetchOptions = {
  expect: {},
  overwrite: false,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  maxSources: 16,
  minRequestBytes: 64 * 1024,
  maxAttempts: 5,
  firstRetryMs: 500,
  maxRetryMs: 30_000,
  maxRetryAfterMs: 120_000,
  stallMs: 15_000,
  slowFraction: 0.1,
  slowMs: 5_000,
  nextSourceMs: 250,
  progressMs: 500,
  maxRestarts: 3,
};

/** Throws RangeError for options that make no sense. */
export function checkFetchOptions(options: FetchOptions): void {
  const positive = [
    "maxSources",
    "minRequestBytes",
    "maxAttempts",
    "firstRetryMs",
    "maxRetryMs",
    "stallMs",
    "slowMs",
    "nextSourceMs",
    "progressMs",
  ] as const;
  for (const name of positive) {
    if (!(options[name] > 0)) throw new RangeError(`${name} is a number above 0, not ${options[name]}`);
  }
  if (!(options.bytesPerSecond > 0)) {
    throw new RangeError(`bytesPerSecond is a number above 0, or Infinity for no limit, not ${options.bytesPerSecond}`);
  }
  const { sizeBytes, sha256 } = options.expect;
  if (sizeBytes !== undefined && (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0)) {
    throw new RangeError(`a file's size is a whole number of bytes, not ${sizeBytes}`);
  }
  if (sha256 !== undefined && sha256.length !== 32) {
    throw new RangeError(`a SHA-256 has 32 bytes, not ${sha256.length}`);
  }
}
