/** The receiving half of a FileStore on disk: downloads into one folder, each under its name only when it is whole. */

import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, statSync, unlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FileSink, PartialOpened, PartialOptions } from "../../core/peer/file-store.ts";
import { diskErrorText } from "./disk-errors.ts";
import { DiskPart, type PartPlace } from "./disk-part.ts";
import { diskSink } from "./disk-sink.ts";
import { takeLock } from "./lock.ts";
import { fileNameProblem, partNames } from "./names.ts";
import { isThere } from "./place.ts";
import { readSidecar } from "./sidecar.ts";

export interface DownloadFolderOptions {
  /** May the report's simple download (`create`) take the place of a file that is there? Default: no. */
  readonly overwrite?: boolean;
}

export class DownloadFolder {
  /** As an absolute path. */
  readonly folder: string;
  private readonly options: DownloadFolderOptions;

  constructor(folder: string, options: DownloadFolderOptions = {}) {
    this.folder = resolve(folder);
    this.options = options;
  }

  /** Where a file of this name is, or would be. RangeError for a name that no file can have. */
  pathOf(name: string): string {
    const problem = fileNameProblem(name);
    if (problem !== undefined) throw new RangeError(problem);
    return join(this.folder, name);
  }

  /** Is there a whole file of this name? */
  has(name: string): boolean {
    if (fileNameProblem(name) !== undefined) return false;
    try {
      return lstatSync(join(this.folder, name)).isFile();
    } catch {
      return false;
    }
  }

  partial(name: string, options: PartialOptions, opened: (result: PartialOpened) => void): void {
    const at = this.open(name, options.overwrite, true);
    opened(typeof at === "string" ? { ok: false, error: at } : { ok: true, part: new DiskPart(at, options) });
  }

  create(name: string): FileSink {
    const { overwrite = false } = this.options;
    return diskSink(name, overwrite, () => this.open(name, overwrite, false));
  }

  /** The part of a name, locked and open; in words why not. */
  private open(name: string, overwrite: boolean, goesOn: boolean): PartPlace | string {
    const problem = fileNameProblem(name);
    if (problem !== undefined) return problem;
    const { part, sidecar, lock } = partNames(name);
    const [file, partPath, sidecarPath] = [name, part, sidecar].map((one) => join(this.folder, one)) as [
      string,
      string,
      string,
    ];
    try {
      if (!statSync(this.folder).isDirectory()) return `${this.folder} is no folder: choose another for downloads`;
      const before = lstatSync(file, { throwIfNoEntry: false });
      if (before?.isDirectory()) return `a folder has the name ${name}: choose another name`;
      if (before !== undefined && !overwrite) {
        return `${name} exists already: choose another name, or ask for it to be overwritten`;
      }
      const locked = takeLock(join(this.folder, lock), name);
      if (!locked.ok) return locked.error;
      try {
        const fd = openPart(partPath);
        const left = goesOn ? readSidecar(sidecarPath, name, fstatSync(fd).size) : undefined;
        if (left === undefined) {
          if (isThere(sidecarPath)) unlinkSync(sidecarPath);
          ftruncateSync(fd, 0);
        }
        return { name, fd, part: partPath, sidecar: sidecarPath, file, left, unlock: locked.release };
      } catch (error) {
        locked.release();
        throw error;
      }
    } catch (error) {
      return diskErrorText(`download ${name} into ${this.folder}`, error);
    }
  }
}

/** Opens a part, or makes it. What is not a plain file of its own under that name is not written to. */
function openPart(path: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  for (;;) {
    const there = lstatSync(path, { throwIfNoEntry: false });
    // A second link to it may be a finished file (a crash between linking and unlinking).
    if (there !== undefined && (!there.isFile() || there.nlink > 1)) unlinkSync(path);
    const fd = openSync(path, flags, 0o666);
    const { nlink } = fstatSync(fd);
    if (nlink === 1) return fd;
    closeSync(fd); // changed hands just now
  }
}
