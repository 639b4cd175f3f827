/** Requests of HTTP/1.1 (RFC 9112): the report's client, byte for byte, and what a file server reads. */

import {
  contentLength,
  formatHeaders,
  type Headers,
  HeadReader,
  type HttpFailure,
  type HttpFailureReason,
  parseHeaders,
  TOKEN,
} from "./http-head.ts";
import { formatRange, parseRange, type RangeSpec } from "./http-range.ts";
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
}

/**
 * Reads the requests of one connection, one after another, as their bytes come in. Requests with a body are refused.
 * The first failure is final: the connection has no sense any more.
 */
export class RequestParser {
  private readonly onRequest: (request: HttpRequest) => void;
  private readonly head = new HeadReader();
  private consumedBytes = 0;
  private failure: HttpFailure | undefined;

  constructor(onRequest: (request: HttpRequest) => void) {
    this.onRequest = onRequest;
  }

  /** Calls `onRequest` for every request that these bytes complete; gives the failure, where there is one. */
  push(bytes: Uint8Array): HttpFailure | undefined {
    let at = 0;
    while (at < bytes.length && this.failure === undefined) {
      const next = this.head.take(bytes, at);
      this.consumedBytes += next - at;
      at = next;
      if (this.head.failure !== undefined) return this.fail(this.head.failure);
      if (!this.head.complete) break;
      const request = parseRequest(this.head.lines);
      if (typeof request === "string") return this.fail(request);
      this.head.restart();
      this.onRequest(request);
    }
    return this.failure;
  }

  /** The client will send no more: a failure where it stopped within a request. */
  end(): HttpFailure | undefined {
    return this.failure ?? (this.head.isEmpty ? undefined : this.fail("incomplete"));
  }

  private fail(reason: HttpFailureReason): HttpFailure {
    this.failure = { reason, offsetBytes: this.consumedBytes };
    return this.failure;
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
  if (headers["transfer-encoding"] !== undefined) return "unsupported-transfer-encoding";
  const bodyBytes = contentLength(headers);
  if (typeof bodyBytes === "string") return bodyBytes;
  if (bodyBytes !== undefined && bodyBytes > 0) return "unexpected-body";

  const decoded = targetToName(target);
  if (!decoded.ok) return "bad-target";
  return {
    method,
    target,
    name: decoded.name,
    range: method === "GET" && range !== undefined ? parseRange(range) : undefined,
    minorVersion,
    headers,
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

const TARGET = /^[!-~]+$/;
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~]+) HTTP\/(\d\.\d)$/;
