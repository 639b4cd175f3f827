/**
 * The one stream of events of a run: numbers them, hashes them, and hands each to the sinks. Producers speak in label
 * ids (see labels.ts); the event object is reused from event to event.
 */

import { Clock } from "./clock.ts";
import {
  EVENT_KINDS,
  EventCode,
  type EventKind,
  RTT_KINDS,
  type RttKind,
  type RttRow,
  type TraceEvent,
  type TraceSink,
} from "./events.ts";
import { formatMs } from "./format-ms.ts";
import { Labels } from "./labels.ts";
import type { RttState } from "./node-trace.ts";
import { TraceHash } from "./trace-hash.ts";

const NS_PER_MS = 1e6;

class CurrentEvent implements TraceEvent {
  timeNs = 0.5; // a fraction at first, so that the engine stores a double from the start
  code = 0;
  nodeId = 0;
  peerId = 0;
  packetId = 0;
  typeId = 0;
  seq = -1;
  total = -1;
  attempt = -1;
  bytes = -1;
  noteId = 0;
  valueMs = Number.NaN;
  private readonly labels: Labels;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get timeMs(): number {
    return this.timeNs / NS_PER_MS;
  }
  get event(): EventKind {
    return EVENT_KINDS[this.code] as EventKind;
  }
  get node(): string {
    return this.labels.text(this.nodeId);
  }
  get peer(): string {
    return this.labels.text(this.peerId);
  }
  get type(): string {
    return this.labels.text(this.typeId);
  }
  get note(): string {
    const text = this.labels.text(this.noteId);
    if (Number.isNaN(this.valueMs)) return text;
    return `${text}${text === "" ? "" : " "}${formatMs(this.valueMs)} ms`;
  }
}

class CurrentRtt implements RttRow {
  timeNs = 0.5;
  nodeId = 0;
  peerId = 0;
  packetId = 0;
  sampleRttMs = Number.NaN;
  estimatedRttMs = Number.NaN;
  devRttMs = Number.NaN;
  timeoutIntervalMs = Number.NaN;
  kind: RttKind = "sample";
  private readonly labels: Labels;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get timeMs(): number {
    return this.timeNs / NS_PER_MS;
  }
  get node(): string {
    return this.labels.text(this.nodeId);
  }
  get peer(): string {
    return this.labels.text(this.peerId);
  }
}

export class Recorder {
  readonly labels = new Labels();
  /** Events so far; the n-th event of a run is number n. */
  eventCount = 0;
  private readonly hash = new TraceHash();
  private readonly current = new CurrentEvent(this.labels);
  private readonly currentRtt = new CurrentRtt(this.labels);
  private readonly eventSinks: { onEvent(event: TraceEvent): void }[] = [];
  private readonly rttSinks: { onRtt(row: RttRow): void }[] = [];
  private readonly rttKindIds = RTT_KINDS.map((kind) => this.labels.id(kind));

  /** The run's time, which every event bears. */
  readonly clock: Clock;

  constructor(sinks: readonly TraceSink[] = [], clock = new Clock()) {
    this.clock = clock;
    for (const sink of sinks) {
      if (sink.onEvent) this.eventSinks.push(sink as { onEvent(event: TraceEvent): void });
      if (sink.onRtt) this.rttSinks.push(sink as { onRtt(row: RttRow): void });
    }
  }

  /** Records one event, now. -1 stands for an absent seq, total, attempt or bytes; NaN for no duration. */
  emit(
    code: number,
    nodeId: number,
    peerId: number,
    packetId: number,
    typeId: number,
    seq: number,
    total: number,
    attempt: number,
    bytes: number,
    noteId: number,
    valueMs: number,
  ): void {
    const { labels, clock } = this;
    const timeNs = clock.nowNs;
    this.eventCount++;
    this.hash.event(
      clock,
      code | (attempt << 4),
      labels.hash(nodeId),
      labels.hash(peerId),
      packetId | 0,
      labels.hash(typeId),
      seq,
      total,
      bytes,
      labels.hash(noteId),
    );
    if (!Number.isNaN(valueMs)) this.hash.double(valueMs);
    const event = this.current;
    event.timeNs = timeNs;
    event.code = code;
    event.nodeId = nodeId;
    event.peerId = peerId;
    event.packetId = packetId;
    event.typeId = typeId;
    event.seq = seq;
    event.total = total;
    event.attempt = attempt;
    event.bytes = bytes;
    event.noteId = noteId;
    event.valueMs = valueMs;
    const sinks = this.eventSinks;
    for (let i = 0; i < sinks.length; i++) (sinks[i] as { onEvent(event: TraceEvent): void }).onEvent(event);
  }

  /** Records what an RTT estimator saw: a row of rtt.csv, and for a sample an `rtt` event. */
  rtt(nodeId: number, peerId: number, packetId: number, kind: RttKind, state: RttState): void {
    if (kind !== "timeout") {
      const kindId = this.rttKindIds[kind === "sample" ? 0 : 1] as number;
      this.emit(EventCode.rtt, nodeId, peerId, packetId, 0, -1, -1, -1, -1, kindId, state.sampleRttMs);
    }
    this.hash.double(state.estimatedRttMs);
    this.hash.double(state.devRttMs);
    this.hash.double(state.timeoutIntervalMs);
    const sinks = this.rttSinks;
    if (sinks.length === 0) return;
    const row = this.currentRtt;
    row.timeNs = this.clock.nowNs;
    row.nodeId = nodeId;
    row.peerId = peerId;
    row.packetId = packetId;
    row.sampleRttMs = kind === "timeout" ? Number.NaN : state.sampleRttMs;
    row.estimatedRttMs = state.estimatedRttMs;
    row.devRttMs = state.devRttMs;
    row.timeoutIntervalMs = state.timeoutIntervalMs;
    row.kind = kind;
    for (let i = 0; i < sinks.length; i++) (sinks[i] as { onRtt(row: RttRow): void }).onRtt(row);
  }

  /** The time of the latest event, in ns; 0 before the first. */
  get lastEventNs(): number {
    return this.eventCount === 0 ? 0 : this.current.timeNs;
  }

  /** The hash of all events so far. */
  digest(): string {
    return this.hash.digest();
  }
}
