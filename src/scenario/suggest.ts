/** "Did you mean ...?": the word of a list that is nearest to what was written. */

import { distance } from "fastest-levenshtein";

/**
 * The word nearest to `written`, or undefined where none is near: one edit in short words, up to a third of the
 * letters in longer ones. Letters in the wrong order are one edit; a difference in case, a word that only lacks
 * its end, or one that only lacks what is before a hyphen, is always near.
 */
export function nearest(written: string, words: Iterable<string>): string | undefined {
  const lower = written.slice(0, MAX_LENGTH).toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of words) {
    if (word === written) continue;
    const candidate = word.toLowerCase();
    const isPart = isPrefix(lower, candidate) || candidate.endsWith(`-${lower}`);
    const edits = isPart ? 0.5 : editsBetween(lower, candidate);
    if (edits < bestDistance) {
      best = word;
      bestDistance = edits;
    }
  }
  return bestDistance <= Math.max(1, Math.floor(lower.length / 3)) ? best : undefined;
}

/** A list for people: `a, b or c`, cut off after `limit` words. */
export function anyOf(words: readonly string[], limit = 12): string {
  if (words.length > limit) return `${words.slice(0, limit).join(", ")}, ... (${words.length - limit} more)`;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

function isPrefix(a: string, b: string): boolean {
  return a !== b && a.length >= 3 && b.length >= 3 && (a.startsWith(b) || b.startsWith(a));
}

function editsBetween(a: string, b: string): number {
  const edits = distance(a, b);
  const isReordered = edits > 1 && a.length === b.length && [...a].sort().join("") === [...b].sort().join("");
  return isReordered ? 1 : edits;
}

const MAX_LENGTH = 100;
