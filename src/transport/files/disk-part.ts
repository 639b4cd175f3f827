/**
 * A download under way on the disk: a hidden file beside where the finished one will be, and a sidecar that says which
 * bytes of which version are there. The sidecar only ever speaks of bytes that have reached the disk, so it is true after
 * a crash of the process and of the machine.
 */

import { close, fdatasync, fstatSync, fsync, ftruncate, statfsSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { type ByteSpan, ByteSpans } from "../../core/byte-spans.ts";
import type { DigestResult, PartialFile, PartialOptions, PartLeft, PartVersion } from "../../core/peer/file-store.ts";
import { diskErrorText, errorCode } from "./disk-errors.ts";
import { PartWriter } from "./part-writer.ts";
import { place } from "./place.ts";
import { hashOf, RunningHash } from "./running-hash.ts";
import { writeSidecar } from "./sidecar.ts";

const [sync, syncData, truncate, closeFile] = [
  promisify(fsync),
  promisify(fdatasync),
  promisify(ftruncate),
  promisify(close),
];

/** The sidecar is brought up to date after so many bytes, or so long after the first that it does not speak of. */
const CHECKPOINT_BYTES = 256 << 20;
const CHECKPOINT_MS = 2000;
/** What is given up of a part on a full disk. */
const SIDECAR_ROOM_BYTES = 64 << 10;

export interface PartPlace {
  readonly name: string;
  readonly fd: number;
  readonly part: string;
  readonly sidecar: string;
  readonly file: string;
  readonly left: PartLeft | undefined;
  readonly unlock: () => void;
}

export class DiskPart implements PartialFile {
  readonly left: PartLeft | undefined;
  private readonly at: PartPlace;
  private readonly options: PartialOptions;
  private readonly writer: PartWriter;
  private readonly written: ByteSpans;
  /** Of the bytes that are written: it changes in its turn among the writes. */
  private version: PartVersion | undefined = undefined;
  /** Where it will be asked for. */
  private hash: RunningHash | undefined = undefined;
  private isFailed = false;
  private isOver = false;
  private uncheckedBytes = 0;
  private checkpointTimer: NodeJS.Timeout | undefined = undefined;
  /** Ends when the latest checkpoint does: there is one at a time. */
  private checkpointing: Promise<void> = Promise.resolve();

  constructor(at: PartPlace, options: PartialOptions) {
    this.at = at;
    this.options = options;
    this.left = at.left;
    this.version = at.left;
    this.written = new ByteSpans(at.left?.spans);
    this.writer = new PartWriter(at.fd, {
      onQueued: (from, bytes) => this.hash?.onQueued(from, bytes),
      onWritten: (from, to) => this.onWritten(from, to),
      onError: (error) => this.fail(diskErrorText(`write ${at.name}`, error)),
      onIdle: () => this.onIdle(),
      onDrain: () => {
        if (!this.isOver && !this.isFailed) this.options.onDrain();
      },
    });
  }

  begin(version: PartVersion): string | undefined {
    this.writer.after(async () => {
      this.version = version;
    });
    if (version.sha256 !== undefined) this.hash ??= new RunningHash(this.at.fd);
    const needed = version.sizeBytes - this.written.totalBytes;
    const free = freeBytes(dirname(this.at.part));
    if (free === undefined || needed <= free) return undefined;
    return `${this.at.name} needs ${needed} bytes, and the disk has ${free} left: make room and start the download again`;
  }

  clear(): void {
    this.writer.drop();
    this.hash = undefined;
    this.writer.after(async () => {
      await this.checkpointing;
      this.version = undefined; // from here on, no checkpoint speaks of what was there
      this.written.clear();
      try {
        remove(this.at.sidecar);
        await truncate(this.at.fd, 0);
      } catch (error) {
        this.fail(diskErrorText(`empty the part of ${this.at.name}`, error));
      }
    });
  }

  write(at: number, bytes: Uint8Array): boolean {
    if (this.isFailed || this.isOver) return true;
    return this.writer.write(at, bytes);
  }

  forget({ from, to }: ByteSpan): void {
    this.writer.flush();
    this.hash?.onChanged(from);
    this.writer.after(async () => {
      await this.checkpointing;
      this.written.remove(from, to);
      this.hash?.onChanged(from);
      await this.checkpoint(); // before other bytes are written there
    });
  }

  digest(span: ByteSpan, done: (result: DigestResult) => void): void {
    this.writer.flush();
    this.writer.after(async () => {
      if (this.isOver) return;
      done(await this.digestOf(span));
    });
  }

  finish(done: (error?: string) => void): void {
    this.end(async () => {
      const { name, fd, part, file, sidecar } = this.at;
      const sizeBytes = this.version?.sizeBytes ?? 0;
      let error: string | undefined;
      try {
        if (!this.written.has(0, sizeBytes)) throw new Error("not all of its bytes are there");
        if (fstatSync(fd).size !== sizeBytes) await truncate(fd, sizeBytes);
        await sync(fd);
        place(part, file, this.options.overwrite);
        removeQuietly(sidecar);
      } catch (problem) {
        error = diskErrorText(`put ${name} in its place`, problem);
        await this.saveQuietly();
      }
      return () => done(error);
    });
  }

  keep(done: () => void): void {
    this.end(async () => {
      if (this.written.totalBytes > 0) await this.saveQuietly();
      else this.removeBoth();
      return done;
    });
  }

  discard(done: () => void): void {
    this.writer.drop();
    this.end(async () => {
      this.removeBoth();
      return done;
    });
  }

  // -------------------------------------------------------------------------------------------------------------------

  /** The last task; then the file is closed and its name free. */
  private end(task: () => Promise<() => void>): void {
    if (this.isOver) return;
    this.writer.flush();
    this.writer.after(async () => {
      await this.checkpointing;
      const tell = await task();
      await closeFile(this.at.fd).catch(() => {}); // what counts has been synchronised
      this.at.unlock();
      tell();
    });
    this.isOver = true;
    clearTimeout(this.checkpointTimer);
  }

  private onWritten(from: number, to: number): void {
    this.written.add(from, to);
    this.uncheckedBytes += to - from;
    if (this.isOver || this.isFailed) return;
    if (this.uncheckedBytes >= CHECKPOINT_BYTES) {
      this.uncheckedBytes = 0;
      this.startCheckpoint();
    } else this.checkpointTimer ??= setTimeout(() => this.startCheckpoint(), CHECKPOINT_MS);
  }

  /** Beside the writes, which need not wait for it: it speaks of what was written before it began. */
  private startCheckpoint(): void {
    clearTimeout(this.checkpointTimer);
    this.checkpointTimer = undefined;
    if (this.isOver) return;
    this.writer.flush();
    void this.checkpoint();
  }

  private checkpoint(): Promise<void> {
    this.checkpointing = this.checkpointing.then(async () => {
      try {
        await this.save();
      } catch (error) {
        this.fail(diskErrorText(`save how far ${this.at.name} is`, error));
      }
    });
    return this.checkpointing;
  }

  private async save(): Promise<void> {
    const { version, written } = this;
    if (version === undefined) return; // without a size, nothing could be continued
    const spans = [...written];
    this.uncheckedBytes = 0;
    await syncData(this.at.fd);
    await writeSidecar(this.at.sidecar, this.at.name, version, spans);
  }

  /**
   * As far as that is possible: what the sidecar said before is still true. On a full disk, the end of the part makes room
   * for the sidecar, without which all of the part would be lost.
   */
  private async saveQuietly(): Promise<void> {
    try {
      await this.save();
    } catch {
      const end = [...this.written].at(-1)?.to ?? 0;
      const rest = Math.max(0, end - SIDECAR_ROOM_BYTES);
      this.written.remove(rest, end);
      await truncate(this.at.fd, rest)
        .then(() => this.save())
        .catch(() => {});
    }
  }

  private async onIdle(): Promise<boolean> {
    if (this.isOver || this.isFailed || this.hash === undefined) return false;
    try {
      return await this.hash.catchUp(this.written);
    } catch (error) {
      this.fail(diskErrorText(`read ${this.at.name}`, error));
      return false;
    }
  }

  private async digestOf(span: ByteSpan): Promise<DigestResult> {
    const { hash, written } = this;
    try {
      const isWhole = span.from === 0 && span.to === this.version?.sizeBytes;
      const sha256 = isWhole && hash ? await hash.digest(span.to, written) : await hashOf(this.at.fd, span);
      return { ok: true, sha256 };
    } catch (error) {
      return { ok: false, error: diskErrorText(`read ${this.at.name}`, error) };
    }
  }

  private fail(text: string): void {
    if (this.isFailed || this.isOver) return;
    this.isFailed = true;
    clearTimeout(this.checkpointTimer);
    this.options.onError(text);
  }

  private removeBoth(): void {
    removeQuietly(this.at.sidecar);
    removeQuietly(this.at.part);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** Where it stays, the next download of its name begins with it, or empties it. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Nothing more can be done about it here.
  }
}

/** For this user; undefined where the system does not say. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
