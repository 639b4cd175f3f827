/** Scripted faults and partitions: an ordered list of rules, and the first that matches a packet decides. */

import { describe, expect, test } from "vitest";
import type { PacketInfo } from "../../src/core/transport.ts";
import type { Fault, FaultAction, FaultMatch, Partition } from "../../src/faults/options.ts";
import { type Probe, World, type WorldOptions } from "../support/world.ts";

const drop = (match: FaultMatch): Fault => ({ match, action: { do: "drop" } });

function three(options: WorldOptions): { world: World; a: Probe; b: Probe; c: Probe } {
  const world = new World(options);
  return { world, a: world.probe("A"), b: world.probe("B"), c: world.probe("C") };
}

describe("what a scripted fault matches", () => {
  test.each<[FaultMatch, Partial<PacketInfo>, Partial<PacketInfo>]>([
    [{ kind: "ack" }, { kind: "ack" }, { kind: "data" }],
    [{ kind: "other" }, { kind: "other" }, { kind: "data" }],
    [{ type: "LOOKUP" }, { type: "LOOKUP" }, { type: "UPDATE" }],
    [{ type: "LOOKUP" }, { type: "LOOKUP", kind: "ack" }, { type: "RESULT" }],
    [{ message: 2 }, { message: 2 }, { message: 1 }],
    [{ seq: 3 }, { seq: 3 }, { seq: 2 }],
    [{ attempt: 2 }, { attempt: 2 }, { attempt: 1 }],
    [
      { kind: "data", seq: 3, attempt: 2 },
      { seq: 3, attempt: 2 },
      { seq: 3, attempt: 1 },
    ],
  ])("%j", (match, hit, miss) => {
    const { world, a, b } = three({ faults: [drop(match)] });
    a.send(b, "hit", hit);
    a.send(b, "miss", miss);
    world.run();
    expect(b.texts).toEqual(["miss"]);
    expect(world.tape.find({ event: "drop" })).toMatchObject([{ node: "A", peer: "B", note: "fault 1" }]);
  });

  test("from and to: a direction between two hosts", () => {
    const { world, a, b, c } = three({
      faults: [drop({ from: "A", to: "B" }), drop({ from: "C" }), drop({ to: "C" })],
    });
    a.send(b, "A to B");
    b.send(a, "B to A");
    c.send(a, "C to A");
    b.send(c, "B to C");
    world.run();
    expect([a.texts, b.texts, c.texts]).toEqual([["B to A"], [], []]);
    expect(world.tape.notes({ event: "drop" })).toEqual(["fault 1", "fault 2", "fault 3"]);
  });

  test.each([
    ["afterMs", 10, ["just before"]],
    ["beforeMs", 10, ["at", "just after"]],
    ["afterMs", 16.4, ["just before"]], // 16.4 * 1e6 is not quite 16,400,000
    ["beforeMs", 8.2, ["at", "just after"]],
  ] as const)("%s %d: by the time of sending, to the nanosecond", (key, timeMs, arrive) => {
    const delay = { distribution: "constant", valueMs: 50 } as const;
    const { world, a, b } = three({ delay, faults: [drop({ [key]: timeMs })] });
    for (const [offset, text] of [
      [-1e-6, "just before"],
      [0, "at"],
      [1e-6, "just after"],
    ] as const) {
      world.network.at(timeMs + offset, () => a.send(b, text));
    }
    world.run();
    expect(b.texts).toEqual(arrive);
  });

  test("nth: counted over the packets that match all the rest, over all links, from 1", () => {
    const { world, a, b, c } = three({ faults: [drop({ kind: "data", to: "B", nth: [2, 4] })] });
    a.send(b, "1st");
    a.send(c, "elsewhere");
    a.send(b, "an ack", { kind: "ack" });
    c.send(b, "2nd");
    a.send(b, "3rd");
    a.send(b, "4th");
    a.send(b, "5th");
    world.run();
    expect(b.texts).toEqual(["1st", "an ack", "3rd", "5th"]);
  });

  test("nth goes on counting when the links change", () => {
    const { world, a, b } = three({ faults: [drop({ nth: [3] })] });
    a.send(b, "1st");
    a.send(b, "2nd");
    world.network.changeLinks({ maxDatagramBytes: 100 });
    a.send(b, "3rd");
    world.run();
    expect(b.texts).toEqual(["1st", "2nd"]);
  });
});

describe("the first rule that matches decides", () => {
  const deliver = (match: FaultMatch): Fault => ({ match, action: { do: "deliver" } });

  test("scripted before random: what is to be delivered is never lost", () => {
    const { world, a, b } = three({ loss: 1, faults: [deliver({ seq: 2 })] });
    for (const seq of [1, 2, 3]) a.send(b, `${seq}`, { seq });
    world.run();
    expect(b.texts).toEqual(["2"]);
  });

  test("in the order of the list; a rule that does not decide this time still counts", () => {
    const { world, a, b } = three({ faults: [deliver({ nth: [1] }), drop({ seq: 1 }), deliver({ seq: 1 })] });
    for (let i = 1; i <= 3; i++) a.send(b, `${i}`, { seq: i === 3 ? 2 : 1 });
    world.run();
    expect(b.texts).toEqual(["1", "3"]);
    expect(world.tape.notes({ event: "drop" })).toEqual(["fault 2"]);
  });

  test("a rule is not asked, and does not count, once an earlier one has decided", () => {
    const { world, a, b } = three({ faults: [drop({ seq: 1 }), drop({ nth: [1] })] });
    a.send(b, "dropped by the first", { seq: 1 });
    a.send(b, "the first that the second sees", { seq: 2 });
    a.send(b, "free", { seq: 2 });
    world.run();
    expect(b.texts).toEqual(["free"]);
  });

  test("a partition before all faults", () => {
    const partition = { from: ["A"], to: ["B"], twoWay: true, startMs: 0, endMs: 10 };
    const { world, a, b } = three({ partitions: [partition], faults: [deliver({})] });
    a.send(b, "x");
    world.run();
    expect(world.tape.notes({ event: "drop" })).toEqual(["partition"]);
  });
});

