/** An open file as the body of an answer: read a piece at a time, and checked each time to be the version that was opened. */

import { closeSync, fstatSync, read, readSync } from "node:fs";
import type { Validators } from "../../core/transport.ts";
import type { StreamedFile } from "../http/streamed-file.ts";
import { type FileVersion, isSameVersion, versionOf } from "./file-version.ts";

/** What is known of a version of a file, beside its bytes. */
export interface FileFacts {
  readonly validators: Validators;
  readonly contentType: string;
  readonly sha256?: Uint8Array;
}

export class DiskFile implements StreamedFile {
  readonly validators: Validators;
  readonly contentType: string;
  readonly sha256?: Uint8Array;
  private readonly fd: number;
  private readonly version: FileVersion;

  /** The descriptor is this object's from now on. */
  constructor(fd: number, version: FileVersion, { validators, contentType, sha256 }: FileFacts) {
    this.fd = fd;
    this.version = version;
    this.validators = validators;
    this.contentType = contentType;
    if (sha256 !== undefined) this.sha256 = sha256;
  }

  get sizeBytes(): number {
    return this.version.sizeBytes;
  }

  /** Waits for the disk: for small pieces, where nothing else is to be done meanwhile. Shorter where the file has shrunk. */
  read(first: number, last: number): Uint8Array {
    const bytes = new Uint8Array(last - first + 1);
    return bytes.subarray(0, readSync(this.fd, bytes, 0, bytes.length, first));
  }

  fill(target: Uint8Array, first: number, done: (problem?: string) => void): void {
    fillFrom(this.fd, this.version, target, first, done);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/**
 * Reads as many bytes as `target` holds, from position `first` on. `done` comes later: with what is wrong, or with nothing
 * where the bytes are of this version.
 */
export function fillFrom(
  fd: number,
  version: FileVersion,
  target: Uint8Array,
  first: number,
  done: (problem?: string) => void,
): void {
  read(fd, target, 0, target.length, first, (error, count) => {
    if (error !== null) done(`the file cannot be read: ${error.message}`);
    else if (count < target.length) done("the file has become shorter");
    // Behind the read: what it brought is of the version that is still there.
    else done(changeSince(fd, version));
  });
}

/** An open file's attributes are in memory: to look takes 3 µs, to send a thread of the pool to look, five times that. */
function changeSince(fd: number, version: FileVersion): string | undefined {
  try {
    return isSameVersion(versionOf(fstatSync(fd, { bigint: true })), version) ? undefined : "the file has changed";
  } catch (error) {
    return `the file cannot be read: ${String(error)}`;
  }
}
