/** The cells of a sweep: every combination of the values (a full grid), or the n-th value of each together (paired). */

import { pathProblem } from "./overlap.ts";
import type { Variation } from "./vary.ts";

/** One point of the grid. All its runs have the same settings and differ in their seeds. */
export interface Cell {
  readonly index: number;
  /** One for each of the grid's paths. */
  readonly values: readonly string[];
  /** `path=value`, those of --set first. */
  readonly settings: readonly string[];
}

export interface Grid {
  readonly paths: readonly string[];
  readonly cells: readonly Cell[];
}

export interface GridOptions {
  readonly vary: readonly Variation[];
  /** The n-th values go together, instead of each with each. */
  readonly paired: boolean;
  /** Two variants of every cell, to be compared on the same seeds. */
  readonly compare?: Variation | undefined;
  /** Settings that all cells have. */
  readonly set: readonly string[];
}

export type GridResult = { readonly ok: true; readonly grid: Grid } | { readonly ok: false; readonly message: string };

/** Cells of one sweep; beyond it the sweep is refused. */
export const MAX_CELLS = 5000;

/** Builds the grid: the first path's values change slowest, the two variants of a comparison fastest. */
export function buildGrid({ vary, paired, compare, set }: GridOptions): GridResult {
  const paths = [...vary.map(({ path }) => path), ...(compare ? [compare.path] : [])];
  const problem = pathProblem(paths, set);
  if (problem !== undefined) return refuse(problem);
  if (compare !== undefined && compare.values.length !== 2) {
    return refuse(`a comparison is of two values, such as protocol.rto.backoff=1,2: found ${compare.values.length}`);
  }
  const [first] = vary;
  const other = vary.find(({ values }) => values.length !== first?.values.length);
  if (paired && first !== undefined && other !== undefined) {
    const lengths = `${first.path} has ${first.values.length} values, ${other.path} ${other.values.length}`;
    return refuse(`a paired sweep needs lists of one length: ${lengths}`);
  }
  const variants = compare?.values.length ?? 1;
  const varied = paired
    ? (first?.values.length ?? 1)
    : vary.reduce((product, { values }) => product * values.length, 1);
  if (varied * variants > MAX_CELLS) {
    return refuse(`${varied * variants} cells are more than the ${MAX_CELLS} that one sweep may have: vary less`);
  }
  const points = paired ? zipped(vary) : combined(vary);
  const all = compare ? points.flatMap((point) => compare.values.map((value) => [...point, value])) : points;
  const cells = all.map((values, index) => ({
    index,
    values,
    settings: [...set, ...values.map((value, at) => `${paths[at]}=${value}`)],
  }));
  return { ok: true, grid: { paths, cells } };
}

function refuse(message: string): GridResult {
  return { ok: false, message };
}

function combined(vary: readonly Variation[]): string[][] {
  return vary.reduce<string[][]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
}

function zipped(vary: readonly Variation[]): string[][] {
  const length = vary[0]?.values.length ?? 1;
  return Array.from({ length }, (_, n) => vary.map(({ values }) => values[n] as string));
}
