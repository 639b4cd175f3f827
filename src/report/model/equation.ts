/** Sums to check by hand: as few digits as make the line hold as it is printed. */

/** Decimals of the terms and of the result, in the order in which they are tried. */
const DECIMALS = [
  [3, 3],
  [4, 3],
  [5, 3],
  [6, 3],
  [6, 4],
  [6, 5],
] as const;

/**
 * `0.875 x 104 + 0.125 x 131 = 107.375 ms`: terms as `text` puts them together, with the known result. The result is
 * what `of` gives for the terms as they are printed, right to its last digit; where no number of digits makes it so,
 * the line says `is about`.
 */
export function equation(
  terms: readonly number[],
  text: (...terms: string[]) => string,
  of: (...terms: number[]) => number,
  resultMs: number,
): string {
  for (const [termDecimals, decimals] of DECIMALS) {
    const shown = terms.map((term) => rounded(term, termDecimals));
    const result = rounded(resultMs, decimals);
    // Half a unit of the last digit, and what a sum of doubles may be off by.
    const isRight = Math.abs(of(...shown) - result) <= 0.5 / 10 ** decimals + Number.EPSILON * 8 * Math.abs(result);
    if (isRight) return `${text(...shown.map(String))} = ${result} ms`;
  }
  return `${text(...terms.map((term) => String(rounded(term, 3))))} is about ${inMs(resultMs)}`;
}

/** A duration with at most three decimals. */
export function inMs(valueMs: number): string {
  return `${rounded(valueMs, 3)} ms`;
}

function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