describe("what a rule can do", () => {
  const delay = { distribution: "constant", valueMs: 5 } as const;
  const doing = (action: FaultAction, options: WorldOptions = {}) =>
    three({ delay, ...options, faults: [{ match: { nth: [1] }, action }] });

  test("delay: so much on top of the link's, past others, even where order is kept", () => {
    for (const keepOrder of [false, true]) {
      const { world, a, b } = doing({ do: "delay", extraMs: 20 }, { keepOrder });
      a.send(b, "late");
      a.send(b, "on time");
      world.run();
      expect(b.arrivals.map(({ text, atNs }) => [text, atNs / 1e6])).toEqual([
        ["on time", 5],
        ["late", 25],
      ]);
    }
  });

  test("duplicate: a copy that much later, under the same packet id", () => {
    const { world, a, b } = doing({ do: "duplicate", laterMs: 4000 });
    const id = a.send(b, "twice");
    world.run();
    expect(b.arrivalTimesMs).toEqual([5, 4005]);
    expect(world.tape.find({ event: "deliver" }).map(({ packetId }) => packetId)).toEqual([id, id]);
    expect(world.tape.find({ event: "duplicate" })).toMatchObject([{ node: "A", packetId: id, note: "fault 1" }]);
  });

  test("duplicate by 0 ms: both at once", () => {
    const { world, a, b } = doing({ do: "duplicate", laterMs: 0 });
    a.send(b, "twice");
    world.run();
    expect(b.arrivalTimesMs).toEqual([5, 5]);
  });

  test("corrupt: one bit of the byte it names; of the last byte where there is no such byte", () => {
    for (const [offset, at] of [
      [3, 3],
      [99, 7],
    ] as const) {
      const { world, a, b } = doing({ do: "corrupt", offset });
      a.send(b, new Uint8Array(8));
      world.run();
      const damaged = b.arrivals[0]?.datagram as Uint8Array;
      expect(damaged.findIndex((byte) => byte !== 0)).toBe(at);
      const byte = damaged[at] as number;
      expect(byte & (byte - 1)).toBe(0);
      expect(world.tape.notes({ event: "corrupt" })).toEqual([`fault 1: byte ${at}`]);
    }
  });

  test("drop: the drop is the sender's event, under the id of the packet sent", () => {
    const { world, a, b } = doing({ do: "drop" });
    const id = a.send(b, "lost");
    world.run();
    expect(b.texts).toEqual([]);
    expect(world.tape.find({ event: "drop" })).toMatchObject([{ node: "A", peer: "B", packetId: id }]);
  });
});

describe("partitions", () => {
  const cut = (partition: Partial<Partition>): WorldOptions => ({
    partitions: [{ from: ["A"], to: ["B"], twoWay: true, startMs: 10, endMs: 30, ...partition }],
  });

  test.each([
    [10, 30],
    [8.2, 16.4], // neither is a whole number of ns when multiplied by a million
  ])("from %d ms until before %d ms", (startMs, endMs) => {
    const { world, a, b } = three(cut({ startMs, endMs }));
    for (const atMs of [startMs - 1e-6, startMs, endMs - 1e-6, endMs]) {
      world.network.at(atMs, () => a.send(b, `${Math.round(atMs * 1e6)}`));
    }
    world.run();
    expect(b.texts).toEqual([`${Math.round(startMs * 1e6) - 1}`, `${Math.round(endMs * 1e6)}`]);
    expect(world.tape.notes({ event: "drop" })).toEqual(["partition", "partition"]);
  });

  test("two-way cuts both directions, one-way one, and nobody else", () => {
    for (const [twoWay, back] of [
      [true, []],
      [false, ["back"]],
    ] as const) {
      const { world, a, b, c } = three(cut({ twoWay, startMs: 0 }));
      a.send(b, "there");
      b.send(a, "back");
      c.send(b, "from outside");
      world.run();
      expect([a.texts, b.texts]).toEqual([back, ["from outside"]]);
    }
  });

  test("between groups, and from everybody", () => {
    const { world, a, b, c } = three(
      cut({ from: ["*"], to: ["C"], twoWay: false, startMs: 0, endMs: Number.POSITIVE_INFINITY }),
    );
    a.send(c, "x");
    b.send(c, "x");
    c.send(a, "out");
    a.send(b, "aside");
    world.runTo(1e9);
    expect([a.texts, b.texts, c.texts]).toEqual([["out"], ["aside"], []]);
  });

  test("a packet that is under way when it starts still arrives", () => {
    const { world, a, b } = three({ ...cut({}), delay: { distribution: "constant", valueMs: 15 } });
    a.send(b, "sent at 0, arrives at 15");
    world.run();
    expect(b.texts).toHaveLength(1);
  });
});
