/** The damage that corruption does. */

import { describe, expect, test } from "vitest";
import { deriveKey } from "../../src/faults/keyed-random.ts";
import { damaged } from "../../src/faults/outlet.ts";

const link = deriveKey("seed", "link A -> B");
const original = Uint8Array.from({ length: 16 }, (_, i) => i * 7);

/** The bits that differ, by their places in the datagram. */
function flipped(bytes: Uint8Array): number[] {
  const places: number[] = [];
  for (let place = 0; place < original.length * 8; place++) {
    const [byte, bit] = [place >> 3, place & 7];
    if ((((bytes[byte] as number) ^ (original[byte] as number)) >> bit) & 1) places.push(place);
  }
  return places;
}

describe("corruption", () => {
  test("flips one bit, any of them as often as another, and leaves the original alone", () => {
    const counts = new Array<number>(128).fill(0);
    const copy = original.slice();
    for (let idA = 0; idA < 12_800; idA++) {
      const { bytes, at } = damaged(link, { idA, idB: 1 }, original, undefined);
      const [place, ...others] = flipped(bytes);
      expect([others, place! >> 3]).toEqual([[], at]);
      counts[place!]!++;
    }
    expect(original).toEqual(copy);
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(60); // six standard deviations
  });

  test("of a byte that is given: that one, or the last where the datagram ends before it", () => {
    expect(damaged(link, { idA: 1, idB: 1 }, original, 3).at).toBe(3);
    expect(damaged(link, { idA: 1, idB: 1 }, original, 99).at).toBe(15);
  });

  test("is the same for the same packet", () => {
    const once = damaged(link, { idA: 5, idB: 6 }, original, undefined);
    expect(damaged(link, { idA: 5, idB: 6 }, original, undefined)).toEqual(once);
  });
});
