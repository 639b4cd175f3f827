import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHUNK_BYTES } from "../../../src/trace/csv/chunk-buffer.ts";
import { MAX_CACHED_FIELDS } from "../../../src/trace/csv/field.ts";
import { RttCsvSink } from "../../../src/trace/csv/rtt-csv.ts";
import { TraceCsvSink } from "../../../src/trace/csv/trace-csv.ts";
import { EVENT_KINDS, EventCode, RTT_COLUMNS, TRACE_COLUMNS, type TraceEvent } from "../../../src/trace/events.ts";
import { formatMs } from "../../../src/trace/format-ms.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import {
  anyEvent,
  anyRow,
  Collected,
  type EventFields,
  type RttFields,
  recordEvent,
  recordRtt,
  someEvent,
} from "../drawn-events.ts";

/** Runs events through the recorder and gives the file. `oneOff`: the notes are texts that come once. */
function traceCsv(events: Partial<EventFields>[], oneOff = false): Collected {
  const collected = new Collected();
  const sink = new TraceCsvSink(collected.take);
  const recorder = new Recorder([sink]);
  for (const fields of events) recordEvent(recorder, fields, oneOff);
  sink.end();
  return collected;
}

/** The same rows, by csv-stringify alone. */
function reference(events: Partial<EventFields>[]): string {
  const rows = events.map((fields) => {
    const e = { ...someEvent, ...fields };
    const duration = Number.isNaN(e.valueMs) ? "" : `${e.note === "" ? "" : " "}${formatMs(e.valueMs)} ms`;
    const counts = [e.seq, e.total, e.attempt, e.bytes].map((n) => (n === -1 ? "" : String(n)));
    const packet = e.packetId === 0 ? "" : String(e.packetId);
    const kind = EVENT_KINDS[e.code]!;
    return [formatMs(e.timeNs / 1e6), kind, e.node, e.peer, packet, e.type, ...counts, e.note + duration];
  });
  return stringify([[...TRACE_COLUMNS], ...rows]);
}

describe("trace.csv", () => {
  test("one row per event, absent values empty", () => {
    const { text } = traceCsv([
      {},
      {
        code: EventCode.timeout,
        seq: -1,
        total: -1,
        attempt: -1,
        bytes: -1,
        packetId: 0,
        note: "waited",
        valueMs: 200.5,
      },
      { code: EventCode.state, peer: "", type: "", bytes: 0, note: 'entry "H2", added', timeNs: 7_000_000_000 },
    ]);
    expect(text).toBe(
      [
        "time_ms,event,node,peer,packet_id,type,seq,total,attempt,bytes,note",
        "6580.757,send,H2,H1,1,UPDATE,1,1,1,18,",
        "6580.757,timeout,H2,H1,,UPDATE,,,,,waited 200.5 ms",
        '7000,state,H2,,1,,1,1,1,0,"entry ""H2"", added"',
        "",
      ].join("\n"),
    );
  });

  test("a note that needs quotes keeps its duration inside them", () => {
    const { text } = traceCsv([{ note: "given up, after", valueMs: 1000 }]);
    expect(text.split("\n")[1]).toBe('6580.757,send,H2,H1,1,UPDATE,1,1,1,18,"given up, after 1000 ms"');
  });

  test("is what csv-stringify makes of the same rows, whatever the labels", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.boolean(), (events, oneOff) => {
        // Twice the same events: the second time every label comes from the cache.
        const twice = [...events, ...events];
        expect(traceCsv(twice, oneOff).text).toBe(reference(twice));
      }),
    );
  });

  test("comes in chunks of at most 64 KiB, the last with the rest", () => {
    const events = Array.from({ length: 5000 }, (_, i) => ({ timeNs: i * 1e6, packetId: i + 1 }));
    const collected = traceCsv(events);
    expect(collected.chunks.length).toBeGreaterThan(2);
    for (const chunk of collected.chunks) expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES);
    for (const chunk of collected.chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThan(CHUNK_BYTES - 1024);
    expect(collected.text).toBe(reference(events));
  });

  test("a note longer than a chunk arrives whole", () => {
    const events = [{}, { note: `"${"long, ".repeat(CHUNK_BYTES)}"` }, {}];
    expect(traceCsv(events).text).toBe(reference(events));
  });

  test("more labels than the cache holds are all written", () => {
    const events = Array.from({ length: MAX_CACHED_FIELDS + 10 }, (_, i) => ({ note: `note ${i}` }));
    const lines = traceCsv(events).text.split("\n");
    expect(lines[1]).toMatch(/,note 0$/);
    expect(lines[MAX_CACHED_FIELDS + 10]).toMatch(/,note 100009$/);
  }, 30_000);

  test("a run without events is the header alone", () => {
    expect(traceCsv([]).text).toBe(`${TRACE_COLUMNS.join(",")}\n`);
  });
});

describe("rtt.csv", () => {
  function rttCsv(rows: RttFields[]): string {
    const collected = new Collected();
    const sink = new RttCsvSink(collected.take);
    const recorder = new Recorder([sink]);
    for (const row of rows) recordRtt(recorder, row);
    sink.end();
    return collected.text;
  }

  test("one row per sample or timeout; a timeout has no sample", () => {
    const row = {
      node: "H2",
      peer: "H1",
      packetId: 7,
      sampleRttMs: 102.25,
      estimatedRttMs: 100.28125,
      devRttMs: 0.5625,
    };
    const text = rttCsv([
      { ...row, timeNs: 102_250_000, timeoutIntervalMs: 102.53125, kind: "sample" },
      { ...row, timeNs: 400_000_001, timeoutIntervalMs: 205.0625, kind: "timeout", devRttMs: Number.NaN },
    ]);
    expect(text).toBe(
      [
        "time_ms,node,peer,packet_id,sample_rtt_ms,estimated_rtt_ms,dev_rtt_ms,timeout_interval_ms,kind",
        "102.25,H2,H1,7,102.25,100.28125,0.5625,102.53125,sample",
        "400.000001,H2,H1,7,,100.28125,,205.0625,timeout",
        "",
      ].join("\n"),
    );
  });

  test("is what csv-stringify makes of the same rows, whatever the labels", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), (rows) => {
        const expected = rows.map((r) => [
          formatMs(r.timeNs / 1e6),
          r.node,
          r.peer,
          r.packetId === 0 ? "" : String(r.packetId),
          r.kind === "timeout" ? "" : formatMs(r.sampleRttMs),
          formatMs(r.estimatedRttMs),
          formatMs(r.devRttMs),
          formatMs(r.timeoutIntervalMs),
          r.kind,
        ]);
        expect(rttCsv(rows)).toBe(stringify([[...RTT_COLUMNS], ...expected]));
      }),
    );
  });
});

// Reads through the public type only: an event that another producer made works as well.
test("a sink needs no recorder", () => {
  const collected = new Collected();
  const sink = new TraceCsvSink(collected.take);
  const event: TraceEvent = {
    ...someEvent,
    timeMs: 6580.757,
    event: "send",
    nodeId: 1,
    peerId: 2,
    typeId: 3,
    noteId: 4,
    note: "delivered 12.5 ms",
    valueMs: 12.5,
  };
  sink.onEvent(event);
  sink.end();
  expect(collected.text.split("\n")[1]).toBe("6580.757,send,H2,H1,1,UPDATE,1,1,1,18,delivered 12.5 ms");
});
