/** What can happen to a host: crash, restart, pause, resume. */

import { describe, expect, test } from "vitest";
import { type Probe, World } from "../support/world.ts";

const delay = { distribution: "constant", valueMs: 5 } as const;

function two(): { world: World; a: Probe; b: Probe } {
  const world = new World({ delay });
  return { world, a: world.probe("A"), b: world.probe("B") };
}

describe("a crash", () => {
  test("takes the participant and its timers; datagrams that come are dropped", () => {
    const { world, a, b } = two();
    let fired = 0;
    b.transport.createTimer(() => fired++).set(10);
    a.send(b, "arrives at 5");
    world.runTo(6);
    b.host.crash();
    expect(b.host.participant).toBeUndefined();
    a.send(b, "arrives at 11");
    world.runTo(100);
    expect([fired, b.texts]).toEqual([0, ["arrives at 5"]]);
    expect(world.tape.find({ event: "drop" })).toMatchObject([{ timeMs: 11, node: "B", peer: "A", note: "host down" }]);
  });

  test("calls nothing of the participant, not even stop", () => {
    const world = new World();
    const calls: string[] = [];
    const host = world.host("H", () => ({
      start: () => void calls.push("start"),
      stop: () => void calls.push("stop"),
      onDatagram: () => void calls.push("datagram"),
    }));
    host.crash();
    world.run();
    expect(calls).toEqual(["start"]);
  });

  test("what was on its way from the host arrives", () => {
    const { world, a, b } = two();
    b.send(a, "last words");
    b.host.crash();
    world.run();
    expect(a.texts).toEqual(["last words"]);
  });

  test("timers of the dead participant cannot be set any more", () => {
    const { world, b } = two();
    let fired = 0;
    const timer = b.transport.createTimer(() => fired++);
    b.host.crash();
    timer.set(1);
    expect(timer.isSet).toBe(false);
    b.host.start();
    timer.set(1);
    world.run();
    expect(fired).toBe(0);
  });
});

describe("a restart", () => {
  test("makes a new participant, with new randomness; the trace says restarted", () => {
    const world = new World();
    const draws: number[] = [];
    const participants = new Set<object>();
    const host = world.host("H", (transport) => {
      draws.push(transport.random());
      const participant = { start() {}, stop() {}, onDatagram() {} };
      participants.add(participant);
      return participant;
    });
    host.crash();
    host.start();
    expect(participants.size).toBe(2);
    expect(new Set(draws).size).toBe(2);
    expect(world.tape.notes({ event: "state" })).toEqual(["started", "crashed", "restarted"]);
  });

  test("datagrams that arrive after it are received, whenever they were sent", () => {
    const { world, a, b } = two();
    a.send(b, "sent before, arrives after");
    b.host.crash();
    world.runTo(2);
    b.host.start();
    world.run();
    expect(b.texts).toEqual(["sent before, arrives after"]);
  });

  test("draws are each incarnation's own, also for packets of several numbers", () => {
    // The same message numbers again after a restart: each packet's fate must be drawn anew.
    const lost = [1, 2].map(() => new Set<string>());
    const world = new World({ loss: 0.5 });
    const [a, b] = [world.probe("A"), world.probe("B")];
    for (const [life, set] of lost.entries()) {
      for (let message = 1; message <= 200; message++) {
        for (let seq = 1; seq <= 8; seq++) a.send(b, `${life} ${message} ${seq}`, { message, seq, total: 8 });
      }
      world.run();
      for (let message = 1; message <= 200; message++) {
        for (let seq = 1; seq <= 8; seq++) set.add(`${message} ${seq}`);
      }
      for (const text of b.texts) if (text.startsWith(`${life} `)) set.delete(text.slice(2));
      a.host.crash();
      a.host.start();
    }
    const [first, second] = lost as [Set<string>, Set<string>];
    // Independent fates: no packet of the second life goes the way of another of the first for all messages.
    for (let seq = 1; seq <= 8; seq++) {
      for (let other = 1; other <= 8; other++) {
        let equal = 0;
        for (let message = 1; message <= 200; message++) {
          if (first.has(`${message} ${seq}`) === second.has(`${message} ${other}`)) equal++;
        }
        expect(Math.abs(equal - 100)).toBeLessThan(40);
      }
    }
  });
});

