/** Bytes that were written to a stream and not yet sent, in the chunks in which they were written. */

import { Fifo } from "./fifo.ts";

export class SendBuffer {
  private readonly chunks = new Fifo<Uint8Array>();
  private size = 0;

  /** Bytes held. */
  get length(): number {
    return this.size;
  }

  /** Appends bytes; they are kept, not copied. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.chunks.push(bytes);
    this.size += bytes.length;
  }

  /** Removes and returns the next `count` bytes (1 to `length`): a view of the chunk where they lie in one. */
  take(count: number): Uint8Array {
    const first = this.chunks.at(0)!;
    this.size -= count;
    if (first.length >= count) return this.takeFromFirst(first, count);
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const chunk = this.chunks.at(0)!;
      const part = this.takeFromFirst(chunk, Math.min(chunk.length, count - filled));
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  clear(): void {
    this.chunks.clear();
    this.size = 0;
  }

  private takeFromFirst(first: Uint8Array, count: number): Uint8Array {
    if (first.length === count) {
      this.chunks.shift();
      return first;
    }
    this.chunks.replaceFirst(first.subarray(count));
    return first.subarray(0, count);
  }
}
