/**
 * SHA-256 of a file while it is written: what comes in order is hashed as it comes; what was written out of order, or by
 * an earlier download, is read back when its turn comes. When the last byte is there, little is left to do.
 */

import { createHash, type Hash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";
import type { ByteSpan, ByteSpans } from "../../core/byte-spans.ts";

const readAt = promisify(read);

/** Bytes read back at a time. */
const STEP_BYTES = 1 << 20;

export class RunningHash {
  private readonly fd: number;
  private hash: Hash = createHash("sha256");
  private hashed = 0;
  private buffer: Buffer | undefined = undefined;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** The next bytes on their way to the disk. */
  onQueued(from: number, bytes: Buffer): void {
    if (from !== this.hashed) return;
    this.hash.update(bytes);
    this.hashed += bytes.length;
  }

  /** Bytes change from `from` on. */
  onChanged(from: number): void {
    if (from >= this.hashed) return;
    this.hash = createHash("sha256");
    this.hashed = 0;
  }

  /** Reads back and hashes one step of what has been written, where there is as much; true where there was. */
  async catchUp(written: ByteSpans, leastBytes = STEP_BYTES): Promise<boolean> {
    if (!written.has(this.hashed, this.hashed + leastBytes)) return false;
    const { hash, hashed } = this;
    this.buffer ??= Buffer.allocUnsafeSlow(STEP_BYTES);
    const { bytesRead } = await readAt(this.fd, this.buffer, 0, leastBytes, hashed);
    // What was queued meanwhile cannot be what is here; but the file may have been begun anew.
    if (this.hash === hash && this.hashed === hashed && bytesRead > 0) {
      hash.update(this.buffer.subarray(0, bytesRead));
      this.hashed += bytesRead;
    }
    return bytesRead > 0;
  }

  /** Of the first `bytes`, all of which are written. Throws the disk's error. */
  async digest(bytes: number, written: ByteSpans): Promise<Uint8Array> {
    while (this.hashed < bytes) {
      if (!(await this.catchUp(written, Math.min(STEP_BYTES, bytes - this.hashed)))) {
        throw new Error("the part is shorter than it should be: something else has changed it");
      }
    }
    return this.hashed === bytes ? this.hash.copy().digest() : hashOf(this.fd, { from: 0, to: bytes });
  }
}

/** SHA-256 of a span of a file. Throws the disk's error. */
export async function hashOf(fd: number, { from, to }: ByteSpan): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(Math.min(STEP_BYTES, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await readAt(fd, buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) throw new Error("the part is shorter than it should be: something else has changed it");
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest();
}
