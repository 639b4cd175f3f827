/** The options of real byte streams, and their defaults. */

export interface StreamOptions {
  /** How long a connection may take to be set up before the stream fails with `timeout`: as long as the simulated one's SYNs. */
  readonly connectTimeoutMs: number;
  /** `write` answers false after so many bytes, or where the system takes no more; `onDrain` follows. */
  readonly sendBufferBytes: number;
  /** A `write` on top of this many unsent bytes throws: its caller does not heed the false it got. */
  readonly maxUnsentBytes: number;
  /** Streams that others may have open to a host at once; further ones are reset. */
  readonly maxAccepted: number;
}

export const defaultStreamOptions: StreamOptions = {
  connectTimeoutMs: 63_000,
  sendBufferBytes: 64 * 1024,
  maxUnsentBytes: 16 * 1024 * 1024,
  maxAccepted: 1024,
};
