/** From text to a YAML document, and its mistakes in words that help. */

import { type Document, LineCounter, parseDocument, visit, type YAMLParseError, type YAMLWarning } from "yaml";
import { type Finding, fileProblem, type Problem } from "./problems.ts";
import { SourceMap } from "./source-map.ts";
import { meantMistake } from "./yaml-mistakes.ts";

/** The largest scenario file. */
export const MAX_FILE_BYTES = 1 << 20;
/** Aliases may repeat what they stand for so many times in all: enough for people, too few for a bomb. */
const MAX_ALIASES = 100;

const TOO_DEEP = "mappings or lists are nested too deeply";

export interface YamlSource {
  readonly document: Document;
  readonly map: SourceMap;
  readonly problems: readonly Problem[];
  /** Is the text YAML at all? (A key that is there twice is a problem, but the rest can be read.) */
  readonly isReadable: boolean;
}

/** Reads a text. Where it is not YAML, the problems say why. */
export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const failed = (message: string): YamlSource => {
    const document = parseDocument("");
    return { document, map: new SourceMap(document, lines), problems: [fileProblem(file, message)], isReadable: false };
  };
  if (text.length > MAX_FILE_BYTES) return failed("the file is larger than 1 MiB: a scenario is a few pages");
  if (text.includes("\u0000")) return failed("the file is not text: it has a NUL character");
  if (isNestedTooDeeply(text)) return failed(TOO_DEEP);
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
    });
    const map = new SourceMap(document, lines);
    const errors = withoutConsequences([...document.errors, ...document.warnings]);
    const problemAt = (offset: number, message: string): Problem => ({
      file,
      ...map.placeAt(offset),
      path: "",
      message,
    });
    const problems = errors.map((error) => {
      const meant = meantMistake(error, text);
      return problemAt(meant?.offset ?? error.pos[0], meant?.message ?? describe(error, text));
    });
    const aliases = aliasProblem(document);
    if (aliases) problems.push(problemAt(aliases.offset, aliases.message));
    const isReadable = !aliases && errors.every((error) => error.code === "DUPLICATE_KEY");
    return { document, map, problems, isReadable };
  } catch (error) {
    if (error instanceof RangeError) return failed(TOO_DEEP);
    throw error;
  }
}

/** A guess that is quick, for texts on which the parser would take its time to give up. */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const bracket of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + ("[{".includes(bracket[0]) ? 1 : -1));
    if (depth > 500) return true;
  }
  return /(?:[-?] +){200}/.test(text);
}

/** Keys that are there twice, and the first mistake of another kind: the reader stumbles over the rest because of it. */
function withoutConsequences(errors: readonly (YAMLParseError | YAMLWarning)[]): (YAMLParseError | YAMLWarning)[] {
  const first = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return errors.filter((error) => error.code === "DUPLICATE_KEY" || error === first);
}

/** The first alias that stands for nothing, or that is one too many. */
function aliasProblem(document: Document): { offset: number; message: string } | undefined {
  let count = 0;
  let problem: { offset: number; message: string } | undefined;
  visit(document, {
    Alias(_, node) {
      const offset = node.range?.[0] ?? 0;
      if (++count > MAX_ALIASES) problem = { offset, message: `more than ${MAX_ALIASES} aliases (*name)` };
      else if (node.source !== "" && !node.resolve(document)) {
        problem = { offset, message: `the alias *${node.source} has no anchor &${node.source} before it` };
      }
      return problem ? visit.BREAK : undefined;
    },
  });
  return problem;
}

/** A document as a plain value, or why it cannot be one. */
export function plainValue(document: Document): PlainValue {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (error instanceof RangeError) return refused(TOO_DEEP);
    if (error instanceof ReferenceError) return refused("aliases (*name) repeat too much: write it out, or use fewer");
    throw error;
  }
}
export type PlainValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly finding: Finding };

function refused(message: string): PlainValue {
  return { ok: false, finding: { path: [], message } };
}

function describe(error: YAMLParseError | YAMLWarning, text: string): string {
  const key = /^[^:\s]*/.exec(text.slice(error.pos[0]))?.[0] ?? "";
  return MESSAGES[error.code]?.(key) ?? `not valid YAML: ${error.message}`;
}

const MESSAGES: Readonly<Record<string, (key: string) => string>> = {
  DUPLICATE_KEY: (key) => `the key ${JSON.stringify(key)} is here already: give each key once`,
  MULTIPLE_DOCS: () => "several documents in one file (a line ---): a file holds one scenario",
  TAB_AS_INDENT: () => "not valid YAML: a tab at the start of a line: indent with spaces",
  BAD_INDENT: () => "not valid YAML: the indentation does not fit the lines above, or a [ or { above is not closed",
  BAD_ALIAS: () => 'not valid YAML: * alone begins an alias: for all hosts write "*" in quotes',
  BLOCK_AS_IMPLICIT_KEY: () =>
    'not valid YAML: a ": " where none can be: put a text that contains one in quotes, or mend the indentation',
  MULTILINE_IMPLICIT_KEY: () =>
    'not valid YAML: a line without ": " (key: value), or a text over several lines without quotes',
  RESOURCE_EXHAUSTION: () => TOO_DEEP,
  TAG_RESOLVE_FAILED: (tag) => `the tag ${tag} means nothing here`,
};
