/** The units that figures are compared in, and how a scenario writes a figure of each. */

import { formatMs } from "../../trace/format-ms.ts";
import { DURATION, PERCENTAGE, parseQuantity, type Quantity, RATE, SIZE, suggestQuantity } from "../units.ts";

/** `ratio` and `count` have no unit; a ratio may be written as a percentage. */
export const UNITS = ["ms", "bytes", "bit/s", "ratio", "count"] as const;
export type Unit = (typeof UNITS)[number];

/** A figure read from a scenario, or what would have been right. */
export type Reading =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly expected: string; readonly suggestion?: string | undefined };

/** How a figure of a unit may be written: a text with a unit, and which plain numbers. */
interface Notation {
  readonly name: string;
  readonly text: Quantity | undefined;
  readonly plain: "any" | "zero";
  readonly expected: string;
}

const NOTATIONS: Readonly<Record<Unit, Notation>> = {
  ms: { name: "Duration", text: DURATION, plain: "zero", expected: DURATION.expected },
  bytes: {
    name: "Size",
    text: SIZE,
    plain: "any",
    expected: "a number of bytes, or a size with a unit, such as 512B or 64KiB",
  },
  "bit/s": { name: "Rate", text: RATE, plain: "zero", expected: RATE.expected },
  ratio: { name: "Ratio", text: PERCENTAGE, plain: "any", expected: "a number without a unit, or a percentage" },
  count: { name: "Count", text: undefined, plain: "any", expected: "a number without a unit" },
};

/** Reads a figure: `7.02s` for ms gives 7020, `10%` for a ratio 0.1. Durations and rates need a unit, but for 0. */
export function readQuantity(unit: Unit, input: unknown): Reading {
  const { text, plain, expected } = NOTATIONS[unit];
  if (typeof input === "number" && Number.isFinite(input) && input >= 0 && (plain === "any" || input === 0)) {
    return { ok: true, value: input };
  }
  const value = typeof input === "string" && text ? parseQuantity(text, input) : undefined;
  if (value !== undefined) return { ok: true, value };
  return { ok: false, expected, suggestion: text && suggestQuantity(text, input) };
}

/** A percentage as a fraction, or undefined where the input is not one. */
export function readPercentage(input: unknown): number | undefined {
  return typeof input === "string" ? parseQuantity(PERCENTAGE, input) : undefined;
}

/** A figure as a verdict shows it: `7020 ms`, `26 bytes`, `1.2346`. Six digits are enough to see a difference of 1e-6. */
export function formatQuantity(unit: Unit, value: number): string {
  if (unit === "ms") return `${formatMs(value)} ms`;
  const digits = String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  return unit === "bytes" || unit === "bit/s" ? `${digits} ${unit}` : digits;
}

/** `Duration`, `Size`, ...: what the reference calls figures of this unit. */
export function unitName(unit: Unit): string {
  return NOTATIONS[unit].name;
}

/** A figure of this unit in JSON Schema. */
export function quantityJsonSchema(unit: Unit): Record<string, unknown> {
  const { text, plain } = NOTATIONS[unit];
  const number = plain === "zero" ? { const: 0 } : { type: "number", minimum: 0 };
  return text ? { anyOf: [{ type: "string", pattern: text.pattern.source, examples: text.examples }, number] } : number;
}
