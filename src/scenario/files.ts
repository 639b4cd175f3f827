/** Scenario files on disk: finds them, reads them, and loads them together. The only file here that touches the disk. */

import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ParseOptions, parseScenario } from "./parse.ts";
import { fileProblem, type Problem } from "./problems.ts";
import type { Scenario } from "./schema.ts";
import { MAX_FILE_BYTES } from "./yaml.ts";

/** The scenarios that are right, in the order of the paths, and all that is wrong with the others. */
export type LoadResult =
  | { readonly ok: true; readonly scenarios: readonly Scenario[]; readonly problems: readonly [] }
  | { readonly ok: false; readonly scenarios: readonly Scenario[]; readonly problems: readonly Problem[] };

export interface LoadOptions extends ParseOptions {
  /** Is it a problem where two scenarios have the same name? They could not both write a folder of that name. */
  readonly uniqueNames?: boolean;
}

/**
 * Loads scenario files, and folders of them (all *.yaml and *.yml in them and below, in order of their names; not in
 * node_modules and hidden folders). A file that is named twice is loaded once. Throws nothing: what cannot be found or
 * read is a problem.
 */
export function loadScenarios(paths: readonly string[], options: LoadOptions = {}): LoadResult {
  const problems: Problem[] = [];
  const scenarios: Scenario[] = [];
  const files = new Map<string, string>();
  for (const path of paths) {
    const found = scenarioFiles(path);
    problems.push(...found.problems);
    for (const file of found.files) if (!files.has(resolve(file))) files.set(resolve(file), file);
  }
  const owners = new Map<string, string>();
  for (const file of files.values()) {
    const text = readText(file);
    if (!text.ok) {
      problems.push(fileProblem(file, text.message));
      continue;
    }
    const parsed = parseScenario(text.text, file, options);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      continue;
    }
    const { name } = parsed.scenario;
    const owner = owners.get(name);
    if (owner !== undefined && options.uniqueNames) {
      const message = `${owner} has the name ${name} too: the files of each go to a folder of its name`;
      problems.push({ file, ...parsed.placeOf(["name"]), path: "name", message, found: name });
      continue;
    }
    owners.set(name, file);
    scenarios.push(parsed.scenario);
  }
  return problems.length === 0 ? { ok: true, scenarios, problems: [] } : { ok: false, scenarios, problems };
}

/** The scenario files that a path stands for. */
function scenarioFiles(path: string): { files: readonly string[]; problems: readonly Problem[] } {
  const refused = (message: string) => ({ files: [], problems: [fileProblem(path, message)] });
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    return refused(reasonOf(error));
  }
  if (!stats.isDirectory()) return { files: [path], problems: [] };
  try {
    const files = filesBelow(path);
    return files.length > 0 ? { files, problems: [] } : refused("there is no scenario (*.yaml, *.yml) in this folder");
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory()) return filesBelow(path);
    return /\.ya?ml$/i.test(entry.name) ? [path] : [];
  });
}

export type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** The text of one scenario file, or why it cannot be read. */
export function readText(file: string): ReadText {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return { ok: false, message: "is not a file" };
    if (stats.size > MAX_FILE_BYTES)
      return { ok: false, message: "the file is larger than 1 MiB: a scenario is a few pages" };
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)) };
  } catch (error) {
    if (codeOf(error) === "ERR_ENCODING_INVALID_ENCODED_DATA")
      return { ok: false, message: "the file is not UTF-8 text" };
    return { ok: false, message: reasonOf(error) };
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function reasonOf(error: unknown): string {
  if (codeOf(error) === "ENOENT") return "there is no such file or folder";
  if (codeOf(error) === "EACCES") return "cannot be read: permission denied";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
