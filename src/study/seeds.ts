/**
 * The seeds of a sweep: BASE-1, BASE-2, ... The same in every cell (common random numbers), so that two cells differ by
 * what was varied and not by their luck.
 */

/** The runs of every cell of a sweep. */
export interface Seeds {
  /** The scenario's own seed, or that of --seed. */
  readonly base: string;
  readonly runs: number;
}

/** Runs of one cell. */
export const MAX_RUNS = 100_000;

/** The seed of run `run`, from 1. `peerlab run --seed` takes it as it is. */
export function seedOf(base: string, run: number): string {
  return `${base}-${run}`;
}
