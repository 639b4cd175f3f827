/** What becomes of a fetch, and what it says on the way. */

import type { Source } from "../outcomes.ts";

/**
 * Why a source is not asked any more. `unreachable`: no exchange came to its end, after all attempts. `refused`: it will not
 * give the file (404, 403, ...). `busy`: it asks to wait for too long. `bad-answer`: one that makes no sense.
 * `other-version`: its file is not the one that is fetched. `changed`: its file changed meanwhile. `no-ranges`: it gives
 * only whole files, and others give parts. `slow`: far behind the others. `bad-bytes`: what it delivered was not the file.
 */
export type DropReason = (typeof DROP_REASONS)[number];
export const DROP_REASONS = [
  "unreachable",
  "refused",
  "busy",
  "bad-answer",
  "other-version",
  "changed",
  "no-ranges",
  "slow",
  "bad-bytes",
] as const;

export interface Dropped {
  readonly reason: DropReason;
  /** The same in words, with what was seen. */
  readonly text: string;
  /** Where it was an answer that decided. */
  readonly http?: { readonly status: number; readonly reason: string };
}

/** `idle`: nothing to do for it. `asked`: no answer yet. `waiting`: for the next attempt. */
export type SourceState = "idle" | "asked" | "delivering" | "waiting" | "dropped";

/** One source's figures. */
export interface SourceReport {
  readonly source: Source;
  readonly state: SourceState;
  readonly requests: number;
  readonly failures: number;
  /** Bytes of the file that came from it, those that others had delivered already included. */
  readonly receivedBytes: number;
  /** Bytes that others had delivered already. */
  readonly duplicateBytes: number;
  /** While it delivered, lately. */
  readonly bytesPerSecond: number;
  readonly dropped?: Dropped;
}

export type FetchPhase = "opening" | "fetching" | "checking" | "finishing";

export interface FetchProgress {
  readonly phase: FetchPhase;
  /** Bytes that are there, those of an earlier fetch included. */
  readonly bytes: number;
  /** Undefined until a source has said it, or where none can. */
  readonly totalBytes: number | undefined;
  /** All sources together, lately. */
  readonly bytesPerSecond: number;
  /** Until the last byte is there, at this rate; undefined where that cannot be told. */
  readonly etaMs: number | undefined;
  readonly sources: readonly SourceReport[];
}

/**
 * `no-source`: none is left. `bad-bytes`: none had the file that was expected. `changing`: it changed too often.
 * `not-stored`: the store would not have it. `cancelled`: by the user, or because the peer stopped.
 */
export type FetchFailure = "no-source" | "bad-bytes" | "changing" | "not-stored" | "cancelled";

interface FetchSummary {
  /** Bytes that are there; of a finished file its size. */
  readonly bytes: number;
  /** Those of them that an earlier fetch had left. */
  readonly resumedBytes: number;
  readonly elapsedMs: number;
  /** In the order in which they were given. */
  readonly sources: readonly SourceReport[];
  /** What was out of the ordinary, as sentences: started again, checked against what. */
  readonly notes: readonly string[];
}

export type FetchOutcome =
  /** The file is in the store. `sha256`: it was checked, and this is it; absent: nobody said what it should be. */
  | (FetchSummary & { readonly status: "fetched"; readonly sha256?: Uint8Array })
  /** Nothing is under the file's name. `isKept`: the bytes that are there stay, and the next fetch continues with them. */
  | (FetchSummary & {
      readonly status: "failed";
      readonly reason: FetchFailure;
      /** In words. */
      readonly detail: string;
      readonly isKept: boolean;
    });

export interface FetchHandlers {
  /** The last call. */
  onDone(outcome: FetchOutcome): void;
  /** At most every `progressMs`, and once when the last byte is there. */
  onProgress?(progress: FetchProgress): void;
  /** A source is not asked any more. */
  onDropped?(source: Source, dropped: Dropped): void;
  /** A sentence for the user: started again because ... */
  onNote?(text: string): void;
}

/** A fetch under way. */
export interface FetchHandle {
  /** Gives up; what is there is kept. No-op once the file is being put in its place. */
  cancel(): void;
}
