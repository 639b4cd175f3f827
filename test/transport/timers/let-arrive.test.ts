/** What was sent to this very process arrives before what else is due, also where the process was kept waiting. */

import { expect, test } from "vitest";
import { type Deadline, NOT_QUEUED } from "../../../src/transport/timers/deadline-heap.ts";
import { TimerQueue } from "../../../src/transport/timers/timer-queue.ts";

class Item implements Deadline {
  atNs = 0;
  order = 0;
  place = NOT_QUEUED;
  readonly happen: () => void;

  constructor(happen: () => void) {
    this.happen = happen;
  }
}

test("a ring ends behind an item that asks for it, and the rest is due at the next one, at once", () => {
  let nowNs = 0;
  let ring = (): void => {};
  const sleeps: number[] = [];
  const timers = new TimerQueue(
    () => nowNs,
    (onRing) => {
      ring = onRing;
      return { set: (delayMs) => void sleeps.push(delayMs) };
    },
  );
  const happened: string[] = [];
  timers.set(new Item(() => void happened.push("timeout")), 5e6);
  timers.set(new Item(() => void happened.push("before")), 1e6);
  timers.set(
    new Item(() => {
      happened.push("packet");
      timers.letArrive();
    }),
    2e6,
  );
  nowNs = 100e6; // the process stood still
  ring();
  expect(happened).toEqual(["before", "packet"]);
  expect(sleeps.at(-1)).toBeLessThanOrEqual(0);
  ring();
  expect(happened).toEqual(["before", "packet", "timeout"]);
});
