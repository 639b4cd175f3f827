/**
 * The files of a sweep, under --out: DIR/<scenario>/sweep.csv, sweep.json, a chart for each metric, and in sweep-cells/
 * the runs of each finished cell, so that a sweep that was broken off goes on where it was.
 */

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CellRuns, type FailedExpectation, ROW_LENGTH } from "../study/run-cell.ts";
import { attempt, makeFolder } from "./run-folder.ts";

const RESULTS = /^sweep(?:-[A-Za-z]+){0,2}\.(?:csv|json|svg)$/;

/** A kept cell, also one of an older peerlab, or what a sweep that was killed left of one. */
const CELL_FILE = /^(?:[0-9a-f]{16}-)?[0-9a-f]{16}\.json(?:\.new)?$/;
/** Bytes of kept cells that the latest sweep did not have: about a million runs. */
const MAX_OTHER_BYTES = 256 * 1024 * 1024;

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
  private readonly maxOtherBytes: number;

  constructor(outFolder: string, scenarioName: string, maxOtherBytes = MAX_OTHER_BYTES) {
    this.maxOtherBytes = maxOtherBytes;
    this.path = join(outFolder, scenarioName);
    this.cells = join(this.path, "sweep-cells");
    makeFolder(this.cells);
    // A sweep that is broken off leaves no results of an older one.
    const old = attempt("read", this.path, () => readdirSync(this.path)).filter((name) => RESULTS.test(name));
    for (const name of old) attempt("replace", join(this.path, name), () => rmSync(join(this.path, name)));
  }

  /** The runs of a finished cell, however many; undefined where none are kept, or what is kept is not whole. */
  load(key: string): CellRuns | undefined {
    const file = this.cellFile(key);
    if (!existsSync(file)) return undefined;
    const text = attempt("read", file, () => readFileSync(file, "utf8"));
    const kept = parsed(text);
    if (kept === undefined || kept.key !== key || kept.values.length % ROW_LENGTH !== 0) return undefined;
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

  /**
   * Removes what no sweep will ask for again: cells of another version of peerlab, and of older sweeps what is beyond
   * MAX_OTHER_BYTES, the oldest first. `keys` are those of the sweep that has just ended, all of one version.
   */
  tidy(keys: readonly string[]): void {
    const own = new Set(keys.map((key) => `${key}.json`));
    const version = keys[0]?.replace(/-.*/, "");
    const others = attempt("read", this.cells, () => readdirSync(this.cells))
      .filter((name) => CELL_FILE.test(name) && !own.has(name))
      .map((name) => {
        const file = join(this.cells, name);
        const { mtimeMs, size } = attempt("read", file, () => statSync(file));
        return { file, mtimeMs, size, isStale: version === undefined || !name.startsWith(`${version}-`) };
      })
      .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    for (const { file, size, isStale } of others) {
      if (!isStale) bytes += size;
      if (isStale || bytes > this.maxOtherBytes) attempt("remove", file, () => rmSync(file, { force: true }));
    }
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
