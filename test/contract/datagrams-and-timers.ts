/** The contract of a Transport: datagrams, timers, clocks, randomness. */

import { describe, expect, test } from "vitest";
import { type Endpoint, endpoint, type PacketInfo, type Timer } from "../../src/core/transport.ts";
import { bytesOf, type ContractHost, type ContractWorld, firstDifference, pattern, textOf } from "./world.ts";

const info: PacketInfo = { kind: "data", type: "DATA", message: 1, seq: 1, total: 1, attempt: 1, retransmissionOf: 0 };

interface Datagram {
  readonly from: Endpoint;
  readonly bytes: Uint8Array;
}

/** A host that keeps what comes. */
async function listener(world: ContractWorld): Promise<ContractHost & { received: Datagram[] }> {
  const received: Datagram[] = [];
  const host = await world.host({ onDatagram: (from, bytes) => void received.push({ from, bytes }) });
  return { ...host, received };
}

export function datagramContract(current: () => ContractWorld): void {
  describe("datagrams", () => {
    test("arrive with their bytes and their sender's address, which answers reach", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      a.transport.send(b.transport.self, bytesOf("hello"), info);
      await world.waitFor("the datagram", () => b.received.length === 1);
      const [{ from, bytes }] = b.received as [Datagram];
      expect([textOf(bytes), from.key]).toEqual(["hello", a.transport.self.key]);
      b.transport.send(from, bytesOf("and back"), info);
      await world.waitFor("the answer", () => a.received.length === 1);
      expect(a.received[0]?.from.key).toBe(b.transport.self.key);
    });

    test("are never handed over within send", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      b.transport.send(a.transport.self, bytesOf("x"), info);
      expect(a.received).toEqual([]);
      a.transport.send(a.transport.self, bytesOf("to myself"), info);
      expect(a.received).toEqual([]);
      await world.waitFor("both", () => a.received.length === 2);
    });

    test.each([0, 1, 512])("of %d bytes arrive as they are", async (length) => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      a.transport.send(b.transport.self, pattern(length), info);
      await world.waitFor("the datagram", () => b.received.length === 1);
      expect(firstDifference(b.received[0]?.bytes as Uint8Array, pattern(length))).toBe(-1);
    });

    test("of the largest size arrive as they are", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      a.transport.send(b.transport.self, pattern(world.maxDatagramBytes), info);
      await world.waitFor("the datagram", () => b.received.length === 1);
      expect(firstDifference(b.received[0]?.bytes as Uint8Array, pattern(world.maxDatagramBytes))).toBe(-1);
    });

    test("that arrived do not change when others come", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      for (let i = 0; i < 20; i++)
        a.transport.send(b.transport.self, bytesOf(`number ${i}`), { ...info, message: i + 1 });
      await world.waitFor("all of them", () => b.received.length === 20);
      const texts = b.received.map(({ bytes }) => textOf(bytes)).toSorted();
      expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => `number ${i}`).toSorted());
    });

    test("are plain arrays of bytes: a slice is a copy", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      a.transport.send(b.transport.self, bytesOf("bytes"), info);
      await world.waitFor("the datagram", () => b.received.length === 1);
      const bytes = b.received[0]?.bytes as Uint8Array;
      bytes.slice().fill(0);
      expect(textOf(bytes)).toBe("bytes");
    });

    test("have ids of their own: positive whole numbers, none twice", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      const ids = Array.from({ length: 20 }, (_, i) =>
        a.transport.send(b.transport.self, bytesOf("x"), { ...info, seq: i }),
      );
      for (const id of ids) expect(Number.isSafeInteger(id) && id > 0).toBe(true);
      expect(new Set(ids).size).toBe(20);
    });

    test("to where nobody listens, or larger than fits, are lost in silence; others go on", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      a.transport.send(world.nobody, bytesOf("lost"), info);
      a.transport.send(b.transport.self, new Uint8Array(world.maxDatagramBytes + 1), info);
      a.transport.send(b.transport.self, bytesOf("found"), { ...info, message: 2 });
      await world.waitFor("the third", () => b.received.length > 0);
      await world.pass(20);
      expect(b.received.map(({ bytes }) => textOf(bytes))).toEqual(["found"]);
    });

    test("the info object may be used again for the next one", async () => {
      const world = current();
      const [a, b] = [await listener(world), await listener(world)];
      const reused = { ...info };
      for (const seq of [1, 2, 3]) {
        reused.seq = seq;
        a.transport.send(b.transport.self, bytesOf(`${seq}`), reused);
      }
      await world.waitFor("all three", () => b.received.length === 3);
    });
  });
}

