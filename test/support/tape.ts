/** Keeps a run's events as plain rows that a test can search, and prints them as a person would read them. */

import type { EventKind, RttKind, RttRow, TraceEvent, TraceSink } from "../../src/trace/events.ts";

/** One event of a run. Absent numbers are -1 (`valueMs`: NaN), absent texts "". */
export interface Row {
  readonly timeNs: number;
  readonly timeMs: number;
  readonly event: EventKind;
  readonly node: string;
  readonly peer: string;
  readonly packetId: number;
  readonly type: string;
  readonly seq: number;
  readonly total: number;
  readonly attempt: number;
  readonly bytes: number;
  readonly valueMs: number;
  readonly note: string;
}

export interface RttLine {
  readonly timeMs: number;
  readonly node: string;
  readonly peer: string;
  readonly kind: RttKind;
  readonly sampleRttMs: number;
  readonly estimatedRttMs: number;
  readonly devRttMs: number;
  readonly timeoutIntervalMs: number;
}

export class Tape implements TraceSink {
  readonly rows: Row[] = [];
  readonly rtt: RttLine[] = [];

  onEvent(event: TraceEvent): void {
    const { timeNs, timeMs, node, peer, packetId, type, seq, total, attempt, bytes, valueMs, note } = event;
    const kind = event.event;
    this.rows.push({
      timeNs,
      timeMs,
      event: kind,
      node,
      peer,
      packetId,
      type,
      seq,
      total,
      attempt,
      bytes,
      valueMs,
      note,
    });
  }

  onRtt(row: RttRow): void {
    const { timeMs, node, peer, kind, sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs } = row;
    this.rtt.push({ timeMs, node, peer, kind, sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs });
  }

  /** The rows for which everything given holds. */
  find(facts: Partial<Row>): Row[] {
    return this.rows.filter((row) => holds(row, facts));
  }

  /** The notes of those rows. */
  notes(facts: Partial<Row>): string[] {
    return this.find(facts).map((row) => row.note);
  }
}

function holds(row: Row, facts: Partial<Row>): boolean {
  return Object.entries(facts).every(([key, value]) => Object.is(row[key as keyof Row], value));
}

/** `200 ms  send     sender -> receiver  DATA 1/1 attempt 2, 17 bytes  (necessary: data lost)` */
export function rowText(row: Row): string {
  const packet = row.type === "" ? "" : `  ${row.type} ${row.seq}/${row.total} attempt ${row.attempt}`;
  const bytes = row.bytes < 0 ? "" : `, ${row.bytes} bytes`;
  const peer = row.peer === "" ? "" : ` -> ${row.peer}`;
  const note = row.note === "" ? "" : `  (${row.note})`;
  return `${row.timeMs} ms  ${row.event.padEnd(9)} ${row.node}${peer}${packet}${bytes}${note}`;
}
