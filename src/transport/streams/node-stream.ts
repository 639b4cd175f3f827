/**
 * A byte stream of the real world: a TCP connection of Node, both directions of which end on their own. Its handlers
 * are called by the event loop only, never from within the user's own call.
 */

import type { Socket } from "node:net";
import type { Endpoint, Stream, StreamCloseReason, StreamHandlers, Timer } from "../../core/transport.ts";
import { plainBytes } from "../plain-bytes.ts";
import { codeOf } from "../transport-error.ts";
import type { StreamOptions } from "./options.ts";

/** What a stream needs of the host that has it. */
export interface StreamOwner {
  readonly options: StreamOptions;
  createTimer(onFire: () => void): Timer;
  /** Calls a handler of the participant; what it throws ends the host. */
  guard(handler: () => void): void;
  /** The stream is over. */
  release(stream: NodeStream): void;
}

export class NodeStream implements Stream {
  readonly remote: Endpoint;
  /** It was opened by the other side. */
  readonly isAccepted: boolean;
  private readonly owner: StreamOwner;
  private readonly socket: Socket;
  private handlers: StreamHandlers | undefined;
  private readonly connectTimer: Timer | undefined;
  private reason: StreamCloseReason | undefined = undefined;
  private wantsDrain = false;
  /** Written since `write` answered false last. */
  private sinceDrainBytes = 0;
  private hasEnded = false;
  private otherHasEnded = false;
  private isClosed = false;
  private isAborted = false;

  /** `handlers` undefined: a stream that was accepted; `handle` gives it its own. */
  constructor(owner: StreamOwner, socket: Socket, remote: Endpoint, handlers?: StreamHandlers) {
    this.owner = owner;
    this.socket = socket;
    this.remote = remote;
    this.handlers = handlers;
    this.isAccepted = handlers === undefined;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.onData(bytes));
    socket.on("drain", () => this.onDrain());
    socket.on("end", () => this.onEnd());
    socket.on("error", (error) => {
      this.reason ??= reasonOf(codeOf(error));
    });
    socket.on("close", () => this.onClose());
    if (handlers === undefined) return;
    this.connectTimer = owner.createTimer(() => {
      this.reason = "timeout";
      socket.destroy();
    });
    this.connectTimer.set(owner.options.connectTimeoutMs);
    socket.once("connect", () => this.onConnect());
  }

  /** Who handles an accepted stream. */
  handle(handlers: StreamHandlers): void {
    this.handlers = handlers;
  }

  /** Has this side ended, and do bytes wait that the system has not taken yet? */
  get isFlushing(): boolean {
    return this.hasEnded && !this.isClosed && !this.socket.writableFinished;
  }

  // The user's side ---------------------------------------------------------------------------------------------------

  write(bytes: Uint8Array): boolean {
    if (this.isClosed || this.hasEnded || this.isAborted) return false;
    const { socket } = this;
    const waiting = socket.writableLength;
    const { maxUnsentBytes, sendBufferBytes } = this.owner.options;
    if (waiting > maxUnsentBytes) {
      throw new RangeError(
        `${bytes.length} bytes written to ${this.remote.key} on top of ${waiting} unsent ones (at most ${maxUnsentBytes}): wait for onDrain when write returns false`,
      );
    }
    const hasRoom = socket.write(bytes);
    this.sinceDrainBytes += bytes.length;
    if (hasRoom && this.sinceDrainBytes <= sendBufferBytes) return true;
    if (!this.wantsDrain) {
      this.wantsDrain = true;
      // The system may take megabytes at once: the others get their turn first all the same.
      if (hasRoom) setImmediate(() => this.onDrain());
    }
    return false;
  }

  end(): void {
    if (this.isClosed || this.hasEnded || this.isAborted) return;
    this.hasEnded = true;
    this.wantsDrain = false;
    this.socket.end();
  }

  abort(): void {
    if (this.isClosed || this.isAborted) return;
    this.isAborted = true;
    this.reason ??= "reset";
    if (this.socket.connecting) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** Takes nothing from the other side until `resume`: its host stands still. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The host closes. What the system has taken of a stream that was ended gets there; any other is broken off. */
  leave(): void {
    if (this.hasEnded && this.socket.writableFinished) this.socket.destroy();
    else this.abort();
  }

  // What the socket reports -------------------------------------------------------------------------------------------

  private onConnect(): void {
    this.connectTimer?.cancel();
    this.owner.guard(() => this.handlers?.onOpen?.(this));
  }

  private onData(buffer: Buffer): void {
    if (this.isAborted) return;
    this.owner.guard(() => this.handlers?.onData(plainBytes(buffer), this));
  }

  private onDrain(): void {
    if (!this.wantsDrain || this.isAborted || this.isClosed || this.socket.writableNeedDrain) return;
    this.wantsDrain = false;
    this.sinceDrainBytes = 0;
    this.owner.guard(() => this.handlers?.onDrain?.(this));
  }

  private onEnd(): void {
    this.otherHasEnded = true;
    if (!this.isAborted) this.owner.guard(() => this.handlers?.onEnd?.(this));
  }

  private onClose(): void {
    this.isClosed = true;
    this.connectTimer?.cancel();
    this.owner.release(this);
    const isOrderly = this.hasEnded && this.otherHasEnded && this.reason === undefined;
    const reason = isOrderly ? "ended" : (this.reason ?? "reset");
    this.owner.guard(() => this.handlers?.onClose?.(reason, this));
  }
}

/** What the port calls the system's errors. */
function reasonOf(code: string): StreamCloseReason {
  switch (code) {
    case "ECONNREFUSED":
    // No local port, no socket, no address of that kind: the stream cannot even begin.
    case "EADDRNOTAVAIL":
    case "EMFILE":
    case "ENFILE":
    case "EINVAL":
    case "EAFNOSUPPORT":
      return "refused";
    // Nobody answers: the other host is silent, or the way to it is not there.
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
      return "timeout";
    default:
      return "reset";
  }
}
