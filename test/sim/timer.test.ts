/** Timers of simulated hosts: never early, exact to the nanosecond, in the order in which they were set. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elapsedMs } from "../../src/core/time.ts";
import type { Timer } from "../../src/core/transport.ts";
import { type Probe, World } from "../support/world.ts";

/** A host, and a way to make timers that write down their names and times. */
function host(clockDriftPpm = 0): {
  world: World;
  probe: Probe;
  fired: [string, number][];
  timer(name: string): Timer;
} {
  const world = new World();
  const probe = world.probe("H", { clockDriftPpm });
  const fired: [string, number][] = [];
  const timer = (name: string): Timer =>
    probe.transport.createTimer(() => void fired.push([name, world.network.queue.nowNs]));
  return { world, probe, fired, timer };
}

describe("a timer", () => {
  test("fires once, at its deadline to the nanosecond", () => {
    const { world, fired, timer } = host();
    const t = timer("t");
    t.set(10);
    expect(t.isSet).toBe(true);
    world.runTo(9.999999);
    expect(fired).toEqual([]);
    world.runTo(10);
    expect(fired).toEqual([["t", 10_000_000]]);
    expect(t.isSet).toBe(false);
    world.runTo(1000);
    expect(fired).toHaveLength(1);
  });

  test.each([0.1, 0.3, 8.2, 16.4, 1.1, 4.35, 0.0000001, 7020.0000001])("of %d ms is never early", (delayMs) => {
    const { world, fired, timer } = host();
    timer("t").set(delayMs);
    world.runTo(10_000);
    const ns = fired[0]?.[1] as number;
    expect(Number.isInteger(ns)).toBe(true);
    expect(ns / 1e6).toBeGreaterThanOrEqual(delayMs);
    expect(ns / 1e6).toBeLessThanOrEqual(delayMs + 1e-6);
  });

  test("of 0 ms fires at this very time, after what is planned for it already", () => {
    const { world, fired, timer } = host();
    world.runTo(5);
    world.network.at(5, () => void fired.push(["planned", world.network.queue.nowNs]));
    timer("t").set(0);
    expect(fired).toEqual([]);
    world.runTo(5);
    expect(fired).toEqual([
      ["planned", 5_000_000],
      ["t", 5_000_000],
    ]);
  });

  test.each([10, 5, 20])("set again to %d ms before it fires counts from then", (delayMs) => {
    const { world, fired, timer } = host();
    const t = timer("t");
    t.set(10);
    world.runTo(3);
    t.set(delayMs);
    world.runTo(100);
    expect(fired).toEqual([["t", (3 + delayMs) * 1e6]]);
  });

  test("cancelled never fires, and can be set again", () => {
    const { world, fired, timer } = host();
    const t = timer("t");
    t.set(10);
    t.cancel();
    expect(t.isSet).toBe(false);
    world.runTo(50);
    expect(fired).toEqual([]);
    t.set(1);
    world.runTo(100);
    expect(fired).toEqual([["t", 51e6]]);
  });

  test("may set itself again when it fires", () => {
    const { world, probe } = host();
    const times: number[] = [];
    const t = probe.transport.createTimer(() => {
      times.push(world.network.nowMs);
      if (times.length < 4) t.set(7.02);
    });
    t.set(7.02);
    world.runTo(1000);
    expect(times).toEqual([7.02, 14.04, 21.06, 28.08]);
  });

  test.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])("set to %d ms is the caller's error", (delayMs) => {
    const { timer } = host();
    expect(() => timer("t").set(delayMs)).toThrow(RangeError);
  });

  test("set to Infinity never fires", () => {
    const { world, fired, timer } = host();
    const t = timer("t");
    t.set(5);
    t.set(Number.POSITIVE_INFINITY);
    expect(t.isSet).toBe(false);
    world.run();
    expect(fired).toEqual([]);
  });
});

