/**
 * Turns a capture of the 2015 wire into a trace: the same events, files and pictures as a run's. What a capture cannot show
 * (a user's actions, the directory's table) is not in it.
 */

import type { RtoOptions } from "../core/arq/options.ts";
import type { Packet } from "../core/wire/packet.ts";
import { reportWire } from "../core/wire/report.ts";
import { RETRANSMISSION_NOTES, Stories } from "../sim/story.ts";
import { EventCode, type TraceSink } from "../trace/events.ts";
import { Recorder } from "../trace/recorder.ts";
import { Flows, type Fragment, type Place } from "./flows.ts";
import { HostNames } from "./host-names.ts";
import { droppedFor, type Journey, type Sight, sightsOf } from "./journeys.ts";
import type { CapturedPacket } from "./packets.ts";
import { SegmentNames } from "./segments.ts";

export interface ImportOptions {
  /** The estimator that is run over the round trips seen. */
  readonly rto: RtoOptions;
  /** Transmissions of a packet before its sender gives it up; Infinity: it never does. */
  readonly maxAttempts: number;
  /**
   * Host names by address (`10.0.0.1`), or by address and port (`127.0.0.1:8001`, `[::1]:8001`); else interfaces are asked for
   * their names, and else the address stands for the host, with its port where several hosts have it.
   */
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

/** What a packet is called in the trace, found out when it was sent. */
interface Called {
  readonly packetId: number;
  readonly typeId: number;
  /** Its `seq`, `total` and `attempt`. */
  readonly numbers: readonly [number, number, number];
  readonly place: Place | undefined;
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
  private readonly rto: RtoOptions;
  private readonly flows: Flows;
  private readonly segments = new SegmentNames();
  private readonly stories = new Stories();
  private readonly names: HostNames;
  private readonly ports: ReadonlySet<number>;
  private readonly sights: readonly Sight[];
  private readonly startNs: bigint;
  /** By the journeys' numbers; none for what is not of the trace. */
  private readonly called: (Called | undefined)[] = [];
  private packetIds = 0;
  private datagrams = 0;
  private segmentCount = 0;
  private otherDatagrams = 0;

  constructor(packets: readonly CapturedPacket[], options: ImportOptions, sinks: readonly TraceSink[]) {
    this.recorder = new Recorder(sinks);
    this.rto = options.rto;
    this.flows = new Flows(options.rto, options.maxAttempts);
    this.ports = options.ports;
    this.names = new HostNames(packets, options.names);
    this.sights = sightsOf(packets);
    this.startNs = this.sights[0]?.packet.timeNs ?? 0n;
  }

