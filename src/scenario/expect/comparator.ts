/**
 * Comparators: what an expectation asks of a figure. A value alone means "equals"; a mapping combines `atLeast`,
 * `atMost`, `above`, `below`, `between`, `within ... of` and `not`, and all of them must hold.
 *
 * Two figures are equal when they differ by less than 1e-12 of their size: figures are sums and quotients of doubles,
 * and a bound that is met exactly must not be missed by the last bit.
 */

import { formatQuantity, readPercentage, readQuantity, type Unit } from "./quantity.ts";

const EQUAL_WITHIN = 1e-12;

export interface Comparator {
  readonly unit: Unit;
  readonly low: number;
  /** The bound itself is not allowed. */
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
  readonly not: number | undefined;
  /** In words: `at least 3`, `1.2346 within 1%`. */
  readonly text: string;
}

export const COMPARATOR_KEYS = [
  "equals",
  "not",
  "atLeast",
  "atMost",
  "above",
  "below",
  "between",
  "within",
  "of",
] as const;
export type ComparatorKey = (typeof COMPARATOR_KEYS)[number];

/** What is wrong with a comparator, and where in it. */
export interface ComparatorProblem {
  readonly path: readonly (string | number)[];
  /** What would be right, of the value at `path`; or a whole message. */
  readonly expected?: string;
  readonly message?: string;
  readonly suggestion?: string | undefined;
}

export type ParsedComparator =
  | { readonly ok: true; readonly comparator: Comparator }
  | { readonly ok: false; readonly problem: ComparatorProblem };

/** Does the figure satisfy the comparator? */
export function holds(comparator: Comparator, value: number): boolean {
  if (Number.isNaN(value)) return false;
  return (
    !isTooLow(comparator, value) &&
    !isTooHigh(comparator, value) &&
    (comparator.not === undefined || !equal(value, comparator.not))
  );
}

/** Is the figure beyond the upper bound, so that no larger one can satisfy either? */
export function isTooHigh({ high, highOpen }: Comparator, value: number): boolean {
  return equal(value, high) ? highOpen : value > high;
}

/** Is the figure beyond the lower bound? */
export function isTooLow({ low, lowOpen }: Comparator, value: number): boolean {
  return equal(value, low) ? lowOpen : value < low;
}

function equal(a: number, b: number): boolean {
  if (a === b) return true;
  const size = Math.max(Math.abs(a), Math.abs(b));
  return Number.isFinite(size) && Math.abs(a - b) <= EQUAL_WITHIN * size;
}

/** At least this many: the comparator of a count that nobody gave. */
export function atLeast(unit: Unit, low: number): Comparator {
  return { ...ANY, unit, low, text: `at least ${formatQuantity(unit, low)}` };
}

const ANY = {
  low: Number.NEGATIVE_INFINITY,
  lowOpen: false,
  high: Number.POSITIVE_INFINITY,
  highOpen: false,
  not: undefined,
} as const;

