/** A link's delay, order, rate, queue and largest datagram, to the nanosecond and the byte; and who has which link. */

import { describe, expect, test } from "vitest";
import type { DelayOptions, LinkOptions } from "../../src/faults/options.ts";
import { type Probe, World, type WorldOptions } from "../support/world.ts";

function pair(options: WorldOptions = {}): { world: World; a: Probe; b: Probe } {
  const world = new World(options);
  return { world, a: world.probe("A"), b: world.probe("B") };
}

const constant = (valueMs: number): Pick<LinkOptions, "delay"> => ({ delay: { distribution: "constant", valueMs } });

describe("delay", () => {
  test("is exact, and the arrival is the receiver's event", () => {
    const { world, a, b } = pair(constant(3.3785));
    world.runTo(1);
    const id = a.send(b, "x");
    world.run();
    expect(b.arrivals[0]?.atNs).toBe(4_378_500);
    expect(world.tape.find({ event: "send" })).toMatchObject([
      { timeMs: 1, node: "A", peer: "B", packetId: id, bytes: 1 },
    ]);
    expect(world.tape.find({ event: "deliver" })).toMatchObject([
      { timeMs: 4.3785, node: "B", peer: "A", packetId: id },
    ]);
  });

  test.each<[DelayOptions, mean: number, deviation: number]>([
    [{ distribution: "uniform", minMs: 10, maxMs: 100 }, 55, 90 / Math.sqrt(12)],
    [{ distribution: "normal", meanMs: 50, stddevMs: 5, minMs: 0 }, 50, 5],
    [{ distribution: "exponential", meanMs: 30, minMs: 10 }, 30, 20],
    [{ distribution: "pareto", scaleMs: 10, shape: 5 }, 12.5, Math.sqrt(500 / (16 * 3))],
  ])("%j: the delays of ten thousand packets have its mean and deviation", (delay, mean, deviation) => {
    const n = 10_000;
    const { world, a, b } = pair({ delay, quiet: true });
    for (let i = 0; i < n; i++) a.send(b, "x");
    world.run();
    const delays = b.arrivalTimesMs;
    const measured = delays.reduce((sum, one) => sum + one, 0) / n;
    const variance = delays.reduce((sum, one) => sum + (one - measured) ** 2, 0) / n;
    expect(Math.abs(measured - mean)).toBeLessThan((4 * deviation) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(delay.distribution === "pareto" ? 0.15 : 0.05);
  });

  test("unequal delays reorder; keepOrder holds the faster ones back", () => {
    const delay = { distribution: "uniform", minMs: 0, maxMs: 100 } as const;
    const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
    for (const keepOrder of [false, true]) {
      const { world, a, b } = pair({ delay, keepOrder });
      for (const [i, text] of texts.entries()) world.network.at(i, () => a.send(b, text));
      world.run();
      expect(b.texts.length).toBe(200);
      if (keepOrder) expect(b.texts).toEqual(texts);
      else expect(b.texts).not.toEqual(texts);
    }
  });

  test("keepOrder holds for one direction of one link, not between links", () => {
    const links = [{ from: ["A"], to: ["B"], options: constant(100) }];
    const world = new World({ ...constant(1), keepOrder: true, links });
    const [a, b, c] = ["A", "B", "C"].map((name) => world.probe(name)) as [Probe, Probe, Probe];
    a.send(b, "slow");
    a.send(c, "fast");
    b.send(a, "fast, too");
    world.runTo(1);
    expect([c.texts, a.texts, b.texts]).toEqual([["fast"], ["fast, too"], []]);
  });

  test("packets with the same arrival time arrive in the order in which they were sent", () => {
    const { world, a, b } = pair(constant(5));
    const texts = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const text of texts) a.send(b, text);
    world.run();
    expect(b.texts).toEqual(texts);
  });
});

describe("rate", () => {
  test("d_trans = L/R before the delay: 1,250 bytes at 1 Mbit/s take 10 ms", () => {
    const { world, a, b } = pair({ ...constant(7), rateBitsPerSecond: 1e6 });
    a.send(b, new Uint8Array(1250));
    world.run();
    expect(b.arrivals[0]?.atNs).toBe(17e6);
  });

  test("packets wait for those before them, and an idle link starts afresh", () => {
    const { world, a, b } = pair({ ...constant(7), rateBitsPerSecond: 1e6 });
    for (let i = 0; i < 3; i++) a.send(b, new Uint8Array(1250));
    world.runTo(100);
    a.send(b, new Uint8Array(125));
    world.run();
    expect(b.arrivalTimesMs).toEqual([17, 27, 37, 108]);
  });

  test("each direction has its own transmitter", () => {
    const { world, a, b } = pair({ rateBitsPerSecond: 1e6 });
    a.send(b, new Uint8Array(1250));
    b.send(a, new Uint8Array(1250));
    world.run();
    expect([a.arrivalTimesMs, b.arrivalTimesMs]).toEqual([[10], [10]]);
  });

  test("lost packets take no time of it", () => {
    const { world, a, b } = pair({ rateBitsPerSecond: 1e6, faults: [{ match: { nth: [1] }, action: { do: "drop" } }] });
    a.send(b, new Uint8Array(1250));
    a.send(b, new Uint8Array(1250));
    world.run();
    expect(b.arrivalTimesMs).toEqual([10]);
  });
});

