/** All timers over one alarm, with a clock and an alarm that the test moves. */

import { describe, expect, test } from "vitest";
import type { Alarm } from "../../../src/transport/timers/alarm.ts";
import { NodeTimer, type TimerOwner } from "../../../src/transport/timers/node-timer.ts";
import { TimerQueue } from "../../../src/transport/timers/timer-queue.ts";

const NS_PER_MS = 1e6;

/** A host with a stubbed clock, and an alarm that rings when the test says so. */
class StubHost implements TimerOwner {
  timeNs = 0;
  /** What the alarm was set to, in ms, in order. */
  readonly sleeps: number[] = [];
  isClosed = false;
  readonly timers: TimerQueue;
  readonly fired: string[] = [];
  ring: () => void = () => {};

  constructor() {
    this.timers = new TimerQueue(
      () => this.timeNs,
      (onRing): Alarm => {
        this.ring = onRing;
        return { set: (delayMs) => void this.sleeps.push(delayMs) };
      },
    );
  }

  nowNs(): number {
    return this.timeNs;
  }

  guard(handler: () => void): void {
    handler();
  }

  timer(name: string, then: () => void = () => {}): NodeTimer {
    return new NodeTimer(this, () => {
      this.fired.push(`${name} at ${this.timeNs / NS_PER_MS}`);
      then();
    });
  }

  ringAt(ms: number): void {
    this.timeNs = ms * NS_PER_MS;
    this.ring();
  }
}

describe("timers over an alarm that cannot be trusted", () => {
  test("an alarm that rings early fires nothing and is set again for the rest", () => {
    const host = new StubHost();
    host.timer("t").set(10);
    expect(host.sleeps).toEqual([10]);
    host.ringAt(9.2);
    expect(host.fired).toEqual([]);
    expect(host.sleeps.at(-1)).toBeCloseTo(0.8, 6);
    host.ringAt(9.999999); // one nanosecond too early
    expect(host.fired).toEqual([]);
    host.ringAt(10);
    expect(host.fired).toEqual(["t at 10"]);
  });

  test("one that rings late fires all that is due, in the order of the deadlines", () => {
    const host = new StubHost();
    for (const [name, delayMs] of [
      ["c", 30],
      ["a", 10],
      ["d", 90],
      ["b", 20],
    ] as const) {
      host.timer(name).set(delayMs);
    }
    host.ringAt(50);
    expect(host.fired).toEqual(["a at 50", "b at 50", "c at 50"]);
    expect(host.sleeps.at(-1)).toBe(40);
  });

  test("one that rings for nothing is no harm", () => {
    const host = new StubHost();
    const timer = host.timer("t");
    timer.set(10);
    timer.cancel();
    host.ringAt(10);
    expect([host.fired, host.timers.size]).toEqual([[], 0]);
  });

  test("a fraction of a nanosecond is rounded up: never early", () => {
    const host = new StubHost();
    host.timer("t").set(0.0000001);
    host.ring();
    expect(host.fired).toEqual([]);
    host.timeNs = 1;
    host.ring();
    expect(host.fired).toHaveLength(1);
  });

  test("delays beyond what Node's timers can count (2^31 ms)", () => {
    const host = new StubHost();
    const days = 60;
    host.timer("far").set(days * 86_400_000);
    host.ringAt(2 ** 31 - 1);
    expect(host.fired).toEqual([]);
    host.ringAt(days * 86_400_000 - 0.001);
    expect(host.fired).toEqual([]);
    host.ringAt(days * 86_400_000);
    expect(host.fired).toHaveLength(1);
  });

  test("a period set anew at each firing does not fire before its time, however late the alarm is", () => {
    const host = new StubHost();
    const timer = host.timer("t", () => timer.set(10));
    timer.set(10);
    for (const ms of [13, 22.9, 23, 40, 49.999, 50]) host.ringAt(ms);
    expect(host.fired).toEqual(["t at 13", "t at 23", "t at 40", "t at 50"]);
  });

  test("a timer set to 0 when it fires lets others have their turn, and the event loop too", () => {
    const host = new StubHost();
    const greedy = host.timer("greedy", () => greedy.set(0));
    greedy.set(5);
    host.timer("other").set(5);
    host.ringAt(5);
    expect(host.fired).toEqual(["greedy at 5", "other at 5"]);
    host.ring();
    expect(host.fired).toHaveLength(3);
  });

  test("infinity is not set at all", () => {
    const host = new StubHost();
    const timer = host.timer("never");
    timer.set(5);
    timer.set(Number.POSITIVE_INFINITY);
    expect(timer.isSet).toBe(false);
    host.ringAt(1e9);
    expect(host.fired).toEqual([]);
  });

  test("what one handler throws goes out, and the other timers go on", () => {
    const host = new StubHost();
    host
      .timer("bad", () => {
        throw new Error("a bug");
      })
      .set(5);
    host.timer("good").set(6);
    expect(() => host.ringAt(5)).toThrow("a bug");
    expect(host.sleeps.at(-1)).toBe(1);
    host.ringAt(6);
    expect(host.fired).toEqual(["bad at 5", "good at 6"]);
  });

  test("a host that is closed: nothing fires, nothing can be set", () => {
    const host = new StubHost();
    const timer = host.timer("t");
    timer.set(5);
    host.isClosed = true;
    host.ringAt(5);
    timer.set(5);
    expect([host.fired, timer.isSet]).toEqual([[], false]);
  });
});

describe("many timers", () => {
  test("a million sets leave one entry per timer; restarting and cancelling leaves nothing behind", () => {
    const host = new StubHost();
    const timers = Array.from({ length: 1000 }, (_, i) => host.timer(`${i}`));
    for (let round = 0; round < 1000; round++) {
      host.timeNs += 1000;
      for (const timer of timers) timer.set(200);
    }
    expect(host.timers.size).toBe(1000);
    // The alarm was set once, for the first deadline: later ones need no other.
    expect(host.sleeps).toHaveLength(1);
    for (const timer of timers) timer.cancel();
    expect(host.timers.size).toBe(0);
  });

  test("ten thousand at once fire in order, none before its time", () => {
    const host = new StubHost();
    let latestMs = 0;
    let count = 0;
    for (let i = 0; i < 10_000; i++) {
      const delayMs = (i * 7919) % 10_007;
      const timer = new NodeTimer(host, () => {
        count++;
        expect(host.timeNs / NS_PER_MS).toBeGreaterThanOrEqual(delayMs);
        expect(delayMs).toBeGreaterThanOrEqual(latestMs);
        latestMs = delayMs;
      });
      timer.set(delayMs);
    }
    for (let ms = 0; ms <= 10_020; ms += 13) host.ringAt(ms);
    expect(count).toBe(10_000);
  });
});
