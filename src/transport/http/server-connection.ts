/**
 * One client's connection to the file server (RFC 9112): requests are read and answered one after another, in order, as
 * long as both sides want to keep it open (9.3); what comes meanwhile waits (pipelining, 9.3.2). Whatever the client
 * does, there is a deadline for it.
 */

import type { Socket } from "node:net";
import {
  type BodyPart,
  closeFiles,
  type Endpoint,
  type FileRequest,
  type FileResponse,
  partBytes,
  type ResponseHead,
} from "../../core/transport.ts";
import {
  formatResponseHead,
  type HttpRequest,
  RequestParser,
  responseHead,
  statusOfFailure,
} from "../../core/wire/http.ts";
import type { NodeTrace } from "../../trace/node-trace.ts";
import type { BlockPool } from "./block-pool.ts";
import type { FileServerLimits } from "./server-options.ts";
import type { TokenBucket } from "./token-bucket.ts";
import { Upload } from "./upload.ts";

/** What a connection needs of its server. */
export interface ServerContext {
  readonly limits: FileServerLimits;
  readonly trace: NodeTrace;
  readonly pool: BlockPool;
  readonly bucket: TokenBucket;
  nowMs(): number;
  /** The Date header's value. */
  date(): string;
  onRequest(from: Endpoint, request: FileRequest, response: FileResponse): void;
  /** A file is to go out; false where too many are on their way already. */
  beginUpload(): boolean;
  endUpload(): void;
}

/** What came while an answer was on its way, in bytes: beyond it, nothing more is read from the client. */
const MAX_WAITING_BYTES = 64 * 1024;
/** What a client may still send behind the last request that is answered. */
const MAX_DISCARDED_BYTES = 1024 * 1024;
/** The system takes bytes in pieces of this size, so that a slow client's progress can be seen. */
const WRITE_BYTES = 256 * 1024;
/** Of a request's target as the trace shows it. */
const MAX_TRACED_TARGET = 200;
/** In seconds. */
const RETRY_LATER = { "retry-after": "5" };
const NEVER = Number.POSITIVE_INFINITY;

/**
 * `reading`: for a request or a part of one. `answering`: the participant has the request. `sending`: its answer goes
 * out. `closing`: all is said, and the client may close. `closed`.
 */
type State = "reading" | "answering" | "sending" | "closing" | "closed";

export class ServerConnection {
  /** When `onDeadline` is due, on the server's clock. */
  deadlineMs: number;
  private readonly socket: Socket;
  private readonly from: Endpoint;
  private readonly server: ServerContext;
  private readonly parser: RequestParser;
  private state: State = "reading";
  /** Bytes that belong to later requests. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private discardedBytes = 0;
  private readBytes = 0;
  /** What is to go out, in order; the first is going out. */
  private readonly unwritten: { readonly bytes: Uint8Array; readonly done: () => void }[] = [];
  /** The client has ended its direction. */
  private hasEnded = false;
  /** The connection ends behind the answer that is being given. */
  private isLast = false;
  private upload: Upload | undefined = undefined;

  constructor(socket: Socket, from: Endpoint, server: ServerContext) {
    this.socket = socket;
    this.from = from;
    this.server = server;
    this.parser = new RequestParser((request) => this.onRequest(request), server.limits.maxHeadBytes);
    this.deadlineMs = server.nowMs() + server.limits.idleTimeoutMs;
    socket.on("data", (bytes) => this.onData(bytes));
    socket.on("end", () => this.onEnd());
    socket.on("close", () => this.onClose());
    // What went wrong shows in `close`, which follows.
    socket.on("error", () => {});
  }

  /** The server looks at its clock: nothing came, or nothing was taken, for too long. */
  onDeadline(): void {
    this.deadlineMs = NEVER;
    if (this.state === "reading" && !this.parser.isBetweenRequests) {
      this.reject("the request's head took too long");
      this.refuse(408);
    } else if (this.state === "sending") {
      this.breakOff("the client takes too little of the answer");
    } else {
      this.socket.destroy();
    }
  }

  /** There is no room for this one: says so, and ends. */
  turnAway(): void {
    this.refuse(503);
  }

  /** The server closes: at once where nothing is being answered, behind the answer otherwise. */
  finish(): void {
    this.isLast = true;
    if (this.state === "reading" || this.state === "closing") this.socket.destroy();
  }

  /** Breaks the connection off, whatever is going on. */
  abort(): void {
    if (this.state === "sending") this.breakOff("the server closes");
    else this.socket.destroy();
  }

  // The client's side -------------------------------------------------------------------------------------------------

