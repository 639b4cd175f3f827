/**
 * The wire of the 2015 report, byte for byte (docs/wire.md):
 *
 *     packet := TYPE SP payload-fragment SP SEQ SP TOTAL
 *
 * The first token and the last two are the header; the rest is payload, whatever bytes it has. An ACK is the packet
 * with SEQ advanced by one. This is the simulator's hottest code: no strings, and at most one new view per call.
 */

import { digitCount, endOfDigits, MAX_DECIMAL, readDigits, startOfDigits, writeDigits } from "./decimal.ts";
import {
  type DecodeFailure,
  type FragmentPlan,
  type Malformed,
  MessageType,
  type Packet,
  type PayloadSource,
  type WireFormat,
} from "./packet.ts";
import { Slab } from "./slab.ts";

/** The largest UDP payload over IPv6 without jumbograms: 65,535 less the UDP header (RFC 768). */
export const MAX_DATAGRAM_BYTES = 65_527;
/** One less than nine digits can spell: the ACK of the last packet carries TOTAL + 1. */
export const MAX_TOTAL_PACKETS = MAX_DECIMAL - 1;

const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

const HEADER_SPACES = 3;
const LARGEST_TYPE = Math.max(...Object.values(MessageType));
const isKnownType = Array.from({ length: LARGEST_TYPE + 1 }, (_, type) =>
  (Object.values(MessageType) as number[]).includes(type),
);

const outgoing = new Slab();

export const reportWire: WireFormat = {
  name: "report",
  hasMessageIds: false,
  decode,
  plan,
  fragmentCapacity,
  encodeData,
  encodeAck,
};

function decode(datagram: Uint8Array): Packet | Malformed {
  const length = datagram.length;
  if (length === 0) return malformed("empty", 0);
  if (length > MAX_DATAGRAM_BYTES) return malformed("too-long", MAX_DATAGRAM_BYTES);

  const typeEnd = endOfDigits(datagram, 0, length);
  if (typeEnd === 0 || (typeEnd < length && datagram[typeEnd] !== SPACE)) return malformed("no-type", typeEnd);
  if (typeEnd > 1 && datagram[0] === ZERO) return malformed("no-type", 0);
  const type = readDigits(datagram, 0, typeEnd);
  if (type > LARGEST_TYPE || isKnownType[type] !== true) return malformed("unknown-type", 0);
  if (typeEnd === length) return malformed("no-sequence-number", length);

  // From the end backwards: a fragment may hold spaces and digits of its own.
  const fragmentStart = typeEnd + 1;
  const totalStart = startOfDigits(datagram, length, fragmentStart);
  if (totalStart === fragmentStart) return malformed("no-sequence-number", length);
  if (datagram[totalStart - 1] !== SPACE) return malformed("bad-total", totalStart - 1);
  if (totalStart === length) return malformed("no-total", length);
  if (datagram[totalStart] === ZERO) return malformed("bad-total", totalStart);
  const total = readDigits(datagram, totalStart, length);
  if (total > MAX_TOTAL_PACKETS) return malformed("bad-total", totalStart);

  const seqEnd = totalStart - 1;
  const seqStart = startOfDigits(datagram, seqEnd, fragmentStart);
  // The space before SEQ must not be the one behind TYPE: with two numbers behind TYPE, the first is the fragment.
  if (seqStart === fragmentStart) return malformed("no-total", length);
  if (datagram[seqStart - 1] !== SPACE) return malformed("bad-sequence-number", seqStart - 1);
  if (seqStart === seqEnd) return malformed("no-sequence-number", seqEnd);
  if (datagram[seqStart] === ZERO) return malformed("bad-sequence-number", seqStart);
  const seq = readDigits(datagram, seqStart, seqEnd);
  if (seq > total + 1) return malformed("sequence-beyond-total", seqStart);

  return { ok: true, type: type as MessageType, seq, total, datagram, fragmentStart, fragmentEnd: seqStart - 1 };
}

function malformed(reason: DecodeFailure, offsetBytes: number): Malformed {
  return { ok: false, reason, offsetBytes };
}

/**
 * Payload bytes that fit into each packet of a message of `totalPackets` packets: what the widest header leaves. The
 * widest SEQ is that of the last ACK, TOTAL + 1, so that an ACK is never longer than `maxDatagramBytes` either. Less
 * than 1 where no payload fits.
 */
