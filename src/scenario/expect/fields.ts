/** The values that expectations are made of, as zod schemas. They check; parse.ts makes figures of them. */

import { z } from "zod";
import { expectedBoolean, expects, issueText } from "../issue-text.ts";
import { showValue } from "../problems.ts";
import { fileName, hostReference } from "../schema/values.ts";
import { PERCENTAGE } from "../units.ts";
import { COMPARATOR_KEYS, type ComparatorKey, parseComparator } from "./comparator.ts";
import { parseNotePattern } from "./note-pattern.ts";
import { quantityJsonSchema, UNITS, type Unit, unitName } from "./quantity.ts";

const KEY_DESCRIPTIONS: Readonly<Record<ComparatorKey, string>> = {
  equals: "The figure is this.",
  not: "The figure is not this.",
  atLeast: "The figure is this or more.",
  atMost: "The figure is this or less.",
  above: "The figure is more than this.",
  below: "The figure is less than this.",
  between: "The figure is between these two, both included.",
  within: "The figure differs by no more than this from `of`: a percentage of it, or a figure of the same unit.",
  of: "The value that `within` is a tolerance of.",
};

function comparatorKeyJsonSchema(key: ComparatorKey, value: Record<string, unknown>): Record<string, unknown> {
  if (key === "between") return { type: "array", items: value, minItems: 2, maxItems: 2 };
  if (key === "within") return { anyOf: [{ type: "string", pattern: PERCENTAGE.pattern.source }, value] };
  return value;
}

/** A comparator of figures of one unit. The parsed value is still what the file says. */
function makeComparator(unit: Unit) {
  const value = quantityJsonSchema(unit);
  const properties = Object.fromEntries(
    COMPARATOR_KEYS.map((key) => [key, { ...comparatorKeyJsonSchema(key, value), description: KEY_DESCRIPTIONS[key] }]),
  );
  return z
    .unknown()
    .superRefine((input, context) => {
      const unknown = unknownKeys(input);
      if (unknown.length > 0) {
        const message = issueText({ message: "unknown key", allowed: COMPARATOR_KEYS });
        context.addIssue({
          code: "unrecognized_keys",
          keys: unknown,
          input: input as Record<string, unknown>,
          message,
        });
        return;
      }
      const parsed = parseComparator(unit, input);
      if (parsed.ok) return;
      const { path, expected, message, suggestion } = parsed.problem;
      const text = message === undefined ? { expected: expected ?? "", suggestion } : { message };
      context.addIssue({ code: "custom", path: [...path], message: issueText(text) });
    })
    .meta({
      id: `${unitName(unit)}Comparator`,
      description: `What is asked of a figure (${unitName(unit).toLowerCase()}): a value, which it must equal, or bounds, which must all hold.`,
      "x-value": `comparator of ${unitName(unit).toLowerCase()}s`,
      anyOf: [value, { type: "object", properties, additionalProperties: false, minProperties: 1 }],
    });
}

function unknownKeys(input: unknown): string[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return [];
  return Object.keys(input).filter((key) => !(COMPARATOR_KEYS as readonly string[]).includes(key));
}

/** The comparator of each unit. */
export const comparators = Object.fromEntries(UNITS.map((unit) => [unit, makeComparator(unit)])) as Record<
  Unit,
  ReturnType<typeof makeComparator>
>;

export const flag = z.boolean({ error: ({ input }) => issueText(expectedBoolean(input)) });

export const text = (expected: string) => z.string({ error: expects(expected) }).min(1, { error: expects(expected) });

/** Hosts and their files. */
export const listing = z
  .record(hostReference, z.array(fileName, { error: expects("a list of file names, [] for none") }), {
    error: expects("hosts and their files, such as { H2: [new.txt], H3: [] }"),
  })
  .meta({ "x-value": "hosts and their files", examples: [{ H2: ["new.txt"], H3: [] }] });

/** Text that a note contains, or `/a pattern/`. */
export const notePattern = text("a text that the note contains, or a pattern between slashes").superRefine(
  (input, context) => {
    const parsed = parseNotePattern(input);
    if (parsed.ok) return;
    context.addIssue({
      code: "custom",
      message: issueText({ message: `${showValue(input)} is not a regular expression: ${parsed.reason}` }),
    });
  },
);
