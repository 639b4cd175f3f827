/** The heap of deadlines, against a plain sorted list. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Deadline, DeadlineHeap, NOT_QUEUED } from "../../../src/transport/timers/deadline-heap.ts";

class Item implements Deadline {
  atNs = 0;
  order = 0;
  place = NOT_QUEUED;
  happen(): void {}
}

/** Takes out everything, the first first. */
function drain(heap: DeadlineHeap): Deadline[] {
  const items: Deadline[] = [];
  for (let first = heap.first; first !== undefined; first = heap.first) {
    heap.remove(first);
    items.push(first);
  }
  return items;
}

describe("the heap of deadlines", () => {
  test("any sets, resets and cancels: comes out in the order of (deadline, order of setting)", () => {
    const step = fc.record({
      item: fc.nat(30),
      atNs: fc.nat(20),
      what: fc.constantFrom("set", "set", "set", "cancel"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new DeadlineHeap();
        const items = Array.from({ length: 31 }, () => new Item());
        const set = new Set<Item>();
        for (const [order, { item: index, atNs, what }] of steps.entries()) {
          const item = items[index] as Item;
          if (what === "cancel") {
            heap.remove(item);
            set.delete(item);
          } else {
            item.atNs = atNs;
            item.order = order;
            heap.put(item);
            set.add(item);
          }
          expect(heap.size).toBe(set.size);
        }
        const expected = [...set].toSorted((a, b) => a.atNs - b.atNs || a.order - b.order);
        expect(drain(heap)).toEqual(expected);
        expect(items.every(({ place }) => place === NOT_QUEUED)).toBe(true);
      }),
    );
  });

  test("takes out all that a test holds for, and nothing else", () => {
    const heap = new DeadlineHeap();
    for (let i = 0; i < 100; i++) heap.put(Object.assign(new Item(), { atNs: (i * 37) % 100, order: i }));
    heap.removeIf(({ atNs }) => atNs % 3 === 0);
    expect(drain(heap).map(({ atNs }) => atNs)).toEqual(
      Array.from({ length: 100 }, (_, atNs) => atNs).filter((atNs) => atNs % 3 !== 0),
    );
  });
});
