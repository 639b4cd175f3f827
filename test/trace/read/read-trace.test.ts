import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RttCsvSink } from "../../../src/trace/csv/rtt-csv.ts";
import { TraceCsvSink } from "../../../src/trace/csv/trace-csv.ts";
import { EventCode, TRACE_COLUMNS } from "../../../src/trace/events.ts";
import { TraceJsonlSink } from "../../../src/trace/jsonl/trace-jsonl.ts";
import { MAX_LINE_CHARACTERS } from "../../../src/trace/read/lines.ts";
import { readTrace } from "../../../src/trace/read/read-trace.ts";
import { replayTrace, type TraceLine } from "../../../src/trace/read/trace-line.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { anyEvent, anyRow, Collected, recordEvent, recordRtt } from "../drawn-events.ts";

/** All files of one recording. */
class Files {
  private readonly trace = new Collected();
  private readonly rtt = new Collected();
  private readonly lines = new Collected();
  readonly sinks = [
    new TraceCsvSink(this.trace.take),
    new RttCsvSink(this.rtt.take),
    new TraceJsonlSink(this.lines.take),
  ] as const;

  end(): { csv: string; rttCsv: string; jsonl: string } {
    for (const sink of this.sinks) sink.end();
    return { csv: this.trace.text, rttCsv: this.rtt.text, jsonl: this.lines.text };
  }
}

const encoder = new TextEncoder();

/** The bytes of a text in chunks of so many bytes: characters and lines are cut where it falls. */
function* inChunks(text: string, chunkBytes = 1 << 16): Generator<Uint8Array> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

const read = (file: string, text: string): TraceLine[] => [...readTrace(file, inChunks(text))];
const message = (file: string, text: string): string => {
  try {
    read(file, text);
    return "read";
  } catch (error) {
    return (error as Error).message;
  }
};

const named = { node: fc.string({ unit: "grapheme", minLength: 1 }) };
const anyLine = fc.oneof(
  fc.tuple(anyEvent, fc.record(named)).map(([event, { node }]) => ({ event: { ...event, node } })),
  fc.tuple(anyRow, fc.record(named)).map(([row, { node }]) => ({ row: { ...row, node } })),
);

describe("reading a trace back", () => {
  test("written again it is the same, to the byte, from either kind of file and whatever the chunks", () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 20 }), fc.integer({ min: 1, max: 100 }), (lines, chunkBytes) => {
        const written = new Files();
        const recorder = new Recorder(written.sinks);
        for (const line of lines) {
          if ("event" in line) recordEvent(recorder, line.event);
          else recordRtt(recorder, line.row);
        }
        const original = written.end();
        const again = new Files();
        replayTrace(readTrace("trace.jsonl", inChunks(original.jsonl, chunkBytes)), again.sinks);
        expect(again.end()).toEqual(original);
        const fromCsv = new Files();
        replayTrace(readTrace("trace.csv", inChunks(original.csv, chunkBytes)), fromCsv.sinks);
        expect(fromCsv.end().csv).toBe(original.csv);
      }),
    );
  });

  test("an event has its duration apart from its note, as in the run", () => {
    const header = TRACE_COLUMNS.join(",");
    const rows = [
      "200.5,timeout,H2,H1,1,UPDATE,1,1,1,,200 ms",
      "300,state,H2,H1,,UPDATE,1,1,2,10,given up 300.5 ms",
      "300,state,H2,,,,,,,,waited 7 ms",
      "300,rtt,H2,H1,1,,,,,,sample 1e+10 ms",
    ];
    const events = read("trace.csv", [header, ...rows, ""].join("\n")).map(({ event }) => event);
    expect(events[0]).toMatchObject({ timeNs: 200_500_000, timeMs: 200.5, code: EventCode.timeout, noteId: 0 });
    expect(events.map((event) => event?.valueMs)).toEqual([200, 300.5, Number.NaN, 1e10]);
    expect(events.map((event) => event?.note)).toEqual([
      "200 ms",
      "given up 300.5 ms",
      "waited 7 ms",
      "sample 1e+10 ms",
    ]);
    expect(events[0]).toMatchObject({
      packetId: 1,
      seq: 1,
      total: 1,
      attempt: 1,
      bytes: -1,
      nodeId: events[1]?.nodeId,
    });
    expect(events[2]).toMatchObject({ peer: "", peerId: 0, packetId: 0, seq: -1, attempt: -1, noteId: -1 });
  });

  test("a record over several lines is one, and the lines behind it count on", () => {
    const text = `${TRACE_COLUMNS.join(",")}\r\n1,state,H2,,,,,,,,"a ""b"",\nc"\r\n2,action,H2,,,,,,,,"d\n"\r\n3,action,H2,,,,,,,,e`;
    expect(read("trace.csv", text).map(({ line, event }) => [line, event?.note])).toEqual([
      [2, 'a "b",\nc'],
      [4, "d\n"],
      [6, "e"],
    ]);
  });

  test("an event that was read may be kept: the next one is another object", () => {
    const [first, second] = read(
      "t.jsonl",
      '{"time_ms":1,"event":"state","node":"a"}\n{"time_ms":2,"event":"state","node":"b"}\n',
    );
    expect([first?.event?.node, second?.event?.node]).toEqual(["a", "b"]);
  });
});

