/** What is wrong with a scenario file, and how it is said: where, what was found, what is allowed, what was meant. */

import { anyOf } from "./suggest.ts";

/** The way from the root of a scenario to a value: `["hosts", "H2", "port"]`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong, before its place in the text is known. */
export interface Finding {
  readonly path: Path;
  /** What of the path to point at. `missing`: nothing is there, so its parent. Default: the value. */
  readonly at?: "value" | "key" | "missing";
  /** `found 1.5, expected a probability from 0 to 1`: one line, without place and path. */
  readonly message: string;
  /** The value found, as text. */
  readonly found?: string;
  /** All that would be right here, where that is a list of words. */
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
}

/** One thing that is wrong with a scenario file. */
export interface Problem {
  /** The file's path as it was given, or `--set NAME=VALUE`. */
  readonly file: string;
  /** From 1; undefined where the problem is not in a text (a missing file, a --set). */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** `hosts.H2.port`; "" for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly found?: string;
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
}

/** A problem of a whole file. */
export function fileProblem(file: string, message: string): Problem {
  return { file, line: undefined, column: undefined, path: "", message };
}

/**
 * A problem as lines of text, without a line end after the last:
 *
 *     bulk.yaml:12:9: network.los: unknown key
 *       did you mean "loss"?
 *       allowed: delay, keepOrder or loss
 */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  // A setting has its path in its name.
  const isNamed = problem.path === "" || place.startsWith(`--set ${problem.path}=`);
  const lines = [isNamed ? `${place}: ${problem.message}` : `${place}: ${problem.path}: ${problem.message}`];
  if (problem.suggestion !== undefined) lines.push(`  did you mean ${quoted(problem.suggestion)}?`);
  if (problem.allowed !== undefined && problem.allowed.length > 0)
    lines.push(`  allowed: ${anyOf(problem.allowed, 24)}`);
  return lines.join("\n");
}

/** In quotes, but for what would be another value in YAML with quotes round it. */
function quoted(suggestion: string): string {
  return /^(true|false|\d+(\.\d+)?)$/.test(suggestion) ? suggestion : JSON.stringify(suggestion);
}

/** A path as people write it: `timeline.0.do`, with quotes round what has a dot in it. */
export function formatPath(path: Path): string {
  return path.map((step) => (/[.\s"]/.test(String(step)) ? JSON.stringify(step) : step)).join(".");
}

/** A value as a message shows it, on one line and not too long. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty mapping" : "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
