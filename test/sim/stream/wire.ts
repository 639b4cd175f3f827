/**
 * A small deterministic network for tests of the byte streams: a virtual clock, a list of events, and a function that
 * decides each segment's fate.
 */

import { expect } from "vitest";
import type { Endpoint, StreamHandlers, Timer } from "../../../src/core/transport.ts";
import { endpoint } from "../../../src/core/transport.ts";
import type { StreamOptions } from "../../../src/sim/stream/options.ts";
import { type Segment, type SegmentPort, segmentTypeName } from "../../../src/sim/stream/segment-port.ts";
import { type SimStream, StreamLayer } from "../../../src/sim/stream/stream-layer.ts";
import { silentTrace } from "../../../src/trace/node-trace.ts";

/** A segment as it was sent. */
export interface SentSegment {
  readonly atMs: number;
  readonly id: number;
  /** `SYN`, `SEGMENT`, `SEGMENT-ACK`, ... */
  readonly type: string;
  readonly from: string;
  readonly segment: Segment;
}

/** When the copies of a segment arrive, in ms from now: [] = it is lost, two = it is duplicated. */
export type Fate = (sent: SentSegment) => readonly number[];

export interface WireOptions {
  readonly delayMs?: number;
  readonly segmentBytes?: number;
  readonly fate?: Fate;
  readonly stream?: Partial<StreamOptions>;
  /** Keep what was sent? Off for large transfers. */
  readonly keepLog?: boolean;
}

interface Event {
  readonly atNs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class Wire {
  readonly log: SentSegment[] = [];
  readonly delayMs: number;
  readonly segmentBytes: number;
  readonly streamOptions: Partial<StreamOptions>;
  fate: Fate;
  nowNs = 0;
  segments = 0;
  private readonly keepLog: boolean;
  private readonly heap: Event[] = [];
  private readonly hosts = new Map<string, TestHost>();
  private order = 0;

  constructor(options: WireOptions = {}) {
    this.delayMs = options.delayMs ?? 10;
    this.segmentBytes = options.segmentBytes ?? 1000;
    this.streamOptions = options.stream ?? {};
    this.fate = options.fate ?? (() => [this.delayMs]);
    this.keepLog = options.keepLog ?? true;
  }

  get nowMs(): number {
    return this.nowNs / 1e6;
  }

  /** What was sent, of one type and from one host where these are given. */
  sent(type?: string, from?: string): SentSegment[] {
    return this.log.filter((s) => (type === undefined || s.type === type) && (from === undefined || s.from === from));
  }

  host(address: string): TestHost {
    const host = new TestHost(this, address);
    this.hosts.set(address, host);
    return host;
  }

  at(delayMs: number, happen: () => void): void {
    const event = { atNs: this.nowNs + Math.round(delayMs * 1e6), order: this.order++, happen };
    const { heap } = this;
    let at = heap.push(event) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isBefore(event, heap[up]!); up = (at - 1) >> 1) {
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = event;
  }

  /** Runs to a point of virtual time (with it), or until nothing is left to happen. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (let next = this.heap[0]; next !== undefined && next.atNs <= untilMs * 1e6; next = this.heap[0]) {
      this.pop();
      this.nowNs = Math.max(this.nowNs, next.atNs);
      next.happen();
    }
    if (untilMs !== Number.POSITIVE_INFINITY) this.nowNs = untilMs * 1e6;
  }

  send(segment: Segment): number {
    const id = ++this.segments;
    const type = segmentTypeName(segment);
    const sent = { atMs: this.nowMs, id, type, from: segment.source.host, segment };
    if (this.keepLog) this.log.push(sent);
    for (const delayMs of this.fate(sent)) this.deliver(segment, delayMs);
    return id;
  }

  /** Brings a segment to its host, also one that was there before. */
  deliver(segment: Segment, delayMs = 0): void {
    this.at(delayMs, () => {
      const host = this.hosts.get(segment.destination.host);
      if (host !== undefined && !host.isUnplugged) host.layer.onSegment(segment);
    });
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.order < b.order);
}

/** A host on the wire: its stream layer, and what its HTTP exchanges told the trace. */
export class TestHost implements SegmentPort {
  readonly host: string;
  readonly layer: StreamLayer;
  readonly http: string[] = [];
  readonly rejects: string[] = [];
  /** Hears nothing any more, as if the cable were pulled. */
  isUnplugged = false;
  readonly trace = {
    ...silentTrace,
    http: (note: string) => void this.http.push(note),
    reject: (note: string) => void this.rejects.push(note),
  };
  private readonly wire: Wire;

  constructor(wire: Wire, address: string) {
    this.wire = wire;
    this.host = address;
    this.layer = new StreamLayer(this, wire.streamOptions);
  }

  nowNs(): number {
    return this.wire.nowNs;
  }

  sendSegment(segment: Segment): number {
    return this.wire.send(segment);
  }

  maxSegmentBytes(): number {
    return this.wire.segmentBytes;
  }

  createTimer(onFire: () => void): Timer {
    const { wire } = this;
    let setting = 0;
    return {
      isSet: false,
      set(this: { isSet: boolean }, delayMs: number) {
        const mine = ++setting;
        this.isSet = true;
        wire.at(delayMs, () => {
          if (!this.isSet || mine !== setting) return;
          this.isSet = false;
          onFire();
        });
      },
      cancel(this: { isSet: boolean }) {
        this.isSet = false;
      },
    };
  }
}

/** What happened to one end of a stream, in order, and the bytes that came. */
export class Spy implements StreamHandlers {
  readonly events: string[] = [];
  private readonly parts: Uint8Array[] = [];
  stream: SimStream | undefined = undefined;
  /** Ends our direction as soon as the other side ends its own. */
  private readonly endsToo: boolean;

  constructor(endsToo = false) {
    this.endsToo = endsToo;
  }

  get bytes(): Uint8Array {
    const all = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  get last(): string | undefined {
    return this.events.at(-1);
  }

  onOpen(): void {
    this.events.push("open");
  }

  onData(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    if (this.last !== "data") this.events.push("data");
  }

  onDrain(): void {
    this.events.push("drain");
  }

  onEnd(): void {
    this.events.push("end");
    if (this.endsToo) this.stream?.end();
  }

  onClose(reason: string): void {
    this.events.push(`closed: ${reason}`);
  }
}

/** Two hosts; the second listens on port 80. Every accepted stream gets a spy of its own. */
export function twoHosts(options: WireOptions = {}, serverEndsToo = true) {
  const wire = new Wire(options);
  const client = wire.host("10.0.0.4");
  const server = wire.host("10.0.0.2");
  const accepted: Spy[] = [];
  const listen = () =>
    server.layer.listen(80, (stream) => {
      const spy = new Spy(serverEndsToo);
      spy.stream = stream;
      accepted.push(spy);
      return spy;
    });
  listen();
  const to: Endpoint = endpoint("10.0.0.2", 80);
  const connect = (endsToo = false) => {
    const spy = new Spy(endsToo);
    spy.stream = client.layer.connect("10.0.0.4", to, spy);
    return spy;
  };
  return { wire, client, server, accepted, connect, listen, to };
}

export function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

/** Bytes of which every stretch is different, so that loss, repetition and disorder show. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (Math.imul(i, 0x9e3779b1) >>> 24) ^ (i >> 8);
  return bytes;
}

/** The same bytes, in the same order? Says where they first differ. */
export function expectBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  const differsAt = expected.findIndex((byte, i) => actual?.[i] !== byte);
  expect({ length: actual?.length, differsAt }).toEqual({ length: expected.length, differsAt: -1 });
}

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
