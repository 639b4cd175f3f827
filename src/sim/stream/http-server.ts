/**
 * The server's side of an HTTP exchange in the simulated world: reads one request from a stream, has the participant
 * answer it, sends the body a piece at a time as the stream takes it, and closes (RFC 9112, 9.6).
 */

import {
  type BodyPart,
  closeFiles,
  type Endpoint,
  type FileRequest,
  type FileResponse,
  partBytes,
  type ResponseHead,
  type StreamHandlers,
  type Timer,
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
  /** The body, whose files are to be closed. */
  private content: readonly BodyPart[] = [];
  /** What is still to be sent of it. */
  private readonly parts: BodyPart[] = [];
  /** Bytes of the first of them that have been sent. */
  private sentOfPartBytes = 0;

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
    this.dropContent();
  }

  // The participant's side --------------------------------------------------------------------------------------------

  respond(head: ResponseHead, content: readonly BodyPart[] = []): void {
    if (this.hasResponded) throw new Error("this request is answered already: call respond once");
    this.hasResponded = true;
    this.content = content;
    // A response to HEAD, and a 304, have no body (RFC 9112, 6.3).
    const hasBody = this.method !== "HEAD" && head.status !== 304;
    if (this.stream.isClosed || !hasBody) this.dropContent();
    if (this.stream.isClosed) return;
    this.parts.push(...this.content.filter((part) => partBytes(part) > 0));
    const bodyBytes = this.parts.reduce((sum, part) => sum + partBytes(part), 0);
    const headers = hasBody ? { "content-length": String(bodyBytes), ...head.headers } : head.headers;
    this.say(`${head.status} ${head.reason}`, bodyBytes);
    this.sendHead(formatResponseHead({ ...head, headers: { ...headers, ...CLOSE } }));
  }

  // -------------------------------------------------------------------------------------------------------------------

  private onRequest(request: HttpRequest): void {
    if (this.hasRequest) return;
    this.hasRequest = true;
    this.idleTimer.cancel();
    const { method, target, minorVersion, name, range, headers } = request;
    this.say(`${method} ${target} HTTP/1.${minorVersion}`, this.receivedBytes);
    this.method = method;
    if (method !== "GET" && method !== "HEAD") {
      this.respond(responseHead(405, { allow: "GET, HEAD" }));
      return;
    }
    this.answer(this.stream.remote, { method, name, headers, ...(range && { range }) }, this);
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
    while (this.parts.length > 0) {
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
    const part = this.parts[0];
    if (part === undefined) return NO_BYTES;
    const first = this.sentOfPartBytes;
    const length = Math.min(PIECE_BYTES, partBytes(part) - first);
    const piece =
      part instanceof Uint8Array
        ? part.subarray(first, first + length)
        : part.file.read(part.first + first, part.first + first + length - 1);
    this.sentOfPartBytes += piece.length;
    if (this.sentOfPartBytes === partBytes(part)) {
      this.parts.shift();
      this.sentOfPartBytes = 0;
      if (this.parts.length === 0) this.dropContent();
    }
    return piece;
  }

  private dropContent(): void {
    closeFiles(this.content);
    this.content = [];
    this.parts.length = 0;
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

const NO_BYTES = new Uint8Array(0);