describe("the drop-tail queue", () => {
  const rate = { rateBitsPerSecond: 1e6 };

  test("of 3 packets takes 3 and drops the fourth, until one has left", () => {
    const { world, a, b } = pair({ ...rate, queue: { packets: 3 } });
    for (let i = 1; i <= 4; i++) a.send(b, new Uint8Array(1250).fill(i));
    expect(world.tape.notes({ event: "drop" })).toEqual(["queue full"]);
    world.runTo(9.999999);
    a.send(b, "just too early");
    world.runTo(10);
    a.send(b, "just in time");
    world.run();
    expect(world.tape.notes({ event: "drop" })).toHaveLength(2);
    expect(b.arrivals.map(({ datagram }) => datagram[0])).toEqual([1, 2, 3, "j".charCodeAt(0)]);
  });

  test("of 2,500 bytes takes 2,500 and not one more", () => {
    const { world, a, b } = pair({ ...rate, queue: { bytes: 2500 } });
    a.send(b, new Uint8Array(1250));
    a.send(b, new Uint8Array(1250));
    a.send(b, new Uint8Array(1));
    expect(world.tape.notes({ event: "drop" })).toEqual(["queue full"]);
    world.runTo(10);
    a.send(b, new Uint8Array(1251));
    a.send(b, new Uint8Array(1250));
    world.run();
    expect(world.tape.notes({ event: "drop" })).toHaveLength(2);
    expect(b.arrivalTimesMs).toEqual([10, 20, 30]);
  });
});

describe("the largest datagram", () => {
  test("passes, and one byte more does not", () => {
    const { world, a, b } = pair({ maxDatagramBytes: 100 });
    a.send(b, new Uint8Array(100));
    a.send(b, new Uint8Array(101));
    world.run();
    expect(b.arrivals.map(({ datagram }) => datagram.length)).toEqual([100]);
    expect(world.tape.find({ event: "drop" })).toMatchObject([
      { node: "A", peer: "B", bytes: 101, note: "larger than maxDatagram" },
    ]);
  });
});

describe("where no link leads", () => {
  test("a datagram to an address that nobody has, or to a port that nobody has, is dropped, and says so", () => {
    const { world, a, b } = pair();
    const nobody = { host: "10.9.9.9", port: 7777, key: "10.9.9.9:7777" };
    const otherPort = { ...b.transport.self, port: 7778, key: "10.0.0.2:7778" };
    const info = { kind: "other", type: "X", message: 1, seq: 0, total: 0, attempt: 1, retransmissionOf: 0 } as const;
    a.transport.send(nobody, new Uint8Array(1), info);
    a.transport.send(otherPort, new Uint8Array(1), info);
    world.run();
    expect(world.tape.find({ event: "drop" }).map(({ node, peer, note }) => [node, peer, note])).toEqual([
      ["A", "10.9.9.9:7777", "no such host"],
      ["B", "A", "port closed"],
    ]);
  });

  test("two hosts of one name or one address are refused", () => {
    const { world } = pair();
    const boot = (): never => {
      throw new Error("never started");
    };
    const add = (name: string, place: number) => () =>
      world.network.addHost({ name, endpoint: world.endpoint(place), boot });
    expect(add("A", 9)).toThrow(/there is a host A already/);
    expect(add("C", 1)).toThrow(/10\.0\.0\.1 is the address of A/);
  });

  test("a datagram to oneself goes over a link like any other", () => {
    const { world, a } = pair(constant(5));
    a.send(a, "me");
    world.run();
    expect(a.arrivalTimesMs).toEqual([5]);
  });
});

describe("overrides", () => {
  test("hold for the directions they name, the later ones over the earlier, option by option", () => {
    const world = new World({
      ...constant(1),
      links: [
        { from: ["A"], to: ["*"], options: constant(2) },
        { from: ["A"], to: ["C"], options: { ...constant(3), maxDatagramBytes: 10 } },
        { from: ["A"], to: ["C"], options: constant(4) },
      ],
    });
    const [a, b, c] = ["A", "B", "C"].map((name) => world.probe(name)) as [Probe, Probe, Probe];
    a.send(b, "x");
    a.send(c, "x");
    a.send(c, "longer than ten");
    b.send(c, "x");
    c.send(a, "x");
    world.run();
    expect([b.arrivalTimesMs, c.arrivalTimesMs, a.arrivalTimesMs]).toEqual([[2], [1, 4], [1]]);
  });

  test("can come later: from then on, for packets sent from then on, over everything said before", () => {
    const world = new World({ ...constant(10), links: [{ from: ["A"], to: ["B"], options: { loss: 0 } }] });
    const [a, b, c] = ["A", "B", "C"].map((name) => world.probe(name)) as [Probe, Probe, Probe];
    a.send(b, "before");
    world.runTo(5);
    world.network.changeLinks(constant(20));
    a.send(b, "after");
    world.network.changeLinks({ from: ["A"], to: ["C"], options: constant(1) });
    a.send(c, "only here");
    world.network.changeLinks({ loss: 1 });
    c.send(b, "lost");
    a.send(b, "the override still says: no loss");
    world.run();
    expect(b.arrivals.map(({ text, atNs }) => [text, atNs / 1e6])).toEqual([
      ["before", 10],
      ["after", 25],
      ["the override still says: no loss", 25],
    ]);
    expect(c.arrivalTimesMs).toEqual([6]);
  });

  test("a queue keeps what is in it when the rate changes", () => {
    const { world, a, b } = pair({ rateBitsPerSecond: 1e6 });
    a.send(b, new Uint8Array(1250));
    world.network.changeLinks({ rateBitsPerSecond: 2e6 });
    a.send(b, new Uint8Array(1250));
    world.run();
    expect(b.arrivalTimesMs).toEqual([10, 15]);
  });
});
