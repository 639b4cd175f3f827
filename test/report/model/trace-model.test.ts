import { describe, expect, test } from "vitest";
import {
  firstEventAt,
  keptUntilMs,
  noteOf,
  omission,
  TEXT_LEFT_OUT,
  TraceModelSink,
} from "../../../src/report/model/trace-model.ts";
import { EventCode } from "../../../src/trace/events.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { TraceStory } from "../../support/trace-story.ts";

function record(limits: ConstructorParameters<typeof TraceModelSink>[0], notes: readonly string[]): TraceModelSink {
  const sink = new TraceModelSink(limits);
  const recorder = new Recorder([sink]);
  const node = recorder.labels.id("H1");
  for (const [i, note] of notes.entries()) {
    recorder.clock.nowNs = i * 1e6;
    recorder.emit(EventCode.state, node, 0, 0, 0, -1, -1, -1, -1, recorder.labels.oneOff(note), Number.NaN);
    recorder.rtt(node, 0, i + 1, "timeout", { sampleRttMs: 1, estimatedRttMs: 2, devRttMs: 3, timeoutIntervalMs: i });
  }
  return sink;
}

describe("a trace in memory", () => {
  test("keeps each event and each row as they were", () => {
    const model = new TraceStory()
      .packet(1.5, "send", "H2", "H1", {
        id: 7,
        type: "UPDATE",
        seq: 2,
        total: 3,
        attempt: 4,
        bytes: 99,
        note: "necessary: data lost",
      })
      .packet(2, "timeout", "H2", "H1", { id: 7 }, 200)
      .rtt(3, "H2", "H1", 7, "ambiguous", { sample: 5, estimated: 6, dev: 7, timeout: 8 }).model;
    expect(model.count).toBe(3);
    const { events, texts } = model;
    expect(events.timeNs[0]).toBe(1_500_000);
    expect(texts[events.node[0]!]).toBe("H2");
    expect(texts[events.peer[0]!]).toBe("H1");
    expect(texts[events.type[0]!]).toBe("UPDATE");
    expect([events.packetId[0], events.seq[0], events.total[0], events.attempt[0], events.bytes[0]]).toEqual([
      7, 2, 3, 4, 99,
    ]);
    expect([0, 1, 2].map((i) => noteOf(model, i))).toEqual(["necessary: data lost", "200 ms", "ambiguous 5 ms"]);
    expect(model.rttCount).toBe(1);
    expect([model.rtt.sampleRttMs[0], model.rtt.timeoutIntervalMs[0]]).toEqual([5, 8]);
    expect(model.endMs).toBe(3);
    expect(omission(model)).toBe("");
  });

  test("grows past its first capacity", () => {
    const model = record(
      {},
      Array.from({ length: 1000 }, (_, i) => `note ${i}`),
    ).model();
    expect(model.count).toBe(1000);
    expect(noteOf(model, 999)).toBe("note 999");
    expect(model.events.timeNs).toHaveLength(1000);
  });

  test("a model is of its moment: what comes later does not change it", () => {
    const story = new TraceStory().note(1, "action", "H1", "one");
    const { model } = story;
    story.note(2, "action", "H1", "two");
    expect([model.count, model.texts.includes("two")]).toEqual([1, false]);
    expect(story.model.count).toBe(2);
  });

  test("beyond its limit events are counted, the estimator's rows end with them, and it says so", () => {
    const model = record({ maxEvents: 3 }, ["a", "b", "c", "d", "e"]).model(9);
    expect([model.count, model.eventsSeen, model.rttCount]).toEqual([3, 5, 3]);
    expect(keptUntilMs(model)).toBe(2);
    expect(omission(model)).toBe("the first 3 of 5 events, until 2 ms");
    const whole = record({ maxEvents: 5 }, ["a", "b", "c", "d", "e"]).model(9);
    expect([omission(whole), keptUntilMs(whole)]).toEqual(["", 9]);
  });

  test("texts have a limit too", () => {
    const model = record({ maxTextLength: 20 }, ["0123456789", "abcdefgh", "too long now", "0123456789"]).model();
    expect([0, 1, 2, 3].map((i) => noteOf(model, i))).toEqual(["0123456789", "abcdefgh", TEXT_LEFT_OUT, "0123456789"]);
  });

  test("an impossible limit is refused", () => {
    expect(() => new TraceModelSink({ maxEvents: 0 })).toThrow(/maxEvents is a whole number from 1, not 0/);
    expect(() => new TraceModelSink({ maxTextLength: 1.5 })).toThrow(RangeError);
  });

  test("the first event at or after a time", () => {
    const { model } = new TraceStory()
      .note(1, "action", "H1", "a")
      .note(5, "action", "H1", "b")
      .note(5, "action", "H1", "c");
    expect([0, 1, 1.1, 5, 5.1].map((ms) => firstEventAt(model, ms * 1e6))).toEqual([0, 0, 1, 1, 3]);
  });
});
