/** What the tests of the HTTP server and client share: servers, raw clients, temporary folders, and waiting for a condition. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect as netConnect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { BytesFile } from "../../../src/core/peer/memory-store.ts";
import { serveFile } from "../../../src/core/peer/serving.ts";
import {
  type Endpoint,
  type Exchange,
  type ExchangeError,
  endpoint,
  type FileBody,
  type FileRequest,
  type ResponseHandlers,
  type ResponseHead,
} from "../../../src/core/transport.ts";
import { type NodeTrace, silentTrace } from "../../../src/trace/node-trace.ts";
import { SharedFolder, type SharedFolderOptions } from "../../../src/transport/files/shared-folder.ts";
import { type FileClientOptions, requestFile } from "../../../src/transport/http/file-client.ts";
import { type FileRequestHandler, FileServer, type FileServerLimits } from "../../../src/transport/http/file-server.ts";

const PATIENCE_MS = 10_000;

/** What is to be undone behind each test, the latest first. */
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
export const afterTest = (step: () => unknown): void => void undo.push(step);

export function tempFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "peerlab-http-"));
  afterTest(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Resolves when the condition holds. */
export async function waitFor(what: string, condition: () => boolean): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > untilMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A trace whose lines can be looked at. */
export class TraceLines {
  readonly http: string[] = [];
  readonly rejects: string[] = [];
  readonly trace: NodeTrace = {
    ...silentTrace,
    http: (note) => void this.http.push(note),
    reject: (note) => void this.rejects.push(note),
  };
}

export interface TestServer {
  readonly server: FileServer;
  readonly port: number;
  readonly lines: TraceLines;
}

export async function startServer(
  onRequest: FileRequestHandler,
  limits: Partial<FileServerLimits> = {},
  host = "127.0.0.1",
): Promise<TestServer> {
  const lines = new TraceLines();
  const server = await FileServer.listen({ host, port: 0, closeGraceMs: 1, ...limits }, onRequest, lines.trace);
  afterTest(() => server.close());
  return { server, port: server.endpoint.port, lines };
}

/** Serves bodies by their names as a peer would, all of them shared. */
export function serving(files: Readonly<Record<string, FileBody | Uint8Array>>): FileRequestHandler {
  const open = (name: string, found: (body: FileBody | undefined) => void): void => {
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    found(file instanceof Uint8Array ? new BytesFile(file) : file);
  };
  return servingStore({ open });
}

export function servingStore(store: Pick<SharedFolder, "open">): FileRequestHandler {
  const files = { open: store.open.bind(store), has: () => true, create: () => never(), partial: () => never() };
  let answers = 0;
  return (_from, request, response) => serveFile(files, true, request, response, () => `boundary-${++answers}`);
}

/** A server over a folder on disk. */
export async function startFolderServer(
  path: string,
  limits: Partial<FileServerLimits> = {},
  options: SharedFolderOptions = {},
): Promise<TestServer & { folder: SharedFolder }> {
  const folder = new SharedFolder(path, options);
  return { ...(await startServer(servingStore(folder), limits)), folder };
}

function never(): never {
  throw new Error("nothing is to be created here");
}

/** A client that sends any bytes, and keeps what comes. */
export class RawClient {
  readonly socket: Socket;
  isClosed = false;
  wasReset = false;
  private readonly parts: Buffer[] = [];
  private bytes = 0;

  constructor(port: number, host = "127.0.0.1") {
    this.socket = netConnect({ port, host, allowHalfOpen: true });
    this.socket.on("data", (part) => {
      this.parts.push(part);
      this.bytes += part.length;
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.wasReset ||= error.code === "ECONNRESET" || error.code === "EPIPE";
    });
    this.socket.on("close", () => {
      this.isClosed = true;
    });
    this.socket.on("end", () => {
      this.hasEnded = true;
    });
    afterTest(() => this.socket.destroy());
  }

  /** The server has ended its direction. */
  hasEnded = false;

  get receivedBytes(): number {
    return this.bytes;
  }

  get received(): Buffer {
    return Buffer.concat(this.parts);
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    return this;
  }

  /** All that comes until the server ends its direction, or breaks off. */
  async untilEnd(): Promise<string> {
    await waitFor("the server's end of the connection", () => this.hasEnded || this.isClosed);
    return this.text;
  }

  /** All that comes until so many answers are whole. */
  async answers(count: number, methods: readonly string[] = []): Promise<RawAnswer[]> {
    await waitFor(`${count} answers`, () => this.isClosed || splitAnswers(this.received, methods).length >= count);
    return splitAnswers(this.received, methods);
  }
}

export interface RawAnswer {
  readonly statusLine: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The whole answers at the start of what came over one connection; `methods` where they are not all GETs. */
export function splitAnswers(bytes: Buffer, methods: readonly string[] = []): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end < 0) break;
    const [statusLine = "", ...lines] = bytes.toString("latin1", at, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const hasBody = methods[answers.length] !== "HEAD" && !statusLine.includes(" 304 ");
    const length = hasBody ? Number(headers["content-length"] ?? 0) : 0;
    at = end + 4 + length;
    if (at > bytes.length) break;
    answers.push({ statusLine, headers, body: bytes.subarray(at - length, at) });
  }
  return answers;
}

/** A request as a browser would begin it. */
export const get = (target: string, headers = "", method = "GET"): string =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;

/** Sends one request on a connection of its own, and takes its answer apart. */
export async function ask(port: number, request: string | Uint8Array): Promise<RawAnswer> {
  const client = new RawClient(port).send(request);
  const text = typeof request === "string" ? request : Buffer.from(request).toString("latin1");
  const answers = await client.answers(1, [text.slice(0, text.indexOf(" "))]);
  client.socket.destroy();
  if (answers[0] === undefined) throw new Error(`no answer, but ${JSON.stringify(client.text.slice(0, 200))}`);
  return answers[0];
}

/** What `requestFile` told its handlers. */
export class Answer implements ResponseHandlers {
  head: ResponseHead | undefined = undefined;
  readonly events: string[] = [];
  private readonly parts: Uint8Array[] = [];
  bytes = 0;

  onHead(head: ResponseHead): void {
    this.head = head;
    this.events.push(`${head.status} ${head.reason}`);
  }
  onData(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    this.bytes += bytes.length;
  }
  onEnd(): void {
    this.events.push("end");
  }
  onError(reason: ExchangeError): void {
    this.events.push(reason);
  }

  get body(): Buffer {
    return Buffer.concat(this.parts);
  }
  get isOver(): boolean {
    return this.events.length > 0 && !/^\d/.test(this.events.at(-1)!);
  }
}

export function request(
  to: Endpoint | number,
  what: Partial<FileRequest>,
  answer: ResponseHandlers,
  options: FileClientOptions = {},
  trace: NodeTrace = silentTrace,
): Exchange {
  const address = typeof to === "number" ? endpoint("127.0.0.1", to) : to;
  const exchange = requestFile(address, { method: "GET", name: "new.txt", ...what }, answer, trace, options);
  afterTest(() => exchange.cancel());
  return exchange;
}

/** Asks for a file, and resolves with the answer when it is over. */
export async function fetchFile(to: Endpoint | number, what: Partial<FileRequest> = {}): Promise<Answer> {
  const answer = new Answer();
  request(to, what, answer);
  await waitFor("the answer", () => answer.isOver);
  return answer;
}

/** A server of any behaviour: `onSocket` gets each connection. */
export async function startForeignServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterTest(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
