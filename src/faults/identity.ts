/**
 * The identity of a packet: 64 bits in two words, from which every draw about the packet is made. It says which packet
 * of which message this is, whichever packets came before it; see keyed-random.ts.
 */

import type { PacketInfo } from "../core/transport.ts";
import { mixIdentity } from "./keyed-random.ts";

/** Two words of 32 bits. */
export interface Identity {
  idA: number;
  idB: number;
}

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

/** An ACK is known by what it answers: its fate does not depend on what else was received. */
export function identifyAck(packet: Identity, cause: Readonly<Identity>): void {
  packet.idA = cause.idA ^ ACK_IDENTITY;
  packet.idB = cause.idB;
}

/** The copy of a packet has a fate of its own. */
export function identifyCopy(copy: Identity): void {
  copy.idB = mixIdentity(copy.idB, COPY_IDENTITY);
}
