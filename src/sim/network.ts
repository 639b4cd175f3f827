/**
 * The simulated network: hosts, the links between them, and virtual time. Everything that happens goes through one
 * event queue and one recorder; the same seed gives the same events.
 */

import type { Endpoint, PacketInfo } from "../core/transport.ts";
import { EventCode } from "../trace/events.ts";
import type { Recorder } from "../trace/recorder.ts";
import { EventQueue, type QueuedEvent } from "./event-queue.ts";
import { SimEndpoint, SimHost, type SimHostOptions } from "./host.ts";
import { Purpose, draw, mixIdentity } from "./keyed-random.ts";
import { Link } from "./link.ts";
import { LinkTable } from "./link-table.ts";
import type { FaultAction, LinkOptions, LinkOverride, NetworkOptions } from "./options.ts";
import { Packet } from "./packet.ts";
import { RETRANSMISSION_NOTES, Stories } from "./story.ts";
import { ACK, FIN, RST, SYN, type Segment } from "./stream/segment-port.ts";

const NONE = -1;
const NO_RETRANSMISSION = 0;
/** Peers whose names are kept at hand. */
const MAX_PEER_LABELS = 1 << 17;
const MAX_POOLED_PACKETS = 1 << 16;
/** Distinguishes the identity of an ACK from that of the packet it answers. */
const ACK_IDENTITY = 0x3c6ef372;
const COPY_IDENTITY = 0x1b873593;
/** A segment's header, which counts for rates and queues (RFC 9293, 3.1). */
const SEGMENT_HEADER_BYTES = 20;

export class SimNetwork {
  readonly queue: EventQueue;
  readonly recorder: Recorder;
  readonly seed: string;
  readonly hosts: SimHost[] = [];
  private readonly byName = new Map<string, SimHost>();
  private readonly byAddress = new Map<string, SimHost>();
  private readonly linkTable: LinkTable;
  private readonly links: Link[] = [];
  private readonly stories = new Stories();
  private readonly pool: Packet[] = [];
  private readonly peerLabels = new Map<string, number>();
  private packetIds = 0;
  /** The packet whose arrival is being handled: what an ACK that is sent now answers. */
  private cause: Packet | undefined = undefined;
  private lastType = "";
  private lastTypeId = 0;
  private readonly ackTypeIds = new Map<number, number>();

  constructor(seed: string, recorder: Recorder, options: NetworkOptions) {
    this.seed = seed;
    this.recorder = recorder;
    this.queue = new EventQueue(recorder.clock);
    this.linkTable = new LinkTable(options);
  }

  /** Adds a host, down at first. RangeError where the name or the address is taken. */
  addHost(options: SimHostOptions): SimHost {
    const address = options.endpoint.host;
    if (this.byName.has(options.name)) throw new RangeError(`there is a host ${options.name} already: choose another name`);
    const other = this.byAddress.get(address);
    if (other) throw new RangeError(`${address} is the address of ${other.name}: give ${options.name} one of its own`);
    const host = new SimHost(this, options);
    this.hosts.push(host);
    this.byName.set(options.name, host);
    this.byAddress.set(address, host);
    return host;
  }

  host(name: string): SimHost | undefined {
    return this.byName.get(name);
  }

  hostAt(address: string): SimHost | undefined {
    return this.byAddress.get(address);
  }

  /** The virtual time in ms. */
  get nowMs(): number {
    return this.queue.nowNs / 1e6;
  }

  /** Plans something for a time, in true ms since the start of the run. */
  at(timeMs: number, what: () => void): void {
    const event: QueuedEvent = { atNs: Math.max(this.queue.nowNs, Math.round(timeMs * 1e6)), happen: what };
    this.queue.push(event);
  }

  /** Lets at most `maxEvents` queued events happen, none after `untilMs`; false where nothing is left to do. */
  step(maxEvents: number, untilMs: number): boolean {
    const untilNs = Math.round(untilMs * 1e6);
    const queue = this.queue;
    for (let i = 0; i < maxEvents; i++) {
      if (queue.nextNs > untilNs || queue.length === 0) {
        if (untilNs !== Number.POSITIVE_INFINITY) queue.clock.nowNs = Math.max(queue.clock.nowNs, untilNs);
        return false;
      }
      queue.step();
    }
    return true;
  }

