/**
 * SHA-256 of files, each version once: read a piece at a time, between which everything else has its turn, and one file after
 * another, so that hashing never has more than one disk read and one buffer. What was computed is kept as long as there is
 * room.
 */

import { createHash } from "node:crypto";
import { close, fstat, read } from "node:fs";
import { type FileVersion, isSameVersion, versionKey, versionOf } from "./file-version.ts";
import { type Opened, openFile } from "./open-file.ts";

/** Versions whose hash is kept; the longest unused goes. */
const MAX_KEPT = 100_000;
const PIECE_BYTES = 1024 * 1024;

export interface FileHash {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  readonly sizeBytes: number;
}

export class FileHashes {
  private readonly kept = new Map<string, Uint8Array>();
  /** By path: whoever asks for a file that is being hashed, or waits for its turn, gets the same answer. */
  private readonly running = new Map<string, Promise<FileHash | undefined>>();
  private last: Promise<unknown> = Promise.resolve();

  /** The hash of this version, if it was computed. */
  get(version: FileVersion): Uint8Array | undefined {
    const key = versionKey(version);
    const sha256 = this.kept.get(key);
    if (sha256 !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, sha256);
    }
    return sha256;
  }

  /** Computes the hash of a file; undefined where there is none. Rejects where it cannot be read, or changes meanwhile. */
  compute(path: string): Promise<FileHash | undefined> {
    const running = this.running.get(path);
    if (running !== undefined) return running;
    const hash = this.last.then(() => this.hashFile(path)).finally(() => this.running.delete(path));
    this.running.set(path, hash);
    this.last = hash.catch(() => {});
    return hash;
  }

  private async hashFile(path: string): Promise<FileHash | undefined> {
    const opened = await new Promise<Opened>((resolve) => openFile(path, resolve));
    if (!opened.ok) {
      if (opened.reason === "missing") return undefined;
      throw new Error(opened.detail);
    }
    const { fd, version } = opened;
    try {
      const sha256 = this.get(version) ?? (await digest(fd, version));
      this.keep(version, sha256);
      return { sha256, sizeBytes: version.sizeBytes };
    } finally {
      close(fd);
    }
  }

  private keep(version: FileVersion, sha256: Uint8Array): void {
    const { kept } = this;
    kept.set(versionKey(version), sha256);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  }
}

async function digest(fd: number, version: FileVersion): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, version.sizeBytes));
  for (let at = 0; at < version.sizeBytes; ) {
    const count = await readPiece(fd, piece, at);
    if (count === 0) break;
    hash.update(piece.subarray(0, count));
    at += count;
  }
  if (!isSameVersion(await versionNow(fd), version)) throw new Error("the file changed while it was being hashed");
  return new Uint8Array(hash.digest());
}

function readPiece(fd: number, piece: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, piece, 0, piece.length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function versionNow(fd: number): Promise<FileVersion> {
  return new Promise((resolve, reject) => {
    fstat(fd, { bigint: true }, (error, stats) => (error === null ? resolve(versionOf(stats)) : reject(error)));
  });
}
