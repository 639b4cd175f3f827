/**
 * Where the report's simple download goes on the disk. It cannot be asked to wait, so each piece is written before the next
 * one is taken: memory stays constant. Nothing of it can be continued another day.
 */

import { closeSync, fsyncSync, unlinkSync, writeSync } from "node:fs";
import type { FileSink } from "../../core/peer/file-store.ts";
import { diskErrorText } from "./disk-errors.ts";
import type { PartPlace } from "./disk-part.ts";
import { place } from "./place.ts";

/** `open` opens the part, emptied, or says why not: at the end, as all that goes wrong is said. */
export function diskSink(name: string, overwrite: boolean, open: () => PartPlace | string): FileSink {
  const at = open();
  let error = typeof at === "string" ? at : undefined;
  let isOpen = typeof at !== "string";
  const attempt = (doing: string, what: (at: PartPlace) => void): void => {
    if (error !== undefined || typeof at === "string") return;
    try {
      what(at);
    } catch (problem) {
      error = diskErrorText(`${doing} ${name}`, problem);
    }
  };
  const end = (): void => {
    if (!isOpen || typeof at === "string") return;
    isOpen = false;
    closeSync(at.fd);
    try {
      unlinkSync(at.part);
    } catch {
      // It has its name now; or it stays, and the next download of this name empties it.
    }
    at.unlock();
  };
  return {
    write: (bytes) =>
      attempt("write", ({ fd }) => {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      }),
    finish: (done) => {
      attempt("put in its place", ({ fd, part, file }) => {
        fsyncSync(fd);
        place(part, file, overwrite);
      });
      end();
      done(error);
    },
    discard: end,
  };
}
