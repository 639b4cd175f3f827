/**
 * The HTTP server of the real world: TCP connections on one address, each with its limits, and the file requests that come
 * over them. It knows nothing of files: a participant answers, as in the simulated world.
 */

import { createServer, type Server, type Socket } from "node:net";
import { type Endpoint, endpoint, type FileRequest, type FileResponse } from "../../core/transport.ts";
import { formatHttpDate } from "../../core/wire/http.ts";
import type { NodeTrace } from "../../trace/node-trace.ts";
import { AddressCounts, plainAddress } from "./addresses.ts";
import { BlockPool } from "./block-pool.ts";
import { ServerConnection, type ServerContext } from "./server-connection.ts";
import { type FileServerLimits, type FileServerOptions, fileServerLimits } from "./server-options.ts";
import { TokenBucket } from "./token-bucket.ts";

export type { FileServerLimits, FileServerOptions } from "./server-options.ts";

/** Answers one request: a participant's `onFileRequest`. */
export type FileRequestHandler = (from: Endpoint, request: FileRequest, response: FileResponse) => void;

/** How often deadlines are looked at: a tenth of the shortest limit, within these bounds. */
const MIN_TICK_MS = 5;
const MAX_TICK_MS = 250;
/** Clients that are being told that there is no room; more are cut off without a word. */
const MAX_TURNED_AWAY = 100;
/** Connections that the system holds until they are accepted. */
const BACKLOG = 511;

export class FileServer {
  readonly endpoint: Endpoint;
  private readonly server: Server;
  private readonly limits: FileServerLimits;
  private readonly context: ServerContext;
  private readonly connections = new Set<ServerConnection>();
  private readonly turnedAway = new Set<ServerConnection>();
  private readonly addresses = new AddressCounts();
  private readonly bucket: TokenBucket;
  private readonly ticks: NodeJS.Timeout;
  private uploads = 0;
  private dateText = "";
  private dateSecond = -1;
  private closing: Promise<void> | undefined = undefined;

  /**
   * Listens. Rejects with what the system says (`code` is EADDRINUSE, EACCES, EADDRNOTAVAIL, ...), or with RangeError
   * for a limit that is none. `onRequest` answers with `respond`, now or later.
   */
  static listen(options: FileServerOptions, onRequest: FileRequestHandler, trace: NodeTrace): Promise<FileServer> {
    return new Promise((resolve, reject) => {
      const limits = fileServerLimits(options);
      const server = createServer({ allowHalfOpen: true, noDelay: true });
      server.once("error", reject);
      server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
        server.removeListener("error", reject);
        resolve(new FileServer(server, limits, onRequest, trace));
      });
    });
  }

  private constructor(server: Server, limits: FileServerLimits, onRequest: FileRequestHandler, trace: NodeTrace) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a file server listens on TCP");
    this.endpoint = endpoint(address.address, address.port);
    this.server = server;
    this.limits = limits;
    this.bucket = new TokenBucket(limits.uploadBytesPerSecond, realClock);
    this.context = {
      limits,
      trace,
      pool: new BlockPool(),
      bucket: this.bucket,
      nowMs: realClock.nowMs,
      date: () => this.date(),
      onRequest,
      beginUpload: () => this.uploads < limits.maxUploads && ++this.uploads > 0,
      endUpload: () => void this.uploads--,
    };
    server.on("connection", (socket) => this.onConnection(socket));
    // What the system says of one connection that could not be accepted (too many open files) is no end of the server.
    server.on("error", (error) => trace.state(`HTTP server: ${error.message}`));
    const { headTimeoutMs, idleTimeoutMs, stallTimeoutMs, lingerMs } = limits;
    const tickMs = Math.min(headTimeoutMs, idleTimeoutMs, stallTimeoutMs, lingerMs) / 10;
    this.ticks = setInterval(() => this.onTick(), Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, tickMs)));
    this.ticks.unref();
  }

  /** Connections open now. */
  get connectionCount(): number {
    return this.connections.size;
  }

  /** Files on their way now. */
  get uploadCount(): number {
    return this.uploads;
  }

  /**
   * Ends: nobody is let in any more, idle connections close at once, what is being answered has `closeGraceMs` to get
   * through. Resolves when every connection is gone.
   */
  close(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      const grace = setTimeout(() => {
        for (const connection of [...this.connections, ...this.turnedAway]) connection.abort();
      }, this.limits.closeGraceMs);
      this.server.close(() => {
        clearTimeout(grace);
        clearInterval(this.ticks);
        this.bucket.stop();
        resolve();
      });
      for (const connection of this.connections) connection.finish();
    });
    return this.closing;
  }

  private onConnection(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy(); // gone already
      return;
    }
    const from = endpoint(plainAddress(remoteAddress), remotePort);
    const connection = new ServerConnection(socket, from, this.context);
    if (this.closing !== undefined) connection.finish();
    else if (this.connections.size >= this.limits.maxConnections) this.turnAway(socket, connection, from, "too many");
    else if (this.addresses.of(from.host) >= this.limits.maxConnectionsPerAddress) {
      this.turnAway(socket, connection, from, "too many from one address");
    } else {
      this.connections.add(connection);
      this.addresses.add(from.host);
      socket.once("close", () => {
        this.connections.delete(connection);
        this.addresses.remove(from.host);
      });
    }
  }

  /** Answers 503 without reading the request, and waits for a few of those clients to take that in. */
  private turnAway(socket: Socket, connection: ServerConnection, from: Endpoint, why: string): void {
    this.context.trace.reject(`HTTP connection: ${why}`, from.key, 0);
    if (this.turnedAway.size >= MAX_TURNED_AWAY) {
      socket.destroy();
      return;
    }
    this.turnedAway.add(connection);
    socket.once("close", () => this.turnedAway.delete(connection));
    connection.turnAway();
  }

  private onTick(): void {
    const nowMs = realClock.nowMs();
    for (const connections of [this.connections, this.turnedAway]) {
      for (const connection of connections) if (nowMs >= connection.deadlineMs) connection.onDeadline();
    }
  }

  private date(): string {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.dateSecond) {
      this.dateSecond = second;
      this.dateText = formatHttpDate(second * 1000);
    }
    return this.dateText;
  }
}

const realClock = {
  nowMs: (): number => performance.now(),
  after(delayMs: number, onTime: () => void): () => void {
    const timer = setTimeout(onTime, delayMs);
    return () => clearTimeout(timer);
  },
};
