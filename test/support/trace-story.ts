/** A trace written by hand, event by event, for tests of what is drawn from traces; and traces of small scenarios. */

import { type TraceModel, TraceModelSink } from "../../src/report/model/trace-model.ts";
import { parseScenario } from "../../src/scenario/parse.ts";
import { runScenario } from "../../src/scenario/run.ts";
import { EventCode, type EventKind, type RttKind, type TraceSink } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/recorder.ts";

export interface PacketFacts {
  readonly id: number;
  readonly type?: string;
  readonly seq?: number;
  readonly total?: number;
  readonly attempt?: number;
  readonly bytes?: number;
  readonly note?: string;
}

export class TraceStory {
  readonly sink = new TraceModelSink();
  private readonly recorder: Recorder;

  constructor(...more: TraceSink[]) {
    this.recorder = new Recorder([this.sink, ...more]);
  }

  get model(): TraceModel {
    return this.sink.model();
  }

  /** An event about a packet: `send`, `deliver`, `drop`, `duplicate`, `corrupt`, `timeout`. */
  packet(atMs: number, event: EventKind, node: string, peer: string, facts: PacketFacts, valueMs = Number.NaN): this {
    const { id, type = "DATA", seq = 1, total = 1, attempt = 1, bytes = 64, note = "" } = facts;
    const { labels } = this.recorder;
    this.recorder.clock.nowNs = Math.round(atMs * 1e6);
    const [nodeId, peerId, typeId, noteId] = [labels.id(node), labels.id(peer), labels.id(type), labels.id(note)];
    this.recorder.emit(EventCode[event], nodeId, peerId, id, typeId, seq, total, attempt, bytes, noteId, valueMs);
    return this;
  }

  /** An event in words: `state`, `action`, `http`, `reject`. */
  note(atMs: number, event: EventKind, node: string, note: string, peer = ""): this {
    const { labels } = this.recorder;
    this.recorder.clock.nowNs = Math.round(atMs * 1e6);
    this.recorder.emit(
      EventCode[event],
      labels.id(node),
      labels.id(peer),
      0,
      0,
      -1,
      -1,
      -1,
      -1,
      labels.id(note),
      Number.NaN,
    );
    return this;
  }

  /** What became of a message at its sender, or `received` at its receiver. */
  message(atMs: number, node: string, peer: string, outcome: string, transmissions = 1, type = "DATA"): this {
    const { labels } = this.recorder;
    this.recorder.clock.nowNs = Math.round(atMs * 1e6);
    const [nodeId, peerId, typeId, noteId] = [labels.id(node), labels.id(peer), labels.id(type), labels.id(outcome)];
    this.recorder.emit(EventCode.state, nodeId, peerId, 0, typeId, 1, 1, transmissions, 10, noteId, Number.NaN);
    return this;
  }

  rtt(
    atMs: number,
    node: string,
    peer: string,
    packetId: number,
    kind: RttKind,
    values: Partial<Record<"sample" | "estimated" | "dev" | "timeout", number>>,
  ): this {
    const { labels } = this.recorder;
    const { sample = Number.NaN, estimated = Number.NaN, dev = Number.NaN, timeout = Number.NaN } = values;
    this.recorder.clock.nowNs = Math.round(atMs * 1e6);
    const state = { sampleRttMs: sample, estimatedRttMs: estimated, devRttMs: dev, timeoutIntervalMs: timeout };
    this.recorder.rtt(labels.id(node), labels.id(peer), packetId, kind, state);
    return this;
  }
}

/** The trace of a scenario, given without its name and description. */
export function modelOf(yaml: string): TraceModel {
  const parsed = parseScenario(`name: story\ndescription: story\n${yaml}`, "story.yaml");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  const sink = new TraceModelSink();
  const { durationMs } = runScenario(parsed.scenario, { sinks: [sink] });
  return sink.model(durationMs);
}

/** One sender and one receiver 50 ms apart, a fixed timeout of 200 ms, and as many packets as asked for. */
export function bare(faults: string, packets = 1, rto = "{ estimator: fixed, initial: 200ms, backoff: 1 }"): string {
  return `
network: { delay: 50ms, faults: [${faults}] }
hosts: { sender: { role: arq-sender }, receiver: { role: arq-receiver } }
protocol: { maxDatagram: 64B, rto: ${rto} }
timeline:
  - { at: 0s, host: sender, do: { send: { to: receiver, packets: ${packets}, bytes: 64B } } }
`;
}
