import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesSource } from "../../../src/core/wire/payload-source.ts";
import { latin1, latin1Text } from "./bytes.ts";

test("property: a fragment is copied to its place, and nothing around it is touched", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300, size: "max" }),
      fc.nat(300),
      fc.nat(300),
      fc.nat(10),
      (bytes, a, b, offset) => {
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        // A view that does not start at its buffer's first byte.
        const view = new Uint8Array([0, 0, 0, ...bytes]).subarray(3);
        const target = new Uint8Array(320).fill(0xaa);
        bytesSource(view).copy(start, end - start, target, offset);
        const expected = new Uint8Array(320).fill(0xaa);
        expected.set(bytes.slice(start, end), offset);
        expect(target).toEqual(expected);
      },
    ),
  );
});

test("the source knows its length and does not read beyond it", () => {
  const source = bytesSource(latin1("abcd"));
  expect(source.byteLength).toBe(4);
  const target = new Uint8Array(4);
  expect(() => source.copy(1, 4, target, 0)).toThrow(RangeError);
  expect(() => source.copy(-1, 2, target, 0)).toThrow(RangeError);
  source.copy(0, 4, target, 0);
  expect(latin1Text(target)).toBe("abcd");
});
