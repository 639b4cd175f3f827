import { describe, expect, test } from "vitest";
import {
  duplicates,
  messageGivenUp,
  packetGivenUp,
  packetsAttempted,
  power,
  stepsToMaxTimeout,
  type Timing,
  timePerPacket,
  transmissions,
} from "../../src/study/closed-forms.ts";

const tenth = { p: 0.1, q: 0.1 };
const timing = (change: Partial<Timing> = {}): Timing => ({
  rttMs: 200,
  timeoutMs: 1000,
  backoff: 1,
  maxTimeoutMs: Number.POSITIVE_INFINITY,
  ...change,
});

test("p = q = 0.1, T = 1 s, R = 0.2 s: 1.2346 transmissions, 0.4346 s fixed, 0.5065 s doubling, 0.1111 duplicates", () => {
  expect(transmissions(tenth)).toBeCloseTo(1.2346, 4);
  expect(timePerPacket(tenth, timing())).toBeCloseTo(434.6, 1);
  expect(timePerPacket(tenth, timing({ backoff: 2 }))).toBeCloseTo(506.5, 1);
  expect(duplicates(tenth)).toBeCloseTo(0.1111, 4);
});

/** The definition, term by term: attempt k is the last one with probability f^(k-1) s. */
function bySum(f: number, attempts: number, of: (k: number, isDelivered: boolean) => number): number {
  let sum = f ** attempts * of(attempts, false);
  for (let k = 1; k <= attempts; k++) sum += f ** (k - 1) * (1 - f) * of(k, true);
  return sum;
}

describe.each([
  [0.1, 0.1, 1],
  [0.3, 0.05, 4],
  [0.5, 0.5, 9],
  [0, 0.4, 3],
  [1, 0, 5],
])("p = %d, q = %d, M = %d: as the sums that define them", (p, q, attempts) => {
  const losses = { p, q };
  const f = 1 - (1 - p) * (1 - q);

  test("transmissions", () => {
    expect(transmissions(losses, attempts)).toBeCloseTo(
      bySum(f, attempts, (k) => k),
      10,
    );
  });

  test.each([
    [1, Number.POSITIVE_INFINITY],
    [2, Number.POSITIVE_INFINITY],
    [2, 3000],
    [1.5, 2000],
  ])("time, timeout times %d up to %d ms", (backoff, maxTimeoutMs) => {
    const expiry = (k: number) => Math.min(1000 * backoff ** (k - 1), maxTimeoutMs);
    const waited = (expiries: number) =>
      Array.from({ length: expiries }, (_, i) => expiry(i + 1)).reduce((a, b) => a + b, 0);
    const expected = bySum(f, attempts, (k, isDelivered) => (isDelivered ? waited(k - 1) + 200 : waited(k)));
    expect(timePerPacket(losses, timing({ backoff, maxTimeoutMs }), attempts)).toBeCloseTo(expected, 6);
  });

  test("duplicates: arrivals but the first", () => {
    const arrivals = (1 - p) * bySum(f, attempts, (k) => k);
    expect(duplicates(losses, attempts)).toBeCloseTo(arrivals - (1 - p ** attempts), 10);
  });
});

test("a doubling timeout without an end diverges from f = 1/2 on; with an end it does not", () => {
  const half = { p: 0.5, q: 0 };
  expect(timePerPacket(half, timing({ backoff: 2 }))).toBe(Number.POSITIVE_INFINITY);
  expect(timePerPacket({ p: 0.4999, q: 0 }, timing({ backoff: 2 }))).toBeLessThan(Number.POSITIVE_INFINITY);
  // Timeouts of 1, 2, 4, 4, 4 ... s: sum of f^k T_k = 0.5 + 0.5 + 4 (1/8 + 1/16 + ...) = 2 s.
  expect(timePerPacket(half, timing({ backoff: 2, maxTimeoutMs: 4000 }))).toBeCloseTo(2200, 6);
});

test("a back-off that has not ended when the attempts have", () => {
  // Two attempts: 1 s, and 2 s in a quarter of the cases.
  const time = timePerPacket({ p: 0.5, q: 0 }, timing({ backoff: 2, maxTimeoutMs: 60_000 }), 2);
  expect(time).toBeCloseTo(200 * 0.75 + 0.5 * 1000 + 0.25 * 2000, 9);
});

test("messages: given up with the first packet that is, the packets behind it never sent", () => {
  const losses = { p: 0.5, q: 0 };
  expect(packetGivenUp(losses, 3)).toBe(0.125);
  expect(messageGivenUp(losses, 3, 2)).toBeCloseTo(1 - 0.875 ** 2, 12);
  expect(packetsAttempted(losses, 3, 2)).toBeCloseTo(1 + 0.875, 12);
  expect(packetsAttempted(losses, Number.POSITIVE_INFINITY, 1000)).toBe(1000);
});

test("when a back-off reaches its end", () => {
  expect(stepsToMaxTimeout(timing({ backoff: 2, maxTimeoutMs: 8000 }))).toBe(3);
  expect(stepsToMaxTimeout(timing({ backoff: 2, maxTimeoutMs: 1000 }))).toBe(0);
  expect(stepsToMaxTimeout(timing({ maxTimeoutMs: 8000 }))).toBe(Number.POSITIVE_INFINITY);
  // A factor that is hardly one: not before anybody stops counting.
  expect(stepsToMaxTimeout(timing({ backoff: 1 + 1e-12, maxTimeoutMs: 8000 }))).toBe(Number.POSITIVE_INFINITY);
  expect(timePerPacket({ p: 0.5, q: 0 }, timing({ backoff: 1 + 1e-12, maxTimeoutMs: 8000 }))).toBeCloseTo(1200, 3);
});

test("powers", () => {
  expect(power(0.5, 10)).toBe(2 ** -10);
  expect(power(0.3, 1)).toBe(0.3);
  expect(power(0, 0)).toBe(1);
  expect(power(1, Number.POSITIVE_INFINITY)).toBe(1);
  expect(power(0.999, Number.POSITIVE_INFINITY)).toBe(0);
});
