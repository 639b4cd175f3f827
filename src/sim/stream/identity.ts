/** The identity of a byte stream's segment: which part of which connection it is; see src/faults/identity.ts. */

import type { Identity } from "../../faults/identity.ts";
import { mixIdentity } from "../../faults/keyed-random.ts";
import type { Segment } from "./segment-port.ts";

/** A segment is known by its connection, what it carries and acknowledges, and its attempt. */
export function identifySegment(packet: Identity, segment: Segment, typeHash: number, incarnation: number): void {
  const ports = Math.imul(segment.source.port, 0xc2b2ae35) ^ segment.destination.port;
  packet.idA = mixIdentity(
    Math.imul(segment.incarnation, 0x85ebca6b) ^ ports ^ Math.imul(incarnation, 0x27d4eb2f),
    segment.seq,
  );
  packet.idB = mixIdentity(typeHash ^ Math.imul(segment.ack, 0x27d4eb2f), segment.attempt);
}