  private onData(bytes: Uint8Array): void {
    if (this.state === "reading") {
      this.read(bytes);
    } else if (this.state === "closing") {
      this.discardedBytes += bytes.length;
      if (this.discardedBytes > MAX_DISCARDED_BYTES) this.socket.destroy();
    } else {
      this.keepForLater(bytes);
    }
  }

  private onEnd(): void {
    this.hasEnded = true;
    if (this.state === "reading") this.endInput();
  }

  private onClose(): void {
    this.state = "closed";
    this.deadlineMs = NEVER;
    this.waiting = [];
    this.endUpload();
  }

  // Requests ----------------------------------------------------------------------------------------------------------

  /** Reads one request at most; the rest waits until that is answered. */
  private read(bytes: Uint8Array): void {
    const wasBetweenRequests = this.parser.isBetweenRequests;
    const at = this.parser.take(bytes, 0);
    if (this.state !== "reading") {
      if (at < bytes.length) this.keepForLater(bytes.subarray(at));
    } else if (this.parser.failure !== undefined) {
      this.refuseUnreadable();
    } else if (wasBetweenRequests && !this.parser.isBetweenRequests) {
      // One deadline for the whole head: a byte now and then does not put it off.
      this.deadlineMs = this.server.nowMs() + this.server.limits.headTimeoutMs;
    }
  }

