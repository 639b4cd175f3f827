/** How a scenario asks about a note: a text that it contains, or `/a regular expression/` with flags i, m, s or u. */

export type NotePattern =
  | { readonly ok: true; readonly pattern: string | RegExp }
  | { readonly ok: false; readonly reason: string };

const SLASHED = /^\/(.+)\/([a-z]*)$/s;
/** The flags without memory: `g` and `y` would make the answer depend on the event before. */
const FLAGS = /^[imsu]*$/;

export function parseNotePattern(input: string): NotePattern {
  const [, source, flags = ""] = SLASHED.exec(input) ?? [];
  if (source === undefined) return { ok: true, pattern: input };
  if (!FLAGS.test(flags)) return { ok: false, reason: `the flags "${flags}" are not of i, m, s, u` };
  try {
    return { ok: true, pattern: new RegExp(source, flags) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

/** Does the note contain the text, or match the pattern? */
export function noteMatches(pattern: string | RegExp, note: string): boolean {
  return typeof pattern === "string" ? note.includes(pattern) : pattern.test(note);
}
