/**
 * A packet on its way: a datagram or a byte stream's segment, with what the fault rules and the trace need to know of
 * it. Packets are pooled by the network.
 */

import type { PacketKind } from "../core/transport.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { Link } from "./link.ts";
import type { SimNetwork } from "./network.ts";
import type { Segment } from "./stream/segment-port.ts";

const NO_BYTES = new Uint8Array(0);

export class Packet implements QueuedEvent {
  /** When it arrives. (A fraction at first, so that the engine stores a double.) */
  atNs = 0.5;
  id = 0;
  kind: PacketKind | "segment" = "other";
  typeId = 0;
  type = "";
  message = 0;
  seq = 0;
  total = 0;
  attempt = 0;
  /** 0 for the packet sent, 1 for the copy that a duplication made of it. */
  copy = 0;
  /** Identity of the packet, from which all draws about it are made: 64 bits in two words. */
  idA = 0;
  idB = 0;
  /** The first transmission of what this packet carries (an ACK: of what it acknowledges): see story.ts. */
  storyId = 0;
  /** Bytes that count for rates and queues. */
  lengthBytes = 0;
  /** The port it is for. */
  toPort = 0;
  link!: Link;
  datagram: Uint8Array = NO_BYTES;
  segment: Segment | undefined = undefined;
  /** A segment whose checksum will not hold. */
  isDamaged = false;
  private readonly network: SimNetwork;

  constructor(network: SimNetwork) {
    this.network = network;
  }

  happen(): void {
    this.network.arrive(this);
  }

  /** Makes this packet a copy of another. */
  copyFrom(other: Packet): void {
    this.id = other.id;
    this.kind = other.kind;
    this.typeId = other.typeId;
    this.type = other.type;
    this.message = other.message;
    this.seq = other.seq;
    this.total = other.total;
    this.attempt = other.attempt;
    this.copy = other.copy;
    this.idA = other.idA;
    this.idB = other.idB;
    this.storyId = other.storyId;
    this.lengthBytes = other.lengthBytes;
    this.toPort = other.toPort;
    this.link = other.link;
    this.datagram = other.datagram;
    this.segment = other.segment;
  }

  /** Lets go of what it carried, before it goes back to the pool. */
  clear(): void {
    this.datagram = NO_BYTES;
    this.segment = undefined;
  }
}
