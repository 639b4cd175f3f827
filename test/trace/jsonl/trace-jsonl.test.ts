import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHUNK_BYTES } from "../../../src/trace/csv/chunk-buffer.ts";
import { EVENT_KINDS, EventCode } from "../../../src/trace/events.ts";
import { formatMs } from "../../../src/trace/format-ms.ts";
import { TraceJsonlSink } from "../../../src/trace/jsonl/trace-jsonl.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { anyEvent, anyRow, Collected, type EventFields, recordEvent, recordRtt, someEvent } from "../drawn-events.ts";

/** Lets the recorder write a file. */
function jsonl(record: (recorder: Recorder) => void): Collected {
  const collected = new Collected();
  const sink = new TraceJsonlSink(collected.take);
  record(new Recorder([sink]));
  sink.end();
  return collected;
}

const eventsJsonl = (events: Partial<EventFields>[], oneOff = false): Collected =>
  jsonl((recorder) => {
    for (const event of events) recordEvent(recorder, event, oneOff);
  });

/** A number of ms as it stands in the file, read back. */
const ms = (value: number): number => (Number.isNaN(value) ? value : Number(formatMs(value)));
/** Without what is absent. */
const present = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== "" && value !== -1 && !Number.isNaN(value)),
  );

describe("trace.jsonl", () => {
  test("one object a line, keys as the columns of trace.csv, what is absent left out", () => {
    const { text } = eventsJsonl([
      {},
      { code: EventCode.timeout, seq: -1, total: -1, attempt: -1, bytes: -1, note: "", valueMs: 200.5 },
      { code: EventCode.state, peer: "", type: "", packetId: 0, bytes: 0, note: 'entry "H2", added', timeNs: 7e9 },
      { code: EventCode.state, note: "delivered", valueMs: 12.5 },
    ]);
    expect(text).toBe(
      [
        '{"time_ms":6580.757,"event":"send","node":"H2","peer":"H1","packet_id":1,"type":"UPDATE","seq":1,"total":1,"attempt":1,"bytes":18}',
        '{"time_ms":6580.757,"event":"timeout","node":"H2","peer":"H1","packet_id":1,"type":"UPDATE","note":"200.5 ms"}',
        '{"time_ms":7000,"event":"state","node":"H2","seq":1,"total":1,"attempt":1,"bytes":0,"note":"entry \\"H2\\", added"}',
        '{"time_ms":6580.757,"event":"state","node":"H2","peer":"H1","packet_id":1,"type":"UPDATE","seq":1,"total":1,"attempt":1,"bytes":18,"note":"delivered 12.5 ms"}',
        "",
      ].join("\n"),
    );
  });

  test("what an RTT estimator saw is a line with the columns of rtt.csv, in its place among the events", () => {
    const row = { ...someEvent, sampleRttMs: 102.25, estimatedRttMs: 100.28125, devRttMs: 0.5625 };
    const { text } = jsonl((recorder) => {
      recordRtt(recorder, { ...row, timeNs: 102_250_000, timeoutIntervalMs: 102.53125, kind: "sample" });
      recordEvent(recorder, { code: EventCode.timeout, timeNs: 4e8, note: "", valueMs: 102.53125 });
      const noEstimate = { estimatedRttMs: Number.NaN, devRttMs: Number.NaN };
      recordRtt(recorder, { ...row, ...noEstimate, timeNs: 4e8, timeoutIntervalMs: 205.0625, kind: "timeout" });
    });
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { time_ms: 102.25, event: "rtt", node: "H2", peer: "H1", packet_id: 1, note: "sample 102.25 ms" },
      {
        time_ms: 102.25,
        node: "H2",
        peer: "H1",
        packet_id: 1,
        sample_rtt_ms: 102.25,
        estimated_rtt_ms: 100.28125,
        dev_rtt_ms: 0.5625,
        timeout_interval_ms: 102.53125,
        kind: "sample",
      },
      expect.objectContaining({ time_ms: 400, event: "timeout", note: "102.53125 ms" }),
      { time_ms: 400, node: "H2", peer: "H1", packet_id: 1, timeout_interval_ms: 205.0625, kind: "timeout" },
    ]);
  });

  test("JSON.parse gives the event, whatever the labels", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.boolean(), (events, oneOff) => {
        // Twice the same events: the second time every label comes from the cache.
        const twice = [...events, ...events];
        const lines = eventsJsonl(twice, oneOff).text.trimEnd().split("\n").filter(Boolean);
        const expected = twice.map(({ timeNs, code, node, peer, packetId, note, valueMs, ...e }) => {
          const duration = Number.isNaN(valueMs) ? "" : `${note === "" ? "" : " "}${formatMs(valueMs)} ms`;
          const { type, seq, total, attempt, bytes } = e;
          const packet_id = packetId === 0 ? "" : packetId;
          const head = { time_ms: ms(timeNs / 1e6), event: EVENT_KINDS[code], node: 0 };
          const members = { ...head, peer, packet_id, type, seq, total, attempt, bytes, note: note + duration };
          return { ...present(members), node };
        });
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
        const keys = lines.map((line) => Object.keys(JSON.parse(line) as object));
        expect(keys).toEqual(expected.map((members) => Object.keys(members)));
      }),
    );
  });

  test("JSON.parse gives the row, whatever the labels", () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const lines = jsonl((recorder) => recordRtt(recorder, row))
          .text.trimEnd()
          .split("\n");
        const { timeNs, node, peer, packetId, kind } = row;
        const members = {
          time_ms: ms(timeNs / 1e6),
          node: 0,
          peer,
          packet_id: packetId === 0 ? "" : packetId,
          sample_rtt_ms: kind === "timeout" ? Number.NaN : ms(row.sampleRttMs),
          estimated_rtt_ms: ms(row.estimatedRttMs),
          dev_rtt_ms: ms(row.devRttMs),
          timeout_interval_ms: ms(row.timeoutIntervalMs),
          kind,
        };
        expect(JSON.parse(lines.at(-1) as string)).toEqual({ ...present(members), node });
      }),
    );
  });

  test("comes in chunks of at most 64 KiB; a note longer than that arrives whole", () => {
    const events = Array.from({ length: 2000 }, (_, i) => ({ timeNs: i * 1e6, packetId: i + 1 }));
    const collected = eventsJsonl([...events, { note: `"${"long, ".repeat(CHUNK_BYTES)}"` }, {}]);
    const sizes = collected.chunks.map((chunk) => chunk.length);
    expect(sizes.filter((size) => size > CHUNK_BYTES)).toHaveLength(1);
    const lines = collected.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { packet_id: number });
    expect(lines).toHaveLength(2002);
    expect(lines[1999]?.packet_id).toBe(2000);
  });

  test("a run without events is an empty file", () => {
    expect(eventsJsonl([]).text).toBe("");
  });
});
