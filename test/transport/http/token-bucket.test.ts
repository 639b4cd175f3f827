/** The upload rate limit, in virtual time. */

import { beforeEach, describe, expect, test } from "vitest";
import { TokenBucket } from "../../../src/transport/http/token-bucket.ts";

/** A clock that stands still until it is told to go on. */
class VirtualClock {
  private ms = 0;
  private timers: { atMs: number; onTime: () => void }[] = [];

  nowMs(): number {
    return this.ms;
  }
  after(delayMs: number, onTime: () => void): () => void {
    const timer = { atMs: this.ms + delayMs, onTime };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  runTo(ms: number): void {
    for (;;) {
      const next = this.timers.filter(({ atMs }) => atMs <= ms).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.ms = next.atMs;
      this.timers = this.timers.filter((other) => other !== next);
      next.onTime();
    }
    this.ms = ms;
  }
  get isIdle(): boolean {
    return this.timers.length === 0;
  }
}

describe("a limit of 1000 bytes per second", () => {
  let clock: VirtualClock;
  let bucket: TokenBucket;
  let went: string[];
  beforeEach(() => {
    clock = new VirtualClock();
    bucket = new TokenBucket(1000, clock);
    went = [];
  });
  const take = (bytes: number, name: string): (() => void) =>
    bucket.take(bytes, () => went.push(`${name} at ${clock.nowMs()}`));

  test("a tenth of a second's bytes may go at once; what follows waits out the debt, not a millisecond less", () => {
    expect(bucket.pieceBytes).toBe(100);
    take(100, "first");
    expect(went).toEqual(["first at 0"]);
    take(100, "second");
    clock.runTo(0);
    expect(went).toHaveLength(1);
    clock.runTo(1);
    expect(went[1]).toBe("second at 1");
    take(100, "third");
    clock.runTo(100);
    expect(went).toHaveLength(2);
    clock.runTo(101);
    expect(went[2]).toBe("third at 101");
  });

  test("over a minute it is the rate, however the pieces are cut", () => {
    let sent = 0;
    const send = (): void => {
      const bytes = 1 + ((sent * 7) % 100);
      bucket.take(bytes, () => {
        sent += bytes;
        send();
      });
    };
    send();
    clock.runTo(60_000);
    expect(sent).toBeGreaterThan(59_000);
    expect(sent).toBeLessThanOrEqual(60_000 + 200);
  });

  test("first come, first served", () => {
    for (const name of ["a", "b", "c"]) take(100, name);
    clock.runTo(1000);
    expect(went.map((line) => line[0])).toEqual(["a", "b", "c"]);
  });

  test("nothing is saved up beyond that tenth", () => {
    clock.runTo(100_000);
    for (const name of ["a", "b", "c"]) take(100, name);
    expect(went).toEqual(["a at 100000"]);
    clock.runTo(100_101);
    expect(went).toEqual(["a at 100000", "b at 100001", "c at 100101"]);
  });

  test("who gives up is not served, and holds nobody up", () => {
    take(100, "a");
    const giveUp = take(1000, "b");
    take(100, "c");
    giveUp();
    clock.runTo(1);
    expect(went).toEqual(["a at 0", "c at 1"]);
    const last = take(100, "d");
    last();
    expect(clock.isIdle).toBe(true);
  });

  test("stopped, it serves nobody", () => {
    take(100, "a");
    take(100, "b");
    bucket.stop();
    expect(clock.isIdle).toBe(true);
    clock.runTo(10_000);
    expect(went).toHaveLength(1);
  });
});

test("without a limit, everything goes at once", () => {
  const bucket = new TokenBucket(Number.POSITIVE_INFINITY, new VirtualClock());
  let went = 0;
  for (let i = 0; i < 10; i++) bucket.take(1e9, () => went++);
  expect([went, bucket.pieceBytes]).toEqual([10, Number.POSITIVE_INFINITY]);
});
