/** The bench's instruments: interleaved timing, medians, and the memory that a run holds. */

/** The middle value; of an even number of values the upper of the two in the middle. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * Runs each of the `variants` (name -> function) once to warm up, then `rounds` times in turn (A B C A B C), so that a
 * slow moment of the machine falls on all of them. Returns name -> { seconds: the median, result: of the last run }.
 */
export function interleaved(variants, rounds) {
  const names = Object.keys(variants);
  const seconds = Object.fromEntries(names.map((name) => [name, []]));
  const results = {};
  for (const name of names) variants[name]();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      globalThis.gc?.();
      const startedMs = performance.now();
      results[name] = variants[name]();
      seconds[name].push((performance.now() - startedMs) / 1000);
    }
  }
  return Object.fromEntries(names.map((name) => [name, { seconds: median(seconds[name]), result: results[name] }]));
}

/** Bytes in use, in the heap and outside, after a collection. Needs `node --expose-gc`. */
export function usedBytes() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
