/**
 * Packets between the hosts of a network: sending, what the links' rules make of a packet, and arriving. Everything
 * that becomes of a packet is an event of the trace.
 */

import type { Endpoint, PacketInfo } from "../core/transport.ts";
import { identifyAck, identifyCopy, identifyDatagram } from "../faults/identity.ts";
import { applyAction, damaged, type Outlet } from "../faults/outlet.ts";
import { EventCode } from "../trace/events.ts";
import type { Recorder } from "../trace/recorder.ts";
import { TypeLabels } from "../trace/type-labels.ts";
import type { NetworkCapture } from "./capture.ts";
import type { SimHost } from "./host.ts";
import type { SimNetwork } from "./network.ts";
import { Packet } from "./packet.ts";
import { RETRANSMISSION_NOTES, Stories } from "./story.ts";
import { identifySegment } from "./stream/identity.ts";
import { ACK, FIN, RST, type Segment, SYN } from "./stream/segment-port.ts";

const MAX_POOLED_PACKETS = 1 << 16;
/** A segment's header, which counts for rates and queues (RFC 9293, 3.1). */
const SEGMENT_HEADER_BYTES = 20;
const SEGMENT_ACK = "SEGMENT-ACK";

export class Traffic implements Outlet<Packet> {
  private readonly network: SimNetwork;
  private readonly recorder: Recorder;
  private readonly stories = new Stories();
  private readonly pool: Packet[] = [];
  private packetIds = 0;
  /** The packet whose arrival is being handled: what an ACK that is sent now answers. */
  private cause: Packet | undefined = undefined;
  private readonly types: TypeLabels;
  /** Where packets are recorded with their bytes, if anywhere. */
  private capture: NetworkCapture | undefined = undefined;

  constructor(network: SimNetwork) {
    this.network = network;
    this.recorder = network.recorder;
    this.types = new TypeLabels(network.recorder.labels);
  }

  /** From now on, packets are recorded with their bytes. */
  record(capture: NetworkCapture): void {
    this.capture = capture;
  }

  // Sending -----------------------------------------------------------------------------------------------------------

  /** A participant sends a datagram. Returns the packet id. */
  sendDatagram(source: SimHost, to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    const { kind, retransmissionOf } = info;
    const isAck = kind === "ack";
    const packet = this.take(isAck);
    packet.kind = kind;
    packet.type = info.type;
    packet.typeId = isAck ? this.types.ackId(info.type) : this.types.id(info.type);
    packet.message = info.message;
    packet.seq = info.seq;
    packet.total = info.total;
    packet.attempt = info.attempt;
    packet.lengthBytes = datagram.length;
    packet.datagram = datagram;
    packet.toPort = to.port;
    const { cause } = this;
    if (isAck && cause !== undefined) {
      identifyAck(packet, cause);
      packet.message = cause.message;
      packet.storyId = cause.storyId;
    } else {
      identifyDatagram(packet, info, this.recorder.labels.hash(packet.typeId), source.incarnation);
      packet.storyId = kind !== "data" ? 0 : retransmissionOf === 0 ? packet.id : retransmissionOf;
    }
    return this.dispatch(packet, source, to, datagram.length, retransmissionOf);
  }

  /** A host's byte streams send a segment. Returns the packet id. */
  sendSegment(source: SimHost, segment: Segment): number {
    const { labels } = this.recorder;
    const type = segmentType(segment);
    const isAck = type === SEGMENT_ACK;
    const packet = this.take(isAck);
    packet.kind = "segment";
    packet.type = type;
    packet.typeId = labels.id(type);
    packet.message = segment.incarnation;
    packet.seq = segment.seq;
    packet.total = segment.ack;
    packet.attempt = segment.attempt;
    packet.lengthBytes = segment.payload.length + SEGMENT_HEADER_BYTES;
    packet.segment = segment;
    packet.toPort = segment.destination.port;
    const { cause } = this;
    if (isAck && cause !== undefined) {
      identifyAck(packet, cause);
      packet.storyId = cause.storyId;
    } else {
      identifySegment(packet, segment, labels.hash(packet.typeId), source.incarnation);
      packet.storyId = isAck ? 0 : segment.retransmissionOf === 0 ? packet.id : segment.retransmissionOf;
    }
    return this.dispatch(packet, source, segment.destination, segment.payload.length, segment.retransmissionOf);
  }

  /** Traces the send, and hands the packet to its link, where there is one. */
  private dispatch(packet: Packet, source: SimHost, to: Endpoint, bytes: number, retransmissionOf: number): number {
    const { id, typeId, seq, total, attempt, storyId } = packet;
    const { recorder, stories } = this;
    const noteId =
      retransmissionOf === 0 ? 0 : recorder.labels.id(RETRANSMISSION_NOTES[stories.judge(retransmissionOf)]);
    const link = source.linkTo(to);
    const peerId = link === undefined ? this.network.peerLabel(to.key) : link.destination.nameId;
    recorder.emit(EventCode.send, source.nameId, peerId, id, typeId, seq, total, attempt, bytes, noteId, Number.NaN);
    if (storyId !== 0) {
      if (packet.isAck) stories.acknowledged(storyId);
      else stories.sent(storyId);
    }
    if (link === undefined) {
      this.event(EventCode.drop, source, peerId, packet, "no such host");
      this.capture?.unroutable(packet, source, to, recorder.clock.nowNs, "no such host");
      this.lose(packet);
      return id;
    }
    packet.link = link;
    if (packet.lengthBytes > link.profile.options.maxDatagramBytes && packet.segment === undefined) {
      this.drop(packet, "larger than maxDatagram");
      return id;
    }
    const rule = link.decide(packet, recorder.clock);
    if (rule === undefined) this.carry(packet, 0);
    else applyAction(rule.action, rule.name, packet, this);
    return id;
  }

