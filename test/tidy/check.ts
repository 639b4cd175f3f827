/** Holds one file against the rules of the house; the answer is a list of problems, `path:line: what, and what to do`. */

import { dirname, posix } from "node:path";
import {
  BANS,
  BROWSER_FOLDERS,
  IMPORTS,
  MAX_LINES,
  MIN_OPENING_CHARACTERS,
  NAMES_WITHOUT_UNIT,
  NODE_ONLY,
  PACKAGES,
  UNIT_FOLDERS,
} from "./rules.ts";
import { type ImportedModule, lineAt, type Scan, scan } from "./scan.ts";

/** `path` is relative to the repository, with `/` (`src/core/arq/arq.ts`). */
export function checkFile(path: string, text: string): string[] {
  const problems = checkText(path, text);
  if (!/\.[cm]?[jt]s$/.test(path)) return problems;
  const scanned = scan(text);
  if (path.startsWith("src/")) problems.push(...checkSource(path, text, scanned));
  if (path.startsWith("test/")) problems.push(...checkTest(path, scanned));
  return problems;
}

function checkSource(path: string, text: string, scanned: Scan): string[] {
  const folder = folderOf(path);
  return [
    ...checkOpening(path, text),
    ...checkLength(path, text),
    ...scanned.imports.flatMap((imported) => checkImport(path, folder, imported)),
    ...(nodeOnly(path) ? [] : checkBans(path, folder, scanned.code)),
    ...(UNIT_FOLDERS.includes(folder) ? checkUnits(path, scanned.code) : []),
  ];
}

/** `src/core/arq/arq.ts` -> `core`; `src/index.ts` -> `index`. */
function folderOf(path: string): string {
  return (path.split("/")[1] as string).replace(/\.ts$/, "");
}

/** Is the path one of `places` (folders, or files without their ending), or under one? */
function under(path: string, places: readonly string[]): boolean {
  const bare = path.replace(/\.ts$/, "");
  return places.some((place) => bare === place || bare.startsWith(`${place}/`));
}

function nodeOnly(path: string): boolean {
  return under(path, NODE_ONLY);
}

function checkOpening(path: string, text: string): string[] {
  const opening = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? "";
  const words = opening.replace(/^\s*\* ?/gm, "").trim();
  if (words.length >= MIN_OPENING_CHARACTERS) return [];
  return [`${path}:1: does not open with a doc comment (/** ... */) that says what the file is for`];
}

function checkLength(path: string, text: string): string[] {
  const lines = text.trimEnd().split("\n").length;
  return lines <= MAX_LINES ? [] : [`${path}: ${lines} lines, more than ${MAX_LINES}: split it into files of one idea`];
}

function checkImport(path: string, folder: string, imported: ImportedModule): string[] {
  const { specifier, typeOnly } = imported;
  const at = `${path}:${imported.line}:`;
  const inBrowser = BROWSER_FOLDERS.includes(folder) && !nodeOnly(path);
  if (specifier.startsWith("node:")) {
    return inBrowser ? [`${at} imports ${specifier}, but src/${folder} must run in a browser: pass the bytes in`] : [];
  }
  if (!specifier.startsWith(".")) {
    const places = Object.keys(PACKAGES).filter((place) => PACKAGES[place]?.includes(specifier));
    if (under(path, places)) return [];
    const where = places.length > 0 ? `only ${places.join(", ")} may` : "no place in src may (see test/tidy/rules.ts)";
    return [`${at} imports the package ${specifier}: ${where}`];
  }
  const target = posix.join(dirname(path), specifier);
  const targetFolder = folderOf(target);
  const allowed = [folder, "trace", ...(IMPORTS[folder] ?? [])];
  if (!target.startsWith("src/") || !allowed.includes(targetFolder)) {
    return [`${at} imports ${target}, but src/${folder} may import only ${allowed.join(", ")}`];
  }
  if (inBrowser && !typeOnly && nodeOnly(target)) {
    return [
      `${at} imports ${target}, which needs Node, but src/${folder} must run in a browser: import its types only`,
    ];
  }
  return [];
}

function checkBans(path: string, folder: string, code: string): string[] {
  return BANS.filter((ban) => ban.folders.includes(folder) && !under(path, ban.except ?? [])).flatMap((ban) =>
    [...code.matchAll(ban.pattern)].map(
      (match) =>
        `${path}:${lineAt(code, match.index)}: ${ban.what} does not belong in src/${folder}: use ${ban.instead}`,
    ),
  );
}

function checkUnits(path: string, code: string): string[] {
  return NAMES_WITHOUT_UNIT.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(
      (match) =>
        `${path}:${lineAt(code, match.index)}: ${match[1]} is a time without its unit: end its name in Ms or Ns`,
    ),
  );
}

function checkTest(path: string, { code }: Scan): string[] {
  return [...code.matchAll(/\b(?:test|it|describe|suite|bench)\s*\.\s*(?:\w+\s*\.\s*)?(skip|only|todo)\b/g)].map(
    (match) => `${path}:${lineAt(code, match.index)}: a test marked ${match[1]}: run it or remove it`,
  );
}

/** Words put together here, so that this file does not find itself. */
const LEFTOVER = new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`, "g");
const REGISTRY = new RegExp(
  `https?://[^\\s/"']*(?:${["regis" + "try", "arti" + "factory", "npm" + "mirror"].join("|")})`,
  "g",
);
const MACHINE_PATH = /(?<![\w.~$}\])>-])\/(?:work|home|root|Users)\/[\w.]/g;
const SCRATCH_PATH = /(?<![\w.~$}\])>-])\/tmp\/[\w.]/g;

/** What must not stand in any committed file. */
function checkText(path: string, text: string): string[] {
  const checks: [RegExp, string][] = [
    [REGISTRY, "names a package registry: leave it to npm's configuration"],
    [MACHINE_PATH, "names a path of one machine: make it relative"],
  ];
  if (/\.(?:[cm]?[jt]s)$/.test(path)) checks.push([LEFTOVER, "is left over: do it now, or open an issue"]);
  if (path.endsWith(".md")) checks.push([SCRATCH_PATH, "names a path of one machine: make it relative"]);
  return checks.flatMap(([pattern, why]) =>
    [...text.matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)}: \`${match[0]}\` ${why}`),
  );
}
