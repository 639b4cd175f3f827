/** Responses of HTTP/1.1 (RFC 9112): the heads a file server sends, and what its client reads. */

import type { RangeSpec, ResponseHandlers, ResponseHead } from "../transport.ts";
import { ChunkedReader } from "./http-chunked.ts";
import {
  contentLength,
  formatHeaders,
  type Headers,
  HeadReader,
  type HttpFailure,
  type HttpFailureReason,
  parseHeaders,
  VISIBLE,
} from "./http-head.ts";
import { formatContentRange, type ResolvedRange, resolveRange } from "./http-range.ts";
import { encodeText } from "./text.ts";

/** The phrases of the statuses in use. The report's server says `file not found`. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  200: "OK",
  206: "Partial Content",
  304: "Not Modified",
  400: "Bad Request",
  404: "file not found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  412: "Precondition Failed",
  413: "Content Too Large",
  416: "Range Not Satisfiable",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

export function reasonPhrase(status: number): string {
  return REASON_PHRASES[status] ?? "";
}

/** A head with the status's own phrase. */
export function responseHead(status: number, headers: Headers = {}): ResponseHead {
  return { status, reason: reasonPhrase(status), headers };
}

/**
 * The head that answers a request for a file of `sizeBytes`, and the bytes that belong behind it: 200 with all of them,
 * 206 with the range, or 416 with none (RFC 9110, 15.3.7 and 15.5.17).
 */
export function fileResponse(sizeBytes: number, range?: RangeSpec): { head: ResponseHead; body?: ResolvedRange } {
  if (range === undefined) {
    const head = responseHead(200, { "content-length": String(sizeBytes), "accept-ranges": "bytes" });
    return sizeBytes === 0 ? { head } : { head, body: { first: 0, last: sizeBytes - 1 } };
  }
  const body = resolveRange(range, sizeBytes);
  const headers = {
    "content-length": String(body === undefined ? 0 : body.last - body.first + 1),
    "content-range": formatContentRange(body, sizeBytes),
    "accept-ranges": "bytes",
  };
  return body === undefined ? { head: responseHead(416, headers) } : { head: responseHead(206, headers), body };
}

/** Status line and headers as bytes. RangeError for what would break a line. */
export function formatResponseHead({ status, reason, headers }: ResponseHead): Uint8Array {
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new RangeError(`a status is an integer from 100 to 599, not ${status}`);
  }
  if (!VISIBLE.test(reason)) {
    throw new RangeError(`a reason phrase is printable ASCII on one line, not ${JSON.stringify(reason)}`);
  }
  return encodeText(`HTTP/1.1 ${status} ${reason}\r\n${formatHeaders(headers)}\r\n`);
}

/**
 * Reads the response to one request as its bytes come in. The body is handed on in pieces, views of what was pushed.
 * `onEnd` says that it is whole; the first failure is final, and no handler is called after it.
 */
export class ResponseParser {
  private readonly method: string;
  private readonly handlers: Pick<ResponseHandlers, "onHead" | "onData" | "onEnd">;
  private readonly head = new HeadReader();
  /** Only where the body comes in chunks. */
  private chunks: ChunkedReader | undefined;
  private state: "head" | "body" | "chunked" | "body-until-close" | "done" = "head";
  private remainingBytes = 0;
  private consumedBytes = 0;
  private failure: HttpFailure | undefined;

  /** `method` is the request's: the answer to a HEAD has no body. */
  constructor(method: string, handlers: Pick<ResponseHandlers, "onHead" | "onData" | "onEnd">) {
    this.method = method;
    this.handlers = handlers;
  }

  /** The response is whole. */
  get isComplete(): boolean {
    return this.state === "done";
  }

  push(bytes: Uint8Array): HttpFailure | undefined {
    let at = 0;
    while (at < bytes.length && this.failure === undefined) {
      const next = this.take(bytes, at);
      this.consumedBytes += next - at;
      at = next;
      if (this.state === "head") this.readHead();
      else if (this.chunks !== undefined) this.afterChunks(this.chunks);
    }
    return this.failure;
  }

