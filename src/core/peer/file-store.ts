/**
 * A peer's files: in memory in the simulated world, a folder in the real one. Answers come through callbacks, which a
 * store in memory calls at once.
 */

import type { FileBody } from "../transport.ts";

export interface FileStore {
  /**
   * Looks a file up by name, to serve it: its body, or undefined where there is no such file (or it may not be served).
   * With a `problem`, in words, there may be one that cannot be read now: whoever asks may try again later.
   */
  open(name: string, found: (body: FileBody | undefined, problem?: string) => void): void;
  /** Does the store hold a whole file of this name? */
  has(name: string): boolean;
  /** Makes room for a download. The file appears under its name only when the sink is finished. */
  create(name: string): FileSink;
}

/** Where a download goes. */
export interface FileSink {
  /** Appends the next bytes; they are copied. */
  write(bytes: Uint8Array): void;
  /** All bytes are there: puts the file under its name. `error` says why it could not be. */
  finish(done: (error?: string) => void): void;
  /** Drops what was written. */
  discard(): void;
}
