/**
 * Turns a capture of the 2015 wire into a trace: the same events, files and pictures as a run's. What a capture cannot show
 * (a user's actions, the directory's table) is not in it.
 */

import type { RtoOptions } from "../core/arq/options.ts";
import type { Packet } from "../core/wire/packet.ts";
import { reportWire } from "../core/wire/report.ts";
import { EventCode, type TraceSink } from "../trace/events.ts";
import { Recorder } from "../trace/recorder.ts";
import { Flows, type Place } from "./flows.ts";
import { type Journey, journeysOf } from "./journeys.ts";
import type { CapturedPacket } from "./packets.ts";
import { SegmentNames } from "./segments.ts";

export interface ImportOptions {
  /** The estimator that is run over the round trips seen. */
  readonly rto: RtoOptions;
  /** Host names by address; else interfaces are asked for their names, and else the address stands for the host. */
  readonly names: ReadonlyMap<string, string>;
  /** Ports whose datagrams speak the 2015 wire; others are passed over. Empty: those of every datagram that decodes. */
  readonly ports: ReadonlySet<number>;
}

export interface ImportResult {
  readonly hosts: readonly string[];
  /** Wall clock of the first packet, ms since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly events: number;
  readonly traceHash: string;
  readonly datagrams: number;
  readonly segments: number;
  /** Datagrams that are none of the 2015 wire. */
  readonly otherDatagrams: number;
}

const NS_PER_MS = 1e6;
const NONE = -1;

/** Something that happens to a packet, at a time. */
interface Step {
  readonly atNs: bigint;
  readonly journey: Journey;
  readonly isArrival: boolean;
}

export function importCapture(
  packets: readonly CapturedPacket[],
  options: ImportOptions,
  sinks: readonly TraceSink[] = [],
): ImportResult {
  return new Import(packets, options, sinks).run();
}

class Import {
  private readonly recorder: Recorder;
  private readonly flows: Flows;
  private readonly segments = new SegmentNames();
  private readonly names: HostNames;
  private readonly ports: ReadonlySet<number>;
  private readonly steps: readonly Step[];
  private readonly startNs: bigint;
  /** What was found out about a journey when its packet was sent, for when it arrives. */
  private readonly sent = new Map<Journey, { packetId: number; place: Place | undefined; typeId: number }>();
  private packetIds = 0;
  private datagrams = 0;
  private segmentCount = 0;
  private otherDatagrams = 0;

  constructor(packets: readonly CapturedPacket[], options: ImportOptions, sinks: readonly TraceSink[]) {
    this.recorder = new Recorder(sinks);
    this.flows = new Flows(options.rto);
    this.ports = options.ports;
    this.names = new HostNames(packets, options.names);
    this.steps = stepsOf(journeysOf(packets));
    this.startNs = this.steps[0]?.atNs ?? 0n;
  }

  run(): ImportResult {
    for (const step of this.steps) {
      this.recorder.clock.nowNs = Number(step.atNs - this.startNs);
      if (step.isArrival) this.arrive(step.journey);
      else if (step.journey.packet.protocol === "udp") this.sendDatagram(step.journey);
      else this.sendSegment(step.journey);
    }
    const lastNs = this.steps.at(-1)?.atNs ?? this.startNs;
    return {
      hosts: this.names.used(),
      startMs: Number(this.startNs) / NS_PER_MS,
      durationMs: Number(lastNs - this.startNs) / NS_PER_MS,
      events: this.recorder.eventCount,
      traceHash: this.recorder.digest(),
      datagrams: this.datagrams,
      segments: this.segmentCount,
      otherDatagrams: this.otherDatagrams,
    };
  }

  private sendDatagram(journey: Journey): void {
    const { packet } = journey;
    const decoded = reportWire.decode(packet.payload);
    const isOurs = this.ports.has(packet.sourcePort) || this.ports.has(packet.destinationPort);
    if (!(isOurs || (this.ports.size === 0 && decoded.ok))) {
      this.otherDatagrams++;
      return;
    }
    this.datagrams++;
    if (!decoded.ok) {
      const note = `${decoded.reason} at byte ${decoded.offsetBytes}`;
      this.emit(EventCode.reject, packet.destinationHost, packet.sourceHost, packet.payload.length, note);
      return;
    }
    this.sendPacket(journey, decoded);
  }