  /** Runs until `untilMs`, or until nothing is left to happen. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    while (this.step(1 << 20, untilMs)) {
      // goes on
    }
  }

  /** Changes the options of links from now on: of the default link, or of the links an override names. */
  changeLinks(change: Partial<LinkOptions> | LinkOverride): void {
    this.linkTable.change(change);
    for (const link of this.links) link.profile = this.linkTable.profile(link.source.name, link.destination.name);
  }

  /** Makes one direction of a link. */
  makeLink(from: SimHost, to: SimHost): Link {
    const link = new Link(this.seed, from, to, this.linkTable.profile(from.name, to.name));
    this.links.push(link);
    return link;
  }

  /** The host that has an address; undefined where none has it. */
  ownerOf(address: Endpoint): SimHost | undefined {
    return address instanceof SimEndpoint ? address.owner : this.byAddress.get(address.host);
  }

  /** The label under which the trace knows the other end of an exchange. */
  labelOf(peer: { readonly key: string }): number {
    return peer instanceof SimEndpoint ? peer.owner.nameId : this.peerLabel(peer.key);
  }

  /** The label under which the trace knows an address: the host's name where there is one. */
  peerLabel(key: string): number {
    const known = this.peerLabels.get(key);
    if (known !== undefined) return known;
    const address = key.startsWith("[") ? key.slice(1, key.indexOf("]")) : key.slice(0, key.lastIndexOf(":"));
    const id = this.hostAt(address)?.nameId ?? this.recorder.labels.id(key);
    if (this.peerLabels.size < MAX_PEER_LABELS) this.peerLabels.set(key, id);
    return id;
  }

  // Sending -----------------------------------------------------------------------------------------------------------

  /** A participant sends a datagram. Returns the packet id. */
  sendDatagram(source: SimHost, to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    const id = ++this.packetIds;
    const link = source.linkTo(to);
    const isAck = info.kind === "ack";
    const typeId = this.typeLabel(info.type, isAck);
    let noteId = NO_RETRANSMISSION;
    if (info.retransmissionOf !== 0) {
      noteId = this.recorder.labels.id(RETRANSMISSION_NOTES[this.stories.judge(info.retransmissionOf)]);
    }
    const peerId = link === undefined ? this.peerLabel(to.key) : link.destination.nameId;
    const { seq, total, attempt } = info;
    this.recorder.emit(EventCode.send, source.nameId, peerId, id, typeId, seq, total, attempt, datagram.length, noteId, Number.NaN);

    const packet = this.take();
    packet.id = id;
    packet.kind = info.kind;
    packet.typeId = typeId;
    packet.type = info.type;
    packet.message = info.message;
    packet.seq = seq;
    packet.total = total;
    packet.attempt = attempt;
    packet.lengthBytes = datagram.length;
    packet.datagram = datagram;
    packet.toPort = to.port;
    const cause = this.cause;
    if (isAck && cause !== undefined) {
      // An ACK is known by what it answers: its fate does not depend on what else was received.
      packet.idA = cause.idA ^ ACK_IDENTITY;
      packet.idB = cause.idB;
      packet.storyId = cause.storyId;
      packet.message = cause.message;
      if (packet.storyId !== 0) this.stories.acknowledged(packet.storyId);
    } else {
      packet.idA = mixIdentity(Math.imul(info.message, 0x85ebca6b) ^ source.incarnation, seq);
      packet.idB = mixIdentity(this.recorder.labels.hash(typeId), attempt);
      packet.storyId = info.kind === "data" ? (info.retransmissionOf === 0 ? id : info.retransmissionOf) : 0;
      if (packet.storyId !== 0) this.stories.sent(packet.storyId);
    }
    if (link === undefined) this.dropUnroutable(packet, source, peerId);
    else this.transmit(packet, link);
    return id;
  }

