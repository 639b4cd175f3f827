/**
 * A model as compact JSON, for a file that carries its own data. Each column is a base64 text of variable-length
 * integers, most of them the difference to the number before (LEB128 of zigzag values, as in Protocol Buffers): about
 * 20 bytes per event. Durations are rounded to whole nanoseconds, which is as much as any picture or table shows.
 */

import type { EventColumns, RttColumns, TraceModel } from "./trace-model.ts";

/** How a column's numbers become integers. */
type Coding = "delta" | "plain" | "nanoseconds";

/** The columns that hold small integers; the others hold doubles. */
const ARRAYS = {
  code: Uint8Array,
  kind: Uint8Array,
  node: Int32Array,
  peer: Int32Array,
  type: Int32Array,
  attempt: Int32Array,
  note: Int32Array,
};

const EVENT_CODINGS: Readonly<Record<keyof EventColumns, Coding>> = {
  timeNs: "delta",
  code: "plain",
  node: "plain",
  peer: "plain",
  packetId: "delta",
  type: "plain",
  seq: "delta",
  total: "delta",
  attempt: "plain",
  bytes: "plain",
  note: "plain",
  valueMs: "nanoseconds",
};

const RTT_CODINGS: Readonly<Record<keyof RttColumns, Coding>> = {
  timeNs: "delta",
  node: "plain",
  peer: "plain",
  packetId: "delta",
  kind: "plain",
  sampleRttMs: "nanoseconds",
  estimatedRttMs: "nanoseconds",
  devRttMs: "nanoseconds",
  timeoutIntervalMs: "nanoseconds",
};

export interface PackedModel {
  readonly texts: readonly string[];
  readonly count: number;
  readonly events: Readonly<Record<keyof EventColumns, string>>;
  readonly rttCount: number;
  readonly rtt: Readonly<Record<keyof RttColumns, string>>;
  readonly eventsSeen: number;
  readonly endMs: number;
}

export function packModel(model: TraceModel): PackedModel {
  const { texts, count, rttCount, eventsSeen, endMs } = model;
  return {
    texts,
    count,
    events: packAll(model.events, EVENT_CODINGS),
    rttCount,
    rtt: packAll(model.rtt, RTT_CODINGS),
    eventsSeen,
    endMs,
  };
}

/** Throws where a column is not what `packModel` made. */
export function unpackModel(packed: PackedModel): TraceModel {
  const { texts, count, rttCount, eventsSeen, endMs } = packed;
  return {
    texts,
    count,
    events: unpackAll<EventColumns>(packed.events, EVENT_CODINGS, count),
    rttCount,
    rtt: unpackAll<RttColumns>(packed.rtt, RTT_CODINGS, rttCount),
    eventsSeen,
    endMs,
  };
}

function packAll<K extends string>(
  columns: Readonly<Record<K, ArrayLike<number>>>,
  codings: Readonly<Record<K, Coding>>,
) {
  const names = Object.keys(codings) as K[];
  return Object.fromEntries(names.map((name) => [name, pack(columns[name], codings[name])])) as Record<K, string>;
}

function unpackAll<C>(
  packed: Readonly<Record<keyof C & string, string>>,
  codings: Readonly<Record<keyof C & string, Coding>>,
  count: number,
): C {
  const names = Object.keys(codings) as (keyof C & string)[];
  const columns = names.map((name) => {
    const numbers = unpack(packed[name], codings[name], count);
    const small = ARRAYS[name as keyof typeof ARRAYS];
    return [name, small === undefined ? numbers : small.from(numbers)];
  });
  return Object.fromEntries(columns) as C;
}

const NS_PER_MS = 1e6;

/** 0 stands for NaN where durations are coded. */
function pack(values: ArrayLike<number>, coding: Coding): string {
  const bytes: number[] = [];
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (coding === "nanoseconds") putVarint(bytes, Number.isNaN(value) ? 0 : zigzag(Math.round(value * NS_PER_MS)) + 1);
    else putVarint(bytes, zigzag(value - before));
    if (coding === "delta") before = value;
  }
  return toBase64(bytes);
}

function unpack(text: string, coding: Coding, count: number): Float64Array {
  const bytes = atob(text);
  const values = new Float64Array(count);
  let at = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    let [value, scale] = [0, 1];
    for (let more = true; more; scale *= 128) {
      const byte = bytes.charCodeAt(at++);
      if (Number.isNaN(byte))
        throw new RangeError(`a column ends after ${i} of ${count} numbers: the file is not whole`);
      value += (byte & 127) * scale;
      more = byte >= 128;
    }
    if (coding === "nanoseconds") values[i] = value === 0 ? Number.NaN : unzigzag(value - 1) / NS_PER_MS;
    else {
      values[i] = before + unzigzag(value);
      if (coding === "delta") before = values[i]!;
    }
  }
  return values;
}

/** 0, -1, 1, -2 ... as 0, 1, 2, 3 ...; in doubles, for times have more than 32 bits. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}

function putVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Arguments of one call: engines limit them. */
const CHUNK = 8192;

function toBase64(bytes: readonly number[]): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.slice(i, i + CHUNK));
  return btoa(binary);
}