  private sendPacket(journey: Journey, decoded: Packet): void {
    const { packet } = journey;
    const { labels } = this.recorder;
    const place = this.flows.place(
      `${packet.sourceHost} ${packet.sourcePort}`,
      `${packet.destinationHost} ${packet.destinationPort}`,
      decoded,
    );
    const { flow, kind, type, attempt } = place;
    const typeId = labels.id(kind === "ack" ? `${type}-ACK` : type);
    if (kind === "data" && attempt > 1) this.timeout(packet, place);
    const packetId = this.send(journey, typeId, place.seq, place.total, attempt, kind === "data" && attempt > 1);
    this.sent.set(journey, { packetId, place, typeId });
    if (kind === "data") {
      flow.packetId = packetId;
      flow.sentNs = this.recorder.clock.nowNs;
      if (flow.transmissions === 1) flow.startedNs = flow.sentNs;
    }
    this.lose(journey, typeId, place.seq, place.total, attempt);
  }

  private sendSegment(journey: Journey): void {
    const named = this.segments.name(journey.packet);
    this.segmentCount++;
    const typeId = this.recorder.labels.id(named.type);
    const packetId = this.send(journey, typeId, named.seq, named.ack, named.attempt, named.attempt > 1);
    this.sent.set(journey, { packetId, place: undefined, typeId });
    this.lose(journey, typeId, named.seq, named.ack, named.attempt);
    if (named.httpLine === undefined) return;
    const { sourceHost, destinationHost, payload } = journey.packet;
    this.emit(EventCode.http, sourceHost, destinationHost, payload.length, named.httpLine);
  }

  private send(
    journey: Journey,
    typeId: number,
    seq: number,
    total: number,
    attempt: number,
    isAgain: boolean,
  ): number {
    const { packet } = journey;
    const packetId = ++this.packetIds;
    const noteId = isAgain ? this.recorder.labels.id("retransmission") : 0;
    this.event(
      EventCode.send,
      packet.sourceHost,
      packet.destinationHost,
      packetId,
      typeId,
      [seq, total, attempt],
      packet,
      noteId,
    );
    return packetId;
  }

  /** A packet that does not arrive is dropped where it was sent. */
  private lose(journey: Journey, typeId: number, seq: number, total: number, attempt: number): void {
    if (journey.arrivedNs !== undefined) return;
    const { packet, remark } = journey;
    const packetId = this.packetIds;
    const noteId = this.recorder.labels.id(remark.replace(/^DROPPED reason=/, ""));
    this.event(
      EventCode.drop,
      packet.sourceHost,
      packet.destinationHost,
      packetId,
      typeId,
      [seq, total, attempt],
      packet,
      noteId,
    );
    this.sent.delete(journey);
  }

  private arrive(journey: Journey): void {
    const known = this.sent.get(journey);
    if (known === undefined) return;
    this.sent.delete(journey);
    const { packet } = journey;
    const { packetId, place, typeId } = known;
    const numbers = place === undefined ? this.segments.numbersOf(packet) : [place.seq, place.total, place.attempt];
    this.event(EventCode.deliver, packet.destinationHost, packet.sourceHost, packetId, typeId, numbers, packet, 0);
    if (place?.kind === "ack") this.acknowledge(packet, place);
  }

  /** The packet is sent again: its timer has run out. */
  private timeout(packet: CapturedPacket, { flow, type, seq, total, attempt }: Place): void {
    const { recorder } = this;
    const waitedMs = (recorder.clock.nowNs - flow.sentNs) / NS_PER_MS;
    const [nodeId, peerId] = this.ends(packet.sourceHost, packet.destinationHost);
    const typeId = recorder.labels.id(type);
    recorder.emit(EventCode.timeout, nodeId, peerId, flow.packetId, typeId, seq, total, attempt - 1, NONE, 0, waitedMs);
    flow.estimator.onTimeout();
    recorder.rtt(nodeId, peerId, flow.packetId, "timeout", flow.estimator);
  }

