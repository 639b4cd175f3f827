/** The client's side of an HTTP exchange in the real world: the core's exchange on a TCP connection. */

import { connect, type Socket } from "node:net";
import { ClientExchange } from "../../core/client-exchange.ts";
import type { Endpoint, Exchange, ExchangeError, FileRequest, ResponseHandlers } from "../../core/transport.ts";
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
  return new SocketExchange(to, request, handlers, trace, fileClientOptions(options));
}

class SocketExchange implements Exchange {
  private readonly exchange: ClientExchange;
  private readonly options: Required<FileClientOptions>;
  private readonly socket: Socket;
  private timer: NodeJS.Timeout;
  private lastHeardMs: number;
  private isOpen = false;
  private isPaused = false;

  constructor(
    to: Endpoint,
    request: FileRequest,
    handlers: ResponseHandlers,
    trace: NodeTrace,
    options: Required<FileClientOptions>,
  ) {
    this.exchange = new ClientExchange(to, request, handlers, trace, () => this.close());
    this.options = options;
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
          this.lastHeardMs = performance.now();
          this.exchange.push(buffer.subarray(0, count));
          return true;
        },
      },
    });
    this.socket.on("connect", () => this.onOpen());
    this.socket.on("end", () => this.exchange.end());
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.exchange.fail(reasonOf(error, this.isOpen), error.code);
    });
    this.socket.on("close", () => this.onClose());
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  cancel(): void {
    this.exchange.fail("cancelled");
  }

  /** Bytes that are in hand already, at most a buffer's, may still come. */
  pause(): void {
    if (this.exchange.isOver || this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (this.exchange.isOver || !this.isPaused) return;
    this.isPaused = false;
    this.heard();
    this.socket.resume();
  }

  // The socket's side -------------------------------------------------------------------------------------------------

  private onOpen(): void {
    if (this.exchange.isOver) return;
    this.isOpen = true;
    this.heard();
    this.socket.write(this.exchange.begin());
  }

  private onClose(): void {
    clearTimeout(this.timer);
    this.exchange.fail("incomplete");
  }

  // -------------------------------------------------------------------------------------------------------------------

  private heard(): void {
    this.lastHeardMs = performance.now();
    this.wake(this.options.idleTimeoutMs);
  }

  /** Nothing is set anew for every piece: the timer looks when it fires how long it has really been quiet. */
  private onTimer(): void {
    if (this.exchange.isOver || (this.isOpen && this.isPaused)) return; // `resume` sets it again
    const limitMs = this.isOpen ? this.options.idleTimeoutMs : this.options.connectTimeoutMs;
    const leftMs = this.lastHeardMs + limitMs - performance.now();
    if (leftMs > 0) this.wake(leftMs);
    else this.exchange.fail("timeout");
  }

  private wake(delayMs: number): void {
    clearTimeout(this.timer);
    // A timer of the system may fire a little before its time.
    this.timer = setTimeout(() => this.onTimer(), Math.ceil(delayMs) + 1);
  }

  /** A connection serves one request: there is nothing more to hear from it (RFC 9112, 9.6). */
  private close(): void {
    clearTimeout(this.timer);
    this.socket.destroy();
  }
}

/** What the system's word for a broken connection is in the port's. */
function reasonOf({ code }: NodeJS.ErrnoException, wasOpen: boolean): ExchangeError {
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EHOSTDOWN")
    return "timeout";
  return wasOpen ? "reset" : "refused";
}
