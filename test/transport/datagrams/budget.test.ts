/** What one source may send. Times are given, so nothing waits. */

import { describe, expect, test } from "vitest";
import { Budget, type BudgetOptions, defaultBudgetOptions } from "../../../src/transport/datagrams/budget.ts";

const NS_PER_MS = 1e6;

/** How many of `count` datagrams that come at once are let in. */
function admitted(budget: Budget, address: string, count: number, atMs: number): number {
  let admitted = 0;
  for (let i = 0; i < count; i++) if (budget.admit(address, 1000 + i, atMs * NS_PER_MS)) admitted++;
  return admitted;
}

const small: BudgetOptions = { datagramsPerSecond: 10, burst: 5, maxSources: 3 };

describe("the budget of a source", () => {
  test("a burst, then so many per second, whatever the port", () => {
    const budget = new Budget(small, 0);
    expect(admitted(budget, "10.0.0.1", 20, 0)).toBe(5);
    expect(admitted(budget, "10.0.0.1", 20, 99)).toBe(0);
    expect(admitted(budget, "10.0.0.1", 20, 100)).toBe(1);
    expect(admitted(budget, "10.0.0.1", 20, 1100)).toBe(5);
  });

  test("a bucket never holds more than its burst", () => {
    const budget = new Budget(small, 0);
    expect(admitted(budget, "10.0.0.1", 20, 3_600_000)).toBe(5);
  });

  test("is its own: a flood takes nothing from others", () => {
    const budget = new Budget(small, 0);
    expect(admitted(budget, "10.0.0.1", 100_000, 0)).toBe(5);
    expect(admitted(budget, "10.0.0.2", 5, 0)).toBe(5);
  });

  test("is one for an IPv6 /64, and another for the next", () => {
    const budget = new Budget(small, 0);
    expect(admitted(budget, "2001:db8::1", 4, 0)).toBe(4);
    expect(admitted(budget, "2001:db8::ffff:1", 4, 0)).toBe(1);
    expect(admitted(budget, "2001:db8:0:1::1", 4, 0)).toBe(4);
  });

  test("gives the endpoint by its address and port", () => {
    const budget = new Budget(small, 0);
    expect(budget.admit("10.0.0.1", 7777, 0)?.key).toBe("10.0.0.1:7777");
    expect(budget.admit("2001:db8::1", 7777, 0)?.key).toBe("[2001:db8::1]:7777");
    expect(budget.admit("10.0.0.1", 7777, 0)).toBe(budget.admit("10.0.0.1", 7777, 0));
  });

  test("holds two thousand peers behind one address, by default: a start and a look-up, then an update every 7 s", () => {
    const budget = new Budget(defaultBudgetOptions, 0);
    const all = (atMs: number, withinMs: number, each: number): void => {
      for (let peer = 0; peer < 2000; peer++) {
        for (let i = 0; i < each; i++) {
          const nowNs = (atMs + (peer * withinMs) / 2000) * NS_PER_MS;
          expect(budget.admit("127.0.0.1", 10_000 + peer, nowNs)).toBeDefined();
        }
      }
    };
    all(0, 1000, 3); // UPDATE, LOOKUP, the ACK of the RESULT
    for (let round = 1; round <= 5; round++) all(round * 7000, 1000, 2); // some of them twice
  });

  test.each([
    [{ datagramsPerSecond: -1 }, "datagramsPerSecond"],
    [{ datagramsPerSecond: Number.NaN }, "datagramsPerSecond"],
    [{ burst: 0 }, "burst"],
    [{ maxSources: 0 }, "maxSources"],
  ])("refuses %j", (options, name) => {
    expect(() => new Budget(options, 0)).toThrow(name);
  });
});

describe("the table of sources is full", () => {
  test("a new source takes the place of one that has been silent", () => {
    const budget = new Budget(small, 0);
    for (const last of [1, 2, 3]) admitted(budget, `10.0.0.${last}`, 5, 0);
    admitted(budget, "10.0.0.1", 1, 1000); // 2 and 3 are silent, and full again
    expect(admitted(budget, "10.0.0.4", 20, 1000)).toBe(5);
    // 1 keeps what it has used.
    expect(admitted(budget, "10.0.0.1", 20, 1000)).toBe(4);
  });

  test("where none is silent, all newcomers share one bucket, and those with a place keep theirs", () => {
    const budget = new Budget(small, 0);
    for (const last of [1, 2, 3]) admitted(budget, `10.0.0.${last}`, 5, 0);
    expect(admitted(budget, "10.0.0.4", 3, 0)).toBe(3);
    expect(admitted(budget, "10.0.0.5", 3, 0)).toBe(2);
    expect(admitted(budget, "10.0.0.6", 3, 0)).toBe(0);
    expect(admitted(budget, "10.0.0.1", 1, 100)).toBe(1);
    // As soon as others are silent, newcomers have places of their own.
    expect(admitted(budget, "10.0.0.6", 20, 10_000)).toBe(5);
    expect(admitted(budget, "10.0.0.4", 20, 10_000)).toBe(5);
  });

  test("a flood of addresses keeps no more than the table, and forgets none that is in use", () => {
    const budget = new Budget({ ...small, maxSources: 100 }, 0);
    admitted(budget, "10.0.0.1", 5, 0);
    for (let i = 0; i < 50_000; i++) budget.admit(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 9, i);
    expect(budget.sourceCount).toBeLessThanOrEqual(100);
    expect(admitted(budget, "10.0.0.1", 5, 1)).toBe(0);
  });

  test("a flood of ports keeps no more than the cache of senders", () => {
    const budget = new Budget({ datagramsPerSecond: 1e9, burst: 1e9 }, 0);
    for (let i = 0; i < 200_000; i++) budget.admit(`10.0.0.${i >> 15}`, 1 + (i & 32_767), 0);
    expect(budget.senderCount).toBeLessThanOrEqual(1 << 16);
  });
});
