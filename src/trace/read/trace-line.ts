/**
 * What a line of a trace file says, as the objects that sinks get during a run. Unlike those, these are not used again:
 * keep them as long as you like.
 */

import {
  EVENT_KINDS,
  type EventKind,
  RTT_KINDS,
  type RttKind,
  type RttRow,
  type TraceEvent,
  type TraceSink,
} from "../events.ts";
import { Labels } from "../labels.ts";
import { splitNote } from "../note.ts";
import { shown, TraceFileError } from "./trace-file-error.ts";

/** A line is an event, or what an RTT estimator saw. `line` is where it begins, from 1. */
export type TraceLine =
  | { readonly line: number; readonly event: TraceEvent; readonly rtt?: undefined }
  | { readonly line: number; readonly event?: undefined; readonly rtt: RttRow };

/** Hands what was read to sinks, as a run does. A sink serves one file: label ids mean something within it only. */
export function replayTrace(lines: Iterable<TraceLine>, sinks: readonly TraceSink[]): void {
  for (const { event, rtt } of lines) {
    for (const sink of sinks) {
      if (event !== undefined) sink.onEvent?.(event);
      else sink.onRtt?.(rtt);
    }
  }
}

/** A row's values by column. Numbers may still be digits; what is absent is "" or not there. */
export type TraceValues = Readonly<Record<string, unknown>>;

const NS_PER_MS = 1e6;
const KIND_CODES: ReadonlyMap<string, number> = new Map(EVENT_KINDS.map((kind, code) => [kind, code]));

/** Makes the events and rows of one file. */
export class TraceLines {
  private readonly file: string;
  private readonly labels = new Labels();

  constructor(file: string) {
    this.file = file;
  }

  /** Throws TraceFileError where a value is not what its column holds. */
  event(line: number, values: TraceValues): TraceLine {
    const kind = this.text(line, values, "event");
    const code = KIND_CODES.get(kind);
    if (code === undefined) throw this.wrong(line, "event", kind, `one of ${EVENT_KINDS.join(", ")}`);
    const attempt = this.count(line, values, "attempt", 0) ?? -1;
    const note = this.text(line, values, "note");
    const { label, valueMs } = splitNote(code, attempt, note);
    const { labels } = this;
    const node = this.name(line, values);
    const peer = this.text(line, values, "peer");
    const type = this.text(line, values, "type");
    const { timeMs, timeNs } = this.time(line, values);
    const event: TraceEvent = {
      timeNs,
      timeMs,
      code,
      event: kind as EventKind,
      nodeId: labels.id(node),
      node,
      peerId: labels.id(peer),
      peer,
      packetId: this.count(line, values, "packet_id", 1) ?? 0,
      typeId: labels.id(type),
      type,
      seq: this.count(line, values, "seq", 0) ?? -1,
      total: this.count(line, values, "total", 0) ?? -1,
      attempt,
      bytes: this.count(line, values, "bytes", 0) ?? -1,
      valueMs,
      // Texts that come once would fill the labels; those of packets, timers and messages are few.
      noteId: packetOrMessage(code, attempt) ? labels.id(label) : labels.oneOff(label),
      note,
    };
    return { line, event };
  }

  /** Throws TraceFileError where a value is not what its column holds. */
  rtt(line: number, values: TraceValues): TraceLine {
    const kind = this.text(line, values, "kind") as RttKind;
    if (!RTT_KINDS.includes(kind)) throw this.wrong(line, "kind", kind, `one of ${RTT_KINDS.join(", ")}`);
    const node = this.name(line, values);
    const peer = this.text(line, values, "peer");
    const { timeMs, timeNs } = this.time(line, values);
    const rtt: RttRow = {
      timeNs,
      timeMs,
      nodeId: this.labels.id(node),
      node,
      peerId: this.labels.id(peer),
      peer,
      packetId: this.count(line, values, "packet_id", 1) ?? 0,
      sampleRttMs: this.duration(line, values, "sample_rtt_ms"),
      estimatedRttMs: this.duration(line, values, "estimated_rtt_ms"),
      devRttMs: this.duration(line, values, "dev_rtt_ms"),
      timeoutIntervalMs: this.duration(line, values, "timeout_interval_ms"),
      kind,
    };
    return { line, rtt };
  }

  private time(line: number, values: TraceValues): { timeMs: number; timeNs: number } {
    const ms = this.duration(line, values, "time_ms");
    if (Number.isNaN(ms)) throw this.wrong(line, "time_ms", "", "a time in ms");
    const timeNs = Math.round(ms * NS_PER_MS);
    return { timeMs: timeNs / NS_PER_MS, timeNs };
  }

  /** A number from 0 up; NaN where it is absent. */
  private duration(line: number, values: TraceValues, column: string): number {
    const value = values[column];
    if (value === undefined || value === "") return Number.NaN;
    const ms = typeof value === "string" && /^\d+(\.\d+)?(e\+\d+)?$/.test(value) ? Number(value) : value;
    if (typeof ms !== "number" || !(ms >= 0) || ms > Number.MAX_SAFE_INTEGER) {
      throw this.wrong(line, column, value, "a number of ms from 0");
    }
    return ms;
  }

  private count(line: number, values: TraceValues, column: string, least: number): number | undefined {
    const value = values[column];
    if (value === undefined || value === "") return undefined;
    const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (!Number.isSafeInteger(count) || (count as number) < least) {
      throw this.wrong(line, column, value, `a whole number from ${least}`);
    }
    return count as number;
  }

  private text(line: number, values: TraceValues, column: string): string {
    const value = values[column] ?? "";
    if (typeof value !== "string") throw this.wrong(line, column, value, "a text");
    return value;
  }

  private name(line: number, values: TraceValues): string {
    const node = this.text(line, values, "node");
    if (node === "") throw this.wrong(line, "node", "", "the name of a host");
    return node;
  }

  private wrong(line: number, column: string, value: unknown, expected: string): TraceFileError {
    const found = value === "" ? "nothing" : shown(value);
    return new TraceFileError(this.file, line, `${column}: found ${found}, expected ${expected}`);
  }
}

function packetOrMessage(code: number, attempt: number): boolean {
  return code <= LAST_PACKET_CODE || attempt >= 0;
}

/** `send` to `rtt`: see EVENT_KINDS. */
const LAST_PACKET_CODE = EVENT_KINDS.indexOf("rtt");