/** Reads a comparator as YAML gives it: a value, or a mapping of COMPARATOR_KEYS. */
export function parseComparator(unit: Unit, input: unknown): ParsedComparator {
  try {
    return { ok: true, comparator: new ComparatorReader(unit).read(input) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** Leaves the reading of a comparator at its first problem. */
class Refusal extends Error {
  readonly problem: ComparatorProblem;

  constructor(problem: ComparatorProblem) {
    super(problem.message ?? problem.expected);
    this.problem = problem;
  }
}

type Mapping = Partial<Record<ComparatorKey, unknown>>;

class ComparatorReader {
  private readonly unit: Unit;
  private low: number = ANY.low;
  private lowOpen = false;
  private high: number = ANY.high;
  private highOpen = false;
  private not: number | undefined;
  private readonly words: string[] = [];

  constructor(unit: Unit) {
    this.unit = unit;
  }

  read(input: unknown): Comparator {
    if (typeof input === "object" && input !== null && !Array.isArray(input)) this.readMapping(input as Mapping);
    else {
      const value = this.value(input, []);
      this.bound(value, value, formatQuantity(this.unit, value));
    }
    const { low, lowOpen, high, highOpen, not, words } = this;
    const empty = equal(low, high) ? lowOpen || highOpen || (not !== undefined && equal(not, low)) : low > high;
    if (empty) throw new Refusal({ path: [], message: `no value is ${words.join(" and ")}: change one of them` });
    return { unit: this.unit, low, lowOpen, high, highOpen, not, text: words.join(" and ") };
  }

  private readMapping(input: Mapping): void {
    if (Object.keys(input).length === 0) {
      throw new Refusal({ path: [], expected: `a value, or one or more of ${COMPARATOR_KEYS.join(", ")}` });
    }
    for (const [key, given] of Object.entries(input)) {
      if (key === "of") continue;
      if (key === "between") this.readBetween(given);
      else if (key === "within") this.readWithin(given, input);
      else this.readBound(key as ComparatorKey, this.value(given, [key]));
    }
    if ("of" in input && !("within" in input)) {
      throw new Refusal({
        path: ["of"],
        message: '"of" is the value that "within" is a tolerance of: add "within: 1%"',
      });
    }
  }

  private readBound(key: ComparatorKey, value: number): void {
    const text = formatQuantity(this.unit, value);
    switch (key) {
      case "equals":
        this.bound(value, value, text);
        break;
      case "atLeast":
        this.bound(value, ANY.high, `at least ${text}`);
        break;
      case "atMost":
        this.bound(ANY.low, value, `at most ${text}`);
        break;
      case "above":
        this.bound(value, ANY.high, `above ${text}`, true);
        break;
      case "below":
        this.bound(ANY.low, value, `below ${text}`, false, true);
        break;
      case "not":
        this.not = value;
        this.words.push(`not ${text}`);
    }
  }

  private readBetween(given: unknown): void {
    if (!Array.isArray(given) || given.length !== 2) {
      throw new Refusal({ path: ["between"], expected: "a list of two values, the smaller one first" });
    }
    const low = this.value(given[0], ["between", 0]);
    const high = this.value(given[1], ["between", 1]);
    if (low > high) throw new Refusal({ path: ["between"], expected: "a list of two values, the smaller one first" });
    this.bound(low, high, `between ${formatQuantity(this.unit, low)} and ${formatQuantity(this.unit, high)}`);
  }

  private readWithin(given: unknown, input: Mapping): void {
    if (!("of" in input)) {
      throw new Refusal({
        path: ["within"],
        message: '"within" is a tolerance: add the value it is a tolerance of, "of: ..."',
      });
    }
    const of = this.value(input.of, ["of"]);
    const share = readPercentage(given);
    const tolerance = share === undefined ? this.tolerance(given) : of * share;
    const words = share === undefined ? formatQuantity(this.unit, tolerance) : String(given);
    this.bound(of - tolerance, of + tolerance, `${formatQuantity(this.unit, of)} within ${words}`);
  }

  private tolerance(given: unknown): number {
    const reading = readQuantity(this.unit, given);
    if (reading.ok) return reading.value;
    const { expected, suggestion } = reading;
    throw new Refusal({ path: ["within"], expected: `a percentage such as 1%, or ${expected}`, suggestion });
  }

  private value(input: unknown, path: (string | number)[]): number {
    const reading = readQuantity(this.unit, input);
    if (reading.ok) return reading.value;
    throw new Refusal({ path, expected: reading.expected, suggestion: reading.suggestion });
  }

  /** Narrows the range; of two equal bounds the stricter one stays. */
  private bound(low: number, high: number, words: string, lowOpen = false, highOpen = false): void {
    if (low > this.low) {
      this.low = low;
      this.lowOpen = lowOpen;
    } else if (low === this.low) this.lowOpen ||= lowOpen;
    if (high < this.high) {
      this.high = high;
      this.highOpen = highOpen;
    } else if (high === this.high) this.highOpen ||= highOpen;
    this.words.push(words);
  }
}
