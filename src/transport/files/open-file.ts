/**
 * Opening a file of a folder so that it can only be that: a regular file, directly in the folder, and a version of it that
 * has settled. Everything is checked on the descriptor, behind the open: nobody can put something else there in between.
 */

import { type BigIntStats, close, constants, fstat, lstat, open } from "node:fs";
import { type FileVersion, settlesInMs, versionOf } from "./file-version.ts";

export type Opened =
  | { readonly ok: true; readonly fd: number; readonly version: FileVersion }
  /** `missing`: there is no file that could be served. `unavailable`: there may be, but not now. */
  | { readonly ok: false; readonly reason: "missing" | "unavailable"; readonly detail: string };

/** How often a file that changes all the time is waited for. */
const MAX_WAITS = 3;

const { O_RDONLY } = constants;
// Windows has neither of these: there is no FIFO to wait for, and links are looked for below.
const O_NOFOLLOW: number | undefined = constants.O_NOFOLLOW;
const O_NONBLOCK: number | undefined = constants.O_NONBLOCK;
const FLAGS = O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);

/** What opening says of a name under which there is nothing to serve: nothing, a link, a folder, a socket. */
const MISSING = new Set([
  "ENOENT",
  "ELOOP",
  "EMLINK",
  "ENOTDIR",
  "EISDIR",
  "ENXIO",
  "ENODEV",
  "ENAMETOOLONG",
  "EINVAL",
]);

/** Opens a file for reading; the descriptor is the caller's. `opened` comes later, once. */
export function openFile(path: string, opened: (result: Opened) => void): void {
  open(path, FLAGS, (error, fd) => {
    if (error !== null) {
      opened({ ok: false, reason: MISSING.has(error.code ?? "") ? "missing" : "unavailable", detail: error.message });
      return;
    }
    const refuse = (reason: "missing" | "unavailable", detail: string): void => {
      close(fd, () => opened({ ok: false, reason, detail }));
    };
    const look = (waits: number): void => {
      fstat(fd, { bigint: true }, (error, stats) => {
        if (error !== null) return refuse("unavailable", error.message);
        if (!stats.isFile()) return refuse("missing", "it is no regular file");
        const version = versionOf(stats);
        const waitMs = settlesInMs(version, Date.now());
        if (waitMs > 0 && waits === MAX_WAITS) return refuse("unavailable", "it is being written to");
        if (waitMs > 0) return void setTimeout(() => look(waits + 1), waitMs);
        unlessLink(path, stats, (isLink) => {
          if (isLink) refuse("missing", "it is a symbolic link");
          else opened({ ok: true, fd, version });
        });
      });
    };
    look(0);
  });
}

/** Where opening follows links: is the name itself the file that was opened, or something that leads to it? */
function unlessLink(path: string, opened: BigIntStats, then: (isLink: boolean) => void): void {
  if (O_NOFOLLOW !== undefined) {
    then(false);
    return;
  }
  lstat(path, { bigint: true }, (error, stats) => {
    then(error !== null || stats.ino !== opened.ino || stats.dev !== opened.dev);
  });
}
