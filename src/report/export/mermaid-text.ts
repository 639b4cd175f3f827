/** Texts in a Mermaid diagram: what Mermaid would take for its own syntax becomes a numbered entity, `#59;`. */

import { oneLine } from "./text-file.ts";

/**
 * A semicolon ends a statement and `#` begins a comment or an entity, `%%` is a comment or a directive, `<` and `&` are
 * HTML, `$$` is mathematics. Words that begin a style or ask for wrapping are broken by an entity for their first letter.
 */
const SPECIAL = /[;#%<>&$"\\`]|[sS](?=tyle)|[cC](?=lassDef)|[wW](?=rap:)|[nN](?=owrap:)/g;

/** Longer texts are cut: a diagram has room for a line. */
const MAX_CHARACTERS = 240;

export function mermaidText(text: string): string {
  const characters = [...oneLine(text).trim()];
  const short = characters.length <= MAX_CHARACTERS ? characters : [...characters.slice(0, MAX_CHARACTERS - 1), "…"];
  return short.join("").replace(SPECIAL, (special) => `#${special.codePointAt(0)};`);
}