  /** Puts a packet on its link. */
  carry(packet: Packet, extraMs: number): void {
    const { clock } = this.recorder;
    if (!packet.link.schedule(packet, clock, extraMs)) {
      this.drop(packet, "queue full");
      return;
    }
    if (packet.copy === 0) this.capture?.sent(packet, packet.undamaged ?? packet.datagram, clock.nowNs);
    this.network.queue.push(packet);
  }

  copy(packet: Packet, ruleName: string): Packet {
    const { source, destination } = packet.link;
    this.event(EventCode.duplicate, source, destination.nameId, packet, ruleName);
    const copy = this.pool.pop() ?? new Packet(this);
    copy.becomeCopyOf(packet);
    identifyCopy(copy);
    if (copy.storyId !== 0 && !copy.isAck) this.stories.sent(copy.storyId);
    return copy;
  }

  /** A segment's checksum finds the damage out at its receiver; a datagram arrives as it is. */
  damage(packet: Packet, offset: number | undefined, ruleName: string): void {
    const { link, datagram } = packet;
    packet.isDamaged = packet.segment !== undefined || datagram.length > 0;
    if (packet.segment !== undefined) {
      this.event(EventCode.corrupt, link.source, link.destination.nameId, packet, ruleName);
    } else if (datagram.length > 0) {
      const { bytes, at } = damaged(link, packet, datagram, offset);
      packet.undamaged = datagram;
      packet.datagram = bytes;
      this.forgetStory(packet);
      this.event(EventCode.corrupt, link.source, link.destination.nameId, packet, `${ruleName}: byte ${at}`);
    }
  }

  // Arriving ----------------------------------------------------------------------------------------------------------

  /** A packet comes to the end of its link. */
  arrive(packet: Packet): void {
    const { destination: host, source } = packet.link;
    const { segment, datagram } = packet;
    if (host.state === "paused") {
      if (!host.defer(packet)) this.dropArrived(packet, "receive buffer full");
      return;
    }
    if (segment !== undefined) {
      if (packet.isDamaged) {
        this.dropArrived(packet, "corrupted segment");
        return;
      }
    } else if (host.state === "down") {
      this.dropArrived(packet, "host down");
      return;
    } else if (packet.toPort !== host.self.port) {
      this.dropArrived(packet, "port closed");
      return;
    }
    const { id, typeId, seq, total, attempt, storyId } = packet;
    if (storyId !== 0 && !packet.isAck) this.stories.reached(storyId);
    const bytes = segment === undefined ? datagram.length : segment.payload.length;
    this.recorder.emit(
      EventCode.deliver,
      host.nameId,
      source.nameId,
      id,
      typeId,
      seq,
      total,
      attempt,
      bytes,
      0,
      Number.NaN,
    );
    this.capture?.arrived(packet, this.recorder.clock.nowNs, packet.isDamaged ? "CORRUPTED" : "");
    this.cause = packet;
    // A dead process's host still answers segments, with a reset.
    if (segment !== undefined) host.streams.onSegment(segment);
    else host.participant?.onDatagram(source.self, datagram);
    this.cause = undefined;
    this.release(packet);
  }

  /** A packet is lost at its receiver; the drop is the receiver's event. */
  dropArrived(packet: Packet, why: string): void {
    this.capture?.arrived(packet, this.recorder.clock.nowNs, `DROPPED reason=${why}`);
    this.event(EventCode.drop, packet.link.destination, packet.link.source.nameId, packet, why);
    this.lose(packet);
  }

  /** A packet is lost on its way; the drop is the sender's event. */
  drop(packet: Packet, why: string): void {
    this.capture?.lost(packet, this.recorder.clock.nowNs, why);
    this.event(EventCode.drop, packet.link.source, packet.link.destination.nameId, packet, why);
    this.lose(packet);
  }

  private lose(packet: Packet): void {
    this.forgetStory(packet);
    this.release(packet);
  }

  /** Whatever arrives of this packet, it is not what was sent. */
  private forgetStory(packet: Packet): void {
    if (packet.storyId === 0) return;
    if (packet.isAck) this.stories.ackLost(packet.storyId);
    else this.stories.lost(packet.storyId);
    packet.storyId = 0;
  }

  private event(code: number, node: SimHost, peerId: number, packet: Packet, note: string): void {
    const { id, typeId, seq, total, attempt, segment } = packet;
    const bytes = segment === undefined ? packet.datagram.length : segment.payload.length;
    const noteId = this.recorder.labels.id(note);
    this.recorder.emit(code, node.nameId, peerId, id, typeId, seq, total, attempt, bytes, noteId, Number.NaN);
  }

  // The pool ----------------------------------------------------------------------------------------------------------

  private take(isAck: boolean): Packet {
    const packet = this.pool.pop() ?? new Packet(this);
    packet.id = ++this.packetIds;
    packet.isAck = isAck;
    packet.copy = 0;
    packet.isDamaged = false;
    return packet;
  }

  private release(packet: Packet): void {
    packet.clear();
    if (this.pool.length < MAX_POOLED_PACKETS) this.pool.push(packet);
  }
}

/** What the trace calls a segment. */
function segmentType(segment: Segment): string {
  const { flags, payload } = segment;
  if (flags & RST) return "RST";
  if (flags & SYN) return flags & ACK ? "SYN-ACK" : "SYN";
  if (payload.length > 0) return "SEGMENT";
  return flags & FIN ? "FIN" : SEGMENT_ACK;
}
