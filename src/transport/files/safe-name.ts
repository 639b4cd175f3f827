/**
 * Names that may become paths. The names of this system are flat: a name is one entry of one folder, never a way through
 * several. What is left to refuse is what some file system takes for something else.
 */

import { nameProblem } from "../../core/wire/percent.ts";

/**
 * Why no file of the folder can have this name, in words; undefined where one can. Folders' separators of every system
 * are refused everywhere, so that no name is one file here and a path elsewhere; the rest of what Windows reads into
 * names (streams, drives, devices, dots and spaces at the end) is refused on Windows.
 */
export function unsafeNameProblem(name: string, platform: NodeJS.Platform = process.platform): string | undefined {
  const problem = nameProblem(name);
  if (problem !== undefined) return problem;
  if (SEPARATOR.test(name)) return "a file name has no slash and no backslash: files of subfolders are not shared";
  if (CONTROL.test(name)) return "a file name has no control characters";
  if (name === "." || name === "..") return `${JSON.stringify(name)} is a folder, not a file`;
  return platform === "win32" ? windowsProblem(name) : undefined;
}

/** Hidden, by the convention of Unix. */
export function isDotfile(name: string): boolean {
  return name.startsWith(".");
}

function windowsProblem(name: string): string | undefined {
  if (WINDOWS_RESERVED_CHARACTER.test(name)) return 'a file name on Windows has none of < > : " | ? *';
  if (/[. ]$/.test(name)) return "a file name on Windows does not end with a dot or a space";
  return WINDOWS_DEVICE.test(name) ? "this name is a device on Windows" : undefined;
}

const SEPARATOR = /[/\\]/;
/** C0, DEL and C1. */
const CONTROL = /\p{Cc}/u;
const WINDOWS_RESERVED_CHARACTER = /[<>:"|?*]/;
/** With any ending; the superscript digits count, too. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:[. ].*)?$/i;
