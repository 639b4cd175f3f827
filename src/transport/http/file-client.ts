/**
 * The client's side of an HTTP exchange in the real world: one TCP connection for one request, the report's request on it,
 * and an answer that is complete or an error that says why not; never both, and never twice. The simulated world's is
 * src/sim/stream/http-client.ts.
 */

import { connect, type Socket } from "node:net";
import type { Endpoint, Exchange, ExchangeError, FileRequest, ResponseHandlers } from "../../core/transport.ts";
import { formatRequest, type HttpFailure, hostHeader, nameToTarget, ResponseParser } from "../../core/wire/http.ts";
import type { NodeTrace } from "../../trace/node-trace.ts";
import { type FileClientOptions, fileClientOptions } from "./client-options.ts";

export type { FileClientOptions } from "./client-options.ts";

/**
 * What one reading of the socket brings at most. Each connection has one buffer of this size, which every piece of the body
 * is a view of: it holds the next piece after `onData` has returned.
 */
const BUFFER_BYTES = 128 * 1024;

/**
 * Asks the HTTP server at `to` for a file. No handler is called before this returns; the bytes given to `onData` are
 * good during the call only. RangeError for a name or a header that no request can carry.
 */
export function requestFile(
  to: Endpoint,
  request: FileRequest,
  handlers: ResponseHandlers,
  trace: NodeTrace,
  options: FileClientOptions = {},
): Exchange {
  return new ClientExchange(to, request, handlers, trace, fileClientOptions(options));
}

class ClientExchange implements Exchange {
  private readonly to: Endpoint;
  private readonly handlers: ResponseHandlers;
  private readonly trace: NodeTrace;
  private readonly options: Required<FileClientOptions>;
  private readonly parser: ResponseParser;
  private readonly requestLine: string;
  private readonly requestBytes: Uint8Array;
  private readonly socket: Socket;
  private timer: NodeJS.Timeout;
  private lastHeardMs: number;
  private bodyBytes = 0;
  private isOpen = false;
  private isPaused = false;
  /** `onEnd` or `onError` was called. */
  private isOver = false;

  constructor(
    to: Endpoint,
    request: FileRequest,
    handlers: ResponseHandlers,
    trace: NodeTrace,
    options: Required<FileClientOptions>,
  ) {
    const { method, name, range, headers } = request;
    const target = nameToTarget(name);
    const host = hostHeader(to.host, to.port);
    this.to = to;
    this.handlers = handlers;
    this.trace = trace;
    this.options = options;
    this.requestLine = `${method} ${target} HTTP/1.1`;
    this.requestBytes = formatRequest({ method, target, host, ...(range && { range }), ...(headers && { headers }) });
    this.parser = new ResponseParser(method, {
      onHead: (head) => {
        if (this.isOver) return;
        this.say(`${head.status} ${head.reason}`);
        handlers.onHead(head);
      },
      onData: (bytes) => {
        if (this.isOver) return;
        this.bodyBytes += bytes.length;
        handlers.onData(bytes);
      },
      onEnd: () => this.complete(),
    });
    this.lastHeardMs = performance.now();
    this.timer = setTimeout(() => this.onTimer(), options.connectTimeoutMs);
    this.socket = connect({
      host: to.host,
      port: to.port,
      noDelay: true,
      onread: {
        // No Buffer: the `slice` of one is a view, and whoever wants to keep bytes calls that.
        buffer: new Uint8Array(BUFFER_BYTES),
        callback: (count, buffer) => {
          this.onData(buffer.subarray(0, count));
          return true;
        },
      },
    });
    this.socket.on("connect", () => this.onOpen());
    this.socket.on("end", () => this.onEnd());
    this.socket.on("error", (error) => this.onSocketError(error));
    this.socket.on("close", () => this.onClose());
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  cancel(): void {
    if (!this.isOver) this.fail("cancelled");
  }

  /** Bytes that are in hand already, at most a buffer's, may still come. */
  pause(): void {
    if (this.isOver || this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (this.isOver || !this.isPaused) return;
    this.isPaused = false;
    this.heard();
    this.socket.resume();
  }

  // The socket's side -------------------------------------------------------------------------------------------------

  private onOpen(): void {
    if (this.isOver) return;
    this.isOpen = true;
    this.heard();
    this.say(this.requestLine, this.requestBytes.length);
    this.socket.write(this.requestBytes);
  }

  private onData(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.lastHeardMs = performance.now();
    this.check(this.parser.push(bytes));
  }

  private onEnd(): void {
    if (!this.isOver) this.check(this.parser.end());
  }

  private onSocketError(error: NodeJS.ErrnoException): void {
    if (!this.isOver) this.fail(reasonOf(error, this.isOpen), error.code);
  }

  private onClose(): void {
    clearTimeout(this.timer);
    if (!this.isOver) this.fail("incomplete");
  }

  // -------------------------------------------------------------------------------------------------------------------

  private heard(): void {
    this.lastHeardMs = performance.now();
    this.wake(this.options.idleTimeoutMs);
  }

  /** Nothing is set anew for every piece: the timer looks when it fires how long it has really been quiet. */
  private onTimer(): void {
    if (this.isOver || (this.isOpen && this.isPaused)) return; // `resume` sets it again
    const limitMs = this.isOpen ? this.options.idleTimeoutMs : this.options.connectTimeoutMs;
    const leftMs = this.lastHeardMs + limitMs - performance.now();
    if (leftMs > 0) this.wake(leftMs);
    else this.fail("timeout");
  }

  private wake(delayMs: number): void {
    clearTimeout(this.timer);
    // A timer of the system may fire a little before its time.
    this.timer = setTimeout(() => this.onTimer(), Math.ceil(delayMs) + 1);
  }

  private check(failure: HttpFailure | undefined): void {
    if (failure === undefined || this.isOver) return;
    this.fail(failure.reason === "incomplete" ? "incomplete" : "bad-response", failure.reason);
  }

  private complete(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.close();
    this.say(`complete ${this.bodyBytes} bytes`, this.bodyBytes);
    this.handlers.onEnd();
  }

  private fail(reason: ExchangeError, detail?: string): void {
    this.isOver = true;
    this.close();
    const more = detail === undefined || detail === reason ? "" : ` (${detail})`;
    this.say(`failed: ${reason}${more}`, this.bodyBytes);
    this.handlers.onError(reason);
  }

  /** A connection serves one request: there is nothing more to hear from it (RFC 9112, 9.6). */
  private close(): void {
    clearTimeout(this.timer);
    this.socket.destroy();
  }

  private say(note: string, bytes?: number): void {
    this.trace.http(note, this.to.key, bytes);
  }
}

/** What the system's word for a broken connection is in the port's. */
function reasonOf({ code }: NodeJS.ErrnoException, wasOpen: boolean): ExchangeError {
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EHOSTDOWN")
    return "timeout";
  return wasOpen ? "reset" : "refused";
}
