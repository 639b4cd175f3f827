/** Header fields that say what a file is: its name for the one who saves it (RFC 6266), and its digest (RFC 9530). */

import { percentEncode } from "./percent.ts";

/**
 * Content-Disposition: save it under this name. What is beyond ASCII goes into `filename*` (RFC 8187); the plain
 * `filename` beside it is for clients that do not know that (RFC 6266, appendix D).
 */
export function contentDisposition(name: string): string {
  const plain = name.replace(NOT_PLAIN, "_");
  const forAll = `attachment; filename="${plain}"`;
  return plain === name ? forAll : `${forAll}; filename*=UTF-8''${percentEncode(name, isAttributeCharacter)}`;
}

/** Repr-Digest (RFC 9530, 3) with the SHA-256 of the whole file, whatever part of it an answer carries. */
export function reprDigest(sha256: Uint8Array): string {
  return `sha-256=:${btoa(String.fromCharCode(...sha256))}:`;
}

/** What must not stand in `filename`: quotes and escapes, which clients read differently, separators, all beyond ASCII. */
const NOT_PLAIN = /[^ !#$&-.0-[\]-~]/gu;

/** RFC 8187, 3.2.1. */
function isAttributeCharacter(byte: number): boolean {
  return ATTRIBUTE_CHARACTER.test(String.fromCharCode(byte));
}

const ATTRIBUTE_CHARACTER = /[A-Za-z0-9!#$&+.^_`|~-]/;
