/**
 * Segments, and what the byte streams of a host need of its network. The streams see nothing else of the world.
 */

import type { Endpoint, Timer } from "../../core/transport.ts";
import type { NodeTrace } from "../../trace/node-trace.ts";

/** Control bits of a segment (RFC 9293, 3.1; the values are our own). */
export const SYN = 1;
export const ACK = 2;
export const FIN = 4;
export const RST = 8;

/** One segment of a byte stream. It is never changed once it is sent. */
export interface Segment {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Control bits: SYN, ACK, FIN, RST. */
  readonly flags: number;
  /**
   * Sequence number of the first octet, relative to the start of the stream: the SYN is 0, the first byte 1; SYN and
   * FIN count one. It does not wrap around.
   */
  readonly seq: number;
  /** The next octet expected from the other side; 0 where the ACK bit is not set. */
  readonly ack: number;
  /** How many octets from `ack` on the sender of this segment has room for. */
  readonly windowBytes: number;
  readonly payload: Uint8Array;
  /**
   * 1, 2, ...: transmissions of this range. 1 for a bare acknowledgement; a reset that answers a segment has that
   * segment's number, so that it is not the same packet as the last one.
   */
  readonly attempt: number;
  /** Packet id of the first transmission of this range; 0 on the first. */
  readonly retransmissionOf: number;
  /** Tells connections apart that use the same pair of ports one after the other: see incarnation.ts. */
  readonly incarnation: number;
  /** Set by a network that damages the segment on its way; such a segment must not come to the layer (the checksum). */
  readonly damaged?: boolean;
}

/** What a host's stream layer needs of its network. */
export interface SegmentPort {
  /** The host's own address. */
  readonly host: string;
  /** Where the HTTP exchanges over the streams tell what happens. */
  readonly trace: NodeTrace;
  /** The host's clock, in whole or fractional ns. */
  nowNs(): number;
  createTimer(onFire: () => void): Timer;
  /**
   * Sends one segment through the link, which may lose, delay, reorder and duplicate it. A segment that the link
   * damages must be dropped (TCP's checksum). Returns the packet id. Never calls back into the layer.
   */
  sendSegment(segment: Segment): number;
  /** Largest payload per segment on the path to that address: path MTU minus headers, at least 1. */
  maxSegmentBytes(remoteHost: string): number;
}

/** IPv4 and TCP headers without options: what a segment weighs beside its payload. */
export const SEGMENT_HEADER_BYTES = 40;

/** What a segment is called in a trace: `SYN`, `SYN-ACK`, `SEGMENT` (data), `FIN`, `SEGMENT-ACK` (nothing else) or `RST`. */
export function segmentTypeName(segment: Segment): string {
  const { flags, payload } = segment;
  if (flags & RST) return "RST";
  if (flags & SYN) return flags & ACK ? "SYN-ACK" : "SYN";
  if (payload.length > 0) return "SEGMENT";
  return flags & FIN ? "FIN" : "SEGMENT-ACK";
}
