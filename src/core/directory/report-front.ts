/**
 * The directory on the report's wire: UPDATE and EXIT messages change the table, LOOKUP and VIEW messages are answered. Each
 * message is handled by itself, whatever came before it from the same peer.
 */

import type { NodeTrace } from "../../trace/node-trace.ts";
import { Arq } from "../arq/arq.ts";
import type { IncomingMessage } from "../arq/message.ts";
import type { Endpoint } from "../transport.ts";
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
import { reportWire } from "../wire/report.ts";
import { Answers } from "./answers.ts";
import { entryKey } from "./entry.ts";
import type { Front } from "./front.ts";
import { RecentRequests } from "./recent-requests.ts";
import type { Registry } from "./registry.ts";
import type { PeerTable } from "./table.ts";

const BAD_REQUEST: ErrorPayload = { code: 400, text: "bad request" };
const ANSWER_TOO_LONG: ErrorPayload = { code: 500, text: "answer too long" };

export class ReportFront implements Front {
  private readonly registry: Registry;
  private readonly arq: Arq;
  private readonly answers: Answers;
  private readonly recent: RecentRequests;

  constructor(registry: Registry) {
    this.registry = registry;
    const { transport, options } = registry;
    this.arq = new Arq(transport, { ...options.arq, wire: reportWire }, isAnswer, {
      onMessage: (from, message) => this.onMessage(from, message),
      onDuplicate: (from, type) => this.onDuplicate(from, type),
    });
    this.answers = new Answers(this.arq, options.maxAnswerBytes, transport.trace);
    this.recent = new RecentRequests(options.arq.duplicateWindowMs);
  }

  onDatagram(from: Endpoint, datagram: Uint8Array): void {
    this.arq.onDatagram(from, datagram);
  }

  stop(): void {
    this.arq.stop();
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
        this.trace.reject(`${MESSAGE_TYPE_NAMES[type]} is no request`, from.key, payload.length);
    }
  }

  /**
   * A request that was repeated gets its answer again, unless that is on its way. An update of a sender without an entry
   * repeats nothing that the table knows: the peer left, and joined again within the duplicate window.
   */
  private onDuplicate(from: Endpoint, type: MessageType): void {
    if (type === MessageType.UPDATE && this.table.knowsSender(from)) return;
    const payload = this.recent.recall(from, type);
    if (this.answers.isUnderWay(from, type)) {
      // It may be repeated again when the answer has arrived, as late after this time as it was after the one before.
      if (payload !== undefined) this.recent.remember(from, type, payload, this.registry.transport.now());
      return;
    }
    if (payload !== undefined) this.onMessage(from, { type, payload });
  }

  private onUpdate(from: Endpoint, payload: Uint8Array): void {
    const moment = this.registry.now();
    if (this.table.refresh(from, payload, moment)) return;

    const decoded = decodeUpdate(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.UPDATE, payload, decoded);
      return;
    }
    const { ip, httpPort, files } = decoded.value;
    if (this.table.register(from, { ip, httpPort, files, payload }, moment)) this.registry.keepUntilSilent(moment);
    else this.rejectUnproven("UPDATE", from, payload, ip, httpPort);
  }

  private onLookup(from: Endpoint, payload: Uint8Array): void {
    const decoded = decodeLookup(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.LOOKUP, payload, decoded);
      this.answerError(from, MessageType.LOOKUP, BAD_REQUEST);
      return;
    }
    this.recent.remember(from, MessageType.LOOKUP, payload, this.registry.transport.now());
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
    this.recent.remember(from, MessageType.VIEW, payload, this.registry.transport.now());
    const listing = encodeListing({ entries: [...this.table.entries()] });
    this.answer(from, MessageType.VIEW, MessageType.LISTING, listing);
  }

  private onExit(from: Endpoint, payload: Uint8Array): void {
    const decoded = decodeExit(payload);
    if (!decoded.ok) {
      this.reject(from, MessageType.EXIT, payload, decoded);
      return;
    }
    const { ip, httpPort } = decoded.value;
    if (this.table.provenEntry(ip, httpPort) !== undefined) {
      this.rejectUnproven("EXIT", from, payload, ip, httpPort);
      return;
    }
    const gone = this.table.exit(ip, httpPort, false);
    if (gone === undefined) return;
    this.recent.remember(gone.endpoint, MessageType.UPDATE, gone.payload, this.registry.transport.now());
    this.registry.onExit();
  }

  /** An answer longer than the other side puts together would never be answered by more than ACKs. */
  private answer(to: Endpoint, request: MessageType, type: MessageType, payload: Uint8Array): void {
    if (payload.length > this.registry.options.arq.maxMessageBytes) this.answerError(to, request, ANSWER_TOO_LONG);
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
    this.trace.reject(note, from.key, payload.length);
  }

  /** Whoever is registered over the hardened wire has shown where it is; a packet that shows nothing does not change that. */
  private rejectUnproven(what: string, from: Endpoint, payload: Uint8Array, ip: string, httpPort: number): void {
    const note = `${what} of ${entryKey(ip, httpPort)}, which is registered over the hardened wire`;
    this.trace.reject(note, from.key, payload.length);
  }

  private get table(): PeerTable {
    return this.registry.table;
  }

  private get trace(): NodeTrace {
    return this.registry.transport.trace;
  }
}

function isAnswer(type: MessageType): boolean {
  return type === MessageType.RESULT || type === MessageType.LISTING || type === MessageType.ERROR;
}
