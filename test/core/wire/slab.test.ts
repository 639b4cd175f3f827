import fc from "fast-check";
import { expect, test } from "vitest";
import { Slab } from "../../../src/core/wire/slab.ts";

test("property: what is allocated is zero-filled, as long as asked, and nobody else's", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { maxLength: 60, size: "max" }), (lengths) => {
      const slab = new Slab();
      const views = lengths.map((length, i) => {
        const view = slab.allocate(length);
        expect(view.length).toBe(length);
        expect(view.every((byte) => byte === 0)).toBe(true);
        return view.fill((i % 255) + 1);
      });
      for (const [i, view] of views.entries()) expect(view.every((byte) => byte === (i % 255) + 1)).toBe(true);
    }),
  );
});

test("small arrays share a buffer of 64 KiB; large ones have their own", () => {
  const slab = new Slab();
  const [small, next] = [slab.allocate(18), slab.allocate(18)];
  expect(next.buffer).toBe(small.buffer);
  expect(small.buffer.byteLength).toBe(65_536);
  expect(slab.allocate(20_000).buffer.byteLength).toBe(20_000);
  // 128 arrays of 512 bytes fill a slab; the two small ones took the place of one.
  for (let i = 0; i < 127; i++) expect(slab.allocate(512).buffer).toBe(small.buffer);
  expect(slab.allocate(512).buffer).not.toBe(small.buffer);
});