  private keepForLater(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= MAX_WAITING_BYTES) this.socket.pause();
  }

  /** The client sends no more: what it began to say cannot be read, or it is done. */
  private endInput(): void {
    if (this.parser.end() === undefined) this.close();
    else this.refuseUnreadable();
  }

  private onRequest(request: HttpRequest): void {
    const { method, target, name, minorVersion, range, headers, hasBody } = request;
    this.state = "answering";
    // How long that takes is the participant's own affair.
    this.deadlineMs = NEVER;
    const bytes = this.parser.consumedBytes - this.readBytes;
    this.readBytes = this.parser.consumedBytes;
    const shown = target.length > MAX_TRACED_TARGET ? `${target.slice(0, MAX_TRACED_TARGET)}...` : target;
    this.server.trace.http(`${method} ${shown} HTTP/1.${minorVersion}`, this.from.key, bytes);
    this.isLast ||= hasBody || !wantsToStay(request);
    if (method !== "GET" && method !== "HEAD") {
      this.answer(method, responseHead(405, { allow: "GET, HEAD" }), []);
      return;
    }
    const response = new OneResponse((head, content) => this.answer(method, head, content));
    this.server.onRequest(this.from, { method, name, headers, ...(range && { range }) }, response);
  }

  private refuseUnreadable(): void {
    const { reason } = this.parser.failure!;
    this.reject(reason);
    this.refuse(statusOfFailure(reason));
  }

  /** Answers what cannot be read; the connection has no sense behind it. */
  private refuse(status: number): void {
    this.isLast = true;
    this.state = "answering";
    this.answer("GET", responseHead(status, status === 503 ? RETRY_LATER : {}), []);
  }

  private reject(reason: string): void {
    const bytes = this.parser.consumedBytes - this.readBytes;
    this.server.trace.reject(`HTTP request: ${reason}`, this.from.key, bytes);
  }

  // Answers -----------------------------------------------------------------------------------------------------------

  private answer(method: string, head: ResponseHead, content: readonly BodyPart[]): void {
    // A response to HEAD, and a 304, have no body (RFC 9112, 6.3).
    const hasBody = method !== "HEAD" && head.status !== 304;
    const bodyBytes = hasBody ? content.reduce((sum, part) => sum + partBytes(part), 0) : 0;
    if (this.state === "closed" || bodyBytes === 0) closeFiles(content);
    if (this.state === "closed") return;
    if (bodyBytes > 0 && !this.server.beginUpload()) {
      closeFiles(content);
      this.answer(method, responseHead(503, RETRY_LATER), []);
      return;
    }
    this.state = "sending";
    this.server.trace.http(`${head.status} ${head.reason}`, this.from.key, bodyBytes);
    const bytes = this.formatHead(head, hasBody ? bodyBytes : undefined);
    if (bodyBytes === 0) {
      this.write(bytes, () => this.onAnswered());
      return;
    }
    this.upload = new Upload(
      {
        pool: this.server.pool,
        bucket: this.server.bucket,
        nowMs: () => this.server.nowMs(),
        write: (block, done) => this.write(block, done),
        writeTogether: (pieces, done) => this.writeTogether(pieces, done),
        onSent: () => {
          this.endUpload();
          this.onAnswered();
        },
        onBroken: (problem) => this.breakOff(problem),
      },
      bytes,
      content,
    );
    this.upload.start();
  }

  private formatHead(head: ResponseHead, bodyBytes: number | undefined): Uint8Array {
    const headers: Record<string, string> = {
      date: this.server.date(),
      connection: this.isLast ? "close" : "keep-alive",
      ...head.headers,
    };
    // The length is that of what goes out, so that the next answer begins where the client expects it.
    if (bodyBytes !== undefined) headers["content-length"] = String(bodyBytes);
    return formatResponseHead({ ...head, headers });
  }

  private onAnswered(): void {
    if (this.state !== "sending") return;
    if (this.isLast) {
      this.close();
      return;
    }
    this.state = "reading";
    this.deadlineMs = this.server.nowMs() + this.server.limits.idleTimeoutMs;
    this.readWaiting();
  }

  private readWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    this.waitingBytes = 0;
    for (const bytes of waiting) this.onData(bytes);
    // Not for each answer: one request that is done makes no room for a whole reading of more.
    if (this.socket.isPaused() && this.waitingBytes < MAX_WAITING_BYTES) this.socket.resume();
    if (this.hasEnded && this.state === "reading") this.endInput();
  }

  /** No more from this side. The client has a while to read it and close, too (RFC 9112, 9.6). */
  private close(): void {
    this.state = "closing";
    this.waiting = [];
    this.deadlineMs = this.server.nowMs() + this.server.limits.lingerMs;
    if (this.socket.isPaused()) this.socket.resume();
    this.socket.end();
  }

  /** The client must not take what it has for the whole: a reset, which no client can mistake for an end. */
  private breakOff(problem: string): void {
    this.server.trace.http(`broken off: ${problem}`, this.from.key);
    this.state = "closed";
    this.endUpload();
    // The first alone would wait for what has not been taken yet, and then end in order.
    this.socket.resetAndDestroy();
    this.socket.destroy();
  }

  private endUpload(): void {
    if (this.upload === undefined) return;
    this.upload.abort();
    this.upload = undefined;
    this.server.endUpload();
  }

  /** One piece at a time, so that a slow client's progress can be seen. */
  private write(bytes: Uint8Array, done: () => void): void {
    this.unwritten.push({ bytes, done });
    if (this.unwritten.length === 1) this.writeNext(0);
  }

  /** Writes the first of what is unwritten, from position `from` on. */
  private writeNext(from: number): void {
    const { bytes, done } = this.unwritten[0]!;
    const to = Math.min(bytes.length, from + WRITE_BYTES);
    this.expect(to - from);
    this.socket.write(bytes.subarray(from, to), (error) => {
      if (to < bytes.length && error == null) {
        this.writeNext(to);
        return;
      }
      this.unwritten.shift();
      // While an upload waits for the disk or the rate limit, there is no hurry.
      if (this.state === "sending") this.deadlineMs = NEVER;
      if (this.unwritten.length > 0) this.writeNext(0);
      done();
    });
  }

  private writeTogether(pieces: readonly Uint8Array[], done: () => void): void {
    this.expect(pieces.reduce((sum, { length }) => sum + length, 0));
    this.socket.cork();
    for (const [index, piece] of pieces.entries())
      this.socket.write(piece, index === pieces.length - 1 ? done : undefined);
    this.socket.uncork();
  }

  /** So many bytes are to be taken by the client now, and in time. */
  private expect(bytes: number): void {
    const { stallTimeoutMs, minUploadBytesPerSecond } = this.server.limits;
    this.deadlineMs = this.server.nowMs() + stallTimeoutMs + (bytes * 1000) / minUploadBytesPerSecond;
  }
}

/** Passes on the one answer to a request. */
class OneResponse implements FileResponse {
  private onAnswer: ((head: ResponseHead, content: readonly BodyPart[]) => void) | undefined;

  constructor(onAnswer: (head: ResponseHead, content: readonly BodyPart[]) => void) {
    this.onAnswer = onAnswer;
  }

  respond(head: ResponseHead, content: readonly BodyPart[] = []): void {
    if (this.onAnswer === undefined) throw new Error("this request is answered already: call respond once");
    const { onAnswer } = this;
    this.onAnswer = undefined;
    onAnswer(head, content);
  }
}

/** Persistence (RFC 9112, 9.3): the default of HTTP/1.1, on request in HTTP/1.0. */
function wantsToStay({ minorVersion, headers }: HttpRequest): boolean {
  const options = (headers.connection ?? "").toLowerCase().split(",");
  const has = (option: string): boolean => options.some((text) => text.trim() === option);
  return minorVersion === 1 ? !has("close") : has("keep-alive") && !has("close");
}
