/**
 * A folder on disk as the serving half of a FileStore. Names are flat: a name is a file directly in the folder, or it is
 * nothing. Only regular files are served: no links, folders, devices, FIFOs or sockets; a file whose name begins with a
 * dot only where its owner named it.
 */

import { accessSync, closeSync, constants, lstatSync, opendirSync, realpathSync, stat, statSync } from "node:fs";
import { sep } from "node:path";
import mime from "mime";
import type { FileStore } from "../../core/peer/file-store.ts";
import type { FileBody } from "../../core/transport.ts";
import { DiskFile, type FileFacts, fillFrom } from "./disk-file.ts";
import { type FileHash, FileHashes } from "./file-hashes.ts";
import { type FileVersion, versionEtag } from "./file-version.ts";
import { openFile } from "./open-file.ts";
import { isDotfile, unsafeNameProblem } from "./safe-name.ts";
import { SMALL_FILE_BYTES, SmallFile, SmallFiles } from "./small-files.ts";

export interface SharedFolderOptions {
  /** Files to serve although their names begin with a dot. */
  readonly dotfiles?: readonly string[];
  /** Told when the folder or a file of it cannot be read, in words, and not again before something else happens. */
  readonly onProblem?: (problem: string) => void;
}

/** What is wrong with a folder that is to be shared; `code` is the system's (ENOENT, EACCES, ...) where it said something. */
export class SharedFolderError extends Error {
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.name = "SharedFolderError";
    this.code = code;
  }
}

/** Entries of a folder that are looked at. */
export const MAX_ENTRIES = 100_000;

export class SharedFolder implements Pick<FileStore, "open" | "has"> {
  /** The folder's path, absolute and without links. */
  readonly path: string;
  private readonly dotfiles: Set<string>;
  private readonly onProblem: (problem: string) => void;
  private readonly hashes = new FileHashes();
  private readonly smallFiles = new SmallFiles();
  private lastProblem = "";

  /** SharedFolderError where there is no such folder, or it cannot be read. */
  constructor(path: string, options: SharedFolderOptions = {}) {
    try {
      this.path = realpathSync(path);
      if (!statSync(this.path).isDirectory()) {
        throw new SharedFolderError(`${path} is not a folder: give the folder that has the files to share`, "ENOTDIR");
      }
      accessSync(this.path, constants.R_OK | constants.X_OK);
    } catch (error) {
      throw error instanceof SharedFolderError ? error : folderError(path, error);
    }
    this.dotfiles = new Set(options.dotfiles);
    this.onProblem = options.onProblem ?? (() => {});
  }

  /** Serves this file from now on, although its name begins with a dot. */
  allowDotfile(name: string): void {
    this.dotfiles.add(name);
  }

  /** The file's body, which the caller closes; `found` comes once, within this call or later. */
  open(name: string, found: (body: FileBody | undefined, problem?: string) => void): void {
    if (!this.mayServe(name)) {
      found(undefined);
      return;
    }
    const path = this.pathOf(name);
    const small = this.smallFiles.get(path);
    if (small !== undefined) {
      found(small);
      return;
    }
    openFile(path, (result) => {
      if (result.ok) {
        this.lastProblem = "";
        const { fd, version } = result;
        if (version.sizeBytes <= SMALL_FILE_BYTES) this.readSmall(name, fd, version, found);
        else found(new DiskFile(fd, version, this.factsOf(name, version)));
      } else if (result.reason === "unavailable") {
        found(undefined, this.problem(`${name} cannot be read now: ${result.detail}`));
      } else {
        this.whereFolderIsGone((problem) => found(undefined, problem));
      }
    });
  }

  /** Is there a file of this name that would be served? */
  has(name: string): boolean {
    if (!this.mayServe(name)) return false;
    try {
      return lstatSync(this.pathOf(name), { throwIfNoEntry: false })?.isFile() ?? false;
    } catch {
      return false; // the folder may not be looked into: `open` says so
    }
  }