describe("setting timers again is lazy inside, and does not show", () => {
  /** What a test does with timers: set one, cancel one, or let time pass. */
  type Command = { timer: number; set: number } | { timer: number; cancel: true } | { pass: number };
  const timerIndex = fc.integer({ min: 0, max: 3 });
  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ timer: timerIndex, set: fc.integer({ min: 0, max: 6 }) }) },
    { weight: 1, arbitrary: timerIndex.map((timer) => ({ timer, cancel: true as const })) },
    { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 5 }) }) },
  );

  /** The plain way: each setting is an entry of its own, ordered by time and then by when it was made. */
  function naive(commands: readonly Command[]): [string, number][] {
    const fired: [string, number][] = [];
    let entries: { timer: number; at: number; order: number }[] = [];
    let now = 0;
    for (const [order, one] of [...commands, { pass: 100 }].entries()) {
      if ("set" in one) {
        entries = entries.filter(({ timer }) => timer !== one.timer);
        entries.push({ timer: one.timer, at: now + one.set, order });
      } else if ("cancel" in one) {
        entries = entries.filter(({ timer }) => timer !== one.timer);
      } else {
        now += one.pass;
        const due = entries.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.order - b.order);
        for (const { timer, at } of due) fired.push([`${timer}`, at * 1e6]);
        entries = entries.filter(({ at }) => at > now);
      }
    }
    return fired;
  }

  test("they fire when, and in the order in which, plain timers would", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const { world, fired, timer } = host();
        const timers = [0, 1, 2, 3].map((i) => timer(`${i}`));
        for (const one of [...commands, { pass: 100 }]) {
          if ("set" in one) timers[one.timer]?.set(one.set);
          else if ("cancel" in one) timers[one.timer]?.cancel();
          else world.runTo(world.network.nowMs + one.pass);
        }
        expect(fired).toEqual(naive(commands));
      }),
      { numRuns: 500 },
    );
  });
});

describe("clock drift", () => {
  test("a fast clock's timers come early in true time, a slow one's late", () => {
    for (const [ppm, trueMs] of [
      [100, 1000 / 1.0001],
      [-100, 1000 / 0.9999],
    ] as const) {
      const { world, fired, timer } = host(ppm);
      timer("t").set(1000);
      world.run();
      expect(fired[0]?.[1]).toBe(Math.ceil(trueMs * 1e6));
    }
  });

  test("by the host's own clock no timer is early, nor later than a nanosecond", () => {
    const delays = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: -500, max: 500 }),
        fc.array(delays, { minLength: 1, maxLength: 5 }),
        (ppm, list) => {
          const { world, probe } = host(ppm);
          for (const delayMs of list) {
            const setAt = probe.transport.now();
            let tookMs = Number.NaN;
            const onFire = (): void => {
              tookMs = elapsedMs(setAt, probe.transport.now());
            };
            probe.transport.createTimer(onFire).set(delayMs);
            world.run();
            expect(tookMs).toBeGreaterThanOrEqual(elapsedMs(0, delayMs));
            expect(tookMs).toBeLessThanOrEqual(delayMs + 2e-6);
          }
        },
      ),
    );
  });

  test("the host's clocks both drift; the trace has the true time", () => {
    const { world, probe } = host(100);
    const start = probe.transport.wallClockMs();
    world.runTo(1_000_000);
    expect(probe.transport.now()).toBeCloseTo(1_000_100, 6);
    expect(probe.transport.wallClockMs() - start).toBeCloseTo(1_000_100, 3);
    probe.transport.trace.action("now");
    expect(world.tape.rows.at(-1)?.timeMs).toBe(1_000_000);
  });
});

describe("running to a time", () => {
  test.each([8.2, 16.4, 0.3, 4.35, 1.1])(
    "of %d ms takes what is planned for it, and stops at whole nanoseconds",
    (atMs) => {
      const world = new World();
      const happened: number[] = [];
      world.network.at(atMs, () => void happened.push(world.network.queue.nowNs));
      world.runTo(atMs);
      expect(happened).toEqual([Math.round(atMs * 1e6)]);
      expect(world.network.queue.nowNs).toBe(Math.round(atMs * 1e6));
    },
  );

  test("that is over already changes nothing: time does not go back", () => {
    const world = new World();
    world.runTo(10);
    world.runTo(5);
    expect(world.network.nowMs).toBe(10);
  });
});