  run(): ImportResult {
    for (const { kind, journey, packet } of this.sights) {
      this.recorder.clock.nowNs = Number(packet.timeNs - this.startNs);
      if (kind === "sent") {
        const called = packet.protocol === "udp" ? this.sendDatagram(journey) : this.sendSegment(journey);
        this.called[journey.index] = called;
        if (called === undefined) continue;
        if (journey.fate === "lost") this.drop(packet, called, journey.lossReason);
        if (journey.fate === "passed") this.arrive(packet, called);
        continue;
      }
      const called = this.called[journey.index];
      if (called === undefined) continue;
      if (kind !== "arrived") this.event(EventCode.duplicate, packet, called, kind);
      if (kind === "copy lost") this.drop(packet, called, droppedFor(packet) ?? kind);
      else this.arrive(packet, called);
    }
    const lastNs = this.sights.at(-1)?.packet.timeNs ?? this.startNs;
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

  // Sending -----------------------------------------------------------------------------------------------------------

  private sendDatagram(journey: Journey): Called | undefined {
    const { packet } = journey;
    const decoded = reportWire.decode(packet.payload);
    const isOurs = this.ports.has(packet.sourcePort) || this.ports.has(packet.destinationPort);
    if (!(isOurs || (this.ports.size === 0 && decoded.ok))) {
      this.otherDatagrams++;
      return undefined;
    }
    this.datagrams++;
    if (decoded.ok) return this.sendPacket(journey, decoded);
    this.remark(EventCode.reject, packet, true, `${decoded.reason} at byte ${decoded.offsetBytes}`);
    return undefined;
  }

  private sendPacket(journey: Journey, decoded: Packet): Called {
    const { packet } = journey;
    const place = this.flows.place(
      `${packet.sourceHost} ${packet.sourcePort}`,
      `${packet.destinationHost} ${packet.destinationPort}`,
      decoded,
      this.recorder.clock.nowNs,
    );
    const { flow, fragment, kind, type, seq, total, attempt } = place;
    const isData = kind === "data";
    const isAgain = isData && attempt > 1;
    if (isAgain) this.timeout(packet, place);
    const typeId = this.recorder.labels.id(isData ? type : `${type}-ACK`);
    const called: Called = { packetId: ++this.packetIds, typeId, numbers: [seq, total, attempt], place };
    this.event(EventCode.send, packet, called, isAgain ? this.judge(fragment) : "");
    if (isData) {
      if (!isAgain) flow.fragment.storyId = called.packetId;
      flow.packetId = called.packetId;
      if (flow.transmissions === 1) flow.startedNs = flow.sentNs;
    }
    this.tell(journey, place);
    return called;
  }

  /** Keeps the packet's story: see sim/story.ts. */
  private tell({ fate, isDamaged }: Journey, { kind, fragment }: Place): void {
    if (fragment === undefined) return;
    const { storyId } = fragment;
    if (fate === "passed") fragment.isTold = false;
    const isLost = fate === "lost" || isDamaged;
    if (kind === "data") {
      this.stories.sent(storyId);
      if (isLost) this.stories.lost(storyId);
    } else {
      this.stories.acknowledged(storyId);
      if (isLost) this.stories.ackLost(storyId);
    }
  }

  /** Why a packet is sent again, where the capture knows what became of all that was sent before. */
  private judge(fragment: Fragment | undefined): string {
    return RETRANSMISSION_NOTES[fragment?.isTold ? this.stories.judge(fragment.storyId) : "unknown"];
  }

  private sendSegment({ packet }: Journey): Called {
    const { type, seq, ack, attempt, httpLine } = this.segments.name(packet);
    this.segmentCount++;
    const typeId = this.recorder.labels.id(type);
    const called: Called = {
      packetId: ++this.packetIds,
      typeId,
      numbers: [seq, ack, attempt],
      place: undefined,
    };
    this.event(EventCode.send, packet, called, attempt > 1 ? RETRANSMISSION_NOTES.unknown : "");
    if (httpLine !== undefined) this.remark(EventCode.http, packet, false, httpLine);
    return called;
  }

  // Arriving ----------------------------------------------------------------------------------------------------------

  /** The packet is lost at its sender, or on its way. */
  private drop(packet: CapturedPacket, called: Called, reason: string): void {
    this.event(EventCode.drop, packet, called, reason);
  }

  private arrive(packet: CapturedPacket, called: Called): void {
    const { place } = called;
    const isData = place?.kind === "data";
    const reason = droppedFor(packet);
    const storyId = place?.fragment?.storyId ?? 0;
    if (reason !== undefined) {
      this.event(EventCode.drop, packet, called, reason, true);
      if (isData) this.stories.lost(storyId);
      else if (storyId !== 0) this.stories.ackLost(storyId);
      return;
    }
    const isDamaged = packet.comment === "CORRUPTED";
    if (isDamaged) this.event(EventCode.corrupt, packet, called, "seen at its destination");
    this.event(EventCode.deliver, packet, called, "", true);
    if (place === undefined) return;
    if (!isDamaged) {
      if (isData) this.stories.reached(storyId);
      else this.acknowledge(packet, place);
      return;
    }
    const decoded = reportWire.decode(packet.payload);
    if (!decoded.ok) this.remark(EventCode.reject, packet, true, `${decoded.reason} at byte ${decoded.offsetBytes}`);
    else if (!isData && isStill(place, decoded)) this.acknowledge(packet, place);
  }

  /** The packet is sent again: its timer has run out. */
  private timeout(packet: CapturedPacket, { flow, type, seq, total, attempt }: Place): void {
    const { recorder } = this;
    const waitedMs = flow.gapNs / NS_PER_MS;
    const [nodeId, peerId] = this.ends(packet, false);
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
    const [nodeId, peerId] = this.ends(packet, true);
    const { estimator } = flow;
    const wasRetransmitted = flow.attempt > 1;
    if (wasRetransmitted && this.rto.karn) {
      estimator.onAcknowledged(true);
      const { estimatedRttMs, devRttMs, timeoutIntervalMs } = estimator;
      const state = { sampleRttMs: rttMs, estimatedRttMs, devRttMs, timeoutIntervalMs };
      recorder.rtt(nodeId, peerId, flow.packetId, "ambiguous", state);
    } else {
      estimator.onSample(rttMs);
      estimator.onAcknowledged(wasRetransmitted);
      recorder.rtt(nodeId, peerId, flow.packetId, "sample", estimator);
    }
    if (seq !== total + 1) return;
    const { labels } = recorder;
    const tookMs = (nowNs - flow.startedNs) / NS_PER_MS;
    const numbers = [flow.message, total, flow.transmissions, flow.payloadBytes] as const;
    recorder.emit(EventCode.state, nodeId, peerId, 0, labels.id(type), ...numbers, labels.id("delivered"), tookMs);
  }

  // The trace ---------------------------------------------------------------------------------------------------------

  /** Something that happens to a packet, at its sender or at its destination. */
  private event(code: number, packet: CapturedPacket, called: Called, note: string, isAtDestination = false): void {
    const { packetId, typeId, numbers } = called;
    const [nodeId, peerId] = this.ends(packet, isAtDestination);
    const noteId = this.recorder.labels.id(note);
    const { payloadBytes } = packet;
    this.recorder.emit(code, nodeId, peerId, packetId, typeId, ...numbers, payloadBytes, noteId, Number.NaN);
  }

  /** Something that a packet says, to whoever sends it or gets it. */
  private remark(code: number, packet: CapturedPacket, isAtDestination: boolean, text: string): void {
    const [nodeId, peerId] = this.ends(packet, isAtDestination);
    const noteId = this.recorder.labels.oneOff(text);
    this.recorder.emit(code, nodeId, peerId, 0, 0, NONE, NONE, NONE, packet.payloadBytes, noteId, Number.NaN);
  }

  /** The labels of the host whose event it is, and of the other one. */
  private ends(packet: CapturedPacket, isAtDestination: boolean): [number, number] {
    const { labels } = this.recorder;
    const source = labels.id(this.names.of(packet.sourceHost, packet.sourcePort));
    const destination = labels.id(this.names.of(packet.destinationHost, packet.destinationPort));
    return isAtDestination ? [destination, source] : [source, destination];
  }
}

/** Has the damage left what a sender looks at in an ACK? */
function isStill({ flow, seq, total }: Place, arrived: Packet): boolean {
  return arrived.type === flow.type && arrived.seq === seq && arrived.total === total;
}