  /** A host's byte streams send a segment. Returns the packet id. */
  sendSegment(source: SimHost, segment: Segment): number {
    const id = ++this.packetIds;
    const link = source.linkTo(segment.destination);
    const { labels } = this.recorder;
    const type = segmentType(segment);
    const typeId = labels.id(type);
    let noteId = NO_RETRANSMISSION;
    if (segment.retransmissionOf !== 0) {
      noteId = labels.id(RETRANSMISSION_NOTES[this.stories.judge(segment.retransmissionOf)]);
    }
    const peerId = link === undefined ? this.peerLabel(segment.destination.key) : link.destination.nameId;
    const bytes = segment.payload.length;
    this.recorder.emit(EventCode.send, source.nameId, peerId, id, typeId, segment.seq, segment.ack, segment.attempt, bytes, noteId, Number.NaN);

    const packet = this.take();
    packet.id = id;
    packet.kind = "segment";
    packet.typeId = typeId;
    packet.type = type;
    packet.message = segment.incarnation;
    packet.seq = segment.seq;
    packet.total = segment.ack;
    packet.attempt = segment.attempt;
    packet.lengthBytes = bytes + SEGMENT_HEADER_BYTES;
    packet.segment = segment;
    packet.toPort = segment.destination.port;
    const cause = this.cause;
    const isPureAck = type === "SEGMENT-ACK";
    if (isPureAck && cause !== undefined) {
      packet.idA = cause.idA ^ ACK_IDENTITY;
      packet.idB = cause.idB;
      packet.storyId = cause.storyId;
      if (packet.storyId !== 0) this.stories.acknowledged(packet.storyId);
    } else {
      const connection = Math.imul(segment.incarnation, 0x85ebca6b) ^ Math.imul(segment.source.port, 0xc2b2ae35) ^ segment.destination.port;
      packet.idA = mixIdentity(connection ^ source.incarnation, segment.seq);
      packet.idB = mixIdentity(labels.hash(typeId) ^ Math.imul(segment.ack, 0x27d4eb2f), segment.attempt);
      packet.storyId = isPureAck ? 0 : segment.retransmissionOf === 0 ? id : segment.retransmissionOf;
      if (packet.storyId !== 0) this.stories.sent(packet.storyId);
    }
    if (link === undefined) this.dropUnroutable(packet, source, peerId);
    else this.transmit(packet, link);
    return id;
  }

  private dropUnroutable(packet: Packet, source: SimHost, peerId: number): void {
    this.event(EventCode.drop, source, peerId, packet, "no such host");
    this.lose(packet);
  }

  private transmit(packet: Packet, link: Link): void {
    packet.link = link;
    if (packet.lengthBytes > link.profile.options.maxDatagramBytes && packet.kind !== "segment") {
      this.drop(packet, "larger than maxDatagram");
      return;
    }
    const rule = link.decide(packet, this.queue.clock);
    if (rule === undefined) this.carry(packet, 0);
    else this.apply(rule.action, rule.name, packet);
  }

  private apply(action: FaultAction, ruleName: string, packet: Packet): void {
    switch (action.do) {
      case "drop":
        this.drop(packet, ruleName);
        return;
      case "deliver":
        this.carry(packet, 0);
        return;
      case "delay":
        this.carry(packet, action.extraMs);
        return;
      case "duplicate": {
        this.event(EventCode.duplicate, packet.link.source, packet.link.destination.nameId, packet, ruleName);
        const copy = this.take();
        copy.copyFrom(packet);
        copy.copy = 1;
        copy.idB = mixIdentity(packet.idB, COPY_IDENTITY);
        if (copy.storyId !== 0 && copy.kind !== "ack") this.stories.sent(copy.storyId);
        this.carry(packet, 0);
        this.carry(copy, action.laterMs);
        return;
      }
      case "corrupt":
        this.corrupt(packet, action.offset, ruleName);
        return;
    }
  }

  /** Puts a packet on its link. */
  private carry(packet: Packet, extraMs: number): void {
    if (packet.link.schedule(packet, this.queue.clock, extraMs)) this.queue.push(packet);
    else this.drop(packet, "queue full");
  }

