/** Making room in a full map whose entries come from outside. */

/** Entries looked at before giving up: eviction costs the same however large the map is. */
const MAX_LOOKS = 16;

/**
 * Removes the oldest entry that may go; an older one that may not gets a second chance behind the youngest (the CLOCK
 * algorithm). Returns the removed entry, or undefined where none of the oldest few may go.
 */
export function evictOne<V>(
  map: Map<string, V>,
  mayGo: (value: V) => boolean,
): { readonly key: string; readonly value: V } | undefined {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const oldest = map.entries().next();
    if (oldest.done) return undefined;
    const [key, value] = oldest.value;
    map.delete(key);
    if (mayGo(value)) return { key, value };
    map.set(key, value);
  }
  return undefined;
}