describe("what is wrong with a trace file is said with file and line", () => {
  const header = TRACE_COLUMNS.join(",");
  test.each([
    ["trace.csv", "", "trace.csv:1: found nothing, expected the columns of trace.csv"],
    ["trace.csv", "a,b\n", 'trace.csv:1: found "a,b", expected the columns of trace.csv'],
    [
      "rtt.csv",
      "time_ms,node,peer,packet_id,sample_rtt_ms,estimated_rtt_ms,dev_rtt_ms,timeout_interval_ms,kind\n",
      "give the trace.csv beside it",
    ],
    ["t.csv", `${header}\n1,state,H2\n`, "t.csv:2: found 3 fields, expected 11 fields (time_ms,"],
    [
      "t.csv",
      `${header}\n1,state,H2,,,,,,,,\nx,state,H2,,,,,,,,\n`,
      't.csv:3: time_ms: found "x", expected a number of ms from 0',
    ],
    ["t.csv", `${header}\n,state,H2,,,,,,,,\n`, "t.csv:2: time_ms: found nothing, expected a time in ms"],
    ["t.csv", `${header}\n-1,state,H2,,,,,,,,\n`, 't.csv:2: time_ms: found "-1", expected a number of ms from 0'],
    ["t.csv", `${header}\n1,sent,H2,,,,,,,,\n`, 't.csv:2: event: found "sent", expected one of send, deliver, '],
    ["t.csv", `${header}\n1,send,,,,,,,,,\n`, "t.csv:2: node: found nothing, expected the name of a host"],
    ["t.csv", `${header}\n1,send,a,,0,,,,,,\n`, 't.csv:2: packet_id: found "0", expected a whole number from 1'],
    ["t.csv", `${header}\n1,send,a,,1,,1.5,,,,\n`, 't.csv:2: seq: found "1.5", expected a whole number from 0'],
    ["t.csv", `${header}\n1,send,a,,1,,,,,,"b\nc`, "t.csv:2: the file ends inside quotes that open here"],
    ["t.csv", `${header}\n1,send,a,,1,,,,,,"b"c\n`, "t.csv:2: field 11 has text beside its quotes"],
    [
      "t.csv",
      `${header}\n1,send,a,,1,,,,,,"${"\n".repeat(MAX_LINE_CHARACTERS)}`,
      "t.csv:2: the quotes that open here do not close",
    ],
    ["t.csv", "x".repeat(MAX_LINE_CHARACTERS + 1), "t.csv:1: a line of more than 1048576 characters"],
    ["t.csv", `a\n${"x".repeat(MAX_LINE_CHARACTERS + 1)}\n`, 't.csv:1: found "a"'],
    ["t.jsonl", `${"x".repeat(MAX_LINE_CHARACTERS + 1)}\n`, "t.jsonl:1: a line of more than 1048576 characters"],
    [
      "t.jsonl",
      '{"time_ms":1,"event":"state","node":"a"}\n{"time_ms":1,"ev',
      't.jsonl:2: found "{\\"time_ms\\":1,\\"ev", expected a JSON object: is the line cut off?',
    ],
    ["t.jsonl", "\n", 't.jsonl:1: found "", expected a JSON object'],
    ["t.jsonl", "[1]\n", "t.jsonl:1: found [1], expected a JSON object"],
    ["t.jsonl", "null\n", "t.jsonl:1: found null, expected a JSON object"],
    ["t.jsonl", '{"time_ms":1}\n', 't.jsonl:1: neither an event (with the key "event") nor an RTT row (with "kind")'],
    [
      "t.jsonl",
      '{"time_ms":1,"event":"state","node":"a","size":3}\n',
      't.jsonl:1: found the key "size", expected some of time_ms, event,',
    ],
    [
      "t.jsonl",
      '{"time_ms":1,"kind":"state","node":"a"}\n',
      't.jsonl:1: kind: found "state", expected one of sample, ambiguous, timeout',
    ],
    ["t.jsonl", '{"time_ms":1,"event":["send"],"node":"a"}\n', 't.jsonl:1: event: found ["send"], expected a text'],
    [
      "t.jsonl",
      '{"time_ms":1,"event":"send","node":"a","seq":-1}\n',
      "t.jsonl:1: seq: found -1, expected a whole number from 0",
    ],
    [
      "t.jsonl",
      '{"time_ms":1,"kind":"sample","node":"a","dev_rtt_ms":"?"}\n',
      't.jsonl:1: dev_rtt_ms: found "?", expected a number of ms from 0',
    ],
  ])("%s %j", (file, text, expected) => {
    expect(message(file, text)).toContain(expected);
  });

  test("bytes that are no UTF-8", () => {
    const bytes = [encoder.encode(`${header}\n`), new Uint8Array([0xff, 0xfe, 10])];
    expect(() => [...readTrace("t.csv", bytes)]).toThrow(
      "t.csv:2: the bytes here, or a little behind, are not UTF-8 text",
    );
    expect(() => [...readTrace("t.jsonl", [new Uint8Array([0xc3])])]).toThrow("t.jsonl:1: the bytes here");
  });

  test("a name that says neither kind", () => {
    expect(() => readTrace("trace.txt", [])).toThrow("trace.txt: a trace is a file that ends in .csv or .jsonl");
  });
});
