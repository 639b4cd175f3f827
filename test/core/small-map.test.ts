/** A map that is small for one entry, and otherwise a map. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { SmallMap } from "../../src/core/small-map.ts";

test("is a Map with a `first`, whatever is set and deleted", () => {
  const key = fc.constantFrom("", "a", "b", "c");
  const command = fc.oneof(fc.record({ set: key, value: fc.nat() }), fc.record({ delete: key }));
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
      const small = new SmallMap<number>();
      const map = new Map<string, number>();
      for (const one of commands) {
        if ("set" in one) {
          small.set(one.set, one.value);
          map.set(one.set, one.value);
        } else {
          small.delete(one.delete);
          map.delete(one.delete);
        }
        expect(small.size).toBe(map.size);
        expect([...small.values()]).toEqual([...map.values()]);
        for (const name of ["", "a", "b", "c"]) expect(small.get(name)).toBe(map.get(name));
        const [first] = map;
        expect(small.first).toEqual(first && { key: first[0], value: first[1] });
      }
    }),
  );
});
