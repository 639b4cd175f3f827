/**
 * The receiver on the hardened wire. A message is known by its sender's address and its ID, in every packet, so nothing has
 * to be guessed: a packet of a message that was taken is acknowledged again and not processed again, for as long as a copy
 * of it may still be on its way; a packet of the message under way is a copy or the next one. Nothing else can be taken.
 *
 * Where sources must be proven, nothing is stored for a packet without a valid cookie, and all that is sent to its source is
 * a challenge, which is shorter than the packet.
 */

import type { Endpoint, PacketInfo, Transport } from "../transport.ts";
import { errorOfCode, TOO_LARGE, TOO_MANY, UNKNOWN_MESSAGE, type WireError } from "../wire/hardened/errors.ts";
import {
  cookieOf,
  encodeChallenge,
  encodeErrorTo,
  encodeHardenedAck,
  type HardenedPacket,
} from "../wire/hardened/packets.ts";
import { CONTROL_TYPE_NAMES, MESSAGE_TYPE_NAMES, MessageType } from "../wire/packet.ts";
import { Assembly, type IncomingSender, IncomingSenders } from "./incoming-senders.ts";
import type { IncomingMessage } from "./message.ts";
import type { ArqOptions } from "./options.ts";
import { type MessageSink, Reassembly } from "./reassembly.ts";
import type { SourceCookies } from "./source-cookies.ts";

/** What becomes of a message that is whole. */
export interface Receipt {
  /** It is not wanted: its sender is told so in place of the last ACK, and again if it asks again. */
  readonly error?: WireError;
  /** What the ACK of an UPDATE says: the time to the next. */
  readonly updateIntervalMs?: number;
  /** Done once the ACK is out: what must not overtake it. */
  readonly afterwards?: () => void;
}

export const ACCEPTED: Receipt = {};

export interface HardenedHandlers {
  /** Asked before anything is stored for a packet: why it is not wanted. */
  refuse?(from: Endpoint, packet: HardenedPacket): WireError | undefined;
  /** A message is whole. */
  onMessage(from: Endpoint, message: IncomingMessage): Receipt;
  /** Takes a message fragment by fragment instead of whole. */
  openSink?(from: Endpoint, type: MessageType, totalPackets: number): MessageSink;
}

export class HardenedReceiver {
  private readonly transport: Transport;
  private readonly options: ArqOptions;
  private readonly handlers: HardenedHandlers;
  /** Undefined: sources need not be proven. */
  private readonly cookies: SourceCookies | undefined;
  private readonly senders: IncomingSenders;
  private readonly ackInfo = packetInfo("ack", "");
  private readonly controlInfo = packetInfo("other", "");

  constructor(
    transport: Transport,
    options: ArqOptions,
    handlers: HardenedHandlers,
    cookies: SourceCookies | undefined,
  ) {
    this.transport = transport;
    this.options = options;
    this.handlers = handlers;
    this.cookies = cookies;
    this.senders = new IncomingSenders(options, transport);
  }

  /** What is kept for senders, for tests and monitoring: see IncomingSenders. */
  get held(): { readonly senders: number; readonly messages: number; readonly underWay: number } {
    return this.senders.held;
  }

  onData(from: Endpoint, packet: HardenedPacket): void {
    if (this.cookies !== undefined && !this.cookies.isValid(from, cookieOf(packet))) {
      this.challenge(from, packet, this.cookies.issue(from));
      return;
    }
    const nowMs = this.transport.now();
    const sender = this.senders.known(from.key);
    if (sender !== undefined) {
      sender.heardMs = nowMs;
      if (this.isOfRemembered(from, sender, packet, nowMs)) return;
      const assembly = sender.assembly(packet);
      if (assembly !== undefined) {
        this.continue(from, sender, assembly, packet);
        return;
      }
    }
    const refusal = this.refusal(from, sender, packet, nowMs);
    if (refusal !== undefined) this.refuse(from, packet, refusal);
    else this.begin(from, sender ?? this.senders.make(from.key, nowMs), packet);
  }

  /** Answers any datagram with an ERROR, where one is due and can be short enough. */
  refuseDatagram(from: Endpoint, datagram: Uint8Array, error: WireError): void {
    const answer = encodeErrorTo(datagram, error);
    if (answer !== undefined) this.sendControl(from, answer, CONTROL_TYPE_NAMES.refusal, 1, 1);
  }

  /** A packet of a message that was taken, or turned down, gets the same answer again. */
  private isOfRemembered(from: Endpoint, sender: IncomingSender, packet: HardenedPacket, nowMs: number): boolean {
    const remembered = sender.remembered(packet.type);
    if (remembered === undefined) return false;
    this.senders.forgetOlder(remembered, nowMs);
    const handle = remembered.find(packet.messageId);
    if (handle < 0) return false;
    remembered.touch(handle, nowMs);
    const { code, updateIntervalMs } = remembered.answerOf(handle);
    if (code === 0) this.acknowledge(from, packet, remembered.countAck(handle), updateIntervalMs);
    else this.refuse(from, packet, errorOfCode(code));
    return true;
  }

