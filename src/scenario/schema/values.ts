/** The values that options are made of: quantities with units, names, addresses, one or many of something. */

import { z } from "zod";
import { expects, issueText } from "../issue-text.ts";
import { nearest } from "../suggest.ts";
import {
  DRIFT,
  DURATION,
  formatSize,
  PERCENTAGE,
  parseQuantity,
  type Quantity,
  RATE,
  SIZE,
  suggestQuantity,
} from "../units.ts";

/** A quantity's limits, in its base unit, and how an error says them. */
interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
  readonly expected: string;
}

/** `expects`, with what somebody who forgot or mistook the unit may have meant. */
export function expectsQuantity(kind: Quantity, expected = kind.expected) {
  return (issue: z.core.$ZodRawIssue) => issueText({ expected, suggestion: suggestQuantity(kind, issue.input) });
}

function quantity(kind: Quantity, { min = 0, max = Number.POSITIVE_INFINITY, whole = false, expected }: Limits) {
  return z
    .string({ error: expectsQuantity(kind) })
    .regex(kind.pattern, { error: expectsQuantity(kind) })
    .transform((text, context) => {
      const value = parseQuantity(kind, text);
      if (value !== undefined && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
      context.issues.push({ code: "custom", input: text, message: issueText({ expected }) });
      return z.NEVER;
    })
    .meta({ "x-value": kind.name, examples: [...kind.examples] });
}

/** Virtual time is kept in whole nanoseconds, which doubles count exactly to 104 days. */
const MAX_DURATION_MS = 100 * 24 * 3_600_000;

const MAX_DURATION = "at most 2400h";

/** A duration above 0, in ms. */
export const positiveDuration = quantity(DURATION, {
  min: 1e-6,
  max: MAX_DURATION_MS,
  expected: `a duration above 0 and ${MAX_DURATION}`,
});

/** A duration in ms; 0 needs no unit. */
export const duration = z
  .union([quantity(DURATION, { max: MAX_DURATION_MS, expected: `a duration of ${MAX_DURATION}` }), z.literal(0)], {
    error: expectsQuantity(DURATION),
  })
  .meta({ id: "Duration", "x-value": DURATION.name, examples: ["0s", ...DURATION.examples] });

export const MAX_DATAGRAM_BYTES = 65507;

/** A size in whole bytes, at least `min` and at most `max` of them. */
export function size(min = 0, max = Number.MAX_SAFE_INTEGER) {
  const limits =
    max < Number.MAX_SAFE_INTEGER ? `from ${formatSize(min)} to ${formatSize(max)}` : `of at least ${formatSize(min)}`;
  return quantity(SIZE, { min, max, whole: true, expected: `a size ${limits}, in whole bytes` });
}

/** What people write instead of `unlimited`. */
const WITHOUT_LIMIT = ["infinite", "infinity", "inf", "none", "forever", "never", "no limit", "∞"];

function suggestUnlimited(found: unknown): string | undefined {
  if (found === Number.POSITIVE_INFINITY) return "unlimited";
  if (typeof found !== "string") return undefined;
  return WITHOUT_LIMIT.includes(found.toLowerCase()) ? "unlimited" : nearest(found, ["unlimited"]);
}

const unlimited = z.literal("unlimited").transform(() => Number.POSITIVE_INFINITY);

/** A rate in bits per second, or Infinity. */
export const rate = z
  .union([quantity(RATE, { min: 1, expected: "a rate of at least 1bit/s" }), unlimited], {
    error: ({ input }) =>
      issueText({
        expected: `${RATE.expected}, or unlimited`,
        suggestion: suggestQuantity(RATE, input) ?? suggestUnlimited(input),
      }),
  })
  .meta({ id: "Rate", "x-value": "rate or `unlimited`", examples: [...RATE.examples, "unlimited"] });

/** A number of something, or Infinity. */
export function wholeOrUnlimited(min: number) {
  const expected = `a whole number, ${min} or more, or unlimited`;
  return z
    .union([whole(min, undefined, expected), unlimited], {
      error: ({ input }) => issueText({ expected, suggestion: suggestUnlimited(input) }),
    })
    .meta({ "x-value": "whole number or `unlimited`" });
}

/** A probability from 0 to 1. */
export const probability = z
  .union(
    [
      number({ min: 0, max: 1 }, expectsQuantity(PERCENTAGE)),
      quantity(PERCENTAGE, { max: 1, expected: PERCENTAGE.expected }),
    ],
    {
      error: expectsQuantity(PERCENTAGE),
    },
  )
  .meta({ id: "Probability", "x-value": PERCENTAGE.name, examples: [0.1, "10%"] });

/** Parts per million; a clock that stands still or runs backwards is not a clock. */
export const drift = quantity(DRIFT, {
  min: -500_000,
  max: 500_000,
  expected: "a clock drift from -500000ppm to 500000ppm",
});

/** A whole number, at least `min`. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER, expected?: string) {
  const limit = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  const error = expects(expected ?? `a whole number, ${limit}`);
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ "x-value": "whole number" });
}

/** A number within limits; `above` excludes the lower one. */
export function number(
  limits: { readonly min?: number; readonly above?: number; readonly max?: number },
  expected: string | ReturnType<typeof expectsQuantity>,
) {
  const error = typeof expected === "string" ? expects(expected) : expected;
  let schema = z.number({ error });
  if (limits.min !== undefined) schema = schema.min(limits.min, { error });
  if (limits.above !== undefined) schema = schema.gt(limits.above, { error });
  if (limits.max !== undefined) schema = schema.max(limits.max, { error });
  return schema;
}

export const port = whole(1, 65535).meta({ "x-value": "port" });

/** A host's name where it is used: it must be one of the keys of `hosts` (checked when all hosts are known). */
export const hostReference = z.string({ error: expects("the name of a host") }).meta({ "x-value": "host" });

/** Several hosts at one place: a name, a list of names, or `*` for all. */
export const hostSet = z
  .union([hostReference, z.array(hostReference).min(1)], { error: expects('a host, a list of hosts, or "*" for all') })
  .transform((names): readonly string[] => (typeof names === "string" ? [names] : names))
  .meta({ id: "Hosts", "x-value": "host, list of hosts, or `*`", examples: ["H1", ["H2", "H3"], "*"] });

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
const FILE_NAME = /^[^/\u0000-\u001f\u007f]{1,255}$/;

/** The name of a file in a peer's store. */
export const fileName = z
  .string({ error: expects("a file name") })
  .regex(FILE_NAME, { error: expects("a file name of 1 to 255 characters, without / and control characters") })
  .meta({ id: "FileName", "x-value": "file name" });

/** What a key has to have at least, so that nobody guesses it. */
const MIN_KEY_CHARACTERS = 16;

const keyError = expects(`a key of ${MIN_KEY_CHARACTERS} to 1024 characters, such as "correct horse battery staple"`);

/** A group's key, as text. */
export const groupKey = z
  .string({ error: keyError })
  .min(MIN_KEY_CHARACTERS, { error: keyError })
  .max(1024, { error: keyError })
  .meta({ "x-value": "key", examples: ["correct horse battery staple"] });

/** The keys of an object that have a value, for options that are absent rather than undefined. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
