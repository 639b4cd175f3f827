/** Names of files that come from the network: what a folder may hold under them, and what a download is called until it is whole. */

import { createHash } from "node:crypto";
import { MAX_NAME_BYTES, nameProblem } from "../../core/wire/percent.ts";

/** Why a file of this name cannot be put into a folder, in words; undefined where it can. */
export function fileNameProblem(name: string): string | undefined {
  const problem = nameProblem(name);
  if (problem !== undefined) return problem;
  if (name === "." || name === "..") return `${JSON.stringify(name)} is a folder, not a file's name: choose another`;
  const bad = FORBIDDEN.exec(name);
  if (bad !== null) {
    return `a downloaded file's name has no ${characterName(bad[0])}, so that it stays in its folder: choose another than ${JSON.stringify(name.slice(0, 80))}`;
  }
  if (name.endsWith(PART_SUFFIX) || PART_FILES.test(name)) {
    return `names that end in ${PART_SUFFIX} are those of downloads under way: choose another than ${name}`;
  }
  return process.platform === "win32" ? windowsProblem(name) : undefined;
}

/** What a user should be told about a name that may be used; undefined where there is nothing. */
export function fileNameNotice(name: string): string | undefined {
  return name.startsWith(".") ? `${name} is a hidden file: its name begins with a dot` : undefined;
}

/** The files of a download under way: hidden, and beside the file, so that it need only be renamed. */
export function partNames(name: string): { readonly part: string; readonly sidecar: string; readonly lock: string } {
  const plain = `.${name}`;
  const longest = MAX_NAME_BYTES - PART_SUFFIX.length - LONGEST_ENDING.length - TEMPORARY_BYTES;
  // A name that would become too long is known by its hash; the sidecar says it in full.
  const base =
    Buffer.byteLength(plain) <= longest ? plain : `.${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
  const part = `${base}${PART_SUFFIX}`;
  return { part, sidecar: `${part}.json`, lock: `${part}.lock` };
}

const PART_SUFFIX = ".peerlab-part";
const PART_FILES = /^\..*\.peerlab-part(?:\.json|\.lock)?(?:\.[0-9a-z-]*)?$/;
const LONGEST_ENDING = ".json";
/** What `temporaryName` adds at most. */
const TEMPORARY_BYTES = 48;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
const FORBIDDEN = /[/\\\u0000-\u001f\u007f]/;

function characterName(character: string): string {
  if (character === "/" || character === "\\") return `"${character}"`;
  return character === "\0" ? "NUL" : "control characters";
}

/** Device names, streams (`a:b`), and endings that Windows takes off silently. */
function windowsProblem(name: string): string | undefined {
  const isDevice = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i.test(name);
  if (!isDevice && !/[<>:"|?*]/.test(name) && !/[. ]$/.test(name)) return undefined;
  return `${JSON.stringify(name)} is no name for a file on this system: choose another`;
}