  /** Why a message of which nothing is known cannot begin with this packet. */
  private refusal(
    from: Endpoint,
    sender: IncomingSender | undefined,
    packet: HardenedPacket,
    nowMs: number,
  ): WireError | undefined {
    const { type, seq, total, fragmentStart, fragmentEnd } = packet;
    const refused = this.handlers.refuse?.(from, packet);
    if (refused !== undefined) return refused;
    if (seq > 1) return UNKNOWN_MESSAGE;
    // All fragments but the last are as long as the first.
    const isStream = this.handlers.openSink !== undefined;
    const leastBytes = (total - 1) * (fragmentEnd - fragmentStart) + (total > 1 ? 1 : fragmentEnd - fragmentStart);
    if (!isStream && leastBytes > this.options.maxMessageBytes) return TOO_LARGE;
    const remembered = sender?.remembered(type);
    if (remembered === undefined || remembered.length < this.options.maxRememberedPerSender) return undefined;
    // What changes the table must never be taken twice: rather none than that.
    if (type === MessageType.UPDATE || type === MessageType.EXIT) return TOO_MANY;
    this.senders.forgetOldest(remembered);
    this.senders.forgetOlder(remembered, nowMs);
    return undefined;
  }

  private begin(from: Endpoint, sender: IncomingSender, packet: HardenedPacket): void {
    const sink =
      this.handlers.openSink?.(from, packet.type, packet.total) ?? new Reassembly(this.options.maxMessageBytes);
    const assembly = new Assembly(sender, packet, sink);
    if (packet.total > 1) this.senders.open(assembly);
    this.take(from, assembly, packet);
  }

  private continue(from: Endpoint, sender: IncomingSender, assembly: Assembly, packet: HardenedPacket): void {
    if (packet.total !== assembly.total) this.reject("has another total than before", from, packet);
    else if (packet.seq === assembly.expectedSeq) this.take(from, assembly, packet);
    else if (packet.seq < assembly.expectedSeq) this.acknowledge(from, packet, ++assembly.ackAttempt);
    else this.reject(`out of order: packet ${packet.seq} of ${packet.total}`, from, packet);
    sender.use(assembly);
  }

  /** The expected packet is here. */
  private take(from: Endpoint, assembly: Assembly, packet: HardenedPacket): void {
    if (!this.senders.append(assembly, packet)) {
      this.senders.close(assembly);
      this.senders.remember(assembly, { code: TOO_LARGE.code, updateIntervalMs: 0 }, this.transport.now());
      this.refuse(from, packet, TOO_LARGE);
      return;
    }
    assembly.expectedSeq++;
    assembly.ackAttempt = 1;
    if (packet.seq < packet.total) {
      this.acknowledge(from, packet, 1);
      this.senders.abandonBeyondLimit();
    } else {
      this.complete(from, assembly, packet);
    }
  }

  private complete(from: Endpoint, assembly: Assembly, packet: HardenedPacket): void {
    const { type, messageId, replyTo, total } = packet;
    const { sink } = assembly;
    this.senders.close(assembly);
    const bytes = sink.byteLength;
    const payload = sink.complete();
    const receipt =
      payload === undefined ? ACCEPTED : this.handlers.onMessage(from, { type, payload, messageId, replyTo });
    const { error, updateIntervalMs = 0, afterwards } = receipt;
    this.senders.remember(assembly, { code: error?.code ?? 0, updateIntervalMs }, this.transport.now());
    if (error !== undefined) {
      this.refuse(from, packet, error);
      return;
    }
    this.transport.trace.received(from, MESSAGE_TYPE_NAMES[type], total, bytes);
    this.acknowledge(from, packet, 1, updateIntervalMs);
    afterwards?.();
  }

  private acknowledge(from: Endpoint, packet: HardenedPacket, attempt: number, updateIntervalMs = 0): void {
    const { type, seq, total } = packet;
    const { ackInfo } = this;
    ackInfo.type = MESSAGE_TYPE_NAMES[type];
    ackInfo.seq = seq + 1;
    ackInfo.total = total;
    ackInfo.attempt = attempt;
    this.transport.send(from, encodeHardenedAck(packet, seq === total ? updateIntervalMs : 0), ackInfo);
  }

  private challenge(from: Endpoint, packet: HardenedPacket, cookie: Uint8Array): void {
    const challenge = encodeChallenge(packet, cookie);
    this.sendControl(from, challenge, CONTROL_TYPE_NAMES.challenge, packet.seq, packet.total);
  }

  private refuse(from: Endpoint, packet: HardenedPacket, error: WireError): void {
    const { datagram, seq, total } = packet;
    this.reject(`refused: ${error.code} ${error.text}`, from, packet);
    const answer = encodeErrorTo(datagram, error);
    if (answer !== undefined) this.sendControl(from, answer, CONTROL_TYPE_NAMES.refusal, seq, total);
  }

  private sendControl(to: Endpoint, datagram: Uint8Array, type: string, seq: number, total: number): void {
    const { controlInfo } = this;
    controlInfo.type = type;
    controlInfo.message++;
    controlInfo.seq = seq;
    controlInfo.total = total;
    this.transport.send(to, datagram, controlInfo);
  }

  private reject(why: string, from: Endpoint, packet: HardenedPacket): void {
    this.transport.trace.reject(`${MESSAGE_TYPE_NAMES[packet.type]} ${why}`, from.key, packet.datagram.length);
  }
}

function packetInfo(kind: PacketInfo["kind"], type: string): PacketInfo {
  return { kind, type, message: 0, seq: 0, total: 0, attempt: 1, retransmissionOf: 0 };
}
