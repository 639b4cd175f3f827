/** Events and RTT rows for the tests of trace files: one to vary, and any, with awkward texts. */

import fc from "fast-check";
import { EVENT_KINDS, EventCode, RTT_KINDS, type RttRow } from "../../src/trace/events.ts";
import type { Recorder } from "../../src/trace/recorder.ts";

/** Collects chunks as a file would: copied, since the buffer is used again. */
export class Collected {
  readonly chunks: Uint8Array[] = [];
  readonly take = (chunk: Uint8Array) => void this.chunks.push(chunk.slice());

  get text(): string {
    const decoder = new TextDecoder();
    return this.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  }
}

export interface EventFields {
  timeNs: number;
  code: number;
  node: string;
  peer: string;
  packetId: number;
  type: string;
  seq: number;
  total: number;
  attempt: number;
  bytes: number;
  note: string;
  valueMs: number;
}

export const someEvent: EventFields = {
  timeNs: 6_580_757_000,
  code: EventCode.send,
  node: "H2",
  peer: "H1",
  packetId: 1,
  type: "UPDATE",
  seq: 1,
  total: 1,
  attempt: 1,
  bytes: 18,
  note: "",
  valueMs: Number.NaN,
};

export const awkwardText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom('"', ",", "\n", "\r", " ", "a", "é", "🦆", ";", "\t", "="), { maxLength: 70 })
    .map((c) => c.join("")),
);
const count = fc.oneof(fc.constant(-1), fc.nat(), fc.nat(20));
export const anyEvent: fc.Arbitrary<EventFields> = fc.record({
  timeNs: fc.integer({ min: 0, max: 1e15 }),
  code: fc.nat(EVENT_KINDS.length - 1),
  node: awkwardText,
  peer: awkwardText,
  packetId: fc.oneof(fc.constant(0), fc.maxSafeNat()),
  type: awkwardText,
  seq: count,
  total: count,
  attempt: count,
  bytes: count,
  note: awkwardText,
  valueMs: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e6, noNaN: true })),
});

export type RttFields = Omit<RttRow, "timeMs" | "nodeId" | "peerId">;
const value = fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e6 }));
export const anyRow: fc.Arbitrary<RttFields> = fc.record({
  timeNs: fc.integer({ min: 0, max: 1e15 }),
  node: awkwardText,
  peer: awkwardText,
  packetId: fc.nat(),
  sampleRttMs: value,
  estimatedRttMs: value,
  devRttMs: value,
  timeoutIntervalMs: value,
  kind: fc.constantFrom(...RTT_KINDS),
});

/** `oneOff`: the note is a text that comes once. */
export function recordEvent(recorder: Recorder, fields: Partial<EventFields>, oneOff = false): void {
  const { labels } = recorder;
  const e = { ...someEvent, ...fields };
  const note = oneOff ? labels.oneOff(e.note) : labels.id(e.note);
  const [node, peer, type] = [labels.id(e.node), labels.id(e.peer), labels.id(e.type)];
  recorder.clock.nowNs = e.timeNs;
  recorder.emit(e.code, node, peer, e.packetId, type, e.seq, e.total, e.attempt, e.bytes, note, e.valueMs);
}

export function recordRtt(recorder: Recorder, row: RttFields): void {
  const { labels } = recorder;
  recorder.clock.nowNs = row.timeNs;
  recorder.rtt(labels.id(row.node), labels.id(row.peer), row.packetId, row.kind, row);
}
