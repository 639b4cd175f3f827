/** Rows of bytes, gathered into large chunks and handed on. */

/** Takes the next bytes. They are valid only during the call: write them out or copy them. */
export type ChunkHandler = (chunk: Uint8Array) => void;

export const CHUNK_BYTES = 64 * 1024;

/**
 * A writer reserves room for a row, writes it to `view` from `end` on, and moves `end`. The fields are open because a
 * call per byte would cost more than the byte.
 */
export class ChunkBuffer {
  view = new DataView(new ArrayBuffer(CHUNK_BYTES));
  end = 0;
  private readonly onChunk: ChunkHandler;

  constructor(onChunk: ChunkHandler) {
    this.onChunk = onChunk;
  }

  /** Makes room for a row of at most `rowBytes`: hands on what is there, and grows for a row longer than a chunk. */
  reserve(rowBytes: number): void {
    if (this.end + rowBytes <= this.view.byteLength) return;
    this.flush();
    if (rowBytes > this.view.byteLength) this.view = new DataView(new ArrayBuffer(rowBytes));
  }

  flush(): void {
    if (this.end === 0) return;
    const chunk = new Uint8Array(this.view.buffer, 0, this.end);
    this.end = 0;
    this.onChunk(chunk);
  }
}
