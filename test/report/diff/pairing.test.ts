import { describe, expect, test } from "vitest";
import { NamedPairs, OrderedPairs } from "../../../src/report/diff/pairing.ts";
import { TooLargeToCompare } from "../../../src/report/diff/sides.ts";

const MANY = 1 << 18;

describe("pairs by name", () => {
  test("the k-th of a name in A belongs to the k-th in B, whichever comes first", () => {
    const pairs = new NamedPairs<number>();
    expect(pairs.put("a", "x", 1)).toBe(undefined);
    expect(pairs.put("a", "x", 2)).toBe(undefined);
    expect(pairs.put("b", "y", 9)).toBe(undefined);
    expect(pairs.put("b", "x", 3)).toBe(1);
    expect(pairs.put("b", "x", 4)).toBe(2);
    expect(pairs.put("b", "x", 5)).toBe(undefined);
    expect(pairs.put("a", "x", 6)).toBe(5);
    expect([[...pairs.leftOver("a")], [...pairs.leftOver("b")]]).toEqual([[], [9]]);
  });

  test("ends where too many have no counterpart, and says so", () => {
    const pairs = new NamedPairs<number>();
    for (let i = 0; i < MANY; i++) pairs.put("a", `n${i}`, i);
    expect(pairs.isComplete).toBe(true);
    expect(pairs.put("b", "n0", 0)).toBe(0);
    pairs.put("a", "n0", 0);
    pairs.put("a", "one more", 0);
    expect(pairs.isComplete).toBe(false);
    expect(pairs.put("b", "n1", 0)).toBe(undefined);
    expect([...pairs.leftOver("a")]).toEqual([]);
  });
});

describe("pairs in order under a name", () => {
  const ordered = () => new OrderedPairs<number>("names", 2, (a, b) => a === b);

  test("part at the first that differ, whichever run is ahead", () => {
    const pairs = ordered();
    for (const n of [1, 2, 3, 4]) pairs.put("a", "x", n);
    for (const n of [1, 2, 3, 5, 4]) pairs.put("b", "x", n);
    pairs.put("b", "y", 1);
    pairs.put("a", "y", 1);
    expect(pairs.finish()).toEqual([{ name: "x", index: 4, a: 4, b: 5, before: [2, 3] }]);
    expect([pairs.matched("x"), pairs.matched("y"), pairs.matched("z")]).toEqual([3, 1, 0]);
  });

  test("part at the end of the shorter run", () => {
    const pairs = ordered();
    for (const n of [1, 2]) pairs.put("b", "x", n);
    pairs.put("a", "x", 1);
    expect(pairs.finish()).toEqual([{ name: "x", index: 2, a: undefined, b: 2, before: [1] }]);
  });

  test("part where the other run has been silent for too long", () => {
    const pairs = ordered();
    for (let i = 0; i <= MANY; i++) pairs.put("a", "x", i);
    pairs.put("b", "x", 0);
    expect(pairs.finish()).toMatchObject([{ index: 1, a: 0, b: undefined }]);
  });

  test("too many names are refused", () => {
    const pairs = ordered();
    for (let i = 0; i < MANY; i++) pairs.put("a", `n${i}`, i);
    expect(() => pairs.put("a", "one more", 0)).toThrow(new TooLargeToCompare("more than 262,144 names"));
    expect(() => pairs.put("b", "n0", 0)).not.toThrow();
  });
});
