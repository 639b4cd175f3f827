/**
 * The server's side of an HTTP exchange in the simulated world: reads one request from a stream, has the participant
 * answer it, sends the body a piece at a time as the stream takes it, and closes (RFC 9112, 9.6).
 */

import type {
  Endpoint,
  FileBody,
  FileRequest,
  FileResponse,
  ResponseHead,
  StreamHandlers,
  Timer,
} from "../../core/transport.ts";
import {
  formatResponseHead,
  type HttpFailure,
  type HttpRequest,
  RequestParser,
  responseHead,
  statusOfFailure,
} from "../../core/wire/http.ts";
import { DEFAULT_HTTP_IDLE_MS } from "./options.ts";
import type { SimStream, StreamLayer } from "./stream-layer.ts";

/** Bytes read from a file at a time. */
const PIECE_BYTES = 16 * 1024;
const CLOSE = { connection: "close" };

/** Answers one request: a participant's `onFileRequest`. */
export type FileRequestHandler = (from: Endpoint, request: FileRequest, response: FileResponse) => void;

/**
 * Serves files on a port of the layer's host; the returned function ends that. A client that sends no whole request
 * within `idleMs` is broken off; one that does not close in its turn is waited for no longer than that. RangeError where the port is listened on already.
 */
export function serveFiles(
  layer: StreamLayer,
  port: number,
  onRequest: FileRequestHandler,
  idleMs = DEFAULT_HTTP_IDLE_MS,
): () => void {
  return layer.listen(port, (stream) => new ServerExchange(layer, stream, onRequest, idleMs));
}

class ServerExchange implements StreamHandlers, FileResponse {
  private readonly layer: StreamLayer;
  private readonly stream: SimStream;
  private readonly answer: FileRequestHandler;
  private readonly parser: RequestParser;
  private readonly idleMs: number;
  private readonly idleTimer: Timer;
  private receivedBytes = 0;
  private method = "";
  /** A request was taken, or refused: what else comes is not read. */
  private hasRequest = false;
  private hasResponded = false;
  private body: FileBody | undefined = undefined;
  private nextByte = 0;
  private lastByte = -1;

  constructor(layer: StreamLayer, stream: SimStream, answer: FileRequestHandler, idleMs: number) {
    this.layer = layer;
    this.stream = stream;
    this.answer = answer;
    this.parser = new RequestParser((request) => this.onRequest(request));
    this.idleMs = idleMs;
    this.idleTimer = layer.port.createTimer(() => this.onIdle());
    this.idleTimer.set(idleMs);
  }

  // The stream's side -------------------------------------------------------------------------------------------------

  onData(bytes: Uint8Array): void {
    if (this.hasRequest) return;
    this.receivedBytes += bytes.length;
    this.refuseWhereFailed(this.parser.push(bytes));
  }

  onDrain(): void {
    this.sendBody();
  }

  onEnd(): void {
    if (!this.hasRequest) this.refuseWhereFailed(this.parser.end());
    if (!this.hasRequest) this.stream.end();
  }

  onClose(): void {
    this.idleTimer.cancel();
    this.body = undefined;
  }

  // The participant's side --------------------------------------------------------------------------------------------

  respond(head: ResponseHead, body?: FileBody, range?: { first: number; last: number }): void {
    if (this.hasResponded) throw new Error("this request is answered already: call respond once");
    this.hasResponded = true;
    if (this.stream.isClosed) return;
    const first = range?.first ?? 0;
    const last = range?.last ?? (body?.sizeBytes ?? 0) - 1;
    const length = { "content-length": String(body === undefined ? 0 : last - first + 1) };
    const headers = this.method === "HEAD" ? head.headers : { ...length, ...head.headers };
    if (body !== undefined && this.method !== "HEAD") {
      this.body = body;
      this.nextByte = first;
      this.lastByte = last;
    }
    this.say(`${head.status} ${head.reason}`, this.lastByte - this.nextByte + 1);
    this.sendHead(formatResponseHead({ ...head, headers: { ...headers, ...CLOSE } }));
  }

  // -------------------------------------------------------------------------------------------------------------------

  private onRequest(request: HttpRequest): void {
    if (this.hasRequest) return;
    this.hasRequest = true;
    this.idleTimer.cancel();
    const { method, target, minorVersion, name, range } = request;
    this.say(`${method} ${target} HTTP/1.${minorVersion}`, this.receivedBytes);
    this.method = method;
    if (method !== "GET" && method !== "HEAD") {
      this.respond(responseHead(405, { allow: "GET, HEAD" }));
      return;
    }
    // A range counted from the end is left out: the server may answer as if there were none (RFC 9110, 14.2).
    const asked = range !== undefined && "first" in range ? { method, name, range } : { method, name };
    this.answer(this.stream.remote, asked as FileRequest, this);
  }

  private refuseWhereFailed(failure: HttpFailure | undefined): void {
    if (failure === undefined || this.hasRequest) return;
    this.hasRequest = true;
    this.layer.port.trace.reject(`HTTP request: ${failure.reason}`, this.stream.remote.key, this.receivedBytes);
    this.respond(responseHead(statusOfFailure(failure.reason)));
  }

  /** The head goes out together with the first piece of the body. */
  private sendHead(head: Uint8Array): void {
    const piece = this.nextPiece();
    const bytes = new Uint8Array(head.length + piece.length);
    bytes.set(head);
    bytes.set(piece, head.length);
    if (this.stream.write(bytes)) this.sendBody();
  }

  private sendBody(): void {
    while (this.nextByte <= this.lastByte) {
      const piece = this.nextPiece();
      if (piece.length === 0) {
        // The file is shorter than it said: the client must not take what it has for the whole.
        this.stream.abort();
        return;
      }
      if (!this.stream.write(piece)) return;
    }
    this.stream.end();
    this.idleTimer.set(this.idleMs);
  }

  private nextPiece(): Uint8Array {
    const { nextByte, lastByte } = this;
    if (this.body === undefined || nextByte > lastByte) return new Uint8Array(0);
    const piece = this.body.read(nextByte, Math.min(lastByte, nextByte + PIECE_BYTES - 1));
    this.nextByte += piece.length;
    return piece;
  }

  private onIdle(): void {
    if (this.stream.isClosed) return;
    // While something of ours is on its way, the stream itself sees to it that it arrives or fails.
    if (this.hasResponded && !this.stream.isFlushed) this.idleTimer.set(this.idleMs);
    else this.stream.abandon();
  }

  private say(note: string, bytes: number): void {
    this.layer.port.trace.http(note, this.stream.remote.key, bytes);
  }
}
