/** A peer on the report's wire: its updates say where its files are, and its answers have to be guessed to be its own. */

import { Arq } from "../arq/arq.ts";
import type { IncomingMessage, PendingMessage, SendOutcome } from "../arq/message.ts";
import type { Endpoint, Transport } from "../transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import { encodeExit, encodeUpdate } from "../wire/payloads.ts";
import { encodeName } from "../wire/percent.ts";
import type { Dialect } from "./dialect.ts";
import type { PeerOptions } from "./options.ts";
import type { LookupOutcome, ViewOutcome } from "./outcomes.ts";
import { ReportRequests } from "./report-requests.ts";

export class ReportDialect implements Dialect {
  private readonly transport: Transport;
  private readonly options: PeerOptions;
  private readonly arq: Arq;
  private requests: ReportRequests | undefined = undefined;

  constructor(transport: Transport, options: PeerOptions) {
    this.transport = transport;
    this.options = options;
    this.arq = new Arq(transport, options.arq, isRequest, {
      onMessage: (from, message) => this.onMessage(from, message),
      onDuplicate: (from, type) => this.onDuplicate(from, type),
    });
  }

  get describesFiles(): boolean {
    return false;
  }

  get emptyUpdateBytes(): number {
    return this.encodeUpdate(NO_FILES).length;
  }

  /** The name and the space behind it. */
  fileBytes(name: string): number {
    return encodeName(name).length + 1;
  }

  encodeUpdate(files: ReadonlyMap<string, unknown>): Uint8Array {
    const { ip, port } = this.options.http;
    return encodeUpdate({ ip, httpPort: port, files: [...files.keys()] });
  }

  sendUpdate(payload: Uint8Array, done: (outcome: SendOutcome) => void): PendingMessage {
    return this.arq.send(this.options.directory, { type: MessageType.UPDATE, payload }, done);
  }

  sendExit(done: (outcome: SendOutcome) => void): PendingMessage {
    const { ip, port } = this.options.http;
    const payload = encodeExit({ ip, httpPort: port });
    return this.arq.send(this.options.directory, { type: MessageType.EXIT, payload }, done);
  }

  hint(): undefined {
    return undefined;
  }

  lookup(name: string, done: (outcome: LookupOutcome) => void): void {
    this.theRequests().lookup(name, done);
  }

  view(done: (outcome: ViewOutcome) => void): void {
    this.theRequests().view(done);
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }

  stopRequests(): void {
    this.requests?.stop();
  }

  stop(): void {
    this.arq.stop();
  }

  private onMessage(from: Endpoint, message: IncomingMessage): void {
    if (this.isDirectory(from)) this.theRequests().onAnswer(message);
    else {
      const note = `a ${MESSAGE_TYPE_NAMES[message.type]} that is not from the directory`;
      this.transport.trace.reject(note, from.key, message.payload.length);
    }
  }

  private onDuplicate(from: Endpoint, type: MessageType): void {
    if (this.isDirectory(from)) this.requests?.onRepeatedAnswer(type);
  }

  private isDirectory(from: Endpoint): boolean {
    return from.key === this.options.directory.key;
  }

  private theRequests(): ReportRequests {
    this.requests ??= new ReportRequests(this.transport, this.arq, this.options);
    return this.requests;
  }
}

const NO_FILES: ReadonlyMap<string, undefined> = new Map();

function isRequest(type: MessageType): boolean {
  return (
    type === MessageType.UPDATE || type === MessageType.LOOKUP || type === MessageType.EXIT || type === MessageType.VIEW
  );
}
