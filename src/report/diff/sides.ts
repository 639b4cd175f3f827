/** The two runs that a diff compares, A and B. */

import type { TraceEvent } from "../../trace/events.ts";
import type { TraceLine } from "../../trace/read/trace-line.ts";
import type { RunFacts } from "./run-facts.ts";

export const SIDES = ["a", "b"] as const;
export type Side = (typeof SIDES)[number];
export type PerSide<T> = Readonly<Record<Side, T>>;

export function otherSide(side: Side): Side {
  return side === "a" ? "b" : "a";
}

/** Makes one thing for each side. */
export function perSide<T>(make: (side: Side) => T): PerSide<T> {
  return { a: make("a"), b: make("b") };
}

/** One of the runs that are to be compared. */
export interface ComparedRun {
  /** Its trace, in the order of the run. */
  readonly lines: Iterable<TraceLine>;
  /** What its summary says, where it has one. Asked for when the trace is at its end. */
  readonly facts: () => RunFacts | undefined;
}

/** An event with its number in its run, from 1. */
export interface NumberedEvent {
  readonly number: number;
  readonly event: TraceEvent;
}

/** A comparison goes on step by step, so that others may have their turn: it says how many events it has seen. */
export type Comparison<T> = Generator<number, T>;

/** Events between two steps. */
export const EVENTS_PER_STEP = 2_000;

/** A comparison that would need more memory than it may take. */
export class TooLargeToCompare extends Error {
  constructor(what: string) {
    super(`${what}: too many to compare`);
    this.name = "TooLargeToCompare";
  }
}
