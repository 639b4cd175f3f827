/**
 * A body in chunks (RFC 9112, 7.1): other servers send what they do not know the length of so. Chunk extensions are passed
 * over, trailer fields are checked and dropped.
 */

import { HEADER_FIELD, type HttpFailureReason, MAX_HEAD_BYTES } from "./http-head.ts";

/** A chunk's first line, its extensions included. */
export const MAX_CHUNK_LINE_BYTES = 1024;

export class ChunkedReader {
  failure: HttpFailureReason | undefined;
  /** The last chunk and the trailer section have come. */
  complete = false;
  private readonly onData: (bytes: Uint8Array) => void;
  private state: "size" | "data" | "data-end" | "trailer" = "size";
  private line = "";
  private remainingBytes = 0;
  private trailerBytes = 0;

  /** `onData` gets the body in pieces, views of what was pushed, none of them empty. */
  constructor(onData: (bytes: Uint8Array) => void) {
    this.onData = onData;
  }

  /** Takes the bytes from `from` on, as many as belong to the body; gives the position behind them. */
  take(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !this.complete && this.failure === undefined) {
      if (this.state !== "data") {
        this.takeLineByte(bytes[at++]!);
        continue;
      }
      const end = Math.min(bytes.length, at + this.remainingBytes);
      this.remainingBytes -= end - at;
      if (this.remainingBytes === 0) this.state = "data-end";
      this.onData(bytes.subarray(at, end));
      at = end;
    }
    return at;
  }

  private takeLineByte(byte: number): void {
    this.line += String.fromCharCode(byte);
    if (this.state === "trailer") {
      if (++this.trailerBytes > MAX_HEAD_BYTES) this.failure = "head-too-large";
    } else if (this.state === "data-end" ? !CRLF.startsWith(this.line) : this.line.length > MAX_CHUNK_LINE_BYTES) {
      this.failure = "bad-chunk";
    }
    if (this.failure !== undefined || !this.line.endsWith(CRLF)) return;
    const line = this.line.slice(0, -CRLF.length);
    this.line = "";
    this.endLine(line);
  }

  private endLine(line: string): void {
    if (this.state === "size") {
      const size = CHUNK_SIZE.exec(line);
      this.remainingBytes = size === null ? Number.NaN : Number.parseInt(size[1]!, 16);
      if (!Number.isSafeInteger(this.remainingBytes)) this.failure = "bad-chunk";
      else this.state = this.remainingBytes === 0 ? "trailer" : "data";
    } else if (this.state === "data-end") {
      this.state = "size";
    } else if (line === "") {
      this.complete = true;
    } else if (!HEADER_FIELD.test(line)) {
      this.failure = "bad-header";
    }
  }
}

const CRLF = "\r\n";
/** The size, and extensions, which have no control characters in them. */
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t -~\x80-\xff]*)?$/;
