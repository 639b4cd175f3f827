/**
 * The port between the protocols and the world. A participant (the directory, a peer, a bare ARQ end, a servent of the
 * survey's systems) is a set of handlers; it acts only through the Transport it was given. The simulated network and
 * the real sockets implement this interface, and one contract suite (test/contract) runs over both.
 *
 * Times are milliseconds in names ending `Ms`; sizes are bytes in names ending `Bytes`.
 */

import type { NodeTrace } from "../trace/node-trace.ts";

/** The address of one UDP or TCP socket. Compare endpoints by `key`, never by object identity. */
export interface Endpoint {
  /** An IP address, as text (`10.0.0.1`, `2001:db8::1`). */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** `10.0.0.1:7777` or `[2001:db8::1]:7777`: what maps are keyed by. */
  readonly key: string;
}

/** Builds an endpoint. Throws RangeError where the port is not an integer from 1 to 65535. */
export function endpoint(host: string, port: number): Endpoint {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new RangeError(`a port is an integer from 1 to 65535, not ${port}: give one in that range`);
  }
  return { host, port, key: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}` };
}

/**
 * A named timer, made once and set many times, as "when to retransmit" or "when the next update is due".
 * It fires once for each time it is set, never before its deadline.
 */
export interface Timer {
  /** Starts the timer, or restarts it: it fires `delayMs` from now (0 or more; a negative or NaN delay throws RangeError). */
  set(delayMs: number): void;
  /** Stops the timer; nothing happens where it was not running. */
  cancel(): void;
  /** Is it running? False once it has fired. */
  readonly isSet: boolean;
}

/**
 * What a datagram is, in the protocol's words. It goes to the trace and to the fault rules; it is not on the wire.
 * The transport reads it during `send` and does not keep it, so one object may serve for many sends.
 */
export interface PacketInfo {
  /** `data` carries a message's fragment, `ack` acknowledges one, `other` is anything else. */
  kind: PacketKind;
  /** The message type, as the trace shows it: `UPDATE`, `LOOKUP`, `RESULT`, ...; an ACK has the type of what it answers. */
  type: string;
  /** The number of the message among those of this type from this sender to this remote end, from 1. */
  message: number;
  /** Sequence number within the message (an ACK's is the next expected one). */
  seq: number;
  /** Number of packets in the message. */
  total: number;
  /** 1 for the first transmission, 2 for the first retransmission, ... */
  attempt: number;
  /** The packet id that `send` returned for the first transmission of this packet; 0 on the first. */
  retransmissionOf: number;
}

export type PacketKind = "data" | "ack" | "other";

export interface Transport {
  /** This participant's own datagram address. */
  readonly self: Endpoint;
  /** Where this participant's events go. */
  readonly trace: NodeTrace;
  /** The host's clock, in ms: virtual or monotonic. Only differences mean something. */
  now(): number;
  /** The host's wall clock, in ms since 1970-01-01T00:00:00Z (the directory's LASTUPDATE). */
  wallClockMs(): number;
  /** A random number in [0, 1) from this host's own seeded generator. */
  random(): number;
  /** Makes a timer, not yet running. */
  createTimer(onFire: () => void): Timer;
  /**
   * Sends one datagram: it may be lost, delayed, duplicated, reordered or damaged. The bytes belong to the transport
   * from now on and must not be changed. Returns the packet id that the trace knows this transmission by.
   */
  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number;
  /** Opens a reliable, ordered byte stream. What becomes of it comes through the handlers, never as an exception. */
  connect(to: Endpoint, handlers: StreamHandlers): Stream;
  /** Asks a peer's file server (its HTTP endpoint) for a file. */
  request(to: Endpoint, request: FileRequest, handlers: ResponseHandlers): Exchange;
}

/** One end of a reliable byte stream. */
export interface Stream {
  readonly remote: Endpoint;
  /** Queues bytes; they belong to the stream from now on. False asks the caller to wait for `onDrain`. No-op once closed. */
  write(bytes: Uint8Array): boolean;
  /** No more bytes from this side: what was written is delivered, then the other side sees `onEnd`. */
  end(): void;
  /** Breaks the stream off: the other side sees `onClose("reset")`. */
  abort(): void;
}

export interface StreamHandlers {
  /** The stream is open (only at the side that called `connect`). */
  onOpen?(stream: Stream): void;
  onData(bytes: Uint8Array, stream: Stream): void;
  /** Room again after `write` returned false. */
  onDrain?(stream: Stream): void;
  /** The other side has ended its direction. */
  onEnd?(stream: Stream): void;
  /** The last call of a stream: both directions ended, or it broke. */
  onClose?(reason: StreamCloseReason, stream: Stream): void;
}

/** `ended`: orderly. `refused`: nobody listens there. `timeout`: no answer after all retransmissions. `reset`: broken off. */
export type StreamCloseReason = "ended" | "refused" | "timeout" | "reset";

/** A request for one file, as HTTP would carry it. */
export interface FileRequest {
  readonly method: "GET" | "HEAD";
  /** The file's name, decoded (`my file.txt`, not `my%20file.txt`). */
  readonly name: string;
  /** The bytes asked for, where it is one range of them (RFC 9110, 14). Several are in the `range` header alone. */
  readonly range?: RangeSpec;
  /** Further header fields, names in lower case: at a client those to send (`if-range`), at a server all that came. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type RangeSpec = ByteRange | SuffixRange;

/** `first` and `last` inclusive; an absent `last` means to the end. */
export interface ByteRange {
  readonly first: number;
  readonly last?: number;
}

/** The last bytes of a file, as many as it says. */
export interface SuffixRange {
  readonly suffixBytes: number;
}

/** The head of an answer: status line and headers, names in lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ResponseHandlers {
  onHead(head: ResponseHead): void;
  /** The next bytes of the body, in order; valid only during the call where the transport says nothing else. */
  onData(bytes: Uint8Array): void;
  /** The body is complete: as many bytes as the head promised. */
  onEnd(): void;
  /** Instead of `onEnd`: the exchange broke, and why. */
  onError(reason: ExchangeError): void;
}

export type ExchangeError = Exclude<StreamCloseReason, "ended"> | "incomplete" | "bad-response" | "cancelled";

/** A request under way. */
export interface Exchange {
  /** Gives up: `onError("cancelled")` follows at once, unless the exchange is over already. */
  cancel(): void;
  /** Stops and restarts the flow of the body (back-pressure from a slow disk). */
  pause(): void;
  resume(): void;
}

/** What a file server answers with. Call `respond` once. The transport traces the request's and the answer's lines. */
export interface FileResponse {
  /** `content` is the body, part by part; absent: none. The transport closes the files in it when it is done with them. */
  respond(head: ResponseHead, content?: readonly BodyPart[]): void;
}

/** A part of an answer's body: bytes as they are, or bytes `first` to `last` inclusive of a file that a FileStore's `open` gave. */
export type BodyPart = Uint8Array | { readonly file: FileBody; readonly first: number; readonly last: number };

/** The whole of a file as a body. */
export function wholeFile(file: FileBody): BodyPart[] {
  return file.sizeBytes === 0 ? [] : [{ file, first: 0, last: file.sizeBytes - 1 }];
}

/** Closes every file of an answer's body, each once: several parts may be of one file. */
export function closeFiles(content: readonly BodyPart[]): void {
  const files = new Set<FileBody>();
  for (const part of content) if (!(part instanceof Uint8Array)) files.add(part.file);
  for (const file of files) file.close?.();
}

/** The length of a part of an answer's body. */
export function partBytes(part: BodyPart): number {
  return part instanceof Uint8Array ? part.length : part.last - part.first + 1;
}

/** The bytes of one file, wherever they are. Transports know how to send the kinds that their world has. */
export interface FileBody {
  readonly sizeBytes: number;
  /** Bytes from `first` to `last` inclusive, where they are in memory; a real transport streams from its own kind instead. */
  read(first: number, last: number): Uint8Array;
  /** What tells this version of the file from others (RFC 9110, 8.8), where the world has something that does. */
  readonly validators?: Validators;
  /** The SHA-256 of the whole file, 32 bytes, where it is known. */
  readonly sha256?: Uint8Array;
  /** What the bytes are, as a media type (RFC 9110, 8.3), where the world can tell. */
  readonly contentType?: string;
  /** Lets go of the file: called once, by the transport it was handed to, or else by whoever opened it. */
  close?(): void;
}

/** What tells one version of a file from others. */
export interface Validators {
  /** A strong entity tag, quotes included (`"sha256-..."`): no two versions share one. */
  readonly etag: string;
  /** Further strong tags of the same version: those that it had before its hash was known. Good in a condition. */
  readonly formerEtags?: readonly string[];
  /** When the file was last changed, in ms since 1970-01-01T00:00:00Z. */
  readonly lastModifiedMs: number;
}

/** What a participant must handle. Each handler runs to its end; nothing in it waits. */
export interface Participant {
  start(): void;
  /** Leaves properly: says goodbye, cancels its timers, settles what is open. A crash calls nothing. */
  stop(): void;
  /** The bytes belong to the participant from now on and do not change. */
  onDatagram(from: Endpoint, datagram: Uint8Array): void;
  /** A stream that somebody opened to this host; absent: refused. */
  onConnection?(stream: Stream): StreamHandlers;
  /** A file request; absent: the file server answers nobody. */
  onFileRequest?(from: Endpoint, request: FileRequest, response: FileResponse): void;
}