  /** The server will send no more: ends a body that has no length, and is a failure within any other. */
  end(): HttpFailure | undefined {
    if (this.failure !== undefined || this.state === "done") return this.failure;
    if (this.state !== "body-until-close") return this.fail("incomplete");
    this.finish();
    return undefined;
  }

  /** Consumes bytes as the state wants them; gives the position behind them. */
  private take(bytes: Uint8Array, from: number): number {
    switch (this.state) {
      case "head":
        return this.head.take(bytes, from);
      case "body": {
        const end = Math.min(bytes.length, from + this.remainingBytes);
        this.remainingBytes -= end - from;
        this.handlers.onData(bytes.subarray(from, end));
        if (this.remainingBytes === 0) this.finish();
        return end;
      }
      case "chunked":
        return this.chunks!.take(bytes, from);
      case "body-until-close":
        this.handlers.onData(bytes.subarray(from));
        return bytes.length;
      case "done":
        this.fail("after-end");
        return from;
    }
  }

  private readHead(): void {
    if (this.head.failure !== undefined) this.fail(this.head.failure);
    if (this.failure !== undefined || !this.head.complete) return;
    const parsed = parseResponseHead(this.head.lines);
    if (typeof parsed === "string") {
      this.fail(parsed);
      return;
    }
    const { head } = parsed;
    // Interim responses say nothing about the file (RFC 9110, 15.2).
    if (head.status < 200) {
      this.head.restart(true);
      return;
    }
    const framing = framingOf(this.method, parsed);
    if (framing === "chunked") {
      this.state = "chunked";
      this.chunks = new ChunkedReader((bytes) => this.handlers.onData(bytes));
    } else if (framing === "until-close") {
      this.state = "body-until-close";
    } else if (typeof framing === "number") {
      this.state = "body";
      this.remainingBytes = framing;
    } else {
      this.fail(framing);
      return;
    }
    this.handlers.onHead(head);
    if (framing === 0) this.finish();
  }

  private afterChunks({ failure, complete }: ChunkedReader): void {
    if (failure !== undefined) this.fail(failure);
    else if (complete && this.state === "chunked") this.finish();
  }

  private finish(): void {
    this.state = "done";
    this.handlers.onEnd();
  }

  private fail(reason: HttpFailureReason): HttpFailure {
    this.failure = { reason, offsetBytes: this.consumedBytes };
    return this.failure;
  }
}

interface ParsedHead {
  readonly head: ResponseHead;
  readonly minorVersion: number;
}

function parseResponseHead(lines: readonly string[]): ParsedHead | HttpFailureReason {
  const line = STATUS_LINE.exec(lines[0]!);
  if (line === null) return "bad-status-line";
  const headers = parseHeaders(lines);
  if (typeof headers === "string") return headers;
  return { head: { status: Number(line[2]), reason: line[3] ?? "", headers }, minorVersion: Number(line[1]) };
}

/** How the body's end is known: by its length, by its last chunk, or by the connection's end (RFC 9112, 6.3). */
function framingOf(
  method: string,
  { head: { status, headers }, minorVersion }: ParsedHead,
): number | "chunked" | "until-close" | HttpFailureReason {
  if (method === "HEAD" || status === 204 || status === 304) return 0;
  const length = contentLength(headers);
  const coding = headers["transfer-encoding"];
  if (coding === undefined) return length ?? "until-close";
  // HTTP/1.0 has no chunks; and who gives two lengths has one of them wrong.
  if (minorVersion === 0 || coding.toLowerCase() !== "chunked") return "unsupported-transfer-encoding";
  return length === undefined ? "chunked" : "bad-content-length";
}

/** The space before an empty phrase is often forgotten. */
const STATUS_LINE = /^HTTP\/1\.(\d) ([1-5]\d\d)(?: (.*))?$/;
