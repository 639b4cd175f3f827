/**
 * A peer on the hardened wire: its packets are where they come from, its updates and exits are numbered, and every answer
 * names the question it is for.
 */

import { HardenedArq } from "../arq/hardened-arq.ts";
import type { PendingMessage, SendOutcome } from "../arq/message.ts";
import { clockNumber } from "../seal/clock-number.ts";
import type { Seal } from "../seal/sealed-transport.ts";
import type { Endpoint, Transport } from "../transport.ts";
import { UNKNOWN_MESSAGE } from "../wire/hardened/errors.ts";
import type { FileDescription } from "../wire/hardened/fields.ts";
import {
  type DescribedFile,
  encodeHardenedExit,
  encodeHardenedUpdate,
  UPDATE_HEAD_BYTES,
  updateFileBytes,
} from "../wire/hardened/requests.ts";
import { MessageType } from "../wire/packet.ts";
import { toUint64, writeUint64 } from "../wire/uint64.ts";
import type { Dialect } from "./dialect.ts";
import { HardenedRequests } from "./hardened-requests.ts";
import type { PeerOptions } from "./options.ts";
import type { LookupOutcome, ViewOutcome } from "./outcomes.ts";

export class HardenedDialect implements Dialect {
  private readonly transport: Transport;
  private readonly options: PeerOptions;
  private readonly seal: Seal | undefined;
  private readonly arq: HardenedArq;
  private requests: HardenedRequests | undefined = undefined;
  /** Of the latest update or exit. */
  private serial = 0;

  /** `transport` is the sealed one where there is a seal. */
  constructor(transport: Transport, options: PeerOptions, seal: Seal | undefined) {
    this.transport = transport;
    this.options = options;
    this.seal = seal;
    this.arq = new HardenedArq(transport, options.arq, {
      refuse: (_from, { replyTo }) => (this.requests?.waitsFor(replyTo) ? undefined : UNKNOWN_MESSAGE),
      onMessage: (_from, message) => this.requests?.onAnswer(message) ?? { error: UNKNOWN_MESSAGE },
    });
  }

  get describesFiles(): boolean {
    return true;
  }

  get emptyUpdateBytes(): number {
    return UPDATE_HEAD_BYTES;
  }

  fileBytes(name: string): number {
    return updateFileBytes(name);
  }

  /** Its serial number is written when it is sent. */
  encodeUpdate(files: ReadonlyMap<string, FileDescription | undefined>): Uint8Array {
    return encodeHardenedUpdate(0, this.options.http.port, described(files));
  }

  sendUpdate(payload: Uint8Array, done: (outcome: SendOutcome) => void): PendingMessage {
    const numbered = payload.slice();
    writeUint64(numbered, 0, toUint64(this.nextSerial()));
    return this.arq.send(this.options.directory, { type: MessageType.UPDATE, payload: numbered }, done);
  }

  sendExit(done: (outcome: SendOutcome) => void): PendingMessage {
    const payload = encodeHardenedExit({ serial: this.nextSerial(), httpPort: this.options.http.port });
    return this.arq.send(this.options.directory, { type: MessageType.EXIT, payload }, done);
  }

  /** Silence is all that a group's directory has for a wrong key. */
  hint(): string | undefined {
    const { seal, options } = this;
    if (seal === undefined || seal.hasHeard(options.directory)) return undefined;
    return `nothing that this group key opens has come from ${options.directory.key}: is the key the same there?`;
  }

  lookup(name: string, done: (outcome: LookupOutcome) => void): void {
    this.theRequests().lookup(name, done);
  }

  view(done: (outcome: ViewOutcome) => void): void {
    this.theRequests().view(done);
  }

  /** Nobody but the directory is listened to, or answered. */
  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    if (from.key !== this.options.directory.key) {
      this.transport.trace.reject("a packet that is not from the directory", from.key, datagram.length);
      return;
    }
    if (this.seal === undefined) {
      this.arq.onDatagram(from, datagram);
      return;
    }
    const opened = this.seal.open(from, datagram);
    if (opened.ok) this.arq.onDatagram(from, opened.datagram);
  }

  stopRequests(): void {
    this.requests?.stop();
  }

  stop(): void {
    this.arq.stop();
  }

  /** It grows over restarts too. */
  private nextSerial(): number {
    this.serial = Math.max(this.serial + 1, clockNumber(this.transport));
    return this.serial;
  }

  private theRequests(): HardenedRequests {
    this.requests ??= new HardenedRequests(this.transport, this.arq, this.options, () => this.hint());
    return this.requests;
  }
}

function* described(files: ReadonlyMap<string, FileDescription | undefined>): Generator<DescribedFile> {
  for (const [name, description] of files) {
    if (description === undefined) throw new Error(`${name} is shared without its size and hash`);
    yield { name, ...description };
  }
}
