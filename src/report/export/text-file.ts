/** A text file that is written as a run goes: pieces of text, gathered and handed on as UTF-8. */

import { CHUNK_BYTES, type ChunkHandler } from "../../trace/csv/chunk-buffer.ts";

export class TextFile {
  /** UTF-16 units written so far. */
  length = 0;
  private pending = "";
  private readonly onChunk: ChunkHandler;
  private readonly encoder = new TextEncoder();

  constructor(onChunk: ChunkHandler) {
    this.onChunk = onChunk;
  }

  write(text: string): void {
    this.length += text.length;
    this.pending += text;
    if (this.pending.length >= CHUNK_BYTES) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.pending !== "") this.onChunk(this.encoder.encode(this.pending));
    this.pending = "";
  }
}

/** Line ends and control characters, and what some readers take for a line end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get into a file of lines.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A text on one line: a blank stands for line ends and control characters. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, " ");
}
