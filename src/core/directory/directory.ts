/**
 * The central directory: a list of peers and their files, which UPDATE messages keep alive and LOOKUP, VIEW and EXIT
 * messages ask about. Each message is handled by itself, whatever came before it from the same peer.
 */

import { Arq } from "../arq/arq.ts";
import type { IncomingMessage } from "../arq/message.ts";
import type { Endpoint, Participant, Timer, Transport } from "../transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import {
  decodeExit,
  decodeLookup,
  decodeUpdate,
  decodeView,
  type ErrorPayload,
  encodeError,
  encodeListing,
  encodeResult,
  FILE_NOT_FOUND,
} from "../wire/payloads.ts";
import { Answers } from "./answers.ts";
import type { DirectoryEntry } from "./entry.ts";
import { type DirectoryOptions, entryLifetimeMs } from "./options.ts";
import { RecentRequests } from "./recent-requests.ts";
import { PeerTable } from "./table.ts";

const BAD_REQUEST: ErrorPayload = { code: 400, text: "bad request" };
const ANSWER_TOO_LONG: ErrorPayload = { code: 500, text: "answer too long" };

/** Start it once; a stopped directory stays stopped. */
export class Directory implements Participant {
  private readonly transport: Transport;
  private readonly options: DirectoryOptions;
  private readonly arq: Arq;
  private readonly table: PeerTable;
  private readonly answers: Answers;
  private readonly recent: RecentRequests;
  /** When the entry updated longest ago may have to go. */
  private readonly expiry: Timer;
  private isStopped = false;

  constructor(transport: Transport, options: DirectoryOptions) {
    this.transport = transport;
    this.options = options;
    this.arq = new Arq(transport, options.arq, isAnswer, {
      onMessage: (from, message) => this.onMessage(from, message),
      onDuplicate: (from, type) => this.onDuplicate(from, type),
    });
    this.table = new PeerTable(options, transport.trace);
    this.answers = new Answers(this.arq, options.maxAnswerBytes, transport.trace);
    this.recent = new RecentRequests(options.arq.duplicateWindowMs);
    this.expiry = transport.createTimer(() => this.onExpiry());
  }

  start(): void {
    this.transport.trace.state("waiting for peers");
  }

  /** Answers under way are cancelled; peers notice by the silence. */
  stop(): void {
    this.isStopped = true;
    this.expiry.cancel();
    this.arq.stop();
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    if (!this.isStopped) this.arq.onDatagram(from, datagram);
  }

  /** A copy of the table, in the order of registration. */
  entries(): readonly DirectoryEntry[] {
    return Array.from(this.table.entries(), ({ ip, httpPort, files, lastUpdateMs, endpoint }) => ({
      ip,
      httpPort,
      files,
      lastUpdateMs,
      endpoint,
    }));
  }

  private onMessage(from: Endpoint, message: IncomingMessage): void {
    const { type, payload } = message;
    switch (type) {
      case MessageType.UPDATE:
        this.onUpdate(from, payload);
        break;
      case MessageType.LOOKUP:
        this.onLookup(from, payload);
        break;
      case MessageType.EXIT:
        this.onExit(from, payload);
        break;
      case MessageType.VIEW:
        this.onView(from, payload);
        break;
      default:
        this.transport.trace.reject(`${MESSAGE_TYPE_NAMES[type]} is no request`, from.key, payload.length);
    }
  }

  /**
   * A request that was repeated gets its answer again, unless that is on its way. An update of a sender without an entry
   * repeats nothing that the table knows: the peer left, and joined again within the duplicate window.
   */
  private onDuplicate(from: Endpoint, type: MessageType): void {
    if (type === MessageType.UPDATE ? this.table.knowsSender(from) : this.answers.isUnderWay(from, type)) return;
    const payload = this.recent.recall(from, type);
    if (payload !== undefined) this.onMessage(from, { type, payload });
  }

  private onUpdate(from: Endpoint, payload: Uint8Array): void {
    const nowMs = this.transport.now();
    const wallClockMs = this.transport.wallClockMs();
    if (this.table.refresh(from, payload, nowMs, wallClockMs)) return;

    const decoded = decodeUpdate(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.UPDATE, payload, decoded);
      return;
    }
    this.table.register(from, payload, decoded.value, { nowMs, wallClockMs });
    if (!this.expiry.isSet) this.expiry.set(entryLifetimeMs(this.options));
  }

  private onLookup(from: Endpoint, payload: Uint8Array): void {
    const decoded = decodeLookup(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.LOOKUP, payload, decoded);
      this.answerError(from, MessageType.LOOKUP, BAD_REQUEST);
      return;
    }
    this.recent.remember(from, MessageType.LOOKUP, payload, this.transport.now());
    const sources = this.table.sourcesOf(decoded.value.file);
    if (sources.length === 0) this.answerError(from, MessageType.LOOKUP, FILE_NOT_FOUND);
    else this.answer(from, MessageType.LOOKUP, MessageType.RESULT, encodeResult({ sources }));
  }

  private onView(from: Endpoint, payload: Uint8Array): void {
    const decoded = decodeView(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.VIEW, payload, decoded);
      this.answerError(from, MessageType.VIEW, BAD_REQUEST);
      return;
    }
    this.recent.remember(from, MessageType.VIEW, payload, this.transport.now());
    const listing = encodeListing({ entries: [...this.table.entries()] });
    this.answer(from, MessageType.VIEW, MessageType.LISTING, listing);
  }

  private onExit(from: Endpoint, payload: Uint8Array): void {
    const decoded = decodeExit(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.EXIT, payload, decoded);
      return;
    }
    const gone = this.table.exit(decoded.value.ip, decoded.value.httpPort);
    if (gone !== undefined) this.recent.remember(gone.endpoint, MessageType.UPDATE, gone.payload, this.transport.now());
    if (this.table.size === 0) this.expiry.cancel();
  }

  private onExpiry(): void {
    const nextMs = this.table.expire(this.transport.now());
    if (nextMs !== undefined) this.expiry.set(nextMs);
  }

  /** An answer longer than the other side puts together would never be answered by more than ACKs. */
  private answer(to: Endpoint, request: MessageType, type: MessageType, payload: Uint8Array): void {
    if (payload.length > this.options.arq.maxMessageBytes) this.answerError(to, request, ANSWER_TOO_LONG);
    else this.answers.send(to, request, { type, payload });
  }

  private answerError(to: Endpoint, request: MessageType, error: ErrorPayload): void {
    this.answers.send(to, request, { type: MessageType.ERROR, payload: encodeError(error) });
  }

  private reject(
    from: Endpoint,
    type: MessageType,
    payload: Uint8Array,
    failure: { readonly reason: string; readonly offsetBytes: number },
  ): void {
    const note = `malformed ${MESSAGE_TYPE_NAMES[type]}: ${failure.reason} at byte ${failure.offsetBytes}`;
    this.transport.trace.reject(note, from.key, payload.length);
  }
}

function isAnswer(type: MessageType): boolean {
  return type === MessageType.RESULT || type === MessageType.LISTING || type === MessageType.ERROR;
}
