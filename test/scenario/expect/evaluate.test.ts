import { describe, expect, test } from "vitest";
import { ExpectationJudge } from "../../../src/scenario/expect/evaluate.ts";
import { expectationsSchema } from "../../../src/scenario/expect/schema.ts";
import { type Tape, verdictOn } from "./tape.ts";

const threeDrops = (tape: Tape): void => {
  for (const at of [10, 20, 30])
    tape.send({ at, packet: at }).say("drop", { packet: at, type: "UPDATE", note: "loss" });
};

describe("a metric", () => {
  test("is compared, and the verdict reads like the scenario", () => {
    expect(verdictOn({ lossRate: { atMost: "10%" }, because: "the link is good" }, threeDrops)).toEqual({
      expectation: "lossRate: { atMost: 10% }",
      because: "the link is good",
      passed: false,
      expected: "at most 0.1",
      found: "1",
    });
    expect(verdictOn({ lossRate: 1 }, threeDrops).passed).toBe(true);
  });

  test("over no samples fails, whatever is asked", () => {
    for (const metric of ["meanSampleRtt", "timePerPacket", "maxTimeoutInterval"]) {
      expect(verdictOn({ [metric]: { atLeast: 0 } })).toMatchObject({
        passed: false,
        found: expect.stringContaining("no samples"),
      });
    }
    expect(verdictOn({ drops: 0 }).passed).toBe(true);
  });

  test("the event that took a count beyond its bound is named: packet, time and number", () => {
    expect(verdictOn({ drops: { atMost: 1 } }, threeDrops)).toMatchObject({
      passed: false,
      found: "3",
      atMs: 20,
      packetId: 20,
      event: 4,
    });
    expect(verdictOn({ drops: { below: 1 } }, threeDrops)).toMatchObject({ atMs: 10, packetId: 10, event: 2 });
    expect(verdictOn({ drops: { atLeast: 4 } }, threeDrops)).not.toHaveProperty("event");
  });

  test("the sample that was too large, or too small, is named", () => {
    const tell = (tape: Tape): void => {
      for (const sample of [100, 300, 20, 400])
        tape.say("rtt").rtt({ at: sample, packet: sample, sample, kind: "timeout" });
      for (const sample of [100, 300, 20, 400]) tape.rtt({ at: 1000 + sample, packet: sample, sample });
    };
    expect(verdictOn({ maxSampleRtt: { atMost: "200ms" } }, tell)).toMatchObject({ packetId: 300, atMs: 1300 });
    expect(verdictOn({ minSampleRtt: { above: "20ms" } }, tell)).toMatchObject({ packetId: 20, atMs: 1020 });
  });
});

describe("a metric that is narrowed", () => {
  const tell = (tape: Tape): void => {
    tape
      .send({ at: 10, node: "H2", peer: "H1", type: "UPDATE" })
      .send({ at: 11, node: "H1", peer: "H2", type: "UPDATE-ACK" })
      .send({ at: 20, node: "H3", peer: "H1", type: "LOOKUP" })
      .send({ at: 30, node: "H3", peer: "H1", type: "UPDATE" })
      .rtt({ at: 40, node: "H2", peer: "H1", sample: 10 })
      .rtt({ at: 50, node: "H3", peer: "H1", sample: 30 });
  };

  test.each<[Record<string, unknown>]>([
    [{ transmissions: 2, host: "H3" }],
    [{ transmissions: 1, peer: "H2" }],
    [{ transmissions: 3, type: "UPDATE" }],
    [{ ackTransmissions: 1, type: "UPDATE" }],
    [{ dataTransmissions: 1, host: "H3", type: "LOOKUP" }],
    [{ transmissions: 2, after: "20ms" }],
    [{ transmissions: 2, before: "20ms" }],
    [{ transmissions: 1, host: "H3", after: "20ms", before: "30ms" }],
    [{ meanSampleRtt: "20ms" }],
    [{ meanSampleRtt: "30ms", host: "H3" }],
    [{ meanSampleRtt: "10ms", peer: "H1", before: "50ms" }],
  ])("%j", (expectation) => {
    expect(verdictOn(expectation, tell)).toMatchObject({ passed: true });
  });

  test("to a host where nothing was sampled has no value", () => {
    expect(verdictOn({ meanSampleRtt: { atLeast: 0 }, host: "H1" }, tell).found).toContain("no samples");
  });

  test("given up: the packets tried are known in the window and the scope too", () => {
    const giveUp = (tape: Tape): void => {
      tape
        .say("timeout", { at: 10, type: "DATA", seq: 1, total: 3, duration: 5 })
        .say("state", { at: 10, type: "DATA", note: "given up", seq: 1, total: 3, attempt: 4, bytes: 9, duration: 10 });
    };
    expect(verdictOn({ transmissionsPerPacket: 4, host: "H2", type: "DATA" }, giveUp)).toMatchObject({ passed: true });
  });

  test("to the actions of a host", () => {
    const action = { finishedMs: 2, action: "download", argument: "a", text: "", outcome: "failed" as const };
    const actions = [
      { ...action, host: "H4", atMs: 1 },
      { ...action, host: "H3", atMs: 5 },
    ];
    expect(verdictOn({ downloadsFailed: 1, host: "H4" }, undefined, { actions }).passed).toBe(true);
    expect(verdictOn({ downloadsFailed: 1, after: "5ms" }, undefined, { actions }).passed).toBe(true);
    expect(verdictOn({ downloadsFailed: 2 }, undefined, { actions }).passed).toBe(true);
  });
});

describe("shouldFail is strict", () => {
  test("an expectation that fails, as it should, passes", () => {
    expect(verdictOn({ drops: 0, shouldFail: "the link is lossy" }, threeDrops)).toMatchObject({
      passed: true,
      expectation: "drops: 0",
      found: "3",
      shouldFail: "the link is lossy",
      packetId: 10,
    });
  });

  test("one that holds after all is a failure, and says so", () => {
    expect(verdictOn({ drops: 3, shouldFail: "it was broken once" }, threeDrops)).toMatchObject({
      passed: false,
      found: "3: it holds, though it should fail",
    });
  });

  test("nothing to judge is not a failure that was hoped for", () => {
    expect(verdictOn({ meanSampleRtt: "1ms", shouldFail: "so it says" }).passed).toBe(false);
    expect(verdictOn({ events: { event: "send" }, shouldFail: "so it says" }).passed).toBe(false);
    expect(verdictOn({ list: { host: "H2", shows: "x" }, shouldFail: "so it says" }).passed).toBe(false);
  });
});

test("a run is watched only where an expectation needs it", () => {
  const sinks = (...expectations: unknown[]) => new ExpectationJudge(expectationsSchema.parse(expectations)).sinks;
  expect(sinks()).toHaveLength(0);
  expect(sinks({ transmissionsPerPacket: 1 }, { drops: { atLeast: 1 } }, { directory: { lists: {} } })).toHaveLength(0);
  expect(sinks({ transmissionsPerPacket: 1, host: "H2" })).toHaveLength(1);
  expect(sinks({ drops: 0 }, { events: { event: "drop" } })).toHaveLength(1);
  // An answer comes at a time, which the verdict names an event for.
  expect(sinks({ view: { host: "H2", shows: {} } })).toHaveLength(1);
  expect(sinks({ drops: 0 })[0]?.onRtt).toBeUndefined();
  expect(sinks({ maxTimeoutInterval: { atMost: "1s" } })[0]?.onRtt).toBeDefined();
});
