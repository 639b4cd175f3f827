/** The client's side of an HTTP exchange in the simulated world: the core's exchange on a simulated byte stream. */

import { ClientExchange } from "../../core/client-exchange.ts";
import type {
  Endpoint,
  Exchange,
  FileRequest,
  ResponseHandlers,
  StreamCloseReason,
  StreamHandlers,
  Timer,
} from "../../core/transport.ts";
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
  return new StreamExchange(layer, to, what, handlers, idleMs);
}

class StreamExchange implements Exchange, StreamHandlers {
  private readonly exchange: ClientExchange;
  private readonly idleMs: number;
  private readonly idleTimer: Timer;
  private readonly stream: SimStream;
  private isOpen = false;
  private isPaused = false;

  constructor(layer: StreamLayer, to: Endpoint, what: FileRequest, handlers: ResponseHandlers, idleMs: number) {
    const { port } = layer;
    this.exchange = new ClientExchange(to, what, handlers, port.trace, (isComplete) => this.release(isComplete));
    this.idleMs = idleMs;
    this.idleTimer = port.createTimer(() => this.onIdle());
    this.stream = layer.connect(port.host, to, this);
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  cancel(): void {
    this.exchange.fail("cancelled");
  }

  /** Bytes that are in hand already, at most a segment's, may still come. */
  pause(): void {
    if (this.exchange.isOver) return;
    this.stream.pause();
    this.isPaused = true;
    this.idleTimer.cancel();
  }

  resume(): void {
    if (this.exchange.isOver) return;
    this.stream.resume();
    this.isPaused = false;
    this.watch();
  }

  // The stream's side -------------------------------------------------------------------------------------------------

  onOpen(): void {
    this.isOpen = true;
    this.stream.write(this.exchange.begin());
    this.watch();
  }

  onData(bytes: Uint8Array): void {
    if (this.exchange.isOver) return;
    this.watch();
    this.exchange.push(bytes);
  }

  onEnd(): void {
    this.exchange.end();
    this.stream.end();
  }

  onClose(reason: StreamCloseReason): void {
    this.idleTimer.cancel();
    this.exchange.fail(reason === "ended" ? "incomplete" : reason);
  }

  // -------------------------------------------------------------------------------------------------------------------

  /** Set-up has the stream's own limit, and a pause is the user's own. */
  private watch(): void {
    if (this.isOpen && !this.isPaused) this.idleTimer.set(this.idleMs);
  }

  /** After a complete answer the server closes the connection; should it have vanished, the timer does. */
  private release(isComplete: boolean): void {
    if (!isComplete) {
      this.idleTimer.cancel();
      this.stream.abort();
      return;
    }
    this.stream.resume();
    this.stream.end();
    this.idleTimer.set(this.idleMs);
  }

  private onIdle(): void {
    if (this.stream.isClosed) return;
    this.stream.abort();
    this.exchange.fail("timeout");
  }
}
