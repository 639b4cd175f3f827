/** What a capture of the simulated network sees: packets with their bytes, where they are sent, lost and received. */

import type { Endpoint } from "../core/transport.ts";
import { hashText } from "../trace/labels.ts";
import type { CapturedPacket } from "../trace/pcapng/capture-file.ts";
import { type TcpFields, TcpFlag } from "../trace/pcapng/frames.ts";
import type { SimHost } from "./host.ts";
import type { Packet } from "./packet.ts";
import { connectorPart } from "./stream/incarnation.ts";
import { ACK, FIN, RST, type Segment, SYN } from "./stream/segment-port.ts";

/** Takes what a capture records. */
export interface CaptureSink {
  add(packet: CapturedPacket): void;
}

interface Socket {
  readonly host: string;
  readonly port: number;
}

/** Where and when a packet is recorded; the ends are a datagram's, a segment knows its own. */
interface Record extends Pick<CapturedPacket, "node" | "outbound" | "timeNs" | "comment"> {
  readonly headersOnly: boolean;
  readonly source: Socket;
  readonly destination: Socket;
}

/** Connections whose client is remembered; beyond it the oldest is forgotten, and seen from both ends. */
const MAX_CONNECTIONS = 65_536;
const MAX_SEGMENT_BYTES = 1460;
const WORDS = 2 ** 32;

export class NetworkCapture {
  private readonly sink: CaptureSink;
  /** The host that connected, by the connection. */
  private readonly clients = new Map<string, SimHost>();

  constructor(sink: CaptureSink) {
    this.sink = sink;
  }

  /** A packet leaves its host; a datagram with these bytes, whatever becomes of them. */
  sent(packet: Packet, datagram: Uint8Array, nowNs: number): void {
    const { source } = packet.link;
    if (this.isRecordedAt(packet, source)) this.record(packet, source, datagram, nowNs, "");
  }

  /** A packet was lost on its way, and is recorded at its sender. */
  lost(packet: Packet, nowNs: number, why: string): void {
    const { source } = packet.link;
    const headersOnly = packet.segment !== undefined && !this.isRecordedAt(packet, source);
    this.record(packet, source, packet.datagram, nowNs, `DROPPED reason=${why}`, headersOnly);
  }

  /** A packet has come to its destination; `remark` says what is special about that, "" for nothing. */
  arrived(packet: Packet, nowNs: number, remark: string): void {
    const { destination } = packet.link;
    if (remark !== "" || this.isRecordedAt(packet, destination)) {
      this.record(packet, destination, packet.datagram, nowNs, remark);
    }
  }

  /** A packet for an address that no host has. */
  unroutable(packet: Packet, source: SimHost, to: Endpoint, nowNs: number, why: string): void {
    this.add(packet, packet.datagram, {
      node: source.name,
      outbound: true,
      timeNs: nowNs,
      comment: `DROPPED reason=${why}`,
      headersOnly: false,
      source: source.self,
      destination: to,
    });
  }

  private record(
    packet: Packet,
    host: SimHost,
    datagram: Uint8Array,
    timeNs: number,
    comment: string,
    headersOnly = false,
  ): void {
    const { source, destination } = packet.link;
    const outbound = host === source;
    const to = { host: destination.self.host, port: packet.toPort };
    this.add(packet, datagram, {
      node: host.name,
      outbound,
      timeNs,
      comment,
      headersOnly,
      source: source.self,
      destination: to,
    });
  }

  /** Property by property: it happens a million times in a long run, and spreading took half of that run's time. */
  private add({ id, segment }: Packet, datagram: Uint8Array, record: Record): void {
    const from = segment?.source ?? record.source;
    const to = segment?.destination ?? record.destination;
    const packet = {
      node: record.node,
      outbound: record.outbound,
      timeNs: record.timeNs,
      comment: record.comment,
      headersOnly: record.headersOnly,
      packetId: id,
      sourceHost: from.host,
      sourcePort: from.port,
      destinationHost: to.host,
      destinationPort: to.port,
      payload: segment?.payload ?? datagram,
    };
    this.sink.add(segment === undefined ? packet : { ...packet, tcp: tcpFields(segment) });
  }

  /** Datagrams are recorded at both ends, segments at the client's. */
  private isRecordedAt({ segment, link }: Packet, host: SimHost): boolean {
    if (segment === undefined) return true;
    const forth = connectionKey(segment.source.key, segment.destination.key, segment.incarnation);
    if (segment.flags & SYN && !(segment.flags & ACK)) {
      this.clients.set(forth, link.source);
      if (this.clients.size > MAX_CONNECTIONS) this.clients.delete(this.clients.keys().next().value as string);
    }
    const back = connectionKey(segment.destination.key, segment.source.key, segment.incarnation);
    const client = this.clients.get(forth) ?? this.clients.get(back);
    return client === undefined || client === host;
  }
}

function connectionKey(from: string, to: string, incarnation: number): string {
  return `${from} ${to} ${connectorPart(incarnation)}`;
}

/** A simulated segment counts from 0 and does not wrap: real ones begin at a number of their connection's own. */
function tcpFields({ source, destination, flags, seq, ack, windowBytes, payload, incarnation }: Segment): TcpFields {
  const mine = initialSeq(source.key, destination.key, incarnation);
  const theirs = initialSeq(destination.key, source.key, incarnation);
  return {
    seq: (mine + seq) % WORDS,
    ack: flags & ACK ? (theirs + ack) % WORDS : 0,
    flags:
      (flags & SYN ? TcpFlag.SYN : 0) |
      (flags & ACK ? TcpFlag.ACK : 0) |
      (flags & FIN ? TcpFlag.FIN : 0) |
      (flags & RST ? TcpFlag.RST : 0) |
      (payload.length > 0 ? TcpFlag.PSH : 0),
    windowBytes,
    maxSegmentBytes: MAX_SEGMENT_BYTES,
  };
}

function initialSeq(from: string, to: string, incarnation: number): number {
  return hashText(connectionKey(from, to, incarnation)) >>> 0;
}