  /** An ACK has come: a round trip, and with the last packet's the message is through. */
  private acknowledge(packet: CapturedPacket, { flow, type, seq, total }: Place): void {
    if (flow.isAcknowledged || flow.seq + 1 !== seq || flow.total !== total) return;
    flow.isAcknowledged = true;
    const { recorder } = this;
    const { nowNs } = recorder.clock;
    const rttMs = (nowNs - flow.sentNs) / NS_PER_MS;
    const [nodeId, peerId] = this.ends(packet.destinationHost, packet.sourceHost);
    const { estimator } = flow;
    const wasRetransmitted = flow.attempt > 1;
    if (wasRetransmitted) {
      const { estimatedRttMs, devRttMs, timeoutIntervalMs } = estimator;
      const state = { sampleRttMs: rttMs, estimatedRttMs, devRttMs, timeoutIntervalMs };
      recorder.rtt(nodeId, peerId, flow.packetId, "ambiguous", state);
    } else {
      estimator.onSample(rttMs);
      recorder.rtt(nodeId, peerId, flow.packetId, "sample", estimator);
    }
    estimator.onAcknowledged(wasRetransmitted);
    if (seq !== total + 1) return;
    const { labels } = recorder;
    const tookMs = (nowNs - flow.startedNs) / NS_PER_MS;
    const numbers = [flow.message, total, flow.transmissions, flow.payloadBytes] as const;
    recorder.emit(EventCode.state, nodeId, peerId, 0, labels.id(type), ...numbers, labels.id("delivered"), tookMs);
  }

  private event(
    code: number,
    node: string,
    peer: string,
    packetId: number,
    typeId: number,
    [seq = NONE, total = NONE, attempt = NONE]: readonly number[],
    { payload }: CapturedPacket,
    noteId: number,
  ): void {
    const [nodeId, peerId] = this.ends(node, peer);
    this.recorder.emit(code, nodeId, peerId, packetId, typeId, seq, total, attempt, payload.length, noteId, Number.NaN);
  }

  private emit(code: number, node: string, peer: string, bytes: number, note: string): void {
    const [nodeId, peerId] = this.ends(node, peer);
    const noteId = this.recorder.labels.oneOff(note);
    this.recorder.emit(code, nodeId, peerId, 0, 0, NONE, NONE, NONE, bytes, noteId, Number.NaN);
  }

  private ends(node: string, peer: string): [number, number] {
    const { labels } = this.recorder;
    return [labels.id(this.names.of(node)), labels.id(this.names.of(peer))];
  }
}

/** Sendings and arrivals in the order of their times; at one instant what was there first comes first. */
function stepsOf(journeys: readonly Journey[]): Step[] {
  const steps: Step[] = [];
  for (const journey of journeys) {
    steps.push({ atNs: journey.sentNs, journey, isArrival: false });
    if (journey.arrivedNs !== undefined) steps.push({ atNs: journey.arrivedNs, journey, isArrival: true });
  }
  return steps.sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
}

/** What hosts are called. */
class HostNames {
  private readonly byAddress: Map<string, string>;
  private readonly inUse = new Set<string>();

  constructor(packets: readonly CapturedPacket[], given: ReadonlyMap<string, string>) {
    this.byAddress = new Map();
    for (const { direction, interfaceName, sourceHost } of packets) {
      if (direction !== "out" || !HOST_NAME.test(interfaceName)) continue;
      const known = this.byAddress.get(sourceHost);
      // An interface that sends for several hosts, or a host with several, names none of them.
      if (known === undefined) this.byAddress.set(sourceHost, interfaceName);
      else if (known !== interfaceName) this.byAddress.set(sourceHost, sourceHost);
    }
    const owners = new Map<string, string>();
    for (const [address, name] of this.byAddress) {
      const other = owners.get(name);
      if (other === undefined) owners.set(name, address);
      else for (const one of [address, other]) this.byAddress.set(one, one);
    }
    for (const [address, name] of given) this.byAddress.set(address, name);
  }

  of(address: string): string {
    const name = this.byAddress.get(address) ?? address;
    this.inUse.add(name);
    return name;
  }

  used(): string[] {
    return [...this.inUse];
  }
}

/** `H1`, and not `eth0`, `any` or `lo`, which say nothing of a host. */
const HOST_NAME = /^(?!any$|lo\d*$|(?:eth|en|wl|veth|br|docker|tun|tap|bond|wlan)[\w-]*\d|en\w+$)[A-Za-z][\w-]{0,63}$/;
