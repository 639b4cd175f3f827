/**
 * Which version of a file a source offers, read from the head of its answer, and whether two are the same. Size and
 * SHA-256 can be compared between sources; an ETag only with another one of the same source (RFC 9110, 8.8.3).
 */

import type { ResponseHead } from "../../transport.ts";
import { parseContentRange } from "../../wire/http.ts";

export interface Offer {
  /** Does the body hold the whole file (200), or a part of it (206)? */
  readonly isWhole: boolean;
  /** The position of the body's first byte. */
  readonly from: number;
  /** Behind its last byte; undefined where the connection's end ends it. */
  readonly to: number | undefined;
  readonly sizeBytes: number | undefined;
  /** A strong one. */
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  readonly sha256: Uint8Array | undefined;
}

/** What was asked for: bytes `from` to `to`, or the whole file where `to` is undefined. */
export interface Asked {
  readonly from: number;
  readonly to: number | undefined;
  readonly isRange: boolean;
}

/** Reads a 200 or 206. The text says what makes no sense. */
export function readOffer({ status, headers }: ResponseHead, asked: Asked): Offer | string {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    return `it sends the file encoded (${encoding.slice(0, 40)}), which was not asked for`;
  }
  const common = {
    etag: strongEtag(headers.etag),
    lastModified: headers["last-modified"],
    sha256: parseReprDigest(headers["repr-digest"]),
  };
  const length = headers["content-length"];
  if (status === 200) {
    const sizeBytes = length === undefined ? undefined : Number(length);
    return { isWhole: true, from: 0, to: sizeBytes, sizeBytes, ...common };
  }
  if (!asked.isRange) return "it sends a part of the file, and the whole was asked for";
  const range = parseContentRange(headers["content-range"] ?? "");
  if (range === undefined) return "it sends a part of the file and does not say which";
  const { first, last, sizeBytes } = range;
  if (first !== asked.from || last >= (asked.to ?? sizeBytes)) {
    return `it sends bytes ${first} to ${last}, and ${asked.from} to ${(asked.to ?? sizeBytes) - 1} were asked for`;
  }
  if (length !== undefined && Number(length) !== last - first + 1) {
    return `it sends ${length} bytes and says that they are bytes ${first} to ${last}`;
  }
  return { isWhole: false, from: first, to: last + 1, sizeBytes, ...common };
}

/** A strong entity tag, as If-Range needs one (RFC 9110, 13.1.5); undefined for a weak one, or none. */
export function strongEtag(value: string | undefined): string | undefined {
  return value !== undefined && STRONG_ETAG.test(value) ? value : undefined;
}

/** The SHA-256 of a Repr-Digest field (RFC 9530, 3): `sha-256=:BASE64:` among others. */
export function parseReprDigest(value: string | undefined): Uint8Array | undefined {
  const match = value === undefined ? null : SHA_256_MEMBER.exec(value);
  if (match === null) return undefined;
  const binary = atob(match[1]!);
  return binary.length === 32 ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * How long a server asks to wait, in ms: a Retry-After field (RFC 9110, 10.2.3) has seconds or a date. Undefined for
 * anything else.
 */
export function retryAfterMs(value: string | undefined, wallClockMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  if (!IMF_FIXDATE.test(value)) return undefined;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - wallClockMs);
}

const STRONG_ETAG = /^"[!#-~]*"$/;
const SHA_256_MEMBER = /(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:$|[,;])/;
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
