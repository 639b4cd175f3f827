/** The byte streams of one host: those it opens, and those that others open to its port. */

import { connect, createServer, type LookupFunction, type Server, type Socket } from "node:net";
import { type Endpoint, endpoint, type Stream, type StreamHandlers, type Timer } from "../../core/transport.ts";
import { isWildcard, withoutMapping } from "../address.ts";
import { listenError } from "../transport-error.ts";
import { NodeStream, type StreamOwner } from "./node-stream.ts";
import type { StreamOptions } from "./options.ts";

/** The host whose streams these are. */
export interface StreamsHost {
  readonly options: StreamOptions;
  /** The address that the host is bound to. */
  readonly address: string;
  createTimer(onFire: () => void): Timer;
  guard(handler: () => void): void;
  /** A stream that somebody wanted was not taken, and why. */
  onStreamNotTaken(why: string): void;
}

/** A TCP port that is taken, with nobody behind it yet: whoever connects is reset. */
export function bindStreams(address: string, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, reset);
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, { protocol: "TCP", host: address, port })));
    server.listen({ host: address, port, exclusive: true }, () => {
      server.removeAllListeners("error");
      resolve(server);
    });
  });
}

export class HostStreams implements StreamOwner {
  readonly options: StreamOptions;
  private readonly host: StreamsHost;
  private readonly open = new Set<NodeStream>();
  private accepted = 0;
  private isPaused = false;

  constructor(host: StreamsHost) {
    this.host = host;
    this.options = host.options;
  }

  /** Takes streams on a port that `bindStreams` has bound. */
  listen(server: Server, accept: (stream: Stream) => StreamHandlers): void {
    server.off("connection", reset);
    server.on("connection", (socket) => this.onConnection(socket, accept));
    server.on("error", (error) => this.host.onStreamNotTaken(error.message));
  }

  connect(to: Endpoint, handlers: StreamHandlers): Stream {
    const { address } = this.host;
    // A host with one address speaks from that one, as its datagrams do.
    const isOfSameKind = address.includes(":") === to.host.includes(":");
    const local = isWildcard(address) || !isOfSameKind ? {} : { localAddress: address };
    const socket = connect({ host: to.host, port: to.port, allowHalfOpen: true, lookup: noNames, ...local });
    const stream = new NodeStream(this, socket, to, handlers);
    this.open.add(stream);
    return stream;
  }

  /** Are bytes of streams that have been ended still on their way out? */
  get isFlushing(): boolean {
    for (const stream of this.open) if (stream.isFlushing) return true;
    return false;
  }

  /** The host stands still: nothing is taken from any stream until `resume`. */
  pause(): void {
    this.isPaused = true;
    for (const stream of this.open) stream.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const stream of this.open) stream.resume();
  }

  /** The host closes. */
  leaveAll(): void {
    for (const stream of this.open) stream.leave();
  }

  createTimer(onFire: () => void): Timer {
    return this.host.createTimer(onFire);
  }

  guard(handler: () => void): void {
    this.host.guard(handler);
  }

  release(stream: NodeStream): void {
    this.open.delete(stream);
    if (stream.isAccepted) this.accepted--;
  }

  private onConnection(socket: Socket, accept: (stream: Stream) => StreamHandlers): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy(); // it is gone already
      return;
    }
    const remote = endpoint(withoutMapping(remoteAddress), remotePort);
    if (this.accepted >= this.options.maxAccepted) {
      reset(socket);
      this.host.onStreamNotTaken(`more than ${this.options.maxAccepted} at once`);
      return;
    }
    const stream = new NodeStream(this, socket, remote);
    this.open.add(stream);
    this.accepted++;
    if (this.isPaused) stream.pause();
    this.guard(() => stream.handle(accept(stream)));
  }
}

function reset(socket: Socket): void {
  socket.on("error", () => {
    // It is not wanted: how it goes does not matter.
  });
  socket.resetAndDestroy();
}

/** An endpoint has an IP address; there is nothing to look up, and nobody behind a name. */
const noNames: LookupFunction = (name, _options, callback) => {
  const error: NodeJS.ErrnoException = new Error(`${name} is no IP address`);
  error.code = "ECONNREFUSED";
  callback(error, "", 0);
};
