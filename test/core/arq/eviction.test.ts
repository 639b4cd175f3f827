/** Making room in a full map, and telling fragments apart. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evictOne } from "../../../src/core/arq/eviction.ts";
import { fingerprint } from "../../../src/core/arq/fingerprint.ts";
import { SmallMap } from "../../../src/core/small-map.ts";

function numbered(count: number): SmallMap<number> {
  const map = new SmallMap<number>();
  for (let i = 0; i < count; i++) map.set(`${i}`, i);
  return map;
}

describe("evictOne", () => {
  test("takes the oldest that may go", () => {
    const map = numbered(5);
    expect(evictOne(map, (value) => value >= 2)).toEqual({ key: "2", value: 2 });
    expect([...map.values()]).toEqual([3, 4, 0, 1]);
  });

  test("looks at a few only, however large the map, and loses none of those that stay", () => {
    const map = numbered(1000);
    let looks = 0;
    const none = evictOne(map, () => {
      looks++;
      return false;
    });
    expect(none).toBeUndefined();
    expect(looks).toBe(16);
    expect(map.size).toBe(1000);
  });

  test("in an empty map there is nothing to take", () => {
    expect(evictOne(new SmallMap(), () => true)).toBeUndefined();
  });
});

describe("fingerprint", () => {
  test("depends on the bytes between start and end alone", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 8 }), (bytes, around) => {
        const within = new Uint8Array([...around, ...bytes, ...around]);
        const start = around.length;
        expect(fingerprint(within, start, start + bytes.length)).toBe(fingerprint(bytes, 0, bytes.length));
      }),
    );
  });

  test("is a whole number that a double holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const print = fingerprint(bytes, 0, bytes.length);
        expect(Number.isSafeInteger(print) && print >= 0).toBe(true);
      }),
    );
  });

  test("differs between a hundred thousand fragments of a few bytes, and with every bit of a large one", () => {
    const prints = new Set<number>();
    const bytes = new Uint8Array(3);
    for (let i = 0; i < 100_000; i++) {
      bytes.set([i & 255, (i >> 8) & 255, i >> 16]);
      prints.add(fingerprint(bytes, 0, 3));
    }
    expect(prints.size).toBe(100_000);
    const large = new Uint8Array(500);
    const original = fingerprint(large, 0, 500);
    for (let bit = 0; bit < 4000; bit++) {
      large[bit >> 3] = 1 << (bit & 7);
      expect(fingerprint(large, 0, 500)).not.toBe(original);
      large[bit >> 3] = 0;
    }
  });

  test("differs with length alone", () => {
    const zeros = new Uint8Array(100);
    const prints = new Set(Array.from({ length: 101 }, (_, end) => fingerprint(zeros, 0, end)));
    expect(prints.size).toBe(101);
  });
});
