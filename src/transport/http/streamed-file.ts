/** Files whose bytes come when they are asked for, and how much of an answer a part of it is. */

import type { BodyPart, FileBody } from "../../core/transport.ts";

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

export function partBytes(part: BodyPart): number {
  return part instanceof Uint8Array ? part.length : part.last - part.first + 1;
}

/** Closes every file of an answer, once each: several parts may be of one file. */
export function closeFiles(parts: readonly BodyPart[]): void {
  const files = new Set<FileBody>();
  for (const part of parts) if (!(part instanceof Uint8Array)) files.add(part.file);
  for (const file of files) file.close?.();
}
