/**
 * The client's side of an HTTP exchange, whatever carries its bytes: one connection for one request (RFC 9112, 9.6), the
 * report's request on it, and an answer that is complete or an error that says why not; never both, and never twice.
 */

import type { NodeTrace } from "../trace/node-trace.ts";
import type { Endpoint, ExchangeError, FileRequest, ResponseHandlers } from "./transport.ts";
import { formatRequest, type HttpFailure, hostHeader, nameToTarget, ResponseParser } from "./wire/http.ts";

export class ClientExchange {
  private readonly to: Endpoint;
  private readonly handlers: ResponseHandlers;
  private readonly trace: NodeTrace;
  private readonly release: (isComplete: boolean) => void;
  private readonly parser: ResponseParser;
  private readonly requestLine: string;
  private readonly requestBytes: Uint8Array;
  private bodyBytes = 0;
  private over = false;

  /**
   * `release`: lets go of the connection, complete or not; called once, before the user hears that it is over.
   * RangeError for a name or a header that no request can carry.
   */
  constructor(
    to: Endpoint,
    request: FileRequest,
    handlers: ResponseHandlers,
    trace: NodeTrace,
    release: (isComplete: boolean) => void,
  ) {
    const { method, name, range, headers } = request;
    const target = nameToTarget(name);
    const host = hostHeader(to.host, to.port);
    this.to = to;
    this.handlers = handlers;
    this.trace = trace;
    this.release = release;
    this.requestLine = `${method} ${target} HTTP/1.1`;
    this.requestBytes = formatRequest({ method, target, host, ...(range && { range }), ...(headers && { headers }) });
    this.parser = new ResponseParser(method, {
      onHead: (head) => {
        if (this.over) return;
        this.say(`${head.status} ${head.reason}`);
        handlers.onHead(head);
      },
      onData: (bytes) => {
        if (this.over) return;
        this.bodyBytes += bytes.length;
        handlers.onData(bytes);
      },
      onEnd: () => this.complete(),
    });
  }

  /** Was the user told how it ended? */
  get isOver(): boolean {
    return this.over;
  }

  /** The connection is open: what is to be written on it. */
  begin(): Uint8Array {
    this.say(this.requestLine, this.requestBytes.length);
    return this.requestBytes;
  }

  /** Bytes came. */
  push(bytes: Uint8Array): void {
    if (!this.over) this.check(this.parser.push(bytes));
  }

  /** The server sends no more. */
  end(): void {
    if (!this.over) this.check(this.parser.end());
  }

  /** `detail`: what the trace says beside the reason. */
  fail(reason: ExchangeError, detail: string = reason): void {
    if (this.over) return;
    this.over = true;
    this.release(false);
    this.say(`failed: ${reason}${detail === reason ? "" : ` (${detail})`}`, this.bodyBytes);
    this.handlers.onError(reason);
  }

  private check(failure: HttpFailure | undefined): void {
    if (failure === undefined) return;
    this.fail(failure.reason === "incomplete" ? "incomplete" : "bad-response", failure.reason);
  }

  private complete(): void {
    if (this.over) return;
    this.over = true;
    this.release(true);
    this.say(`complete ${this.bodyBytes} bytes`, this.bodyBytes);
    this.handlers.onEnd();
  }

  private say(note: string, bytes?: number): void {
    this.trace.http(note, this.to.key, bytes);
  }
}
