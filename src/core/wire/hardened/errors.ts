/**
 * What an ERROR packet says: a code with the meaning that HTTP gives it, and a text for people that is short enough for the
 * answer to the shortest request. "Not found" is an answer like any other, and no error here.
 */

export interface WireError {
  /** 100 to 999. */
  readonly code: number;
  /** ASCII, at most 22 characters. */
  readonly text: string;
}

/** The bytes make no packet, or the message's payload makes no sense. */
export const MALFORMED: WireError = { code: 400, text: "bad request" };
/** The directory serves a group, and the packet carries no seal. */
export const MEMBERSHIP_REQUIRED: WireError = { code: 403, text: "membership required" };
/** A later packet of a message whose beginning is not known (any more), or an answer that nobody waits for. */
export const UNKNOWN_MESSAGE: WireError = { code: 409, text: "unknown message" };
/** A cursor from before the directory's restart: ask from the beginning. */
export const STALE_CURSOR: WireError = { code: 410, text: "stale cursor" };
/** The message is larger than the receiver puts together. */
export const TOO_LARGE: WireError = { code: 413, text: "message too large" };
/** The sender has sent more changes than can be remembered: later again. */
export const TOO_MANY: WireError = { code: 429, text: "too many, wait" };
/** An answer longer than a message may be. */
export const ANSWER_TOO_LONG: WireError = { code: 500, text: "answer too long" };
/** The answer cannot be sent now: too many are under way. */
export const BUSY: WireError = { code: 503, text: "busy, try again later" };
export const UNSUPPORTED_VERSION: WireError = { code: 505, text: "unsupported version" };
/** The table is full, and no entry in it may be evicted. */
export const DIRECTORY_FULL: WireError = { code: 507, text: "directory full" };

/** Every code that peerlab sends, for docs/wire.md. */
export const WIRE_ERRORS: readonly WireError[] = [
  MALFORMED,
  MEMBERSHIP_REQUIRED,
  UNKNOWN_MESSAGE,
  STALE_CURSOR,
  TOO_LARGE,
  TOO_MANY,
  ANSWER_TOO_LONG,
  BUSY,
  UNSUPPORTED_VERSION,
  DIRECTORY_FULL,
];

/** The error of a code that this program sends. */
export function errorOfCode(code: number): WireError {
  return WIRE_ERRORS.find((error) => error.code === code) ?? { code, text: "" };
}
