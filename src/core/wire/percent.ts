/**
 * File names as tokens of the wire. A name may hold any character; a token may not hold spaces. Percent-encoding
 * (RFC 3986, 2.1, over UTF-8) replaces what the grammar cannot carry: space, '%', control and non-ASCII characters.
 * Plain names are their own tokens. Whether a name is fit to be a path ("..", "a/b") is the file store's question.
 */

import { decodeTextStrictly, encodeText, isWellFormed } from "./text.ts";

/** As in most file systems. */
export const MAX_NAME_BYTES = 255;

export type NameFailure = "empty-name" | "name-too-long" | "bad-name-character" | "bad-escape" | "bad-utf8";

/** `offset` counts characters of the token. */
export type DecodedName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: NameFailure; readonly offset: number };

/** Why a name cannot travel, or undefined where it can: it has 1 to 255 bytes of UTF-8 and no half surrogate pair. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "a file name has at least one character";
  if (!isWellFormed(name)) return "a file name is Unicode text, and this one has half of a surrogate pair";
  // UTF-8 needs one to three bytes for each UTF-16 code unit.
  if (name.length * 3 <= MAX_NAME_BYTES) return undefined;
  const bytes = encodeText(name).length;
  return bytes > MAX_NAME_BYTES ? `a file name has at most ${MAX_NAME_BYTES} bytes, not ${bytes}` : undefined;
}

/** The token of a name. Throws RangeError where `nameProblem` finds one. */
export function encodeName(name: string): string {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new RangeError(`${problem}: choose another name`);
  return PLAIN.test(name) ? name : percentEncode(name, isPlain);
}

/** The name of a token. Takes hexadecimal digits of either case, and escapes of characters that need none. */
export function decodeName(token: string): DecodedName {
  if (token === "") return { ok: false, reason: "empty-name", offset: 0 };
  // An escape is three characters for one byte.
  if (token.length > 3 * MAX_NAME_BYTES) return { ok: false, reason: "name-too-long", offset: 3 * MAX_NAME_BYTES };

  let escapes = 0;
  for (let at = 0; at < token.length; at++) {
    const code = token.charCodeAt(at);
    if (code === PERCENT) {
      if (escapedByte(token, at) < 0) return { ok: false, reason: "bad-escape", offset: at };
      escapes++;
      at += 2;
    } else if (!isPlain(code)) {
      return { ok: false, reason: "bad-name-character", offset: at };
    }
  }
  const bytes = token.length - 2 * escapes;
  if (bytes > MAX_NAME_BYTES) return { ok: false, reason: "name-too-long", offset: token.length };
  if (escapes === 0) return { ok: true, name: token };

  const name = decodeTextStrictly(unescaped(token, bytes));
  return name === undefined ? { ok: false, reason: "bad-utf8", offset: 0 } : { ok: true, name };
}

/** Text as UTF-8, with an escape for every byte that `keep` does not keep: it must refuse '%' and all beyond ASCII. */
export function percentEncode(text: string, keep: (byte: number) => boolean): string {
  let token = "";
  for (const byte of encodeText(text)) {
    token += keep(byte) ? String.fromCharCode(byte) : `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
  }
  return token;
}

const PERCENT = 0x25;
const HEX = "0123456789ABCDEF";

const PLAIN = /^[!-$&-~]*$/;

/** Visible ASCII but '%'. */
function isPlain(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== PERCENT;
}

/** The byte of the escape at `at`, or -1 where there is none. */
function escapedByte(token: string, at: number): number {
  const high = hexValue(token.charCodeAt(at + 1));
  const low = hexValue(token.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** -1 for anything but a hexadecimal digit (and for NaN, beyond the end). */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

/** The `length` bytes of a token whose escapes are known to be good. */
function unescaped(token: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let from = 0;
  for (let to = 0; to < length; to++) {
    const code = token.charCodeAt(from);
    bytes[to] = code === PERCENT ? escapedByte(token, from) : code;
    from += code === PERCENT ? 3 : 1;
  }
  return bytes;
}
