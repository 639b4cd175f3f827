/**
 * One answer on its way out: its head and the parts of its body, a block at a time. While one block is being written the
 * next is read; never more than that, so a slow client costs two blocks and no more. Blocks are small at first and grow
 * for clients that take them quickly.
 */

import { type BodyPart, closeFiles, partBytes } from "../../core/transport.ts";
import { type BlockPool, MAX_BLOCK_BYTES } from "./block-pool.ts";
import { isStreamed } from "./streamed-file.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** One being written, one being read. */
const MAX_BLOCKS = 2;
const FIRST_BLOCK_BYTES = 64 * 1024;
/** A block that is taken within this time is followed by larger ones. */
const QUICK_MS = 200;

/** What an upload needs of its server and its connection. */
export interface UploadPort {
  readonly pool: BlockPool;
  readonly bucket: TokenBucket;
  nowMs(): number;
  /** Sends bytes; `done` comes when they may be reused: taken by the system, or the connection is gone. */
  write(bytes: Uint8Array, done: () => void): void;
  /** The same for a few small pieces, which go out together. */
  writeTogether(pieces: readonly Uint8Array[], done: () => void): void;
  /** All of the answer has been written. */
  onSent(): void;
  /** The answer cannot be completed, and why: the client must not take what it has for the whole. */
  onBroken(problem: string): void;
}

export class Upload {
  private readonly port: UploadPort;
  private readonly parts: readonly BodyPart[];
  /** What is to be read next: the place among the parts, and how many bytes of that part have been read. */
  private partIndex = 0;
  private readOfPartBytes = 0;
  private unreadBytes: number;
  private blockBytes = FIRST_BLOCK_BYTES;
  private blocksHeld = 0;
  /** A file is reading into a block: neither may be let go before it comes back. */
  private isReading = false;
  /** A block that is full and waits for the rate limit. */
  private waitingBlock: Buffer | undefined = undefined;
  private stopWaiting: () => void = () => {};
  private isOver = false;
  private isClosed = false;

  /** `head` goes out together with the first bytes of the body. The files are the upload's to close. */
  constructor(port: UploadPort, head: Uint8Array, content: readonly BodyPart[]) {
    this.port = port;
    this.parts = [head, ...content];
    this.unreadBytes = this.parts.reduce((sum, part) => sum + partBytes(part), 0);
  }

  start(): void {
    if (this.isSmall()) this.sendAtOnce();
    else this.pump();
  }

  /** The connection is gone: nothing more is read, and nobody is told. */
  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stopWaiting();
    if (this.waitingBlock !== undefined) this.drop(this.waitingBlock);
    this.closeWhenRead();
  }

  /** All of it is in memory, and no more than the first block would be. */
  private isSmall(): boolean {
    const limit = Math.min(FIRST_BLOCK_BYTES, this.port.bucket.pieceBytes);
    return (
      this.unreadBytes <= limit && !this.parts.some((part) => !(part instanceof Uint8Array) && isStreamed(part.file))
    );
  }

  /** Without a block, and without copying. */
  private sendAtOnce(): void {
    const bytes = this.unreadBytes;
    const pieces: Uint8Array[] = [];
    for (const part of this.parts) {
      const piece = part instanceof Uint8Array ? part : part.file.read(part.first, part.last);
      if (piece.length < partBytes(part)) {
        this.giveUp("the file is shorter than it said");
        return;
      }
      pieces.push(piece);
    }
    this.unreadBytes = 0;
    this.closeWhenRead();
    this.stopWaiting = this.port.bucket.take(bytes, () => {
      this.port.writeTogether(pieces, () => {
        if (!this.isOver) this.finish();
      });
    });
  }

  private pump(): void {
    const isBusy = this.isReading || this.waitingBlock !== undefined;
    if (this.isOver || isBusy || this.unreadBytes === 0 || this.blocksHeld === MAX_BLOCKS) return;
    const bytes = Math.min(this.blockBytes, this.unreadBytes, this.port.bucket.pieceBytes);
    this.blocksHeld++;
    this.fill(this.port.pool.take(bytes), bytes, 0);
  }

  /** Fills a block from position `from` on, part after part. */
  private fill(block: Buffer, bytes: number, from: number): void {
    let filled = from;
    while (filled < bytes) {
      const part = this.parts[this.partIndex]!;
      const start = this.readOfPartBytes;
      const count = Math.min(bytes - filled, partBytes(part) - start);
      const target = block.subarray(filled, filled + count);
      filled += count;
      this.advance(part, count);
      if (part instanceof Uint8Array) {
        target.set(part.subarray(start, start + count));
      } else if (isStreamed(part.file)) {
        this.isReading = true;
        const end = filled;
        part.file.fill(target, part.first + start, (problem) => this.onRead(block, bytes, end, problem));
        return;
      } else {
        const piece = part.file.read(part.first + start, part.first + start + count - 1);
        if (piece.length < count) {
          this.drop(block);
          this.giveUp("the file is shorter than it said");
          return;
        }
        target.set(piece);
      }
    }
    this.unreadBytes -= bytes;
    // All is read: the files can go before the last bytes do.
    if (this.unreadBytes === 0) this.closeWhenRead();
    this.waitingBlock = block;
    this.stopWaiting = this.port.bucket.take(bytes, () => this.send(block, bytes));
  }

  private advance(part: BodyPart, count: number): void {
    this.readOfPartBytes += count;
    if (this.readOfPartBytes < partBytes(part)) return;
    this.partIndex++;
    this.readOfPartBytes = 0;
  }

  private onRead(block: Buffer, bytes: number, filled: number, problem: string | undefined): void {
    this.isReading = false;
    if (this.isOver) {
      this.drop(block);
      this.closeWhenRead();
    } else if (problem !== undefined) {
      this.drop(block);
      this.giveUp(problem);
    } else {
      this.fill(block, bytes, filled);
    }
  }

  private send(block: Buffer, bytes: number): void {
    this.waitingBlock = undefined;
    const { port } = this;
    const startedMs = port.nowMs();
    port.write(block.subarray(0, bytes), () => {
      this.drop(block);
      this.adapt(port.nowMs() - startedMs);
      if (this.isOver) return;
      if (this.unreadBytes > 0) this.pump();
      else if (this.blocksHeld === 0) this.finish();
    });
    this.pump();
  }

  private finish(): void {
    this.isOver = true;
    this.port.onSent();
  }

  private giveUp(problem: string): void {
    this.isOver = true;
    this.closeWhenRead();
    this.port.onBroken(problem);
  }

  private adapt(tookMs: number): void {
    const factor = tookMs <= QUICK_MS ? 4 : 1 / 4;
    this.blockBytes = Math.min(MAX_BLOCK_BYTES, Math.max(FIRST_BLOCK_BYTES, this.blockBytes * factor));
  }

  private drop(block: Buffer): void {
    this.blocksHeld--;
    this.port.pool.giveBack(block);
  }

  private closeWhenRead(): void {
    if (this.isReading || this.isClosed) return;
    this.isClosed = true;
    closeFiles(this.parts);
  }
}