  /** Flips one bit. A segment's checksum finds that out at its receiver; a datagram arrives as it is. */
  private corrupt(packet: Packet, offset: number | undefined, ruleName: string): void {
    const { source, destination, key } = packet.link;
    const where = draw(key, packet.idA, packet.idB, Purpose.corruptWhere);
    if (packet.segment !== undefined) {
      this.event(EventCode.corrupt, source, destination.nameId, packet, ruleName);
      packet.isDamaged = true;
    } else if (packet.datagram.length > 0) {
      const bit = Math.floor(where * packet.datagram.length * 8);
      const at = Math.min(offset ?? bit >> 3, packet.datagram.length - 1);
      const damaged = packet.datagram.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (bit & 7));
      packet.datagram = damaged;
      this.forgetStory(packet);
      this.event(EventCode.corrupt, source, destination.nameId, packet, `${ruleName}: byte ${at}`);
    }
    this.carry(packet, 0);
  }

  // Arriving ----------------------------------------------------------------------------------------------------------

  /** A packet comes to the end of its link. */
  arrive(packet: Packet): void {
    const { destination: host, source } = packet.link;
    if (host.state !== "up") {
      if (host.state === "paused") {
        if (!host.defer(packet)) this.dropArrived(packet, "receive buffer full");
        return;
      }
      // A dead process's host still answers segments, with a reset.
      if (packet.segment === undefined) {
        this.dropArrived(packet, "host down");
        return;
      }
    }
    const segment = packet.segment;
    if (segment !== undefined) {
      if (packet.isDamaged) {
        this.dropArrived(packet, "corrupted segment");
        return;
      }
    } else if (packet.toPort !== host.self.port) {
      this.dropArrived(packet, "port closed");
      return;
    }
    if (packet.storyId !== 0 && packet.kind !== "ack" && packet.type !== "SEGMENT-ACK") this.stories.reached(packet.storyId);
    this.recorder.emit(
      EventCode.deliver,
      host.nameId,
      source.nameId,
      packet.id,
      packet.typeId,
      packet.seq,
      packet.total,
      packet.attempt,
      segment === undefined ? packet.datagram.length : segment.payload.length,
      0,
      Number.NaN,
    );
    this.cause = packet;
    if (segment !== undefined) host.streams.onSegment(segment);
    else host.participant?.onDatagram(source.self, packet.datagram);
    this.cause = undefined;
    this.release(packet);
  }

  /** A packet is lost at its receiver. */
  dropArrived(packet: Packet, why: string): void {
    this.event(EventCode.drop, packet.link.destination, packet.link.source.nameId, packet, why);
    this.lose(packet);
  }

  /** A packet is lost on its way; the drop is the sender's event. */
  private drop(packet: Packet, why: string): void {
    const { source, destination } = packet.link;
    this.event(EventCode.drop, source, destination.nameId, packet, why);
    this.lose(packet);
  }

  private lose(packet: Packet): void {
    this.forgetStory(packet);
    this.release(packet);
  }

  /** Whatever arrives of this packet, it is not what was sent. */
  private forgetStory(packet: Packet): void {
    if (packet.storyId === 0) return;
    if (packet.kind === "ack" || packet.type === "SEGMENT-ACK") this.stories.ackLost(packet.storyId);
    else this.stories.lost(packet.storyId);
    packet.storyId = 0;
  }

  private event(code: number, node: SimHost, peerId: number, packet: Packet, note: string): void {
    const { id, typeId, seq, total, attempt } = packet;
    const bytes = packet.segment === undefined ? packet.datagram.length : packet.segment.payload.length;
    const noteId = this.recorder.labels.id(note);
    this.recorder.emit(code, node.nameId, peerId, id, typeId, seq, total, attempt, bytes, noteId, Number.NaN);
  }

  // Odds and ends -----------------------------------------------------------------------------------------------------

  private typeLabel(type: string, isAck: boolean): number {
    if (type !== this.lastType) {
      this.lastType = type;
      this.lastTypeId = this.recorder.labels.id(type);
    }
    const id = this.lastTypeId;
    if (!isAck) return id;
    let ackId = this.ackTypeIds.get(id);
    if (ackId === undefined) {
      ackId = this.recorder.labels.id(`${type}-ACK`);
      this.ackTypeIds.set(id, ackId);
    }
    return ackId;
  }

  private take(): Packet {
    const packet = this.pool.pop() ?? new Packet(this);
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
  return flags & FIN ? "FIN" : "SEGMENT-ACK";
}
