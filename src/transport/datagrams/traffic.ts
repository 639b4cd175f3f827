/**
 * The datagrams of one host: sending, the fault rules in front of the socket, arriving. Everything that becomes of a
 * packet, as far as this process can know it, is an event of the trace.
 */

import { type Endpoint, endpoint, type PacketInfo } from "../../core/transport.ts";
import { identifyAck, identifyCopy, identifyDatagram } from "../../faults/identity.ts";
import { mixIdentity } from "../../faults/keyed-random.ts";
import type { Link } from "../../faults/link.ts";
import { applyAction, damaged, type Outlet } from "../../faults/outlet.ts";
import { EventCode } from "../../trace/events.ts";
import type { Describe } from "../describe.ts";
import type { FaultyNetwork, Named } from "../faulty-network.ts";
import type { LocalHost, LocalNetwork } from "../local-network.ts";
import type { Standstill } from "../standstill.ts";
import { Tally } from "../tally.ts";
import { codeOf } from "../transport-error.ts";
import type { Budget } from "./budget.ts";
import { Destinations } from "./destinations.ts";
import { Packet, type PacketHolder } from "./packet.ts";
import type { UdpSocket, UdpSocketHandlers } from "./udp-socket.ts";

/** Packets held up by their links' delays, and their bytes; beyond it one more is dropped. */
const MAX_HELD_PACKETS = 1 << 16;
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** Distinguishes what is known by its arrival from what is known by its send. */
const ARRIVAL_IDENTITY = 0x51ed270b;

/** The host whose datagrams these are. */
export interface TrafficOwner extends LocalHost {
  /** Counts the starts of the host as the simulated network does. */
  readonly incarnation: number;
  /** Datagrams that arrive while it is paused wait; absent: it never is. */
  readonly standstill?: Standstill;
  /** Hands a datagram to the participant. */
  receive(from: Endpoint, datagram: Uint8Array): void;
  /** Something threw that never should: a sink of the trace, whose disk is full. The host cannot go on. */
  fail(error: unknown): void;
}

export interface TrafficOptions {
  readonly budget: Budget;
  readonly faults: FaultyNetwork | undefined;
  readonly describe: Describe | undefined;
}

/** What did not get through, as counts. */
export interface TrafficCounts {
  /** Arrived datagrams dropped because their source had used up its budget. */
  readonly overBudget: number;
  /** Sends that the system refused, as far as it was asked. */
  readonly sendErrors: number;
}

export class Traffic implements Outlet<Packet>, PacketHolder, UdpSocketHandlers {
  private readonly host: TrafficOwner;
  private readonly network: LocalNetwork;
  private readonly socket: UdpSocket;
  private readonly options: TrafficOptions;
  private readonly destinations = new Destinations();
  private readonly held = new Set<Packet>();
  private heldBytes = 0;
  private readonly overBudget: Tally;
  private readonly socketErrors: Tally;
  private sendErrors = 0;
  private arrivals = 0;
  private isClosed = false;
  private readonly retransmissionNoteId: number;
  /** The packet whose arrival is being handled: what an ACK that is sent now answers. */
  private cause: Packet | undefined = undefined;

  constructor(host: TrafficOwner, network: LocalNetwork, socket: UdpSocket, options: TrafficOptions) {
    this.host = host;
    this.network = network;
    this.socket = socket;
    this.options = options;
    this.retransmissionNoteId = network.recorder.labels.id("retransmission");
    this.overBudget = new Tally(network.timers, (count, bytes, address, isFirst) => {
      const note = isFirst ? "over budget" : `over budget: ${count} more datagrams`;
      network.say(EventCode.drop, host.nameId, network.peerLabel(address), note, bytes);
    });
    this.socketErrors = new Tally(network.timers, (count, _bytes, text, isFirst) => {
      const note = isFirst ? `socket error: ${text}` : `socket error: ${count} more, the first: ${text}`;
      network.say(EventCode.state, host.nameId, 0, note, -1);
    });
  }

  get counts(): TrafficCounts {
    return { overBudget: this.overBudget.total, sendErrors: this.sendErrors };
  }

  // Sending -----------------------------------------------------------------------------------------------------------

