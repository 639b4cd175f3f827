/** The IDs of messages that were taken: found until their lifetime is over, whatever comes between. */

import { describe, expect, test } from "vitest";
import { RememberedIds } from "../../../src/core/arq/remembered-ids.ts";
import { id } from "../support/hardened-client.ts";

const TAKEN = { code: 0, updateIntervalMs: 0 };

describe("RememberedIds", () => {
  test("finds what was added, with its code, and nothing else", () => {
    const ids = new RememberedIds();
    for (let i = 1; i <= 100; i++) ids.add(id(i), { code: i === 50 ? 400 : 0, updateIntervalMs: i }, 1, i);
    for (let i = 1; i <= 100; i++) {
      expect(ids.answerOf(ids.find(id(i)))).toEqual({ code: i === 50 ? 400 : 0, updateIntervalMs: i });
    }
    expect(ids.find(id(101))).toBe(-1);
    expect(ids.find({ high: 8, low: 1 })).toBe(-1);
    expect(ids.length).toBe(100);
  });

  test("remembers an ID for its whole lifetime, and not longer", () => {
    const ids = new RememberedIds();
    ids.add(id(1), TAKEN, 1, 0);
    ids.add(id(2), TAKEN, 1, 1);
    expect(ids.forgetOlder(1000, 1000)).toBe(0);
    expect(ids.forgetOlder(1000, 1000.001)).toBe(1);
    expect(ids.find(id(1))).toBe(-1);
    expect(ids.find(id(2))).toBeGreaterThanOrEqual(0);
  });

  test("a copy that comes prolongs it", () => {
    const ids = new RememberedIds();
    ids.add(id(1), TAKEN, 1, 0);
    ids.touch(ids.find(id(1)), 900);
    expect(ids.forgetOlder(1000, 1900)).toBe(0);
    expect(ids.forgetOlder(1000, 1901)).toBe(1);
  });

  test("goes round: forgetting and adding in turns keeps exactly the youngest", () => {
    const ids = new RememberedIds();
    for (let i = 1; i <= 1000; i++) {
      ids.add(id(i), TAKEN, 0, i);
      if (ids.length > 7) ids.forgetOldest();
      expect(ids.find(id(i))).toBeGreaterThanOrEqual(0);
      expect(ids.find(id(i - 7))).toBe(-1);
      if (i >= 7) expect(ids.find(id(i - 6))).toBeGreaterThanOrEqual(0);
    }
  });

  test("counts the ACKs of each", () => {
    const ids = new RememberedIds();
    ids.add(id(1), TAKEN, 1, 0);
    ids.add(id(2), TAKEN, 1, 0);
    expect([ids.countAck(ids.find(id(1))), ids.countAck(ids.find(id(1)))]).toEqual([2, 3]);
    expect(ids.countAck(ids.find(id(2)))).toBe(2);
  });
});
