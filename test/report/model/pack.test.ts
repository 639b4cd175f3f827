import fc from "fast-check";
import { expect, test } from "vitest";
import { packModel, unpackModel } from "../../../src/report/model/pack.ts";
import { TraceModelSink } from "../../../src/report/model/trace-model.ts";
import { Recorder } from "../../../src/trace/recorder.ts";
import { bare, modelOf } from "../../support/trace-story.ts";

const DROP = "{ match: { kind: data, seq: 2, attempt: 1 }, do: drop }";

test("a model is the same after its way through JSON, durations to the nanosecond", () => {
  const model = modelOf(bare(DROP, 20, "{ estimator: report, initial: 1s, min: 10ms }"));
  const back = unpackModel(JSON.parse(JSON.stringify(packModel(model))));
  expect({ ...back, rtt: undefined }).toEqual({ ...model, rtt: undefined });
  for (const [name, column] of Object.entries(model.rtt)) {
    const copy = back.rtt[name as keyof typeof back.rtt];
    expect(copy.constructor).toBe(column.constructor);
    for (const [i, value] of column.entries()) {
      if (Number.isNaN(value)) expect(copy[i]).toBeNaN();
      else expect(Math.abs(copy[i]! - value)).toBeLessThan(1e-6);
    }
  }
});

test("any numbers that a trace can have", () => {
  const event = fc.record({
    timeNs: fc.nat({ max: 2 ** 52 }),
    packetId: fc.nat({ max: 2 ** 40 }),
    seq: fc.integer({ min: -1, max: 2 ** 32 }),
    bytes: fc.integer({ min: -1, max: 2 ** 31 }),
    valueMs: fc.oneof(
      fc.constant(Number.NaN),
      fc.integer({ min: 0, max: 10 ** 12 }).map((ns) => ns / 1e6),
    ),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), (events) => {
      const sink = new TraceModelSink();
      const recorder = new Recorder([sink]);
      for (const { timeNs, packetId, seq, bytes, valueMs } of events.toSorted((a, b) => a.timeNs - b.timeNs)) {
        recorder.clock.nowNs = timeNs;
        recorder.emit(0, recorder.labels.id("A"), 0, packetId, 0, seq, 1, 1, bytes, 0, valueMs);
      }
      const model = sink.model();
      expect(unpackModel(packModel(model))).toEqual(model);
    }),
  );
});

test("a file that is not whole is refused", () => {
  const packed = packModel(modelOf(bare("")));
  const cut = { ...packed, events: { ...packed.events, seq: packed.events.seq.slice(0, 4) } };
  expect(() => unpackModel(cut)).toThrow(/a column ends after \d+ of \d+ numbers: the file is not whole/);
});

test("an event takes about 20 bytes", () => {
  const model = modelOf(bare(DROP, 2000));
  const bytes = Object.values(packModel(model).events).reduce((sum, text) => sum + text.length, 0);
  expect(bytes / model.count).toBeLessThan(25);
});