export function fragmentCapacity(type: MessageType, totalPackets: number, maxDatagramBytes: number): number {
  return maxDatagramBytes - digitCount(type) - HEADER_SPACES - digitCount(totalPackets + 1) - digitCount(totalPackets);
}

/**
 * The fewest packets that hold the payload. A longer TOTAL leaves less room, which may ask for more packets: the count
 * only grows from round to round, and is right once it asks for no more.
 */
function plan(type: MessageType, payloadBytes: number, maxDatagramBytes: number): FragmentPlan {
  if (!Number.isSafeInteger(payloadBytes) || payloadBytes < 0) {
    throw new RangeError(`a payload has a whole number of bytes, not ${payloadBytes}`);
  }
  if (!Number.isInteger(maxDatagramBytes) || maxDatagramBytes > MAX_DATAGRAM_BYTES) {
    throw new RangeError(`a datagram has at most ${MAX_DATAGRAM_BYTES} bytes, not ${maxDatagramBytes}`);
  }
  let totalPackets = 1;
  for (;;) {
    const fragmentBytes = fragmentCapacity(type, totalPackets, maxDatagramBytes);
    // A capacity of 0 holds an empty payload, and no other.
    if (fragmentBytes < 0 || (fragmentBytes === 0 && payloadBytes > 0)) {
      throw new RangeError(
        `a datagram of ${maxDatagramBytes} bytes has no room for payload behind the header of ${totalPackets} packets: allow larger datagrams`,
      );
    }
    const needed = payloadBytes === 0 ? 1 : Math.ceil(payloadBytes / fragmentBytes);
    if (needed > MAX_TOTAL_PACKETS) {
      throw new RangeError(
        `a message has at most ${MAX_TOTAL_PACKETS} packets, and ${payloadBytes} bytes need ${needed}: send less, or allow larger datagrams`,
      );
    }
    if (needed === totalPackets) return { totalPackets, fragmentBytes };
    totalPackets = needed;
  }
}

function encodeData(type: MessageType, payload: PayloadSource, plan: FragmentPlan, seq: number): Uint8Array {
  const total = plan.totalPackets;
  if (seq < 1 || seq > total) throw new RangeError(`a data packet's SEQ is 1 to ${total}, not ${seq}`);
  const start = (seq - 1) * plan.fragmentBytes;
  const fragmentBytes = seq < total ? plan.fragmentBytes : payload.byteLength - start;

  const typeDigits = digitCount(type);
  const seqDigits = digitCount(seq);
  const totalDigits = digitCount(total);
  const length = typeDigits + seqDigits + totalDigits + HEADER_SPACES + fragmentBytes;
  const datagram = outgoing.allocate(length);

  writeDigits(type, typeDigits, datagram, typeDigits);
  datagram[typeDigits] = SPACE;
  const fragmentStart = typeDigits + 1;
  if (fragmentBytes > 0) payload.copy(start, fragmentBytes, datagram, fragmentStart);
  writeTail(datagram, fragmentStart + fragmentBytes, seq, seqDigits, total, totalDigits);
  return datagram;
}

/** The packet's own bytes with SEQ advanced by one; one byte longer where SEQ gains a digit (9 to 10). */
function encodeAck(packet: Packet): Uint8Array {
  const { datagram, seq, total, fragmentEnd } = packet;
  const seqDigits = digitCount(seq);
  const ackDigits = digitCount(seq + 1);
  const ack = outgoing.allocate(datagram.length + ackDigits - seqDigits);
  ack.set(datagram);
  if (ackDigits > seqDigits) {
    writeTail(ack, fragmentEnd, seq + 1, ackDigits, total, digitCount(total));
    return ack;
  }
  let at = fragmentEnd + seqDigits;
  while (ack[at] === NINE) ack[at--] = ZERO;
  ack[at] = ack[at]! + 1;
  return ack;
}

/** SP SEQ SP TOTAL from `start` on. */
function writeTail(
  datagram: Uint8Array,
  start: number,
  seq: number,
  seqDigits: number,
  total: number,
  totalDigits: number,
): void {
  const seqEnd = start + 1 + seqDigits;
  datagram[start] = SPACE;
  writeDigits(seq, seqDigits, datagram, seqEnd);
  datagram[seqEnd] = SPACE;
  writeDigits(total, totalDigits, datagram, seqEnd + 1 + totalDigits);
}
