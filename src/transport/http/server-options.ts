/**
 * What a file server holds against the outside: how many, how large and how slow a client may be. Every limit has a
 * default; each says what happens to whoever meets it.
 */

import { MAX_HEAD_BYTES } from "../../core/wire/http.ts";

export interface FileServerLimits {
  /** Connections open at once; one more is answered 503 and closed. */
  readonly maxConnections: number;
  /** The same for one IPv4 address, or one IPv6 /64 (a host has all of it to itself). */
  readonly maxConnectionsPerAddress: number;
  /** A request's line and header fields together, in bytes; beyond it: 431. */
  readonly maxHeadBytes: number;
  /** From a head's first byte to its last; later: 408. */
  readonly headTimeoutMs: number;
  /** A connection on which no request has begun is closed after this. */
  readonly idleTimeoutMs: number;
  /** A client that takes nothing for so long is broken off ... */
  readonly stallTimeoutMs: number;
  /** ... and so is one that takes less than this per second, measured over each 256 KiB. */
  readonly minUploadBytesPerSecond: number;
  /** Files on their way at once; one more is answered 503 with Retry-After. */
  readonly maxUploads: number;
  /** Bytes of answers per second over all connections together; Infinity for no limit. */
  readonly uploadBytesPerSecond: number;
  /** How long a client may take to close behind the last answer, before the server does. */
  readonly lingerMs: number;
  /** How long `close` lets running uploads go on. */
  readonly closeGraceMs: number;
}

export interface FileServerOptions extends Partial<FileServerLimits> {
  /** The address to listen on: `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export const defaultFileServerLimits: FileServerLimits = {
  maxConnections: 1000,
  maxConnectionsPerAddress: 100,
  maxHeadBytes: MAX_HEAD_BYTES,
  headTimeoutMs: 10_000,
  idleTimeoutMs: 15_000,
  stallTimeoutMs: 20_000,
  minUploadBytesPerSecond: 2048,
  maxUploads: 32,
  uploadBytesPerSecond: Number.POSITIVE_INFINITY,
  lingerMs: 1000,
  closeGraceMs: 1000,
};

/** The limits with the defaults filled in. RangeError for one that is no number above zero. */
export function fileServerLimits(options: Partial<FileServerLimits>): FileServerLimits {
  const limits: Record<string, number> = {};
  for (const [name, byDefault] of Object.entries(defaultFileServerLimits)) {
    const value: unknown = options[name as keyof FileServerLimits] ?? byDefault;
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(
        `the file server's ${name} is a number above 0, not ${String(value)}: leave it out for ${byDefault}`,
      );
    }
    limits[name] = value;
  }
  return limits as unknown as FileServerLimits;
}
