/**
 * Conditional requests (RFC 9110, 13): whether a client wants an answer at all, given the version of the file that it
 * knows, and whether the range it asks for is of the version that is here.
 */

import type { Validators } from "../transport.ts";
import { parseHttpDate } from "./http-date.ts";
import type { Headers } from "./http-head.ts";

/** `fulfilled`: answer as if there were no conditions. `not-modified`: 304. `failed`: 412. */
export type ConditionOutcome = "fulfilled" | "not-modified" | "failed";

export interface EntityTag {
  readonly isWeak: boolean;
  /** Quotes included. */
  readonly opaque: string;
}

/**
 * What the conditions of a GET or HEAD make of it, in the order of 13.2.2; the file exists. Without validators nothing but
 * `*` can match. A date that is none is ignored (13.1.3, 13.1.4); a list of tags that is none matches nothing.
 */
export function evaluateConditions(headers: Headers, validators: Validators | undefined): ConditionOutcome {
  const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
  if (ifMatch !== undefined) {
    if (!matchesAny(ifMatch, validators, "strong")) return "failed";
  } else if (isLaterThan(validators, headers["if-unmodified-since"]) === true) {
    return "failed";
  }
  if (ifNoneMatch !== undefined) return matchesAny(ifNoneMatch, validators, "weak") ? "not-modified" : "fulfilled";
  return isLaterThan(validators, headers["if-modified-since"]) === false ? "not-modified" : "fulfilled";
}

/**
 * Is a Range header to be heeded, as far as If-Range goes (13.1.5)? A tag is compared strongly. A date must be the file's
 * own to the second: that it is strong enough to go by is the client's to know, which has our entity tag to use instead.
 */
export function ifRangeHolds(header: string | undefined, validators: Validators | undefined): boolean {
  if (header === undefined) return true;
  const tags = parseEntityTags(header);
  if (tags === "*") return false;
  if (tags !== undefined) return tags.length === 1 && matchesAny(header, validators, "strong");
  const dateMs = parseHttpDate(header);
  return dateMs !== undefined && validators !== undefined && dateMs === wholeSeconds(validators.lastModifiedMs);
}

/** A list of entity tags (8.8.3), or `*`; undefined where it is neither. */
export function parseEntityTags(header: string): readonly EntityTag[] | "*" | undefined {
  if (header.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  let rest = header;
  while (rest !== "") {
    // Empty elements of a list are passed over (5.6.1.2).
    const element = LIST_ELEMENT.exec(rest);
    if (element === null) return undefined;
    const [whole, weak, opaque] = element;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
    rest = rest.slice(whole.length);
  }
  return tags.length === 0 ? undefined : tags;
}

/** All tags of a file are strong: they match any tag with the same text weakly, and only a strong one strongly (8.8.3.2). */
function matchesAny(header: string, validators: Validators | undefined, comparison: "strong" | "weak"): boolean {
  const tags = parseEntityTags(header);
  if (tags === "*") return true;
  if (tags === undefined || validators === undefined) return false;
  const ours = [validators.etag, ...(validators.formerEtags ?? [])];
  return tags.some(({ isWeak, opaque }) => (comparison === "weak" || !isWeak) && ours.includes(opaque));
}

/** Undefined where there is no date on either side. Dates of HTTP have no fractions of a second. */
function isLaterThan(validators: Validators | undefined, header: string | undefined): boolean | undefined {
  const dateMs = header === undefined ? undefined : parseHttpDate(header);
  if (dateMs === undefined || validators === undefined) return undefined;
  return wholeSeconds(validators.lastModifiedMs) > dateMs;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** A tag or nothing, up to the next comma or the end. */
const LIST_ELEMENT = /^[ \t]*(?:(W\/)?("[!#-~\x80-\xff]*")[ \t]*)?(?:,|$)/;
