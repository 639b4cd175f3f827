/** Events as rows of a table, for people. */

import type { TraceEvent } from "../trace/events.ts";
import { formatMs } from "../trace/format-ms.ts";
import { padEnd, textWidth } from "./text.ts";

/** The cells of one event; `number` is its number in the run. */
export function eventCells(event: TraceEvent, number: number): string[] {
  const { packetId, seq, total, attempt, bytes } = event;
  return [
    String(number),
    `${formatMs(event.timeMs)} ms`,
    event.event,
    event.peer === "" ? event.node : `${event.node} - ${event.peer}`,
    packetId === 0 ? "" : `packet ${packetId}`,
    `${event.type}${seq < 0 ? "" : ` ${seq}`}${total < 0 ? "" : `/${total}`}`,
    attempt < 0 ? "" : `attempt ${attempt}`,
    bytes < 0 ? "" : `${bytes} B`,
    event.note,
  ];
}

/** Rows as lines, each column as wide as its widest cell; two spaces between columns. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[column] ?? "")), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
