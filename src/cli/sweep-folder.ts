/**
 * The files of a sweep, under --out: DIR/<scenario>/sweep.csv, sweep.json, a chart for each metric, and in sweep-cells/
 * the runs of each finished cell, so that a sweep that was broken off goes on where it was.
 */

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CellRuns, type FailedExpectation, ROW_LENGTH } from "../study/run-cell.ts";
import { attempt, makeFolder } from "./run-folder.ts";

const RESULTS = /^sweep(?:-[A-Za-z]+)?\.(?:csv|json|svg)$/;

/** Numbers as JSON has them; null: the run gave no value. */
interface KeptCell {
  readonly key: string;
  readonly values: readonly (number | null)[];
  readonly failedRuns: number;
  readonly failed: readonly FailedExpectation[];
}

/** What goes wrong with a file is a CliError of kind `runtime` that names it. */
export class SweepFolder {
  readonly path: string;
  private readonly cells: string;

  constructor(outFolder: string, scenarioName: string) {
    this.path = join(outFolder, scenarioName);
    this.cells = join(this.path, "sweep-cells");
    makeFolder(this.cells);
    // A sweep that is broken off leaves no results of an older one.
    const old = attempt("read", this.path, () => readdirSync(this.path)).filter((name) => RESULTS.test(name));
    for (const name of old) attempt("replace", join(this.path, name), () => rmSync(join(this.path, name)));
  }

  /** The runs of a finished cell; undefined where none are kept, or what is kept is not whole. */
  load(key: string, runs: number): CellRuns | undefined {
    const file = this.cellFile(key);
    if (!existsSync(file)) return undefined;
    const text = attempt("read", file, () => readFileSync(file, "utf8"));
    const kept = parsed(text);
    if (kept === undefined || kept.key !== key || kept.values.length !== runs * ROW_LENGTH) return undefined;
    const { failedRuns, failed } = kept;
    return { values: Float64Array.from(kept.values, (value) => value ?? Number.NaN), failedRuns, failed };
  }

  /** Keeps a finished cell: whole, or not at all. */
  keep(key: string, { values, failedRuns, failed }: CellRuns): void {
    const cell: KeptCell = {
      key,
      values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
      failedRuns,
      failed,
    };
    const file = this.cellFile(key);
    attempt("write", file, () => {
      writeFileSync(`${file}.new`, JSON.stringify(cell));
      renameSync(`${file}.new`, file);
    });
  }

  write(name: string, text: string): void {
    const path = join(this.path, name);
    attempt("write", path, () => writeFileSync(path, text));
  }

  private cellFile(key: string): string {
    return join(this.cells, `${key}.json`);
  }
}

/** A file that somebody else has been at is no kept cell. */
function parsed(text: string): KeptCell | undefined {
  try {
    const cell = JSON.parse(text) as Partial<KeptCell> | null;
    const isWhole =
      Array.isArray(cell?.values) &&
      cell.values.every((value) => value === null || typeof value === "number") &&
      typeof cell.failedRuns === "number" &&
      Array.isArray(cell.failed) &&
      cell.failed.every(isFailure);
    return isWhole ? (cell as KeptCell) : undefined;
  } catch {
    return undefined;
  }
}

function isFailure(failure: Partial<FailedExpectation> | null): boolean {
  const { index, failures, firstRun, untilEvent } = failure ?? {};
  return (
    typeof failure?.expectation === "string" &&
    [index, failures, firstRun, untilEvent].every((figure) => typeof figure === "number")
  );
}
