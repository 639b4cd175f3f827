/** The one stream of events: what sinks see, and the hash that tells runs apart. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Clock } from "../../src/trace/clock.ts";
import { EventCode, type TraceEvent, type TraceSink } from "../../src/trace/events.ts";
import { Recorder } from "../../src/trace/recorder.ts";

/** Everything that one event has. */
interface Fields {
  timeNs: number;
  code: number;
  node: string;
  peer: string;
  packetId: number;
  type: string;
  seq: number;
  total: number;
  attempt: number;
  bytes: number;
  note: string;
  valueMs: number;
}

const event: Fields = {
  timeNs: 6_580_757_000_123,
  code: EventCode.send,
  node: "H2",
  peer: "H1",
  packetId: 17,
  type: "UPDATE",
  seq: 1,
  total: 2,
  attempt: 1,
  bytes: 18,
  note: "",
  valueMs: Number.NaN,
};

function emit(recorder: Recorder, fields: Fields): void {
  const { labels, clock } = recorder;
  clock.nowNs = fields.timeNs;
  const { code, packetId, seq, total, attempt, bytes, valueMs } = fields;
  const [node, peer, type, note] = [fields.node, fields.peer, fields.type, fields.note].map((text) => labels.id(text));
  recorder.emit(code, node!, peer!, packetId, type!, seq, total, attempt, bytes, note!, valueMs);
}

function digest(events: readonly Fields[], sinks: readonly TraceSink[] = []): string {
  const recorder = new Recorder(sinks, new Clock());
  for (const one of events) emit(recorder, one);
  return recorder.digest();
}

describe("the trace hash", () => {
  /** The event with one field changed a little. */
  const changes: Partial<Fields>[] = [
    { timeNs: event.timeNs + 1 },
    { timeNs: event.timeNs + 2 ** 32 },
    { code: EventCode.deliver },
    { node: "H3" },
    { node: event.peer, peer: event.node },
    { peer: "H4" },
    { packetId: 18 },
    { type: "UPDATE-ACK" },
    { seq: 2 },
    { seq: event.total, total: event.seq },
    { total: 3 },
    { attempt: 2 },
    { attempt: -1 },
    { bytes: 19 },
    { note: "spurious: late" },
    { valueMs: 0 },
    { valueMs: 200 },
    { valueMs: 200.000001 },
  ];

  test("is the same for the same events", () => {
    expect(digest([event, event])).toBe(digest([event, event]));
    expect(digest([event])).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each(changes)("sees a change of %j", (change) => {
    expect(digest([{ ...event, ...change }])).not.toBe(digest([event]));
  });

  test("tells all those changes apart from each other", () => {
    const all = [{}, ...changes].map((change) => digest([{ ...event, ...change }]));
    expect(new Set(all).size).toBe(changes.length + 1);
  });

  test("sees the order of events, a missing one and one more", () => {
    const other = { ...event, packetId: 18 };
    const all = [[], [event], [event, other], [other, event], [event, event], [event, other, event]];
    expect(new Set(all.map((events) => digest(events))).size).toBe(all.length);
  });

  test("any two fields changed at once do not cancel out", () => {
    const field = fc.constantFrom("packetId", "seq", "total", "attempt", "bytes");
    const number = fc.integer({ min: 0, max: 1 << 20 });
    fc.assert(
      fc.property(field, number, field, number, (a, x, b, y) => {
        const changed = { ...event, [a]: x, [b]: y };
        const same = Object.entries(event).every(([key, value]) => Object.is(changed[key as keyof Fields], value));
        expect(digest([changed]) === digest([event])).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  test("does not depend on who listens", () => {
    expect(digest([event, event], [{ onEvent() {} }, {}])).toBe(digest([event, event]));
  });

  test("does not depend on which texts the run has named before", () => {
    const recorder = new Recorder();
    recorder.labels.id("named, never used");
    emit(recorder, event);
    expect(recorder.digest()).toBe(digest([event]));
  });

  test("finds no two alike among a hundred thousand events that differ a little", () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      hashes.add(digest([{ ...event, packetId: i & 1023, seq: (i >> 10) & 15, timeNs: (i >> 14) * 1000 }]));
    }
    expect(hashes.size).toBe(100_000);
  });

  test("sees the estimator's state", () => {
    const state = { sampleRttMs: 100, estimatedRttMs: 100, devRttMs: 50, timeoutIntervalMs: 300 };
    const digestOf = (change: Partial<typeof state>, kind: "sample" | "ambiguous" | "timeout" = "sample"): string => {
      const recorder = new Recorder();
      recorder.rtt(1, 2, 3, kind, { ...state, ...change });
      return recorder.digest();
    };
    const all = [
      digestOf({}),
      digestOf({ sampleRttMs: 101 }),
      digestOf({ estimatedRttMs: 101 }),
      digestOf({ devRttMs: 51 }),
      digestOf({ timeoutIntervalMs: 301 }),
      digestOf({ devRttMs: Number.NaN }),
      digestOf({}, "ambiguous"),
      digestOf({}, "timeout"),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("sinks", () => {
  test("see every event in order, with words and numbers, and the same event object each time", () => {
    const seen: unknown[] = [];
    const objects = new Set<TraceEvent>();
    const sink: TraceSink = {
      onEvent(one) {
        objects.add(one);
        seen.push([one.timeMs, one.event, one.node, one.peer, one.type, one.note]);
      },
    };
    const timeout = { ...event, code: EventCode.timeout, timeNs: 7e9, note: "", valueMs: 200 };
    const message = { ...event, code: EventCode.state, timeNs: 7e9, note: "delivered", valueMs: 0.25 };
    digest([event, timeout, message], [sink]);
    expect(seen).toEqual([
      [6_580_757.000123, "send", "H2", "H1", "UPDATE", ""],
      [7000, "timeout", "H2", "H1", "UPDATE", "200 ms"],
      [7000, "state", "H2", "H1", "UPDATE", "delivered 0.25 ms"],
    ]);
    expect(objects.size).toBe(1);
  });

  test("are numbered: the n-th event of a run is number n, at its time", () => {
    const numbers: number[] = [];
    const recorder: Recorder = new Recorder([{ onEvent: () => void numbers.push(recorder.eventCount) }]);
    for (let i = 0; i < 3; i++) emit(recorder, { ...event, timeNs: i });
    expect(numbers).toEqual([1, 2, 3]);
    expect(recorder.lastEventNs).toBe(2);
  });

  test("rows of the estimator: a sample is an event too, a timeout has no sample", () => {
    const kinds: [string, number][] = [];
    const events: string[] = [];
    const recorder = new Recorder([
      { onRtt: ({ kind, sampleRttMs }) => void kinds.push([kind, sampleRttMs]) },
      { onEvent: ({ event, note }) => void events.push(`${event} ${note}`) },
    ]);
    const state = { sampleRttMs: 100, estimatedRttMs: 100, devRttMs: 50, timeoutIntervalMs: 300 };
    for (const kind of ["sample", "ambiguous", "timeout"] as const) recorder.rtt(1, 2, 3, kind, state);
    expect(kinds).toEqual([
      ["sample", 100],
      ["ambiguous", 100],
      ["timeout", Number.NaN],
    ]);
    expect(events).toEqual(["rtt sample 100 ms", "rtt ambiguous 100 ms"]);
  });
});
