/**
 * A file's name as the target of a request, and back. The report's client sends the name without a leading slash; other
 * clients send one, or a whole URL (RFC 9112, 3.2).
 */

import { type DecodedName, decodeName, nameProblem, percentEncode } from "./percent.ts";

/** `new.txt` for new.txt. Throws RangeError for a name that cannot travel (`nameProblem`). */
export function nameToTarget(name: string): string {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new RangeError(`${problem}: choose another name`);
  const target = percentEncode(name, isPathCharacter);
  // A leading slash would be taken for the target's own.
  return target.startsWith("/") ? `%2F${target.slice(1)}` : target;
}

/** The file that a target asks for: "" for the root. A query is of no concern here. */
export function targetToName(target: string): DecodedName {
  const path = target.replace(ABSOLUTE_FORM, "").replace(QUERY, "");
  const token = path.startsWith("/") ? path.slice(1) : path;
  return token === "" ? { ok: true, name: "" } : decodeName(token);
}

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
const QUERY = /[?#].*$/;

/** RFC 3986's path characters, without the colon: a name must not read as a URL's scheme. */
const PATH_CHARACTERS = new Set(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=@/"].map((character) =>
    character.charCodeAt(0),
  ),
);

function isPathCharacter(byte: number): boolean {
  return PATH_CHARACTERS.has(byte);
}
