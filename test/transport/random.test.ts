/** Random numbers that nobody can foretell. */

import { expect, test } from "vitest";
import { unpredictable } from "../../src/transport/random.ts";

test("use all 53 bits, spread evenly, none twice", () => {
  const draws = Array.from({ length: 20_000 }, () => unpredictable());
  expect(new Set(draws).size).toBe(20_000);
  const counts = new Array<number>(53).fill(0);
  for (const u of draws) {
    expect(u).toBeGreaterThanOrEqual(0);
    expect(u).toBeLessThan(1);
    let bits = BigInt(u * 2 ** 53);
    for (let i = 0; i < 53; i++, bits >>= 1n) if (bits & 1n) counts[i]!++;
  }
  // Each bit is set in half of the draws: six standard deviations (70.7 each).
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(425);
});
