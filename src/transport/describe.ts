/**
 * What a datagram from another process is, in the words of a wire: the sender's own words do not travel with it. For
 * the trace, and for fault rules that match by kind, type or sequence number.
 */

import type { PacketKind } from "../core/transport.ts";
import { MESSAGE_TYPE_NAMES, MessageType, type WireFormat } from "../core/wire/packet.ts";
import { reportWire } from "../core/wire/report.ts";

export interface DatagramDescription {
  readonly kind: PacketKind;
  /** `UPDATE`, ...; an ACK has the type of what it answers. */
  readonly type: string;
  readonly seq: number;
  readonly total: number;
}

/** Undefined where the bytes are no packet of the wire. */
export type Describe = (datagram: Uint8Array) => DatagramDescription | undefined;

/** Who reads: a packet of a type that the reader itself originates is an ACK, any other is data. */
export type Reader = "directory" | "peer" | "arq-sender" | "arq-receiver";

const ORIGINATES: Readonly<Record<Reader, readonly MessageType[]>> = {
  directory: [MessageType.RESULT, MessageType.LISTING, MessageType.ERROR],
  peer: [MessageType.UPDATE, MessageType.LOOKUP, MessageType.EXIT, MessageType.VIEW],
  "arq-sender": [MessageType.DATA],
  "arq-receiver": [],
};

/** Describes datagrams of any wire as `reader` understands them. */
export function describeWire(wire: WireFormat, reader: Reader): Describe {
  const originates = ORIGINATES[reader];
  return (datagram) => {
    const packet = wire.decode(datagram);
    if (!packet.ok) return undefined;
    const { type, seq, total } = packet;
    return { kind: originates.includes(type) ? "ack" : "data", type: MESSAGE_TYPE_NAMES[type], seq, total };
  };
}

/** Describes datagrams of the 2015 report's wire as `reader` understands them. */
export function describeReport(reader: Reader): Describe {
  return describeWire(reportWire, reader);
}
