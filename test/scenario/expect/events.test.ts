import { describe, expect, test } from "vitest";
import { type Tape, verdictOn } from "./tape.ts";

/** H2's updates at these times, each with its own packet id (1, 2, ...). */
const updates =
  (...times: number[]) =>
  (tape: Tape): void => {
    times.forEach((at, i) => {
      tape.send({ at, packet: i + 1 });
    });
  };

describe("which events are meant", () => {
  const tape = (tape: Tape): void => {
    tape
      .send({ at: 1, node: "H2", peer: "H1", type: "UPDATE", seq: 1, total: 2, attempt: 1, bytes: 26 })
      .send({
        at: 2,
        node: "H2",
        peer: "H1",
        type: "UPDATE",
        seq: 1,
        total: 2,
        attempt: 2,
        bytes: 26,
        note: "spurious: late",
      })
      .send({ at: 3, node: "H3", peer: "H1", type: "LOOKUP", seq: 2, total: 2, attempt: 1, bytes: 18 })
      .send({ at: 4, node: "H1", peer: "10.9.9.9:1", type: "UPDATE-ACK", seq: 2, total: 2, attempt: 1, bytes: 26 })
      .say("drop", { at: 4, node: "H1", type: "UPDATE-ACK", bytes: 26, note: "loss" })
      .say("timeout", { at: 5, node: "H2", type: "UPDATE", duration: 200 })
      .say("timeout", { at: 6, node: "H2", type: "UPDATE", duration: 400 });
  };

  test.each<[Record<string, unknown>, number]>([
    [{ event: "send" }, 4],
    [{ event: "send", node: "H2" }, 2],
    [{ event: "send", peer: "10.9.9.9:1" }, 1],
    [{ event: "send", type: "UPDATE" }, 2],
    [{ event: "send", type: "UPDATE-ACK" }, 1],
    [{ event: "send", bytes: 26 }, 3],
    [{ event: "send", attempt: { above: 1 } }, 1],
    [{ event: "send", seq: 2, total: 2 }, 2],
    [{ event: "send", note: "late" }, 1],
    [{ event: "send", note: "/^spurious: (late|ACK)/" }, 1],
    [{ event: "send", note: "/SPURIOUS/i" }, 1],
    [{ event: "send", node: "H2", bytes: 18 }, 0],
    [{ event: "drop", note: "loss" }, 1],
    [{ event: "drop", attempt: { atLeast: 0 } }, 0],
    [{ event: "timeout", duration: { above: "200ms" } }, 1],
    [{ event: "timeout", note: "400 ms" }, 1],
    [{ event: "action" }, 0],
  ])("%j: %i", (match, count) => {
    expect(verdictOn({ events: { ...match, count } }, tape)).toMatchObject({ passed: true, found: expect.any(String) });
    expect(verdictOn({ events: { ...match, count: count + 1 } }, tape).passed).toBe(false);
  });

  test("from `after` on, and until before `before`", () => {
    const count = (window: object, expected: number) =>
      verdictOn({ events: { event: "send", count: expected }, ...window }, updates(10, 20, 30)).passed;
    expect(count({ after: "20ms" }, 2)).toBe(true);
    expect(count({ before: "20ms" }, 1)).toBe(true);
    expect(count({ after: "10ms", before: "30ms" }, 2)).toBe(true);
  });
});

describe("how many", () => {
  test("without a count, at least one: none is nothing to judge", () => {
    expect(verdictOn({ events: { event: "send" } }, updates(1)).passed).toBe(true);
    expect(verdictOn({ events: { event: "send" } })).toMatchObject({ passed: false, found: "no such event" });
  });

  test("none at all can be asked for, and the event that came all the same is named", () => {
    const none = { events: { event: "send", count: 0 } };
    expect(verdictOn(none).passed).toBe(true);
    const verdict = verdictOn(none, (tape) => tape.say("state").send({ at: 7, packet: 3 }).send({ at: 8, packet: 4 }));
    expect(verdict).toMatchObject({
      passed: false,
      expected: "events 0",
      found: "events 2",
      atMs: 7,
      packetId: 3,
      event: 2,
    });
  });

  test("one too many is named, too few are not an event", () => {
    expect(verdictOn({ events: { event: "send", count: { atMost: 2 } } }, updates(1, 2, 3, 4))).toMatchObject({
      passed: false,
      atMs: 3,
      packetId: 3,
      event: 3,
    });
    const tooFew = verdictOn({ events: { event: "send", count: 3 } }, updates(1, 2));
    expect(tooFew).toMatchObject({ passed: false, found: "events 2" });
    expect(tooFew).not.toHaveProperty("event");
  });
});

