/**
 * The hardened wire, byte for byte (docs/wire.md): binary, big-endian, four kinds of packets. Each carries the random ID of
 * its message, so that no late packet can pass for a current one.
 *
 *     common     := MAGIC(2) VERSION(1) KIND(1) TYPE(1) MESSAGE-ID(8) SEQ(4) TOTAL(4)
 *     DATA       := common REPLY-TO(8) COOKIE(16) fragment
 *     ACK        := common [UPDATE-INTERVAL(4)]
 *     CHALLENGE  := common COOKIE(16)
 *     ERROR      := common CODE(2) text
 *
 * An ACK, a CHALLENGE and an ERROR are never longer than the DATA that they answer.
 */

import {
  type Envelope,
  type FragmentPlan,
  type HardenedFailure,
  type Malformed,
  type MessageId,
  MessageType,
  type Packet,
  type PayloadSource,
  type WireFormat,
} from "../packet.ts";
import { MAX_DATAGRAM_BYTES } from "../report.ts";
import { Slab } from "../slab.ts";
import { bytesToLatin1 } from "../text.ts";
import { isZero, readUint16, readUint32, readUint64, writeUint16, writeUint32, writeUint64, ZERO } from "../uint64.ts";
import type { WireError } from "./errors.ts";

/** No text begins like this in UTF-8, let alone with a digit, as every packet of the report's wire does. */
export const MAGIC = 0xf550;
export const VERSION = 1;

export const HardenedKind = { DATA: 1, ACK: 2, CHALLENGE: 3, ERROR: 4 } as const;
export type HardenedKind = (typeof HardenedKind)[keyof typeof HardenedKind];

export interface HardenedPacket extends Packet {
  readonly kind: HardenedKind;
  readonly messageId: MessageId;
  /** DATA: the ID of the request that it answers; zero in a request. */
  readonly replyTo: MessageId;
  /** ACK: as `Packet` says; 0: nothing. */
  readonly updateIntervalMs: number;
  /** ERROR: its code; its text is the fragment. A CHALLENGE's fragment is the cookie. */
  readonly code: number;
}

export const COOKIE_BYTES = 16;

const KIND_AT = 3;
const TYPE_AT = 4;
const MESSAGE_ID_AT = 5;
const SEQ_AT = 13;
const TOTAL_AT = 17;
/** What all kinds have. */
export const COMMON_BYTES = 21;
const REPLY_TO_AT = 21;
export const COOKIE_AT = 29;
/** A DATA packet without its fragment. */
export const DATA_HEADER_BYTES = COOKIE_AT + COOKIE_BYTES;
const INTERVAL_ACK_BYTES = COMMON_BYTES + 4;
const CHALLENGE_BYTES = COMMON_BYTES + COOKIE_BYTES;
const ERROR_TEXT_AT = COMMON_BYTES + 2;

/** One less than 32 bits hold: the ACK of the last packet carries TOTAL + 1. */
export const MAX_TOTAL_PACKETS = 0xffff_fffe;
const LARGEST_TYPE = Math.max(...Object.values(MessageType));

const outgoing = new Slab();

export const hardenedWire: WireFormat = {
  name: "hardened",
  hasMessageIds: true,
  decode: decodeHardened,
  plan,
  fragmentCapacity,
  encodeData,
  encodeAck: (packet) => encodeHardenedAck(packet as HardenedPacket, 0),
};

/** Could this be meant for the hardened wire? The report's packets begin with a digit. */
export function looksHardened(datagram: Uint8Array): boolean {
  return datagram.length >= 2 && readUint16(datagram, 0) === MAGIC;
}

