/**
 * The vocabulary of the trace: what a run says about itself. Every picture, table, verdict and file is a function of
 * these events. Column order and names are the contract of trace.csv and rtt.csv.
 */

/** The kinds of events, in the order of their codes. */
export const EVENT_KINDS = [
  "send",
  "deliver",
  "drop",
  "duplicate",
  "corrupt",
  "timer",
  "timeout",
  "rtt",
  "state",
  "http",
  "reject",
  "action",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The code of each event kind: `EventCode.send` is 0. */
export const EventCode = Object.fromEntries(EVENT_KINDS.map((kind, code) => [kind, code])) as {
  readonly [K in EventKind]: number;
};

/** The columns of trace.csv, one row per event. Absent values are empty. */
export const TRACE_COLUMNS = [
  "time_ms",
  "event",
  "node",
  "peer",
  "packet_id",
  "type",
  "seq",
  "total",
  "attempt",
  "bytes",
  "note",
] as const;

/** The columns of rtt.csv, one row per sample or timeout. */
export const RTT_COLUMNS = [
  "time_ms",
  "node",
  "peer",
  "packet_id",
  "sample_rtt_ms",
  "estimated_rtt_ms",
  "dev_rtt_ms",
  "timeout_interval_ms",
  "kind",
] as const;

/** `ambiguous`: a sample that Karn's rule refuses (seen, not used). */
export const RTT_KINDS = ["sample", "ambiguous", "timeout"] as const;
export type RttKind = (typeof RTT_KINDS)[number];

/**
 * One event. The same object is handed to every sink for every event: read it during the call, copy what you keep.
 * Text fields are also there as label ids (see Labels), for sinks that must be fast.
 */
export interface TraceEvent {
  /** Time since the start of the run, in whole nanoseconds. */
  readonly timeNs: number;
  readonly timeMs: number;
  readonly code: number;
  readonly event: EventKind;
  readonly nodeId: number;
  readonly node: string;
  /** The other end: a host's name where the run knows it, else its address; "" where there is none. */
  readonly peerId: number;
  readonly peer: string;
  /** Ties a send to what became of it; 0 = none. */
  readonly packetId: number;
  /** `UPDATE`, `LOOKUP`, ...; with `-ACK` behind it for an acknowledgement. "" = none. */
  readonly typeId: number;
  readonly type: string;
  /** -1 = none (a stream's offset counts from 0). */
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  readonly bytes: number;
  /** A duration that belongs to the event (a timeout's interval, a message's elapsed time), in ms; NaN = none. */
  readonly valueMs: number;
  /** The fixed part of the note; the note has the duration behind it, where there is one. */
  readonly noteId: number;
  readonly note: string;
}

/** One row of rtt.csv; reused between calls like TraceEvent. Numbers that do not exist yet are NaN. */
export interface RttRow {
  readonly timeNs: number;
  readonly timeMs: number;
  readonly nodeId: number;
  readonly node: string;
  readonly peerId: number;
  readonly peer: string;
  readonly packetId: number;
  readonly sampleRttMs: number;
  readonly estimatedRttMs: number;
  readonly devRttMs: number;
  readonly timeoutIntervalMs: number;
  readonly kind: RttKind;
}

/** Receives a run's events, in order. */
export interface TraceSink {
  onEvent?(event: TraceEvent): void;
  onRtt?(row: RttRow): void;
}
