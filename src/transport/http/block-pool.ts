/**
 * Blocks of memory that file bodies pass through, used again and again: an upload holds two at most, whatever the file's
 * size, and nothing is left to the garbage collector.
 */

/** The sizes there are. A file smaller than the first goes out in one piece, its head with it. */
export const BLOCK_SIZES: readonly number[] = [64 * 1024, 256 * 1024, 1024 * 1024];
export const MAX_BLOCK_BYTES = 1024 * 1024;

/** Bytes kept for the next upload; what comes back beyond that is let go. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

export class BlockPool {
  private readonly free: Buffer[][] = BLOCK_SIZES.map(() => []);
  private keptBytes = 0;

  /** A block of at least `bytes`; RangeError where no block is so large. Its content is whatever was there before. */
  take(bytes: number): Buffer {
    const size = BLOCK_SIZES.findIndex((blockBytes) => blockBytes >= bytes);
    if (size < 0) throw new RangeError(`a block has at most ${MAX_BLOCK_BYTES} bytes, not ${bytes}`);
    const block = this.free[size]!.pop();
    if (block === undefined) return Buffer.allocUnsafeSlow(BLOCK_SIZES[size]!);
    this.keptBytes -= block.length;
    return block;
  }

  /** Nobody reads from it or writes to it any more. */
  giveBack(block: Buffer): void {
    if (this.keptBytes + block.length > MAX_KEPT_BYTES) return;
    this.keptBytes += block.length;
    this.free[BLOCK_SIZES.indexOf(block.length)]!.push(block);
  }
}
