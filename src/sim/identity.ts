/**
 * The identity of a packet: 64 bits in two words, from which every draw about the packet is made. It says which packet
 * of which message this is, whichever packets came before it; see keyed-random.ts.
 */

import type { PacketInfo } from "../core/transport.ts";
import { mixIdentity } from "./keyed-random.ts";
import type { Packet } from "./packet.ts";
import type { Segment } from "./stream/segment-port.ts";

/** Two words of 32 bits. */
type Identity = Pick<Packet, "idA" | "idB">;

/** Which packet of which message, and which transmission of it. */
type PacketPlace = Pick<PacketInfo, "message" | "seq" | "attempt">;

/** Distinguishes an ACK from the packet it answers. */
const ACK_IDENTITY = 0x3c6ef372;
/** Distinguishes the copy that a duplication makes from the packet. */
const COPY_IDENTITY = 0x1b873593;

/** A datagram is known by its message (of a type, from one life of its host), sequence number and attempt. */
export function identifyDatagram(packet: Identity, info: PacketPlace, typeHash: number, incarnation: number): void {
  packet.idA = mixIdentity(Math.imul(info.message, 0x85ebca6b) ^ Math.imul(incarnation, 0xc2b2ae35), info.seq);
  packet.idB = mixIdentity(typeHash, info.attempt);
}

/** A segment is known by its connection, what it carries and acknowledges, and its attempt. */
export function identifySegment(packet: Packet, segment: Segment, typeHash: number, incarnation: number): void {
  const ports = Math.imul(segment.source.port, 0xc2b2ae35) ^ segment.destination.port;
  packet.idA = mixIdentity(
    Math.imul(segment.incarnation, 0x85ebca6b) ^ ports ^ Math.imul(incarnation, 0x27d4eb2f),
    segment.seq,
  );
  packet.idB = mixIdentity(typeHash ^ Math.imul(segment.ack, 0x27d4eb2f), segment.attempt);
}

/** An ACK is known by what it answers: its fate does not depend on what else was received. */
export function identifyAck(packet: Packet, cause: Packet): void {
  packet.idA = cause.idA ^ ACK_IDENTITY;
  packet.idB = cause.idB;
}

/** The copy of a packet has a fate of its own. */
export function identifyCopy(copy: Identity): void {
  copy.idB = mixIdentity(copy.idB, COPY_IDENTITY);
}
