/** Requests of HTTP/1.1 (RFC 9112): the report's client, byte for byte, and what a file server reads. */

import type { RangeSpec } from "../transport.ts";
import {
  contentLength,
  formatHeaders,
  type Headers,
  HeadReader,
  type HttpFailure,
  type HttpFailureReason,
  MAX_HEAD_BYTES,
  parseHeaders,
  TOKEN,
} from "./http-head.ts";
import { formatRange, parseRange } from "./http-range.ts";
import { targetToName } from "./http-target.ts";
import { encodeText } from "./text.ts";

export interface RequestToSend {
  readonly method: string;
  /** As it goes out: `nameToTarget` makes one of a file's name. */
  readonly target: string;
  /** `hostHeader` makes one of an address. */
  readonly host: string;
  readonly range?: RangeSpec;
  /** Further header fields, after the report's own. */
  readonly headers?: Headers;
}

/** The report's request: for `new.txt` on 10.0.0.2 the 67 bytes of the capture. RangeError for what would break a line. */
export function formatRequest({ method, target, host, range, headers }: RequestToSend): Uint8Array {
  if (!TOKEN.test(method)) throw new RangeError(`a request's method is a token, not ${JSON.stringify(method)}`);
  if (!TARGET.test(target)) {
    throw new RangeError(`a request's target is visible ASCII, not ${JSON.stringify(target)}: percent-encode it`);
  }
  const fields = {
    host,
    "accept-encoding": "identity",
    ...(range === undefined ? {} : { range: formatRange(range) }),
    ...headers,
  };
  return encodeText(`${method} ${target} HTTP/1.1\r\n${formatHeaders(fields)}\r\n`);
}

/** The Host header for an HTTP server: without the port where it is HTTP's own, IPv6 in brackets (RFC 9110, 7.2). */
export function hostHeader(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
}

/** A request as it came in. */
export interface HttpRequest {
  /** `GET`, `HEAD`, or whatever the client says: other methods are the server's to refuse. */
  readonly method: string;
  readonly target: string;
  /** The file that the target names, decoded; "" for the root. */
  readonly name: string;
  /** The range of a GET (for other methods the header means nothing: RFC 9110, 14.2). */
  readonly range: RangeSpec | undefined;
  /** The minor version: 0 or 1. */
  readonly minorVersion: number;
  readonly headers: Headers;
  /** A body follows, which nobody reads: this is the connection's last request. Only where the method has no place here. */
  readonly hasBody: boolean;
}

/**
 * Reads the requests of one connection, one after another, as their bytes come in. A GET or HEAD with a body is refused;
 * a request of another method comes through with its body left unread, so that the server can say what it allows.
 * The first failure is final: the connection has no sense any more.
 */
export class RequestParser {
  private readonly onRequest: (request: HttpRequest) => void;
  private readonly head: HeadReader;
  private consumed = 0;
  private failed: HttpFailure | undefined;

  /** A head of more than `maxHeadBytes` is refused. */
  constructor(onRequest: (request: HttpRequest) => void, maxHeadBytes = MAX_HEAD_BYTES) {
    this.onRequest = onRequest;
    this.head = new HeadReader(maxHeadBytes);
  }

  /** What the client got wrong, once it has. */
  get failure(): HttpFailure | undefined {
    return this.failed;
  }

  /** Bytes of the connection that were read. */
  get consumedBytes(): number {
    return this.consumed;
  }

  /** Nothing of a next request has come. */
  get isBetweenRequests(): boolean {
    return this.head.isEmpty;
  }

  /** Calls `onRequest` for every request that these bytes complete; gives the failure, where there is one. */
  push(bytes: Uint8Array): HttpFailure | undefined {
    let at = 0;
    while (at < bytes.length && this.failed === undefined) at = this.take(bytes, at);
    return this.failed;
  }

  /** Reads the bytes from `from` on, no further than to the end of one request; gives the position behind it. */
  take(bytes: Uint8Array, from: number): number {
    if (this.failed !== undefined) return bytes.length;
    const at = this.head.take(bytes, from);
    this.consumed += at - from;
    if (this.head.failure !== undefined) this.fail(this.head.failure);
    else if (this.head.complete) {
      const request = parseRequest(this.head.lines);
      this.head.restart();
      if (typeof request === "string") this.fail(request);
      else {
        if (request.hasBody) this.fail("unexpected-body");
        this.onRequest(request);
      }
    }
    return at;
  }

  /** The client will send no more: a failure where it stopped within a request. */
  end(): HttpFailure | undefined {
    return this.failed ?? (this.head.isEmpty ? undefined : this.fail("incomplete"));
  }

  private fail(reason: HttpFailureReason): HttpFailure {
    this.failed = { reason, offsetBytes: this.consumed };
    return this.failed;
  }
}

function parseRequest(lines: readonly string[]): HttpRequest | HttpFailureReason {
  const line = REQUEST_LINE.exec(lines[0]!);
  if (line === null) return "bad-request-line";
  const [, method = "", target = "", version = ""] = line;
  if (version !== "1.0" && version !== "1.1") return "bad-version";
  const minorVersion = version === "1.1" ? 1 : 0;

  const headers = parseHeaders(lines);
  if (typeof headers === "string") return headers;
  const { host, range } = headers;
  // One Host header, and only one, in HTTP/1.1 (RFC 9112, 3.2); two are joined by a comma, which no host has.
  if ((host === undefined && minorVersion === 1) || host?.includes(",")) return "bad-host";
  const coding = headers["transfer-encoding"];
  const bodyBytes = contentLength(headers);
  if (typeof bodyBytes === "string") return bodyBytes;
  const hasBody = coding !== undefined || (bodyBytes ?? 0) > 0;
  if (hasBody && (method === "GET" || method === "HEAD")) {
    return coding === undefined || CHUNKED.test(coding) ? "unexpected-body" : "unsupported-transfer-encoding";
  }

  const decoded = targetToName(target);
  if (!decoded.ok) return "bad-target";
  return {
    method,
    target,
    name: decoded.name,
    range: method === "GET" && range !== undefined ? parseRange(range) : undefined,
    minorVersion,
    headers,
    hasBody,
  };
}

/** The status that answers a request which could not be read. */
export function statusOfFailure(reason: HttpFailureReason): number {
  switch (reason) {
    case "head-too-large":
    case "too-many-headers":
      return 431;
    case "unexpected-body":
      return 413;
    case "unsupported-transfer-encoding":
      return 501;
    case "bad-version":
      return 505;
    default:
      return 400;
  }
}

const CHUNKED = /^chunked$/i;
const TARGET = /^[!-~]+$/;
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~]+) HTTP\/(\d\.\d)$/;