describe("a pause", () => {
  test("puts everything off: datagrams and timers come when it ends, in the order in which they would have come", () => {
    const { world, a, b } = two();
    const order: string[] = [];
    const note = (what: string) => () => void order.push(`${what} at ${world.network.nowMs}`);
    b.transport.createTimer(note("timer 8")).set(8);
    b.transport.createTimer(note("timer 3")).set(3);
    b.onDatagram = (_from, datagram) => note(new TextDecoder().decode(datagram))();
    a.send(b, "datagram 5");
    world.runTo(1);
    b.host.pause();
    world.runTo(50);
    expect(order).toEqual([]);
    b.host.resume();
    world.run();
    expect(order).toEqual(["timer 3 at 50", "datagram 5 at 50", "timer 8 at 50"]);
  });

  test("what arrives at the moment of the end comes after what waited", () => {
    const { world, a, b } = two();
    b.host.pause();
    a.send(b, "waits");
    world.runTo(5);
    a.send(b, "arrives at 10");
    world.network.at(10, () => b.host.resume());
    world.run();
    expect(b.texts).toEqual(["waits", "arrives at 10"]);
  });

  test("a timer that a datagram cancels or sets again while both wait does what it is told", () => {
    const { world, a, b } = two();
    const fired: string[] = [];
    const cancelled = b.transport.createTimer(() => void fired.push("cancelled"));
    const again = b.transport.createTimer(() => void fired.push(`again at ${world.network.nowMs}`));
    cancelled.set(6);
    again.set(6);
    b.onDatagram = () => {
      cancelled.cancel();
      again.set(7);
    };
    a.send(b, "x"); // arrives at 5, before the timers
    b.host.pause();
    world.runTo(20);
    b.host.resume();
    world.run();
    expect(fired).toEqual(["again at 27"]);
  });

  test("the receive buffer holds 256 datagrams; one more is dropped, and says so", () => {
    const { world, a, b } = two();
    b.host.pause();
    for (let i = 1; i <= 258; i++) a.send(b, `${i}`);
    world.runTo(10);
    expect(world.tape.notes({ event: "drop" })).toEqual(["receive buffer full", "receive buffer full"]);
    b.host.resume();
    a.send(b, "and again there is room");
    world.run();
    expect(b.arrivals).toHaveLength(257);
    expect(b.texts.slice(-2)).toEqual(["256", "and again there is room"]);
  });

  test("paused again before anything was handled: the order stays", () => {
    const { world, a, b } = two();
    b.host.pause();
    for (const text of ["1", "2", "3"]) a.send(b, text);
    world.runTo(10);
    b.host.resume();
    b.host.pause();
    world.runTo(20);
    a.send(b, "4");
    world.runTo(30);
    expect(b.texts).toEqual([]);
    b.host.resume();
    world.run();
    expect(b.texts).toEqual(["1", "2", "3", "4"]);
  });

  test("that ends in a crash loses what waited", () => {
    const { world, a, b } = two();
    b.host.pause();
    a.send(b, "lost");
    world.runTo(10);
    b.host.crash();
    b.host.start();
    world.run();
    expect(b.texts).toEqual([]);
    expect(world.tape.notes({ event: "drop" })).toEqual(["host down"]);
  });
});

describe("what cannot happen to a host is the caller's error", () => {
  test.each([
    ["start while up", ["start"], "H is up: only a host that is down can start"],
    ["resume while up", ["resume"], "H is up: only a paused host can resume"],
    ["pause twice", ["pause", "pause"], "H is paused: only a host that is up can pause"],
    ["crash twice", ["crash", "crash"], "H is down already: only a running host can crash"],
    ["pause while down", ["crash", "pause"], "H is down: only a host that is up can pause"],
  ] as const)("%s", (_name, steps, message) => {
    const world = new World();
    const host = world.probe("H").host;
    expect(() => {
      for (const step of steps) host[step]();
    }).toThrow(message);
  });
});