export function timerContract(current: () => ContractWorld): void {
  /** A host, and timers on it that write down their names and times. */
  async function timers(): Promise<{
    world: ContractWorld;
    host: ContractHost;
    fired: [string, number][];
    timer(name: string): Timer;
  }> {
    const world = current();
    const host = await world.host();
    const fired: [string, number][] = [];
    const timer = (name: string): Timer =>
      host.transport.createTimer(() => void fired.push([name, host.transport.now()]));
    return { world, host, fired, timer };
  }

  describe("timers", () => {
    test.each([0, 0.3, 1, 1.5, 7.02, 25])("of %d ms fire once, never early, and not within set", async (delayMs) => {
      const { world, host, fired, timer } = await timers();
      const t = timer("t");
      expect(t.isSet).toBe(false);
      const start = host.transport.now();
      t.set(delayMs);
      expect([t.isSet, fired.length]).toEqual([true, 0]);
      await world.waitFor("the timer", () => fired.length > 0);
      const tookMs = (fired[0] as [string, number])[1] - start;
      expect(tookMs).toBeGreaterThanOrEqual(delayMs - 1e-6); // the noise of subtracting
      expect(tookMs).toBeLessThanOrEqual(delayMs + world.timerToleranceMs);
      expect(t.isSet).toBe(false);
      await world.pass(30);
      expect(fired).toHaveLength(1);
    });

    test("set again count from then, whether that is later or earlier", async () => {
      const { world, host, fired, timer } = await timers();
      const [later, earlier] = [timer("later"), timer("earlier")];
      later.set(20);
      earlier.set(2000);
      await world.pass(5);
      const start = host.transport.now();
      later.set(60);
      earlier.set(25);
      await world.waitFor("both", () => fired.length === 2);
      expect(fired.map(([name]) => name)).toEqual(["earlier", "later"]);
      expect((fired[0] as [string, number])[1] - start).toBeGreaterThanOrEqual(25 - 1e-6);
      expect((fired[1] as [string, number])[1] - start).toBeGreaterThanOrEqual(60 - 1e-6);
    });

    test("cancelled do not fire; cancelling one that is not set does nothing", async () => {
      const { world, fired, timer } = await timers();
      const t = timer("t");
      t.cancel();
      t.set(5);
      t.cancel();
      expect(t.isSet).toBe(false);
      await world.pass(30);
      expect(fired).toEqual([]);
      t.set(1);
      await world.waitFor("the timer set again", () => fired.length === 1);
    });

    test("fire in the order of their deadlines, and set in one go for one deadline, in the order of setting", async () => {
      const { world, fired, timer } = await timers();
      for (const [name, delayMs] of [
        ["c", 60],
        ["a", 20],
        ["b", 40],
      ] as const) {
        timer(name).set(delayMs);
      }
      await world.waitFor("all", () => fired.length === 3);
      expect(fired.map(([name]) => name)).toEqual(["a", "b", "c"]);
      fired.length = 0;
      for (const name of ["1", "2", "3"]) timer(name).set(0);
      await world.waitFor("all at once", () => fired.length === 3);
      expect(fired.map(([name]) => name)).toEqual(["1", "2", "3"]);
    });

    test("may be set anew when they fire", async () => {
      const { world, host } = await timers();
      let rounds = 0;
      const t = host.transport.createTimer(() => {
        if (++rounds < 5) t.set(2);
      });
      const start = host.transport.now();
      t.set(2);
      await world.waitFor("five rounds", () => rounds === 5);
      expect(host.transport.now() - start).toBeGreaterThanOrEqual(10 - 1e-6);
    });

    test.each([-1, Number.NaN])("refuse %d ms", async (delayMs) => {
      const { timer } = await timers();
      expect(() => timer("t").set(delayMs)).toThrow(RangeError);
    });
  });

  describe("clocks", () => {
    test("now() never goes back, and goes on as time passes", async () => {
      const { world, host } = await timers();
      let latest = host.transport.now();
      for (let i = 0; i < 20; i++) {
        await world.pass(1);
        const now = host.transport.now();
        expect(now).toBeGreaterThanOrEqual(latest);
        latest = now;
      }
    });

    test("the wall clock says a date after 2014, and goes on with now()", async () => {
      const { world, host } = await timers();
      const [wall, now] = [host.transport.wallClockMs(), host.transport.now()];
      expect(wall).toBeGreaterThan(Date.UTC(2014));
      await world.pass(50);
      const elapsed = host.transport.now() - now;
      expect(Math.abs(host.transport.wallClockMs() - wall - elapsed)).toBeLessThan(world.timerToleranceMs + 5);
    });
  });

  describe("randomness", () => {
    test("is from [0, 1), spread evenly, and each host's own", async () => {
      const world = current();
      const [a, b] = [await world.host(), await world.host()];
      const draws = Array.from({ length: 5000 }, () => a.transport.random());
      expect(draws.every((u) => u >= 0 && u < 1)).toBe(true);
      const mean = draws.reduce((sum, u) => sum + u, 0) / draws.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.025);
      const others = Array.from({ length: 10 }, () => b.transport.random());
      expect(others).not.toEqual(draws.slice(0, 10));
    });
  });

  test("a host's own address is one that others can write down and send to", async () => {
    const world = current();
    const [a, b] = [await listener(world), await listener(world)];
    const { host, port, key } = b.transport.self;
    const written = endpoint(host, port);
    expect(written.key).toBe(key);
    a.transport.send(written, bytesOf("x"), info);
    await world.waitFor("the datagram", () => b.received.length === 1);
  });
}
