/** Items by rank: the same as a sorted array, whatever is added and removed in between. */

import { describe, expect, test } from "vitest";
import { RankedList } from "../../../src/core/directory/ranked-list.ts";
import { Dice } from "../../robustness/rubbish.ts";

describe("RankedList", () => {
  test("agrees with a sorted array through thousands of changes", () => {
    const dice = new Dice(7);
    const list = new RankedList<{ rank: number }>();
    const items = new Map<number, { rank: number }>();
    for (let i = 0; i < 20_000; i++) {
      // It grows to some thousands, and shrinks again.
      const rank = dice.roll(6000);
      const known = items.get(rank);
      if (known === undefined && (i < 10_000 || dice.roll(4) === 0)) {
        const item = { rank };
        items.set(rank, item);
        expect(list.add(item)).toBe(true);
        expect(list.add({ rank })).toBe(false);
      } else if (known !== undefined && (i >= 10_000 || dice.roll(4) === 0)) {
        items.delete(rank);
        expect(list.remove({ rank })).toBe(false);
        expect(list.remove(known)).toBe(true);
        expect(list.remove(known)).toBe(false);
      }
      if (i % 500 !== 0) continue;
      const sorted = [...items.keys()].sort((a, b) => a - b);
      const from = dice.roll(6000) - 1;
      expect(list.size).toBe(items.size);
      expect(Array.from(list.after(-1), (item) => item.rank)).toEqual(sorted);
      expect(Array.from(list.after(from), (item) => item.rank)).toEqual(sorted.filter((one) => one > from));
    }
  });

  test("is empty before anything is added, and after everything is removed", () => {
    const list = new RankedList<{ rank: number }>();
    const items = Array.from({ length: 2000 }, (_, rank) => ({ rank }));
    expect([...list.after(-1)]).toEqual([]);
    for (const item of items) list.add(item);
    expect([...list.after(1998)]).toEqual([{ rank: 1999 }]);
    expect([...list.after(1999)]).toEqual([]);
    for (const item of items) list.remove(item);
    expect([list.size, ...list.after(-1)]).toEqual([0]);
  });
});
