/**
 * What a wire format is: packets in and out of bytes. A decoder never throws on bytes from outside; it returns the
 * packet or a typed reason with the offset at which the bytes stopped making sense.
 */

import type { Uint64 } from "./uint64.ts";

/** Message types of the file-sharing system (report: 1 update/connect, 2 look-up; the rest chosen in docs/wire.md). */
export const MessageType = {
  UPDATE: 1,
  LOOKUP: 2,
  EXIT: 3,
  VIEW: 4,
  RESULT: 5,
  LISTING: 6,
  ERROR: 7,
  /** A bare ARQ sender's message, with a payload that means nothing. */
  DATA: 8,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** The name of each message type, as the trace shows it. */
export const MESSAGE_TYPE_NAMES: Readonly<Record<MessageType, string>> = {
  1: "UPDATE",
  2: "LOOKUP",
  3: "EXIT",
  4: "VIEW",
  5: "RESULT",
  6: "LISTING",
  7: "ERROR",
  8: "DATA",
};

/** Packets that are neither data nor an ACK, as the trace shows them; the hardened wire has them. */
export const CONTROL_TYPE_NAMES = { challenge: "CHALLENGE", refusal: "REFUSAL" } as const;

/** One decoded packet. The fragment is a part of the datagram, not a copy: `datagram[fragmentStart, fragmentEnd)`. */
export interface Packet {
  readonly ok: true;
  readonly type: MessageType;
  /** Sequence number, from 1; an ACK's is the next expected one (2 to total + 1). */
  readonly seq: number;
  /** Number of packets in the message, from 1. */
  readonly total: number;
  readonly datagram: Uint8Array;
  readonly fragmentStart: number;
  readonly fragmentEnd: number;
  /** Which message it belongs to, on a wire that says so. */
  readonly messageId?: MessageId;
  /** An UPDATE's ACK: from one update to the next, as the directory wants it; 0 or absent where it says nothing of it. */
  readonly updateIntervalMs?: number;
}

/** 64 random bits that all packets of a message carry, and the answers to it. */
export type MessageId = Uint64;

/** What the packets of a message carry beside its bytes, on a wire that has room for it. */
export interface Envelope {
  readonly messageId: MessageId;
  /** An answer: the message ID of its request; zero in a request. */
  readonly replyTo: MessageId;
  /** What proves to the receiver that the sender is where its packets come from; undefined: not known (yet). */
  readonly cookie: Uint8Array | undefined;
}

/** Why bytes are not a packet. */
export interface Malformed {
  readonly ok: false;
  readonly reason: DecodeFailure;
  /** Where in the datagram the bytes stopped making sense. */
  readonly offsetBytes: number;
}

export type DecodeFailure =
  | "empty"
  | "no-type"
  | "unknown-type"
  | "no-sequence-number"
  | "bad-sequence-number"
  | "no-total"
  | "bad-total"
  | "sequence-beyond-total"
  | "too-long"
  | HardenedFailure;

/** What only the hardened wire's decoder finds. */
export type HardenedFailure =
  | "bad-magic"
  | "unsupported-version"
  | "unknown-kind"
  | "no-message-id"
  | "truncated"
  | "empty-fragment"
  | "bad-update-interval"
  | "bad-error-code"
  | "bad-error-text"
  | "unexpected-bytes";

/** A message's payload, read a fragment at a time: whole in memory, or made on the fly. */
export interface PayloadSource {
  readonly byteLength: number;
  /** Copies bytes `[start, start + length)` of the payload to `target` at `targetOffset`. */
  copy(start: number, length: number, target: Uint8Array, targetOffset: number): void;
}

/** How a message is cut into packets. */
export interface FragmentPlan {
  readonly totalPackets: number;
  /** Payload bytes in every packet but the last, which has the rest. */
  readonly fragmentBytes: number;
}

/** A wire format: the ARQ works with any of them. */
export interface WireFormat {
  readonly name: string;
  /** Do packets carry the ID of their message? Then messages are told apart by it, and by nothing else. */
  readonly hasMessageIds: boolean;
  decode(datagram: Uint8Array): Packet | Malformed;
  /**
   * How a payload of `payloadBytes` fits into datagrams of at most `maxDatagramBytes`: at least one packet, also for an
   * empty payload. RangeError where the header alone does not fit.
   */
  plan(type: MessageType, payloadBytes: number, maxDatagramBytes: number): FragmentPlan;
  /** Payload bytes that fit into each packet of a message of `totalPackets` packets; less than 1 where none do. */
  fragmentCapacity(type: MessageType, totalPackets: number, maxDatagramBytes: number): number;
  /** Packet `seq` of `plan.totalPackets` of a message. A wire with message IDs needs the envelope. */
  encodeData(
    type: MessageType,
    payload: PayloadSource,
    plan: FragmentPlan,
    seq: number,
    envelope?: Envelope,
  ): Uint8Array;
  /** The acknowledgement of a data packet. */
  encodeAck(packet: Packet): Uint8Array;
}
