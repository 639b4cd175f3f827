/** Rows of rtt.csv as a lesson shows them and asks about them. */

import { alignedLines, eventCells } from "../report/event-row.ts";
import type { RttRow, TraceEvent, TraceSink } from "../trace/events.ts";
import { formatMs } from "../trace/format-ms.ts";
import type { AskedEvent, Prediction } from "./lesson.ts";

/** Durations in ms; NaN where there is none. */
export interface KeptRow {
  readonly timeMs: number;
  readonly kind: string;
  readonly sample_rtt_ms: number;
  readonly estimated_rtt_ms: number;
  readonly dev_rtt_ms: number;
  readonly timeout_interval_ms: number;
}

/** Keeps the first rows of a run. */
export class RowSink implements TraceSink {
  readonly rows: KeptRow[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  onRtt(row: RttRow): void {
    if (this.rows.length >= this.most) return;
    this.rows.push({
      timeMs: row.timeMs,
      kind: row.kind,
      sample_rtt_ms: row.sampleRttMs,
      estimated_rtt_ms: row.estimatedRttMs,
      dev_rtt_ms: row.devRttMs,
      timeout_interval_ms: row.timeoutIntervalMs,
    });
  }
}

/** Waits for the first event of a kind, and keeps its time, its number in the run (from 1) and its words. */
export class FirstEventSink implements TraceSink {
  timeMs: number | undefined = undefined;
  number = 0;
  text = "";
  private readonly asked: AskedEvent;

  constructor(asked: AskedEvent) {
    this.asked = asked;
  }

  onEvent(event: TraceEvent): void {
    if (this.timeMs !== undefined) return;
    this.number++;
    const { event: kind, node, type, note, after: afterMs = 0 } = this.asked;
    if (event.timeMs < afterMs || event.event !== kind || (node !== undefined && event.node !== node)) return;
    if (type !== undefined && event.type !== type) return;
    if (note !== undefined && !event.note.includes(note)) return;
    this.timeMs = event.timeMs;
    this.text = alignedLines([eventCells(event, this.number).filter((cell) => cell !== "")]).join("");
  }
}

const COLUMNS: readonly (readonly [string, (row: KeptRow) => string])[] = [
  ["time", ({ timeMs }) => `${round(timeMs)} ms`],
  ["", ({ kind }) => kind],
  ["SampleRTT", (row) => round(row.sample_rtt_ms)],
  ["EstimatedRTT", (row) => round(row.estimated_rtt_ms)],
  ["DevRTT", (row) => round(row.dev_rtt_ms)],
  ["TimeoutInterval", (row) => round(row.timeout_interval_ms)],
];

/** Rows `from` to `to`, counted from 1, as a table; ends with a line end. */
export function rowTable(
  rows: readonly KeptRow[],
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const lines = [["row", ...COLUMNS.map(([heading]) => heading)]];
  for (const [index, row] of rows.slice(from - 1, to).entries()) {
    lines.push([String(from + index), ...COLUMNS.map(([, cell]) => cell(row))]);
  }
  const widths = lines[0]!.map((_, column) => lines.reduce((width, line) => Math.max(width, line[column]!.length), 0));
  return lines.map((line) => `${line.map((cell, i) => cell.padStart(widths[i]!)).join("  ")}\n`).join("");
}

/** What a prediction asks of a run's rows; undefined where there is no such row. */
export function rowFigure(rows: readonly KeptRow[], { row, column }: Prediction): number | undefined {
  const value = row === undefined || column === undefined ? undefined : rows[row - 1]?.[column];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** A text with its `{row 5 sample_rtt_ms}` filled in; what is no row or column stays as it is. */
export function fillIn(text: string, rows: readonly KeptRow[]): string {
  return text.replace(PLACE, (whole, row: string, column: string) => {
    const value = rows[Number(row) - 1]?.[column as Exclude<keyof KeptRow, "kind">];
    return value === undefined ? whole : `${round(value)} ms`;
  });
}

/** The last row that a text speaks of; 0 for none. */
export function lastRowIn(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(PLACE), ([, row]) => Number(row)));
}

const PLACE = /\{row (\d+) (\w+)\}/g;

/** A microsecond is near enough for a table. */
function round(ms: number): string {
  return formatMs(Math.round(ms * 1000) / 1000);
}