  /** The participant sends a datagram. Returns the packet id. */
  send(to: Endpoint, datagram: Uint8Array, info: PacketInfo): number {
    const { network, host, cause } = this;
    network.tick();
    const isAck = info.kind === "ack";
    const packet = new Packet(this, to, datagram);
    packet.id = network.nextPacketId();
    packet.kind = info.kind;
    packet.type = info.type;
    packet.typeId = isAck ? network.types.ackId(info.type) : network.types.id(info.type);
    packet.message = info.message;
    packet.seq = info.seq;
    packet.total = info.total;
    packet.attempt = info.attempt;
    if (isAck && cause !== undefined) {
      identifyAck(packet, cause);
      packet.message = cause.message;
    } else {
      identifyDatagram(packet, info, network.recorder.labels.hash(packet.typeId), host.incarnation);
    }
    this.event(EventCode.send, packet, info.retransmissionOf === 0 ? 0 : this.retransmissionNoteId);
    if (this.isClosed) this.drop(packet, "host closed");
    else if (this.options.faults === undefined) this.transmit(packet);
    else this.underRules(packet, this.options.faults.link(host.name, network.peerName(to.key)));
    return packet.id;
  }

  /** A packet gets to its socket. */
  private transmit(packet: Packet): void {
    const { network, socket, host } = this;
    const { remote, datagram } = packet;
    const destination = this.destinations.of(remote);
    if (!destination.isAddress) {
      this.drop(packet, "not to an IP address");
      return;
    }
    if (datagram.length > socket.maxPayloadBytes(remote.host)) {
      this.drop(packet, "larger than a datagram can be");
      return;
    }
    network.hostAt(remote.key)?.flights.add(host, packet);
    const { nowNs } = network.recorder.clock;
    if (nowNs < destination.askAtNs) {
      socket.send(datagram, remote.port, remote.host);
      return;
    }
    destination.worked(nowNs);
    socket.sendAsking(datagram, remote.port, remote.host, (error) => {
      if (error === null || this.isClosed) return;
      destination.failed();
      this.sendErrors++;
      network.tick();
      this.drop(packet, `not sent: ${codeOf(error)}`);
    });
  }

  // The fault rules ---------------------------------------------------------------------------------------------------

  private underRules(packet: Packet, link: Link<Named>): void {
    packet.link = link;
    if (packet.lengthBytes > link.profile.options.maxDatagramBytes) {
      this.drop(packet, "larger than maxDatagram");
      return;
    }
    const rule = link.decide(packet, this.network.recorder.clock);
    if (rule === undefined) this.carry(packet, 0);
    else applyAction(rule.action, rule.name, packet, this);
  }

  carry(packet: Packet, extraMs: number): void {
    const { clock } = this.network.recorder;
    if (packet.link?.schedule(packet, clock, extraMs) !== true) this.drop(packet, "queue full");
    else if (packet.atNs <= clock.nowNs) this.proceed(packet);
    else this.hold(packet);
  }

  drop(packet: Packet, why: string): void {
    this.event(EventCode.drop, packet, this.network.recorder.labels.id(why));
  }

  copy(packet: Packet, ruleName: string): Packet {
    this.event(EventCode.duplicate, packet, this.network.recorder.labels.id(ruleName));
    const copy = packet.makeCopy();
    identifyCopy(copy);
    return copy;
  }

  damage(packet: Packet, offset: number | undefined, ruleName: string): void {
    const { link, datagram } = packet;
    if (link === undefined || datagram.length === 0) return;
    const { bytes, at } = damaged(link, packet, datagram, offset);
    packet.datagram = bytes;
    this.event(EventCode.corrupt, packet, this.network.recorder.labels.id(`${ruleName}: byte ${at}`));
  }

  private hold(packet: Packet): void {
    if (this.held.size >= MAX_HELD_PACKETS || this.heldBytes + packet.lengthBytes > MAX_HELD_BYTES) {
      this.drop(packet, "too many packets held up");
      return;
    }
    this.held.add(packet);
    this.heldBytes += packet.lengthBytes;
    this.network.timers.set(packet, packet.atNs);
  }

  /** A packet's delay is over. */
  release(packet: Packet): void {
    this.held.delete(packet);
    this.heldBytes -= packet.lengthBytes;
    this.network.tick();
    if (!packet.isArrival && this.network.hostAt(packet.remote.key) !== undefined) this.network.timers.letArrive();
    try {
      this.proceed(packet);
    } catch (error) {
      this.host.fail(error);
    }
  }

