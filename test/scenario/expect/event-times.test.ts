import { expect, test } from "vitest";
import { EventTimes } from "../../../src/scenario/expect/event-times.ts";
import type { TraceEvent } from "../../../src/trace/events.ts";

/** Events at these times, in ms. */
function timesOf(atMs: readonly number[], maxKept?: number): EventTimes {
  const times = new EventTimes(maxKept);
  for (const ms of atMs) times.onEvent({ timeNs: ms * 1e6 } as TraceEvent);
  return times;
}

test("the last event until a time, that time included", () => {
  const times = timesOf([1, 2, 2, 5]);
  expect([0.5, 1, 1.9, 2, 4.999999, 5, 99].map((ms) => times.lastUntil(ms))).toEqual([undefined, 1, 1, 3, 3, 4, 4]);
});

test("nothing happened", () => {
  expect(timesOf([]).lastUntil(10)).toBeUndefined();
});

test("every one of a hundred thousand events", () => {
  const times = timesOf(Array.from({ length: 100_000 }, (_, i) => i));
  for (const ms of [0, 1023, 1024, 77_777, 99_999]) expect(times.lastUntil(ms)).toBe(ms + 1);
});

test("with bounded memory it is at most a stride later, and never earlier", () => {
  const count = 1000;
  const times = timesOf(
    Array.from({ length: count }, (_, i) => i),
    8,
  );
  for (let ms = 0; ms < count; ms++) {
    const found = times.lastUntil(ms)!;
    expect(found).toBeGreaterThanOrEqual(ms + 1);
    expect(found).toBeLessThanOrEqual(Math.min(count, ms + 256));
  }
});