  /**
   * The files that may be shared, by name in the order of UTF-16 code units. SharedFolderError where the folder cannot be
   * read, or has more than 100,000 entries.
   */
  names(): string[] {
    const names: string[] = [];
    try {
      const folder = opendirSync(this.path);
      try {
        let entries = 0;
        for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
          if (++entries > MAX_ENTRIES) {
            throw new SharedFolderError(
              `${this.path} has more than ${MAX_ENTRIES} entries: share a folder that has only the files to share`,
            );
          }
          if (entry.isFile() && this.mayServe(entry.name)) names.push(entry.name);
        }
      } finally {
        folder.closeSync();
      }
    } catch (error) {
      throw error instanceof SharedFolderError ? error : folderError(this.path, error);
    }
    return names.sort();
  }

  /**
   * The SHA-256 and the size of a file, computed in the background and kept for as long as the file stays as it is; undefined
   * where there is no such file. From then on its answers carry the hash. Rejects with SharedFolderError where it
   * cannot be read.
   */
  async hash(name: string): Promise<FileHash | undefined> {
    if (!this.mayServe(name)) return undefined;
    const path = this.pathOf(name);
    try {
      const hash = await this.hashes.compute(path);
      this.smallFiles.forget(path);
      return hash;
    } catch (error) {
      throw new SharedFolderError(`${name} cannot be hashed: ${messageOf(error)}`, codeOf(error));
    }
  }

  private mayServe(name: string): boolean {
    return unsafeNameProblem(name) === undefined && (!isDotfile(name) || this.dotfiles.has(name));
  }

  private pathOf(name: string): string {
    return `${this.path}${sep}${name}`;
  }

  private readSmall(
    name: string,
    fd: number,
    version: FileVersion,
    found: (body: FileBody | undefined, problem?: string) => void,
  ): void {
    const bytes = new Uint8Array(version.sizeBytes);
    fillFrom(fd, version, bytes, 0, (problem) => {
      closeSync(fd);
      if (problem !== undefined) {
        found(undefined, this.problem(`${name} cannot be read now: ${problem}`));
        return;
      }
      const small = new SmallFile(bytes, this.factsOf(name, version));
      this.smallFiles.keep(this.pathOf(name), small, version);
      found(small);
    });
  }

  private factsOf(name: string, version: FileVersion): FileFacts {
    const sha256 = this.hashes.get(version);
    const etag = versionEtag(version);
    const lastModifiedMs = Number(version.mtimeNs / 1_000_000n);
    const contentType = mime.getType(name) ?? "application/octet-stream";
    if (sha256 === undefined) return { contentType, validators: { etag, lastModifiedMs } };
    return { contentType, validators: { etag: hashEtag(sha256), formerEtags: [etag], lastModifiedMs }, sha256 };
  }

  /** A file is missing: because all of them are? */
  private whereFolderIsGone(then: (problem?: string) => void): void {
    stat(this.path, (error, stats) => {
      if (error !== null) then(this.problem(folderError(this.path, error).message));
      else if (!stats.isDirectory()) then(this.problem(`${this.path} is no folder any more`));
      else then();
    });
  }

  private problem(text: string): string {
    if (text !== this.lastProblem) this.onProblem(text);
    this.lastProblem = text;
    return text;
  }
}

/** The entity tag of a content: the same for the same bytes, on every host. */
export function hashEtag(sha256: Uint8Array): string {
  return `"sha256-${Buffer.from(sha256).toString("base64url")}"`;
}

function folderError(path: string, error: unknown): SharedFolderError {
  const code = codeOf(error);
  if (code === "ENOENT")
    return new SharedFolderError(`the folder ${path} does not exist: make it, or give another`, code);
  if (code === "EACCES" || code === "EPERM") {
    return new SharedFolderError(`the folder ${path} may not be read: change its permissions, or give another`, code);
  }
  return new SharedFolderError(`the folder ${path} cannot be read: ${messageOf(error)}`, code);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