  private proceed(packet: Packet): void {
    if (packet.isArrival) this.deliver(packet, packet.remote, packet.datagram);
    else this.transmit(packet);
  }

  // Arriving ----------------------------------------------------------------------------------------------------------

  onDatagram(address: string, port: number, datagram: Uint8Array): void {
    try {
      this.take(address, port, datagram);
    } catch (error) {
      this.host.fail(error);
    }
  }

  private take(address: string, port: number, datagram: Uint8Array): void {
    const { network, options } = this;
    const nowNs = network.tick();
    const from = options.budget.admit(address, port, nowNs) ?? this.localEndpoint(address, port);
    if (from === undefined) {
      this.overBudget.add(address, datagram.length, nowNs);
      return;
    }
    const sender = network.hostAt(from.key);
    const sent = sender === undefined ? undefined : this.host.flights.take(sender, datagram);
    if (sent !== undefined) {
      this.deliver(sent, from, datagram);
      return;
    }
    const packet = this.arrival(from, datagram);
    const { faults } = options;
    if (sender === undefined && faults?.arrivals) {
      this.underRules(packet, faults.link(network.peerName(from.key), this.host.name));
    } else {
      this.deliver(packet, from, datagram);
    }
  }

  /** Hosts of this process are no strangers: they have no budget. */
  private localEndpoint(address: string, port: number): Endpoint | undefined {
    const from = endpoint(address, port);
    return this.network.hostAt(from.key) === undefined ? undefined : from;
  }

  onError(error: Error): void {
    this.socketErrors.add(error.message, 0, this.network.tick());
  }

  /** A packet whose send this process knows nothing of: what its bytes say, and a number of its own. */
  private arrival(from: Endpoint, datagram: Uint8Array): Packet {
    const { network } = this;
    const packet = new Packet(this, from, datagram);
    packet.isArrival = true;
    packet.id = network.nextPacketId();
    packet.idA = mixIdentity(ARRIVAL_IDENTITY, ++this.arrivals | 0);
    packet.idB = ARRIVAL_IDENTITY;
    const description = this.options.describe?.(datagram);
    if (description === undefined) return packet;
    packet.kind = description.kind;
    packet.type = description.type;
    packet.typeId = packet.kind === "ack" ? network.types.ackId(packet.type) : network.types.id(packet.type);
    packet.seq = description.seq;
    packet.total = description.total;
    return packet;
  }

  /** Traces the arrival of a packet and hands it to the participant. */
  private deliver(packet: Packet, from: Endpoint, datagram: Uint8Array): void {
    const { host } = this;
    if (host.standstill?.isPaused) {
      const hasRoom = host.standstill.putOffDatagram(() => this.deliver(packet, from, datagram));
      if (!hasRoom) this.arrived(EventCode.drop, packet, from, datagram, "receive buffer full");
      return;
    }
    this.arrived(EventCode.deliver, packet, from, datagram, "");
    this.cause = packet;
    host.receive(from, datagram);
    this.cause = undefined;
  }

  /** An event at the receiver. */
  private arrived(code: number, packet: Packet, from: Endpoint, datagram: Uint8Array, note: string): void {
    const { id, typeId, seq, total, attempt } = packet;
    const { recorder } = this.network;
    const peerId = this.network.labelOf(from);
    const noteId = recorder.labels.id(note);
    const { nameId } = this.host;
    recorder.emit(code, nameId, peerId, id, typeId, seq, total, attempt, datagram.length, noteId, Number.NaN);
  }

  // The end -----------------------------------------------------------------------------------------------------------

  /** Is everything that was sent with the system? */
  get isIdle(): boolean {
    if (this.socket.waiting > 0) return false;
    for (const packet of this.held) if (!packet.isArrival) return false;
    return true;
  }

  /** Sends and hands over nothing any more. */
  close(): void {
    this.isClosed = true;
    this.network.tick();
    for (const packet of this.held) {
      this.network.timers.cancel(packet);
      this.drop(packet, "host closed");
    }
    this.held.clear();
    this.overBudget.close();
    this.socketErrors.close();
  }

  private event(code: number, packet: Packet, noteId: number): void {
    const { id, typeId, seq, total, attempt, datagram, remote } = packet;
    const { recorder } = this.network;
    const peerId = this.network.labelOf(remote);
    recorder.emit(code, this.host.nameId, peerId, id, typeId, seq, total, attempt, datagram.length, noteId, Number.NaN);
  }
}
