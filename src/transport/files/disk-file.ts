/** An open file as the body of an answer: read a piece at a time, and checked each time to be the version that was opened. */

import { close, fstat, read, readSync } from "node:fs";
import type { Validators } from "../../core/transport.ts";
import type { StreamedFile } from "../http/streamed-file.ts";
import { type FileVersion, isSameVersion, versionOf } from "./file-version.ts";

export interface DiskFileFacts {
  readonly version: FileVersion;
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
  constructor(fd: number, { version, validators, contentType, sha256 }: DiskFileFacts) {
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
    read(this.fd, target, 0, target.length, first, (error, count) => {
      if (error !== null) done(`the file cannot be read: ${error.message}`);
      else if (count < target.length) done("the file has become shorter");
      // After the read: what it brought is of the version that is still there.
      else this.check(done);
    });
  }

  close(): void {
    close(this.fd);
  }

  private check(done: (problem?: string) => void): void {
    fstat(this.fd, { bigint: true }, (error, stats) => {
      if (error !== null) done(`the file cannot be read: ${error.message}`);
      else if (isSameVersion(versionOf(stats), this.version)) done();
      else done("the file has changed");
    });
  }
}
