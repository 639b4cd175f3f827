/**
 * The client's side of an HTTP exchange in the simulated world: one stream for one request (RFC 9112, 9.6), the
 * report's request on it, and an answer that is complete or an error that says why not; never both, and never twice.
 */

import type {
  Endpoint,
  Exchange,
  ExchangeError,
  FileRequest,
  ResponseHandlers,
  StreamCloseReason,
  StreamHandlers,
  Timer,
} from "../../core/transport.ts";
import { formatRequest, type HttpFailure, hostHeader, nameToTarget, ResponseParser } from "../../core/wire/http.ts";
import { DEFAULT_HTTP_IDLE_MS } from "./options.ts";
import type { SimStream, StreamLayer } from "./stream-layer.ts";

/**
 * Asks the HTTP server at `to` for a file. RangeError for a name that no request can carry. An exchange on which
 * nothing comes for `idleMs` while it is not paused fails with `timeout`.
 */
export function request(
  layer: StreamLayer,
  to: Endpoint,
  what: FileRequest,
  handlers: ResponseHandlers,
  idleMs = DEFAULT_HTTP_IDLE_MS,
): Exchange {
  return new ClientExchange(layer, to, what, handlers, idleMs);
}

class ClientExchange implements Exchange, StreamHandlers {
  private readonly layer: StreamLayer;
  private readonly to: Endpoint;
  private readonly handlers: ResponseHandlers;
  private readonly parser: ResponseParser;
  private readonly requestLine: string;
  private readonly requestBytes: Uint8Array;
  private readonly idleMs: number;
  private readonly idleTimer: Timer;
  private readonly stream: SimStream;
  private bodyBytes = 0;
  private isOpen = false;
  private isPaused = false;
  /** `onEnd` or `onError` was called. */
  private isOver = false;

  constructor(layer: StreamLayer, to: Endpoint, what: FileRequest, handlers: ResponseHandlers, idleMs: number) {
    const { method, name, range, headers } = what;
    const target = nameToTarget(name);
    const host = hostHeader(to.host, to.port);
    this.layer = layer;
    this.to = to;
    this.handlers = handlers;
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
    this.idleMs = idleMs;
    this.idleTimer = layer.port.createTimer(() => this.onIdle());
    this.stream = layer.connect(layer.port.host, to, this);
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  cancel(): void {
    if (this.isOver) return;
    this.stream.abort();
    this.fail("cancelled");
  }

  /** Bytes that are in hand already, at most a segment's, may still come. */
  pause(): void {
    if (this.isOver) return;
    this.stream.pause();
    this.isPaused = true;
    this.idleTimer.cancel();
  }

  resume(): void {
    if (this.isOver) return;
    this.stream.resume();
    this.isPaused = false;
    this.watch();
  }

  // The stream's side -------------------------------------------------------------------------------------------------

  onOpen(): void {
    this.isOpen = true;
    this.say(this.requestLine, this.requestBytes.length);
    this.stream.write(this.requestBytes);
    this.watch();
  }

  onData(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.watch();
    this.check(this.parser.push(bytes));
  }

  onEnd(): void {
    if (!this.isOver) this.check(this.parser.end());
    this.stream.end();
  }

  onClose(reason: StreamCloseReason): void {
    this.idleTimer.cancel();
    if (!this.isOver) this.fail(reason === "ended" ? "incomplete" : reason);
  }

  // -------------------------------------------------------------------------------------------------------------------

  /** Set-up has the stream's own limit, and a pause is the user's own. */
  private watch(): void {
    if (this.isOpen && !this.isPaused) this.idleTimer.set(this.idleMs);
  }

  private check(failure: HttpFailure | undefined): void {
    if (failure === undefined || this.isOver) return;
    this.stream.abort();
    this.fail(failure.reason === "incomplete" ? "incomplete" : "bad-response");
  }

  /** The server closes the connection now; should it have vanished, the timer does. */
  private complete(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stream.resume();
    this.stream.end();
    this.idleTimer.set(this.idleMs);
    this.say(`complete ${this.bodyBytes} bytes`, this.bodyBytes);
    this.handlers.onEnd();
  }

  private fail(reason: ExchangeError): void {
    this.isOver = true;
    this.idleTimer.cancel();
    this.say(`failed: ${reason}`, this.bodyBytes);
    this.handlers.onError(reason);
  }

  private onIdle(): void {
    if (this.stream.isClosed) return;
    this.stream.abort();
    if (!this.isOver) this.fail("timeout");
  }

  private say(note: string, bytes?: number): void {
    this.layer.port.trace.http(note, this.to.key, bytes);
  }
}