export function decodeHardened(datagram: Uint8Array): HardenedPacket | Malformed {
  const length = datagram.length;
  if (length === 0) return malformed("empty", 0);
  if (length > MAX_DATAGRAM_BYTES) return malformed("too-long", MAX_DATAGRAM_BYTES);
  if (!looksHardened(datagram)) return malformed("bad-magic", 0);
  if (length < COMMON_BYTES) return malformed("truncated", length);
  if (datagram[2] !== VERSION) return malformed("unsupported-version", 2);
  const kind = datagram[KIND_AT]!;
  if (kind < HardenedKind.DATA || kind > HardenedKind.ERROR) return malformed("unknown-kind", KIND_AT);
  const type = datagram[TYPE_AT]!;
  if (type < 1 || type > LARGEST_TYPE) return malformed("unknown-type", TYPE_AT);
  const messageId = readUint64(datagram, MESSAGE_ID_AT);
  if (isZero(messageId)) return malformed("no-message-id", MESSAGE_ID_AT);
  const seq = readUint32(datagram, SEQ_AT);
  const total = readUint32(datagram, TOTAL_AT);
  if (total < 1 || total > MAX_TOTAL_PACKETS) return malformed("bad-total", TOTAL_AT);
  // An ACK's SEQ is the next one expected, up to TOTAL + 1; the others have the SEQ of a packet.
  const leastSeq = kind === HardenedKind.ACK ? 2 : 1;
  if (seq < leastSeq) return malformed("bad-sequence-number", SEQ_AT);
  if (seq > total + leastSeq - 1) return malformed("sequence-beyond-total", SEQ_AT);

  let fragmentStart = length;
  let replyTo: MessageId = ZERO;
  let updateIntervalMs = 0;
  let code = 0;
  switch (kind) {
    case HardenedKind.DATA:
      if (length < DATA_HEADER_BYTES) return malformed("truncated", length);
      if (total > 1 && length === DATA_HEADER_BYTES) return malformed("empty-fragment", length);
      fragmentStart = DATA_HEADER_BYTES;
      replyTo = readUint64(datagram, REPLY_TO_AT);
      break;
    case HardenedKind.ACK:
      if (length === COMMON_BYTES) break;
      if (length < INTERVAL_ACK_BYTES) return malformed("truncated", length);
      if (length > INTERVAL_ACK_BYTES) return malformed("unexpected-bytes", INTERVAL_ACK_BYTES);
      updateIntervalMs = readUint32(datagram, COMMON_BYTES);
      if (updateIntervalMs === 0 || type !== MessageType.UPDATE) return malformed("bad-update-interval", COMMON_BYTES);
      break;
    case HardenedKind.CHALLENGE:
      if (length < CHALLENGE_BYTES) return malformed("truncated", length);
      if (length > CHALLENGE_BYTES) return malformed("unexpected-bytes", CHALLENGE_BYTES);
      fragmentStart = COMMON_BYTES;
      break;
    default:
      if (length < ERROR_TEXT_AT) return malformed("truncated", length);
      code = readUint16(datagram, COMMON_BYTES);
      if (code < 100 || code > 999) return malformed("bad-error-code", COMMON_BYTES);
      for (let at = ERROR_TEXT_AT; at < length; at++) {
        if (datagram[at]! < 0x20 || datagram[at]! > 0x7e) return malformed("bad-error-text", at);
      }
      fragmentStart = ERROR_TEXT_AT;
  }
  return {
    ok: true,
    type: type as MessageType,
    seq,
    total,
    datagram,
    fragmentStart,
    fragmentEnd: length,
    messageId,
    updateIntervalMs,
    kind: kind as HardenedKind,
    replyTo,
    code,
  };
}

function malformed(reason: HardenedFailure | Malformed["reason"], offsetBytes: number): Malformed {
  return { ok: false, reason, offsetBytes };
}

/** The cookie of a DATA or CHALLENGE packet: a view. */
export function cookieOf({ kind, datagram }: HardenedPacket): Uint8Array {
  const start = kind === HardenedKind.CHALLENGE ? COMMON_BYTES : COOKIE_AT;
  return datagram.subarray(start, start + COOKIE_BYTES);
}

/** What an ERROR packet says. */
export function errorOf({ code, datagram, fragmentStart, fragmentEnd }: HardenedPacket): WireError {
  return { code, text: bytesToLatin1(datagram, fragmentStart, fragmentEnd) };
}

/** Headers have one width, whatever they say. Less than 1 where no payload fits. */
function fragmentCapacity(_type: MessageType, _totalPackets: number, maxDatagramBytes: number): number {
  return maxDatagramBytes - DATA_HEADER_BYTES;
}

function plan(type: MessageType, payloadBytes: number, maxDatagramBytes: number): FragmentPlan {
  if (!Number.isSafeInteger(payloadBytes) || payloadBytes < 0) {
    throw new RangeError(`a payload has a whole number of bytes, not ${payloadBytes}`);
  }
  if (!Number.isInteger(maxDatagramBytes) || maxDatagramBytes > MAX_DATAGRAM_BYTES) {
    throw new RangeError(`a datagram has at most ${MAX_DATAGRAM_BYTES} bytes, not ${maxDatagramBytes}`);
  }
  const fragmentBytes = fragmentCapacity(type, 1, maxDatagramBytes);
  if (fragmentBytes < 0 || (fragmentBytes === 0 && payloadBytes > 0)) {
    throw new RangeError(
      `a datagram of ${maxDatagramBytes} bytes has no room for payload behind a header of ${DATA_HEADER_BYTES}: allow larger datagrams`,
    );
  }
  const totalPackets = payloadBytes === 0 ? 1 : Math.ceil(payloadBytes / fragmentBytes);
  if (totalPackets > MAX_TOTAL_PACKETS) {
    throw new RangeError(
      `a message has at most ${MAX_TOTAL_PACKETS} packets, and ${payloadBytes} bytes need ${totalPackets}: send less, or allow larger datagrams`,
    );
  }
  return { totalPackets, fragmentBytes };
}

