/**
 * Opening a file of a folder so that it can only be that: a regular file, directly in the folder, and a version of it that
 * has settled. Everything is checked on the descriptor, behind the open: nobody can put something else there in between.
 */

import { type BigIntStats, closeSync, constants, fstatSync, lstat, open } from "node:fs";
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
    if (error === null) {
      examine(path, fd, 0, opened);
      return;
    }
    const reason = MISSING.has(error.code ?? "") ? "missing" : "unavailable";
    opened({ ok: false, reason, detail: error.message });
  });
}

function examine(path: string, fd: number, waits: number, opened: (result: Opened) => void): void {
  const refuse = (reason: "missing" | "unavailable", detail: string): void => {
    closeSync(fd);
    opened({ ok: false, reason, detail });
  };
  const stats = fstatSync(fd, { bigint: true });
  const version = versionOf(stats);
  const waitMs = settlesInMs(version, Date.now());
  if (!stats.isFile()) refuse("missing", "it is no regular file");
  else if (waitMs > 0 && waits === MAX_WAITS) refuse("unavailable", "it is being written to");
  else if (waitMs > 0) setTimeout(() => examine(path, fd, waits + 1, opened), waitMs);
  else {
    unlessLink(path, stats, (isLink) => {
      if (isLink) refuse("missing", "it is a symbolic link");
      else opened({ ok: true, fd, version });
    });
  }
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
