/** Pairs what two runs have in common: by a name, or by their order under a name. */

import { groupDigits } from "../text.ts";
import { otherSide, type PerSide, type Side, TooLargeToCompare } from "./sides.ts";

/** Things of one run that wait for their counterparts in the other. */
const MAX_WAITING = 1 << 18;
/** Names that are kept apart: hosts, or flows between them. */
const MAX_NAMES = 1 << 18;

/**
 * Pairs things by name, whatever their order; the k-th of a name in A belongs to the k-th of that name in B. Where more
 * than `MAX_WAITING` have no counterpart, pairing ends, and `isComplete` is false.
 */
export class NamedPairs<T> {
  isComplete = true;
  private readonly waiting: PerSide<Map<string, T[]>> = { a: new Map(), b: new Map() };
  private count = 0;

  /** The counterpart, where it is there already. */
  put(side: Side, name: string, thing: T): T | undefined {
    if (!this.isComplete) return undefined;
    const others = this.waiting[otherSide(side)];
    const queue = others.get(name);
    if (queue !== undefined) {
      const counterpart = queue.shift();
      if (queue.length === 0) others.delete(name);
      this.count--;
      return counterpart;
    }
    const own = this.waiting[side];
    const mine = own.get(name);
    if (mine === undefined) own.set(name, [thing]);
    else mine.push(thing);
    if (++this.count > MAX_WAITING) {
      this.isComplete = false;
      own.clear();
      others.clear();
    }
    return undefined;
  }

  /** What has no counterpart. */
  *leftOver(side: Side): Generator<T> {
    for (const queue of this.waiting[side].values()) yield* queue;
  }
}

/** Where the things under one name part. */
export interface Parting<T> {
  readonly name: string;
  /** Number of the thing under its name, from 1. */
  readonly index: number;
  /** Undefined: this run has no such thing. */
  readonly a: T | undefined;
  readonly b: T | undefined;
  /** The equal ones just before, the last `kept` of them, as A has them. */
  readonly before: readonly T[];
}

interface Sequence<T> {
  matched: number;
  readonly before: T[];
  /** What one run has and the other not yet. */
  side: Side;
  readonly queue: T[];
  parting: Parting<T> | undefined;
}

/** Compares things in their order under each name, and finds for each name where the two runs part. */
export class OrderedPairs<T> {
  private readonly sequences = new Map<string, Sequence<T>>();
  private readonly isSame: (a: T, b: T) => boolean;
  private readonly kept: number;
  private readonly what: string;

  /** `what`: what the names are (`hosts`), for an error; `kept`: equal things kept before a parting. */
  constructor(what: string, kept: number, isSame: (a: T, b: T) => boolean) {
    this.what = what;
    this.kept = kept;
    this.isSame = isSame;
  }

  /** Throws TooLargeToCompare where there are too many names. */
  put(side: Side, name: string, thing: T): void {
    const sequence = this.sequences.get(name) ?? this.begin(name);
    if (sequence.parting !== undefined) return;
    const { queue } = sequence;
    if (queue.length === 0 || sequence.side === side) {
      sequence.side = side;
      queue.push(thing);
      // The other run has been silent for so long that what it says next is no counterpart.
      if (queue.length > MAX_WAITING) this.part(name, sequence, undefined);
      return;
    }
    const first = queue[0] as T;
    const [a, b] = side === "a" ? [thing, first] : [first, thing];
    if (!this.isSame(a, b)) {
      this.part(name, sequence, thing);
      return;
    }
    queue.shift();
    sequence.matched++;
    if (sequence.before.push(a) > this.kept) sequence.before.shift();
  }

  /** Both runs are over: where they part under each name, in the order in which the names came. */
  finish(): Parting<T>[] {
    const partings: Parting<T>[] = [];
    for (const [name, sequence] of this.sequences) {
      if (sequence.parting === undefined && sequence.queue.length > 0) this.part(name, sequence, undefined);
      if (sequence.parting !== undefined) partings.push(sequence.parting);
    }
    return partings;
  }

  /** How many are equal under a name, before the runs part. */
  matched(name: string): number {
    return this.sequences.get(name)?.matched ?? 0;
  }

  private begin(name: string): Sequence<T> {
    if (this.sequences.size >= MAX_NAMES)
      throw new TooLargeToCompare(`more than ${groupDigits(MAX_NAMES)} ${this.what}`);
    const sequence: Sequence<T> = { matched: 0, before: [], side: "a", queue: [], parting: undefined };
    this.sequences.set(name, sequence);
    return sequence;
  }

  private part(name: string, sequence: Sequence<T>, other: T | undefined): void {
    const { side, queue, matched, before } = sequence;
    const first = queue[0] as T;
    const [a, b] = side === "a" ? [first, other] : [other, first];
    sequence.parting = { name, index: matched + 1, a, b, before };
    queue.length = 0;
  }
}
