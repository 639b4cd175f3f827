/** Sets of spans, against a plain array of flags. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteSpans } from "../../src/core/byte-spans.ts";

const SIZE = 60;

test("every sequence of add and remove does what it does to flags", () => {
  const step = fc.record({ isAdd: fc.boolean(), a: fc.nat(SIZE), b: fc.nat(SIZE) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(SIZE), fc.nat(SIZE), (steps, x, y) => {
      const spans = new ByteSpans();
      const flags = new Array<boolean>(SIZE).fill(false);
      for (const { isAdd, a, b } of steps) {
        const [from, to] = a < b ? [a, b] : [b, a];
        if (isAdd) spans.add(from, to);
        else spans.remove(from, to);
        flags.fill(isAdd, from, to);
      }
      expect(spans.totalBytes).toBe(flags.filter(Boolean).length);
      const list = [...spans];
      expect(list).toHaveLength(spans.count);
      for (const [i, span] of list.entries()) {
        expect(span.from).toBeLessThan(span.to);
        if (i > 0) expect(list[i - 1]!.to).toBeLessThan(span.from); // neither overlap nor touch
      }
      const again = new Array<boolean>(SIZE).fill(false);
      for (const { from, to } of list) again.fill(true, from, to);
      expect(again).toEqual(flags);

      const [low, high] = x < y ? [x, y] : [y, x];
      expect(spans.has(low, high)).toBe(flags.slice(low, high).every(Boolean));
      const holes = new Array<boolean>(SIZE).fill(false);
      for (const { from, to } of spans.gaps(low, high)) holes.fill(true, from, to);
      expect(holes).toEqual(flags.map((flag, i) => i >= low && i < high && !flag));
    }),
  );
});

describe("misuse", () => {
  test.each([
    [5, 4],
    [-1, 4],
    [0.5, 4],
    [0, Number.POSITIVE_INFINITY],
  ])("%d to %d is no span", (from, to) => {
    expect(() => new ByteSpans().add(from, to)).toThrow(RangeError);
    expect(() => new ByteSpans().remove(from, to)).toThrow(RangeError);
  });
});
