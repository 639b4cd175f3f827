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

interface Kept {
  readonly body: SmallFile;
  readonly version: FileVersion;
}

export class SmallFiles {
  private readonly files = new Map<string, Kept>();
  private keptBytes = 0;

  /** The file at this path, where it is kept and still as it was. */
  get(path: string): SmallFile | undefined {
    const kept = this.files.get(path);
    if (kept === undefined) return undefined;
    if (!isStillThere(path, kept.version)) {
      this.forget(path);
      return undefined;
    }
    // The latest used is the last to go.
    this.files.delete(path);
    this.files.set(path, kept);
    return kept.body;
  }

  keep(path: string, body: SmallFile, version: FileVersion): void {
    this.forget(path);
    this.files.set(path, { body, version });
    this.keptBytes += body.sizeBytes + ENTRY_BYTES;
    for (const oldest of this.files.keys()) {
      if (this.keptBytes <= MAX_KEPT_BYTES) break;
      this.forget(oldest);
    }
  }

  /** More is known of the file now than what is kept says. */
  forget(path: string): void {
    const kept = this.files.get(path);
    if (kept === undefined) return;
    this.files.delete(path);
    this.keptBytes -= kept.body.sizeBytes + ENTRY_BYTES;
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

/** A small file, all of it. */
export class SmallFile implements FileBody {
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
