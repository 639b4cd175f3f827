/** Reads trace.csv and trace.jsonl back, line by line. */

import { RTT_COLUMNS, TRACE_COLUMNS } from "../events.ts";
import { csvRecords } from "./csv-records.ts";
import { linesOf } from "./lines.ts";
import { shown, TraceFileError } from "./trace-file-error.ts";
import { type TraceLine, TraceLines, type TraceValues } from "./trace-line.ts";

/** The endings of files that are traces. */
export const TRACE_ENDINGS = [".csv", ".jsonl"] as const;

/**
 * The events of a trace file, and of a `.jsonl` also what its RTT estimators saw, in the order of the run. The name
 * says what it is: `.csv` or `.jsonl` (RangeError otherwise). Throws TraceFileError, which names file and line, at the
 * first line that is not right.
 */
export function readTrace(file: string, chunks: Iterable<Uint8Array>): Generator<TraceLine> {
  if (file.endsWith(".csv")) return readTraceCsv(file, chunks);
  if (file.endsWith(".jsonl")) return readTraceJsonl(file, chunks);
  throw new RangeError(`${file}: a trace is a file that ends in ${TRACE_ENDINGS.join(" or ")}`);
}

export function* readTraceCsv(file: string, chunks: Iterable<Uint8Array>): Generator<TraceLine> {
  const lines = new TraceLines(file);
  const records = csvRecords(file, linesOf(file, chunks));
  checkHeader(file, records.next().value?.fields ?? []);
  for (const { line, fields } of records) {
    if (fields.length !== TRACE_COLUMNS.length) {
      const expected = `${TRACE_COLUMNS.length} fields (${TRACE_COLUMNS.join(",")})`;
      throw new TraceFileError(file, line, `found ${fields.length} fields, expected ${expected}`);
    }
    const values: Record<string, string> = {};
    for (let i = 0; i < fields.length; i++) values[TRACE_COLUMNS[i] as string] = fields[i] as string;
    yield lines.event(line, values);
  }
}

function checkHeader(file: string, header: readonly string[]): void {
  const found = header.join(",");
  if (found === TRACE_COLUMNS.join(",")) return;
  const expected = `expected the columns of trace.csv (${TRACE_COLUMNS.join(",")})`;
  if (found === RTT_COLUMNS.join(",")) {
    throw new TraceFileError(file, 1, `these are the columns of rtt.csv, ${expected}: give the trace.csv beside it`);
  }
  throw new TraceFileError(file, 1, `found ${found === "" ? "nothing" : shown(found)}, ${expected}`);
}

const EVENT_KEYS: ReadonlySet<string> = new Set(TRACE_COLUMNS);
const RTT_KEYS: ReadonlySet<string> = new Set(RTT_COLUMNS);

export function* readTraceJsonl(file: string, chunks: Iterable<Uint8Array>): Generator<TraceLine> {
  const lines = new TraceLines(file);
  let line = 0;
  for (const text of linesOf(file, chunks)) {
    line++;
    const values = objectOf(file, line, text);
    const isEvent = Object.hasOwn(values, "event");
    if (!isEvent && !Object.hasOwn(values, "kind")) {
      throw new TraceFileError(file, line, 'neither an event (with the key "event") nor an RTT row (with "kind")');
    }
    const known = isEvent ? EVENT_KEYS : RTT_KEYS;
    for (const key of Object.keys(values)) {
      if (known.has(key)) continue;
      throw new TraceFileError(file, line, `found the key ${shown(key)}, expected some of ${[...known].join(", ")}`);
    }
    yield isEvent ? lines.event(line, values) : lines.rtt(line, values);
  }
}

function objectOf(file: string, line: number, text: string): TraceValues {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TraceFileError(file, line, `found ${shown(text)}, expected a JSON object: is the line cut off?`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TraceFileError(file, line, `found ${shown(value)}, expected a JSON object`);
  }
  return value as TraceValues;
}
