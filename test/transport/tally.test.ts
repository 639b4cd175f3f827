/** Counts that are told of sparsely. */

import { expect, test } from "vitest";
import { Tally } from "../../src/transport/tally.ts";
import { TimerQueue } from "../../src/transport/timers/timer-queue.ts";

const NS_PER_S = 1e9;

function tally(): {
  tally: Tally;
  told: string[];
  at: (seconds: number) => void;
  add: (key: string, n: number) => void;
} {
  let nowNs = 0;
  let ring = (): void => {};
  const timers = new TimerQueue(
    () => nowNs,
    (onRing) => {
      ring = onRing;
      return { set() {} };
    },
  );
  const told: string[] = [];
  const counted = new Tally(timers, (count, bytes, key, isFirst) => {
    told.push(`${nowNs / NS_PER_S} s: ${count} of ${bytes} bytes, ${key}${isFirst ? ", the first" : ""}`);
  });
  return {
    tally: counted,
    told,
    at(seconds) {
      nowNs = seconds * NS_PER_S;
      ring();
    },
    add(key, n) {
      for (let i = 0; i < n; i++) counted.add(key, 10, nowNs);
    },
  };
}

test("the first at once, then sums once a second, until a second passes without any", () => {
  const { tally: counted, told, at, add } = tally();
  add("a", 1);
  expect(told).toEqual(["0 s: 1 of 10 bytes, a, the first"]);
  at(0.5);
  add("b", 1000);
  at(1);
  at(1.5);
  add("c", 5);
  at(2);
  at(3); // nothing in this second: the next is a first one again
  at(9);
  add("d", 1);
  expect(told.slice(1)).toEqual([
    "1 s: 1000 of 10000 bytes, b",
    "2 s: 5 of 50 bytes, c",
    "9 s: 1 of 10 bytes, d, the first",
  ]);
  expect(counted.total).toBe(1007);
});

test("closed, it tells what is left", () => {
  const { tally: counted, told, at, add } = tally();
  add("a", 3);
  counted.close();
  at(60);
  expect(told).toEqual(["0 s: 1 of 10 bytes, a, the first", "0 s: 2 of 20 bytes, a"]);
});
