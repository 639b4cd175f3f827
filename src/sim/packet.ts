/**
 * A packet on its way: a datagram or a byte stream's segment, with what the fault rules and the trace need to know of
 * it. Packets are pooled.
 */

import type { PacketKind } from "../core/transport.ts";
import type { Link } from "../faults/link.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { SimHost } from "./host.ts";
import type { Segment } from "./stream/segment-port.ts";
import type { Traffic } from "./traffic.ts";

const NO_BYTES = new Uint8Array(0);

export class Packet implements QueuedEvent {
  /** When it arrives. (A fraction at first, so that the engine stores a double.) */
  atNs = 0.5;
  id = 0;
  kind: PacketKind | "segment" = "other";
  /** An acknowledgement, of a message's packet or of a segment, that carries nothing else. */
  isAck = false;
  /** The message's or segment's type, and the label of what the trace calls it. */
  type = "";
  typeId = 0;
  /** A segment: its connection. */
  message = 0;
  /** A segment: the offset of its first byte. */
  seq = 0;
  /** A segment: its acknowledgement number. */
  total = 0;
  attempt = 0;
  /** 0 for the packet sent, 1 for the copy that a duplication made of it. */
  copy = 0;
  /** See identity.ts. */
  idA = 0;
  idB = 0;
  /** The first transmission of what this packet carries, or acknowledges: see story.ts. 0 = untold. */
  storyId = 0;
  /** Bytes that count for rates and queues. */
  lengthBytes = 0;
  /** The port it is for. */
  toPort = 0;
  link!: Link<SimHost>;
  datagram: Uint8Array = NO_BYTES;
  /** A datagram that was damaged on its way, as it left its host. */
  undamaged: Uint8Array | undefined = undefined;
  segment: Segment | undefined = undefined;
  /** Damaged on its way: a segment's checksum will not hold, a datagram arrives with other bytes. */
  isDamaged = false;
  private readonly traffic: Traffic;

  constructor(traffic: Traffic) {
    this.traffic = traffic;
  }

  happen(): void {
    this.traffic.arrive(this);
  }

  becomeCopyOf(other: Packet): void {
    this.id = other.id;
    this.kind = other.kind;
    this.isAck = other.isAck;
    this.type = other.type;
    this.typeId = other.typeId;
    this.message = other.message;
    this.seq = other.seq;
    this.total = other.total;
    this.attempt = other.attempt;
    this.copy = other.copy + 1;
    this.idA = other.idA;
    this.idB = other.idB;
    this.storyId = other.storyId;
    this.lengthBytes = other.lengthBytes;
    this.toPort = other.toPort;
    this.link = other.link;
    this.datagram = other.datagram;
    this.segment = other.segment;
    this.isDamaged = other.isDamaged;
  }

  /** Lets go of what it carried, before it goes back to the pool. */
  clear(): void {
    this.datagram = NO_BYTES;
    this.undamaged = undefined;
    this.segment = undefined;
  }
}
