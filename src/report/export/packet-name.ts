/** A packet by the words of its header: `DATA 3/5`, `DATA-ACK 4`, `SYN`, `512 bytes from 1024`. */

import { PacketClass, packetClassOf } from "../../scenario/expect/metrics/label-classes.ts";
import type { TraceEvent } from "../../trace/events.ts";

export type NamedPacket = Pick<TraceEvent, "type" | "seq" | "total" | "bytes">;

/** Data and control packets have SEQ/TOTAL, an ACK the number that it expects next, a segment its bytes. */
export function packetName({ type, seq, total, bytes }: NamedPacket): string {
  switch (packetClassOf(type)) {
    case PacketClass.untyped:
      return `${bytes} bytes`;
    case PacketClass.segment:
      if (type === "SEGMENT-ACK") return `${type} ${total}`;
      return type === "SEGMENT" ? `${bytes} bytes from ${seq}` : type;
    case PacketClass.ack:
      return `${type} ${seq}`;
    default:
      return seq >= 0 ? `${type} ${seq}/${total}` : type;
  }
}

/** Does the packet acknowledge and nothing else? */
export function isAcknowledgement(type: string): boolean {
  return type === "SEGMENT-ACK" || packetClassOf(type) === PacketClass.ack;
}
