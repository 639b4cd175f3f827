/** Making room in a full map whose entries come from outside. */

import type { SmallMap } from "../small-map.ts";

/** Entries looked at before giving up: eviction costs the same however large the map is. */
const MAX_LOOKS = 16;

/**
 * Removes the oldest entry that may go; an older one that may not gets a second chance behind the youngest (the CLOCK
 * algorithm). Returns the removed entry, or undefined where none of the oldest few may go.
 */
export function evictOne<V>(
  map: SmallMap<V>,
  mayGo: (value: V) => boolean,
): { readonly key: string; readonly value: V } | undefined {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const oldest = map.first;
    if (oldest === undefined) return undefined;
    const { key, value } = oldest;
    map.delete(key);
    if (mayGo(value)) return oldest;
    map.set(key, value);
  }
  return undefined;
}
