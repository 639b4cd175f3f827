/** The file requests that a host has under way at the HTTP servers of others. */

import type {
  Endpoint,
  Exchange,
  ExchangeError,
  FileRequest,
  ResponseHandlers,
  ResponseHead,
} from "../core/transport.ts";
import type { NodeTrace } from "../trace/node-trace.ts";
import { type FileClientOptions, requestFile } from "./http/file-client.ts";
import { plainBytes } from "./plain-bytes.ts";

/** The host whose requests these are. */
export interface ExchangesHost {
  readonly trace: NodeTrace;
  /** Calls a handler of the participant; what it throws ends the host. */
  guard(handler: () => void): void;
}

export class HostExchanges {
  private readonly host: ExchangesHost;
  private readonly options: FileClientOptions;
  private readonly open = new Map<ResponseHandlers, Exchange>();

  constructor(host: ExchangesHost, options: FileClientOptions) {
    this.host = host;
    this.options = options;
  }

  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange {
    const guarded = new GuardedHandlers(this.host, handlers, () => this.open.delete(guarded));
    const exchange = requestFile(to, request, guarded, this.host.trace, this.options);
    this.open.set(guarded, exchange);
    return exchange;
  }

  /** The host stands still: no answer flows on until `resume` (which ends a pause of the participant's own as well). */
  pause(): void {
    for (const exchange of this.open.values()) exchange.pause();
  }

  resume(): void {
    for (const exchange of this.open.values()) exchange.resume();
  }

  /** Gives up every request under way. */
  cancelAll(): void {
    for (const exchange of [...this.open.values()]) exchange.cancel();
  }
}

class GuardedHandlers implements ResponseHandlers {
  private readonly host: ExchangesHost;
  private readonly handlers: ResponseHandlers;
  private readonly onOver: () => void;

  constructor(host: ExchangesHost, handlers: ResponseHandlers, onOver: () => void) {
    this.host = host;
    this.handlers = handlers;
    this.onOver = onOver;
  }

  onHead(head: ResponseHead): void {
    this.host.guard(() => this.handlers.onHead(head));
  }

  onData(bytes: Uint8Array): void {
    // Also put off, the bytes are still there when the host goes on: while it stands still, nothing more is read into them.
    this.host.guard(() => this.handlers.onData(plainBytes(bytes)));
  }

  onEnd(): void {
    this.onOver();
    this.host.guard(() => this.handlers.onEnd());
  }

  onError(reason: ExchangeError): void {
    this.onOver();
    this.host.guard(() => this.handlers.onError(reason));
  }
}
