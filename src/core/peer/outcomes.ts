/** What becomes of the things a peer's user asks for. Each has exactly one outcome. */

import type { ByteRange, ExchangeError } from "../transport.ts";

/** A peer that offers a file: one of a look-up's choices. */
export interface Source {
  readonly ip: string;
  readonly httpPort: number;
  /** Of the file there: its size, and its SHA-256 in 64 hexadecimal digits. Only of peers on the hardened wire. */
  readonly sizeBytes?: number;
  readonly sha256?: string;
  /** On the hardened wire: has the peer shown that it is at this address? */
  readonly isProven?: boolean;
}

/** A line of the directory's listing. */
export interface ListedPeer {
  readonly ip: string;
  readonly httpPort: number;
  readonly files: readonly string[];
  /** The directory's wall clock, ms since 1970, to the microsecond. */
  readonly lastUpdateMs: number;
}

/** What `share` and `unshare` did. `note` says that there was nothing to do. */
export type ShareOutcome =
  | { readonly ok: true; readonly note?: string }
  | { readonly ok: false; readonly error: string };

/** The directory answered with an ERROR. */
export interface ErrorAnswer {
  readonly status: "error";
  readonly code: number;
  readonly text: string;
}

export interface RequestFailed {
  readonly status: "failed";
  readonly reason: RequestFailure;
  /** What the user may want to look at. */
  readonly hint?: string;
}

/**
 * `given-up`: no ACK, after all attempts. `no-answer`: none within the answer timeout. `bad-answer`: one that makes no
 * sense. `bad-name`: never sent, no file can have this name. `queue-full`: never sent, too many requests wait.
 * `stopped`: the peer stopped.
 */
export type RequestFailure = "given-up" | "no-answer" | "bad-answer" | "bad-name" | "queue-full" | "stopped";

export type LookupOutcome =
  | { readonly status: "found"; readonly sources: readonly Source[] }
  | ErrorAnswer
  | RequestFailed;

export type ViewOutcome =
  | { readonly status: "listed"; readonly entries: readonly ListedPeer[] }
  | ErrorAnswer
  | RequestFailed;

export type DownloadOutcome =
  /** `httpStatus` is 200, or 206 where a range was asked for; `bytes` of the body are in the store. */
  | {
      readonly status: "downloaded";
      readonly httpStatus: number;
      readonly reason: string;
      readonly bytes: number;
      readonly elapsedMs: number;
    }
  /** Any other status: nothing is stored. */
  | { readonly status: "refused"; readonly httpStatus: number; readonly reason: string }
  /** The exchange broke, or the store would not have the file (`not-stored`: `detail` says why). Nothing is stored. */
  | { readonly status: "failed"; readonly reason: ExchangeError | "not-stored"; readonly detail?: string };

/** Options of one download. */
export interface DownloadOptions {
  /** Asks for these bytes alone; the part is then stored under the file's name. */
  readonly range?: ByteRange;
}

/** A download under way. */
export interface DownloadHandle {
  /** Gives up: the outcome is `failed`, `cancelled`. No-op once there is an outcome. */
  cancel(): void;
}

/** `given-up`: no ACK, after all attempts; the directory finds out by itself, when updates are missed. */
export type ExitOutcome =
  | { readonly status: "left" }
  | { readonly status: "failed"; readonly reason: "given-up" | "refused" | "not-joined" | "joined-again" | "stopped" };

/**
 * What became of an update. `current`: the directory has it, and it says the list as it is. `outdated`: the directory has
 * it, and the list has changed since. `unanswered`: given up, or replaced by the next one, without an ACK. `refused`: the
 * directory will not have it (hardened wire).
 */
export type UpdateOutcome = "current" | "outdated" | "unanswered" | "refused";
