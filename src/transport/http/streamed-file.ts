/** Files whose bytes come a while after they are asked for, as a disk's do. */

import type { FileBody } from "../../core/transport.ts";

/** A body that is read a piece at a time, without ever being in memory as a whole. */
export interface StreamedFile extends FileBody {
  /**
   * Reads as many bytes as `target` holds, from position `first` on, and makes sure that they belong to the version of the
   * file that was opened. `done` comes later, once: with what is wrong (`the file has changed`), or with nothing.
   * The file must not be closed, nor `target` used, before that.
   */
  fill(target: Uint8Array, first: number, done: (problem?: string) => void): void;
}

export function isStreamed(file: FileBody): file is StreamedFile {
  return "fill" in file;
}