describe("when", () => {
  test("the first and the last of them", () => {
    expect(verdictOn({ events: { event: "send", firstAt: "10ms", lastAt: "30ms" } }, updates(10, 20, 30)).passed).toBe(
      true,
    );
    expect(verdictOn({ events: { event: "send", firstAt: { below: "10ms" } } }, updates(10, 20))).toMatchObject({
      passed: false,
      expected: "events at least 1; first at below 10 ms",
      found: "first at 10 ms",
      packetId: 1,
    });
    expect(verdictOn({ events: { event: "send", lastAt: { above: "20ms" } } }, updates(10, 20)).packetId).toBe(2);
  });

  test("nothing happened: it cannot be in time", () => {
    expect(verdictOn({ events: { event: "send", firstAt: { atMost: "10ms" }, count: 0 } })).toMatchObject({
      passed: false,
      found: "no such event",
    });
  });
});

describe("the interval between them", () => {
  const period = { events: { event: "send", interval: { within: "5ms", of: "7.02s" } } };

  test("every gap counts, exact to the nanosecond", () => {
    const times = [9292.658, 16_307.658, 23_332.658];
    expect(verdictOn(period, updates(...times))).toMatchObject({
      passed: true,
      found: "events 3; intervals 7015 ms to 7025 ms",
    });
    expect(verdictOn(period, updates(9292.658, 16_307.657999)).passed).toBe(false);
  });

  test("the first bad gap is named by the event that ends it", () => {
    expect(verdictOn(period, updates(0, 7020, 14_100, 30_000))).toMatchObject({
      passed: false,
      found: "interval 7080 ms (number 2)",
      atMs: 14_100,
      packetId: 3,
      event: 3,
    });
  });

  test("one event has no interval: that fails, and says so", () => {
    expect(verdictOn(period, updates(1))).toMatchObject({
      passed: false,
      found: "no interval: fewer than two such events",
    });
  });

  test("other events in between do not matter", () => {
    const tell = (tape: Tape): void => {
      tape.send({ at: 0 }).say("state", { at: 5000 }).send({ at: 6000, node: "H3" }).send({ at: 7020 });
    };
    expect(verdictOn({ events: { ...period.events, node: "H2" } }, tell).passed).toBe(true);
  });
});

describe("each of them", () => {
  test("the first one that is not so is named", () => {
    const tell = (tape: Tape): void => {
      tape
        .send({ at: 1, packet: 1, bytes: 26 })
        .send({ at: 2, packet: 2, bytes: 18 })
        .send({ at: 3, packet: 3, bytes: 17 });
    };
    expect(verdictOn({ events: { event: "send", each: { bytes: { between: [17, 26] } } } }, tell).passed).toBe(true);
    expect(verdictOn({ events: { event: "send", each: { bytes: 26, attempt: 1 } } }, tell)).toMatchObject({
      passed: false,
      expected: "events at least 1; each with 26 bytes, attempt 1",
      found: "bytes 18 bytes (event number 2 of them)",
      packetId: 2,
    });
  });

  test("an event without the number is not so", () => {
    expect(
      verdictOn({ events: { event: "state", each: { bytes: { atLeast: 0 } } } }, (tape) => tape.say("state")),
    ).toMatchObject({
      passed: false,
      found: "no bytes (event number 1 of them)",
    });
  });

  test("of none, nothing can be said", () => {
    expect(verdictOn({ events: { event: "send", each: { bytes: 26 }, count: 0 } }).passed).toBe(false);
  });
});