function encodeData(
  type: MessageType,
  payload: PayloadSource,
  plan: FragmentPlan,
  seq: number,
  envelope?: Envelope,
): Uint8Array {
  if (envelope === undefined) throw new RangeError("a packet of the hardened wire has a message ID: pass the envelope");
  const total = plan.totalPackets;
  if (seq < 1 || seq > total) throw new RangeError(`a data packet's SEQ is 1 to ${total}, not ${seq}`);
  const start = (seq - 1) * plan.fragmentBytes;
  const fragmentBytes = seq < total ? plan.fragmentBytes : payload.byteLength - start;
  const datagram = outgoing.allocate(DATA_HEADER_BYTES + fragmentBytes);
  writeCommon(datagram, HardenedKind.DATA, type, envelope.messageId, seq, total);
  writeUint64(datagram, REPLY_TO_AT, envelope.replyTo);
  if (envelope.cookie !== undefined) datagram.set(envelope.cookie, COOKIE_AT);
  if (fragmentBytes > 0) payload.copy(start, fragmentBytes, datagram, DATA_HEADER_BYTES);
  return datagram;
}

/** The acknowledgement of a DATA packet; `updateIntervalMs` of 0 says nothing of updates, others only an UPDATE's ACK carries. */
export function encodeHardenedAck(packet: HardenedPacket, updateIntervalMs: number): Uint8Array {
  const ack = outgoing.allocate(updateIntervalMs > 0 ? INTERVAL_ACK_BYTES : COMMON_BYTES);
  writeCommon(ack, HardenedKind.ACK, packet.type, packet.messageId, packet.seq + 1, packet.total);
  if (updateIntervalMs > 0) writeUint32(ack, COMMON_BYTES, updateIntervalMs);
  return ack;
}

/** Asks the sender of a DATA packet to send it again, with this cookie. */
export function encodeChallenge(packet: HardenedPacket, cookie: Uint8Array): Uint8Array {
  const challenge = outgoing.allocate(CHALLENGE_BYTES);
  writeCommon(challenge, HardenedKind.CHALLENGE, packet.type, packet.messageId, packet.seq, packet.total);
  challenge.set(cookie, COMMON_BYTES);
  return challenge;
}

/**
 * The ERROR that answers a datagram, however little of it makes sense: it repeats VERSION, TYPE, message ID, SEQ and TOTAL
 * as they came (an ERROR looks the same in every version, so that the other side can read that its own is not known).
 * Undefined where no answer is due: to anything but DATA (errors never answer errors), and to what is shorter than
 * the error's code; the text is cut so that the ERROR is no longer than what it answers.
 */
export function encodeErrorTo(datagram: Uint8Array, { code, text }: WireError): Uint8Array | undefined {
  if (!looksHardened(datagram) || datagram[KIND_AT] !== HardenedKind.DATA) return undefined;
  const textBytes = Math.min(text.length, datagram.length - ERROR_TEXT_AT);
  if (textBytes < 0) return undefined;
  const error = outgoing.allocate(ERROR_TEXT_AT + textBytes);
  error.set(datagram.subarray(0, COMMON_BYTES));
  error[KIND_AT] = HardenedKind.ERROR;
  writeUint16(error, COMMON_BYTES, code);
  for (let i = 0; i < textBytes; i++) error[ERROR_TEXT_AT + i] = text.charCodeAt(i);
  return error;
}

function writeCommon(
  datagram: Uint8Array,
  kind: HardenedKind,
  type: MessageType,
  messageId: MessageId,
  seq: number,
  total: number,
): void {
  writeUint16(datagram, 0, MAGIC);
  datagram[2] = VERSION;
  datagram[KIND_AT] = kind;
  datagram[TYPE_AT] = type;
  writeUint64(datagram, MESSAGE_ID_AT, messageId);
  writeUint32(datagram, SEQ_AT, seq);
  writeUint32(datagram, TOTAL_AT, total);
}
