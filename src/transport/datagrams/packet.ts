/** A datagram in the real world, with what the fault rules and the trace need to know of it. */

import type { Endpoint, PacketKind } from "../../core/transport.ts";
import type { CarriedPacket, Link } from "../../faults/link.ts";
import type { Named } from "../faulty-network.ts";
import { type Deadline, NOT_QUEUED } from "../timers/deadline-heap.ts";

/** Who takes a packet whose delay is over. */
export interface PacketHolder {
  release(packet: Packet): void;
}

export class Packet implements CarriedPacket, Deadline {
  atNs = 0.5; // a fraction at first, so that the engine stores a double
  order = 0;
  place = NOT_QUEUED;
  readonly holder: PacketHolder;
  /** Where it is for, or, of one that has arrived, where it came from. */
  readonly remote: Endpoint;
  datagram: Uint8Array;
  id = 0;
  kind: PacketKind = "other";
  type = "";
  typeId = 0;
  message = 0;
  seq = -1;
  total = -1;
  attempt = -1;
  copy = 0;
  idA = 0;
  idB = 0;
  /** The link whose rules it is under; undefined where there are none. */
  link: Link<Named> | undefined = undefined;
  /** It has arrived from another process, and is under the rules of its way here. */
  isArrival = false;

  constructor(holder: PacketHolder, remote: Endpoint, datagram: Uint8Array) {
    this.holder = holder;
    this.remote = remote;
    this.datagram = datagram;
  }

  get lengthBytes(): number {
    return this.datagram.length;
  }

  /** Its delay is over. */
  happen(): void {
    this.holder.release(this);
  }

  /** The copy that a duplication makes of it. */
  makeCopy(): Packet {
    const copy = new Packet(this.holder, this.remote, this.datagram);
    copy.id = this.id;
    copy.kind = this.kind;
    copy.type = this.type;
    copy.typeId = this.typeId;
    copy.message = this.message;
    copy.seq = this.seq;
    copy.total = this.total;
    copy.attempt = this.attempt;
    copy.copy = this.copy + 1;
    copy.idA = this.idA;
    copy.idB = this.idB;
    copy.link = this.link;
    copy.isArrival = this.isArrival;
    return copy;
  }
}
