/** reports.html under --out: the page in front of the reports of several scenarios. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERATOR } from "../report/html/document.ts";
import { indexHtml } from "../report/html/index-html.ts";
import { replayCommand } from "../report/replay.ts";
import { verdictSummary } from "../report/verdict-table.ts";
import type { RunResult } from "../scenario/run.ts";
import { CliError } from "./exit-codes.ts";
import { pageAssets } from "./page-assets.ts";
import { attempt, makeFolder } from "./run-folder.ts";

export const RUN_INDEX = "reports.html";

export class RunIndex {
  private readonly path: string;

  /** Makes room for the page: an older one goes, and somebody else's file of that name is a CliError. */
  constructor(outFolder: string) {
    makeFolder(outFolder);
    this.path = join(outFolder, RUN_INDEX);
    if (removeOlder(this.path)) return;
    throw new CliError("runtime", `${this.path} is not a page of peerlab: move it, or give --out another folder`);
  }

  /** `files`: their names in the folder of each run. `set`: the assignments that changed the scenarios. */
  write(results: readonly RunResult[], files: readonly string[], set: readonly string[]): void {
    const runs = results.map((run) => {
      const { file, seed, world } = run;
      const isReal = world === "real";
      const replay = file === undefined ? undefined : replayCommand({ file, seed, set, isReal });
      return { run, files, replay };
    });
    const page = indexHtml(runs, verdictSummary(results, false), pageAssets().style);
    attempt("write", this.path, () => writeFileSync(this.path, page));
  }
}

/** An older page says how runs went whose reports may not be there any more. Somebody else's file stays. */
export function removeOldIndex(outFolder: string): void {
  removeOlder(join(outFolder, RUN_INDEX));
}

/** Is the place free? It is not where the file is somebody else's. */
function removeOlder(path: string): boolean {
  return attempt("replace", path, () => {
    if (!existsSync(path)) return true;
    if (!readFileSync(path, "utf8").includes(GENERATOR)) return false;
    rmSync(path);
    return true;
  });
}
