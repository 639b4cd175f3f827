/**
 * Just enough of a JavaScript scanner for the tidy test: tells code from comments, strings, templates and regular
 * expressions, so that a ban on `Date.now` sees the call and not the sentence about it.
 */

export interface Scan {
  /** The source with the contents of comments, strings and regular expressions blanked; offsets and lines stay as they were. */
  readonly code: string;
  /** The modules that the source imports or re-exports from. */
  readonly imports: readonly ImportedModule[];
}

export interface ImportedModule {
  readonly specifier: string;
  readonly line: number;
  /** Nothing of it is left at run time: `import type`, or `{ type A, type B }`. */
  readonly typeOnly: boolean;
}

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

export function scan(source: string): Scan {
  const code = blankAllButCode(source);
  return { code, imports: importedModules(source, code) };
}

/** After these a `/` starts a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[([{},;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|of|in|do|else|yield|await|void|throw|delete))$/;

function blankAllButCode(source: string): string {
  const out: string[] = [];
  /** For each open `${` of a template: how many braces are open inside. */
  const templates: number[] = [];
  let at = 0;

  const keep = (count: number): void => {
    out.push(source.slice(at, at + count));
    at += count;
  };
  const blankTo = (end: number): void => {
    out.push(source.slice(at, end).replace(/[^\n]/g, " "));
    at = end;
  };
  /** The offset of the next `stop` that no backslash escapes, or of the end of the line or file. */
  const endOfQuoted = (from: number, stop: string): number => {
    let end = from;
    while (end < source.length && source[end] !== stop && source[end] !== "\n") end += source[end] === "\\" ? 2 : 1;
    return Math.min(end, source.length);
  };
  const endOfRegex = (from: number): number => {
    let inClass = false;
    let end = from;
    for (; end < source.length && source[end] !== "\n"; end++) {
      if (source[end] === "\\") end++;
      else if (source[end] === "[") inClass = true;
      else if (source[end] === "]") inClass = false;
      else if (source[end] === "/" && !inClass) break;
    }
    return end;
  };
  /** Blanks a template's text up to its closing backtick or to the next `${`. */
  const templateText = (): void => {
    let end = at;
    while (end < source.length && source[end] !== "`" && !source.startsWith("${", end))
      end += source[end] === "\\" ? 2 : 1;
    blankTo(Math.min(end, source.length));
    if (source.startsWith("${", at)) {
      keep(2);
      templates.push(0);
    } else {
      keep(1);
    }
  };

  while (at < source.length) {
    const char = source[at] as string;
    if (source.startsWith("//", at)) {
      const end = source.indexOf("\n", at);
      blankTo(end === -1 ? source.length : end);
    } else if (source.startsWith("/*", at)) {
      const end = source.indexOf("*/", at + 2);
      blankTo(end === -1 ? source.length : end + 2);
    } else if (char === '"' || char === "'") {
      const end = endOfQuoted(at + 1, char);
      keep(1);
      blankTo(end);
      keep(1);
    } else if (char === "`") {
      keep(1);
      templateText();
    } else if (char === "/" && BEFORE_REGEX.test(lastCode(out))) {
      const end = endOfRegex(at + 1);
      keep(1);
      blankTo(end);
      keep(1);
    } else {
      const depth = templates.length - 1;
      if (char === "{" && depth >= 0) templates[depth] = (templates[depth] as number) + 1;
      if (char === "}" && depth >= 0) {
        if (templates[depth] === 0) {
          templates.pop();
          keep(1);
          templateText();
          continue;
        }
        templates[depth] = (templates[depth] as number) - 1;
      }
      keep(1);
    }
  }
  return out.join("");
}

/** The last few characters of code so far, without the space behind them. */
function lastCode(out: readonly string[]): string {
  let text = "";
  for (let index = out.length - 1; index >= 0 && text.length < 12; index--) text = (out[index] + text).trimEnd();
  return text;
}

const FROM = /\b(import|export)\b([^;'"`]*?)\bfrom\s*(['"])/g;
const BARE_OR_DYNAMIC = /\bimport\s*\(?\s*(['"])/g;

function importedModules(source: string, code: string): ImportedModule[] {
  const found: ImportedModule[] = [];
  const add = (quoteAt: number, typeOnly: boolean): void => {
    const end = source.indexOf(source[quoteAt] as string, quoteAt + 1);
    found.push({ specifier: source.slice(quoteAt + 1, end), line: lineAt(source, quoteAt), typeOnly });
  };
  for (const match of code.matchAll(FROM)) {
    add(match.index + match[0].length - 1, isTypeOnly((match[2] as string).trim()));
  }
  for (const match of code.matchAll(BARE_OR_DYNAMIC)) add(match.index + match[0].length - 1, false);
  return found;
}

/** `clause` is what stands between `import` and `from`. */
function isTypeOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{(.*)\}$/s.exec(clause)?.[1];
  if (names === undefined) return false;
  return names.split(",").every((name) => /^\s*(?:type\s.*)?$/s.test(name));
}
