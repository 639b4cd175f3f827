/** Mistakes in YAML that the parser notices only lines later: where they were made. */

import type { YAMLParseError, YAMLWarning } from "yaml";

export interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/** What somebody most likely did wrong, for the commonest mistakes; undefined for others. */
export function meantMistake({ code, pos, message }: YAMLParseError | YAMLWarning, text: string): Mistake | undefined {
  const [offset] = pos;
  if (code === "BAD_INDENT" && message.startsWith("Flow ")) return unclosedBracket(text, offset);
  if (code === "BAD_INDENT" || code === "BLOCK_AS_IMPLICIT_KEY") return missingDash(text, offset);
  return undefined;
}

/** The bracket before an offset that was opened last and is not closed. Brackets in quotes and comments are none. */
function unclosedBracket(text: string, end: number): Mistake | undefined {
  const open: number[] = [];
  for (const token of text.slice(0, end).matchAll(/"(?:[^"\\]|\\.)*"|(?<![\w])'[^']*'|(?<=^|\s)#.*|[[\]{}]/gm)) {
    if ("[{".includes(token[0])) open.push(token.index);
    else if ("]}".includes(token[0])) open.pop();
  }
  const offset = open.at(-1);
  if (offset === undefined) return undefined;
  const bracket = text[offset];
  return { offset, message: `not valid YAML: this ${bracket} is not closed: add ${bracket === "{" ? "}" : "]"}` };
}

/** A line beside items of a list, without a dash of its own. */
function missingDash(text: string, offset: number): Mistake | undefined {
  const start = contentFrom(text, text.lastIndexOf("\n", offset - 1) + 1);
  const [line = ""] = text.slice(start).split("\n");
  const before = text.slice(0, start).split("\n").slice(0, -1);
  const indent = indentOf(line);
  const neighbour = before.findLastIndex((other) => indentOf(other) <= indent && isContent(other));
  if (neighbour < 0 || indentOf(before[neighbour]!) !== indent) return undefined;
  if (isItem(line) === isItem(before[neighbour]!)) return undefined;
  const culprit = isItem(line) ? before[neighbour]! : line;
  const lineStart = isItem(line) ? before.slice(0, neighbour).join("\n").length + (neighbour > 0 ? 1 : 0) : start;
  const message = `not valid YAML: an item of a list begins with a dash: - ${culprit.trim().slice(0, 40)}`;
  return { offset: lineStart + indent, message };
}

/** Where the first line with something on it begins, from the start of a line on. */
function contentFrom(text: string, start: number): number {
  const skipped = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(text.slice(start))?.[0] ?? "";
  return start + skipped.length;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
const isItem = (line: string): boolean => /^\s*-(\s|$)/.test(line);
const isContent = (line: string): boolean => line.trim() !== "" && !line.trimStart().startsWith("#");
