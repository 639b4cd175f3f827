/**
 * The bytes of small files that were served lately. Such a file is asked for again and again, and to open, read and close it each
 * time costs several times what sending it does. What is kept is good for the version that it was read of: whoever
 * takes it looks first which version is there now.
 */

import { lstatSync } from "node:fs";
import type { FileBody, Validators } from "../../core/transport.ts";
import type { FileFacts } from "./disk-file.ts";
import { type FileVersion, isSameVersion, versionOf } from "./file-version.ts";

/** Files of at most so many bytes are small: they fit one block of the file server. */
export const SMALL_FILE_BYTES = 63 * 1024;
/** Bytes kept in all; the longest unused go. */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** What an entry costs beside its bytes: so that many empty files have a limit, too. */
const ENTRY_BYTES = 512;

export interface SmallFile {
  readonly bytes: Uint8Array;
  readonly version: FileVersion;
}

export class SmallFiles {
  private readonly files = new Map<string, SmallFile>();
  private keptBytes = 0;

  /** The bytes of the file at this path, where they are kept and the file is still as it was. */
  get(path: string): SmallFile | undefined {
    const file = this.files.get(path);
    if (file === undefined) return undefined;
    this.forget(path, file);
    if (!isStillThere(path, file.version)) return undefined;
    this.keep(path, file);
    return file;
  }

  keep(path: string, file: SmallFile): void {
    const before = this.files.get(path);
    if (before !== undefined) this.forget(path, before);
    this.files.set(path, file);
    this.keptBytes += file.bytes.length + ENTRY_BYTES;
    for (const [oldest, old] of this.files) {
      if (this.keptBytes <= MAX_KEPT_BYTES) break;
      this.forget(oldest, old);
    }
  }

  private forget(path: string, { bytes }: SmallFile): void {
    this.files.delete(path);
    this.keptBytes -= bytes.length + ENTRY_BYTES;
  }
}

/** One look, of a few µs: the file system has lately been asked for the same. A link in the file's place is another file. */
function isStillThere(path: string, version: FileVersion): boolean {
  try {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats !== undefined && isSameVersion(versionOf(stats), version);
  } catch {
    return false; // the folder may not be looked into any more: opening the file says so
  }
}

/** The body of a small file. */
export class SmallFileBody implements FileBody {
  readonly validators: Validators;
  readonly contentType: string;
  readonly sha256?: Uint8Array;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, { validators, contentType, sha256 }: FileFacts) {
    this.bytes = bytes;
    this.validators = validators;
    this.contentType = contentType;
    if (sha256 !== undefined) this.sha256 = sha256;
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  read(first: number, last: number): Uint8Array {
    return this.bytes.subarray(first, last + 1);
  }
}
