/** Puts a finished part under its file's name, in one step: the whole file is there, or none of it. */

import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "./disk-errors.ts";
import { NO_LINKS } from "./lock.ts";

/**
 * The part's content must be on the disk already. Throws the file system's error, EEXIST where a file has the name and
 * `overwrite` is false, however late it came: a hard link, unlike a rename, never takes the place of another file.
 */
export function place(part: string, file: string, overwrite: boolean): void {
  if (overwrite) {
    renameSync(part, file);
  } else {
    try {
      linkSync(part, file);
      unlinkSync(part);
    } catch (error) {
      // File systems without hard links (FAT): the closest to it.
      if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
      if (isThere(file)) throw Object.assign(new Error("the file exists"), { code: "EEXIST" });
      renameSync(part, file);
    }
  }
  syncFolder(dirname(file));
}

/** Is there anything under this name, a dangling symbolic link included? */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** So that the new name survives a power cut, too; where folders cannot be synchronised, the system does what it does. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!["EINVAL", "EPERM", "EACCES", "EISDIR", "ENOTSUP", "EBADF"].includes(errorCode(error) ?? "")) throw error;
  }
}
