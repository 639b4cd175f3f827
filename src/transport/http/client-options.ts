/** How long the HTTP client waits for the other side. */

export interface FileClientOptions {
  /** For the connection to be made; then `timeout`. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** For the next bytes, while the exchange is not paused; then `timeout`. Default 30,000. */
  readonly idleTimeoutMs?: number;
}

export const defaultFileClientOptions: Required<FileClientOptions> = {
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
};

/** The options with the defaults filled in. RangeError for a time that is no number above zero. */
export function fileClientOptions(options: FileClientOptions): Required<FileClientOptions> {
  const all = { ...defaultFileClientOptions, ...options };
  for (const [name, value] of Object.entries(all)) {
    if (!(value > 0)) throw new RangeError(`the HTTP client's ${name} is a number above 0, not ${String(value)}`);
  }
  return all;
}
