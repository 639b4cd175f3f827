/**
 * What a sweep varies: `network.loss=0:0.5:0.05` (a range: start, end, step), `protocol.rto.min=100ms,1s` (a list), or
 * both mixed. Values stay texts, as a scenario file would have them, and are checked there like any other value.
 */

import { anyOf } from "../scenario/suggest.ts";
import { DRIFT, DURATION, PERCENTAGE, type Quantity, RATE, SIZE } from "../scenario/units.ts";

/** One option of the scenario and the values that it takes, in order. */
export interface Variation {
  /** As `--set` has it: `network.loss`. */
  readonly path: string;
  readonly values: readonly string[];
}

export type ParsedVariation =
  | { readonly ok: true; readonly variation: Variation }
  /** What was expected, what came and what to do, without the option's name. */
  | { readonly ok: false; readonly message: string };

/** Values of one path; beyond it the text is refused. */
export const MAX_VALUES = 5000;

const EXAMPLES = "such as network.loss=0:0.5:0.05 (start:end:step) or protocol.rto.min=100ms,1s (a list)";

/** Reads `PATH=VALUES`. */
export function parseVariation(text: string): ParsedVariation {
  const [, target = "", list = ""] = /^((?:"[^"]*"|[^="])+)=(.*)$/s.exec(text) ?? [];
  const path = target.trim();
  if (path === "") return refuse(`expected PATH=VALUES, ${EXAMPLES}`);
  const items = splitList(list);
  if (items === undefined) return refuse("a bracket or quote in the values is not closed");
  const values: string[] = [];
  for (const item of items) {
    if (item === "") return refuse(`there is an empty value: expected VALUES ${EXAMPLES}`);
    const expanded = expand(item);
    if (!expanded.ok) return expanded;
    values.push(...expanded.values);
    if (values.length > MAX_VALUES) return refuse(`more than ${MAX_VALUES} values: take a larger step`);
  }
  const twice = values.find((value, index) => values.indexOf(value) < index);
  if (twice !== undefined) return refuse(`the value ${twice} is there twice`);
  return { ok: true, variation: { path, values } };
}

type Expanded =
  | { readonly ok: true; readonly values: readonly string[] }
  | { readonly ok: false; readonly message: string };

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** At the commas outside brackets and quotes; undefined where one of those is left open. */
function splitList(text: string): string[] | undefined {
  const items: string[] = [];
  let item = "";
  let depth = 0;
  let quote = "";
  for (const character of text) {
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (character === "," && depth === 0 && quote === "") {
      items.push(item.trim());
      item = "";
    } else item += character;
  }
  return depth === 0 && quote === "" ? [...items, item.trim()] : undefined;
}

const NUMBER = /^([+-]?\d+(?:\.\d+)?) ?([a-zA-Z%/]*)$/;

/** A range becomes its values; anything else stays as it is. */
function expand(item: string): Expanded {
  if (!/^[+-]?[\d.]+[^{["',]*:/.test(item)) return { ok: true, values: [item] };
  const parts = item.split(":").map((part) => NUMBER.exec(part.trim()));
  if (parts.length !== 3 || parts.some((part) => part === null)) {
    return refuse(`${item} is no range: expected START:END:STEP, such as 0:0.5:0.05 or 100ms:1s:100ms`);
  }
  const numbers = parts.map((part) => ({ digits: part![1]!, unit: part![2]! }));
  const scale = scaleOf(numbers);
  if (!scale.ok) return refuse(`${item}: ${scale.message}`);
  const [start, end, step] = numbers.map(({ digits, unit }) => scale.toBase(digits, unit)) as [number, number, number];
  if (step === 0) return refuse(`${item}: the step is 0`);
  if (step > 0 !== end > start && end !== start) {
    return refuse(`${item}: from the start a step ${step > 0 ? "up" : "down"} leads away from the end`);
  }
  // The end belongs to the range, whatever the last bit of the division says.
  const steps = Math.floor((end - start) / step + 1e-9);
  if (steps >= MAX_VALUES) return refuse(`${item} has more than ${MAX_VALUES} values: take a larger step`);
  const values = Array.from({ length: steps + 1 }, (_, i) => scale.write(rounded(start + i * step)));
  return { ok: true, values };
}

interface Scale {
  readonly ok: true;
  readonly toBase: (digits: string, unit: string) => number;
  readonly write: (base: number) => string;
}

const KINDS: readonly Quantity[] = [DURATION, SIZE, RATE, PERCENTAGE, DRIFT];

/** Between a range's numbers and texts: in the unit of its step. A 0 needs no unit. */
function scaleOf(
  numbers: readonly { readonly digits: string; readonly unit: string }[],
): Scale | { readonly ok: false; readonly message: string } {
  const units = numbers.filter(({ digits, unit }) => unit !== "" || Number(digits) !== 0).map(({ unit }) => unit);
  if (units.every((unit) => unit === "")) return { ok: true, toBase: Number, write: plainDecimal };
  const kind = KINDS.find((quantity) => units.every((unit) => Object.hasOwn(quantity.units, unit)));
  const unit = numbers[2]!.unit;
  if (kind === undefined || unit === "") {
    return { ok: false, message: `start, end and step need units of one kind, found ${anyOf(units.map(nameOf))}` };
  }
  const factor = (name: string) => kind.units[name === "" ? unit : name] as readonly [number, number];
  const toBase = (digits: string, name: string) => {
    const [power, times] = factor(name);
    return Number(`${digits}e${power}`) * times;
  };
  const [power, times] = factor(unit);
  return { ok: true, toBase, write: (base) => plainDecimal(rounded(Number(`${base / times}e${-power}`))) + unit };
}

function nameOf(unit: string): string {
  return unit === "" ? "no unit" : unit;
}

/** Without the last bits, which sums of decimals get wrong: 0.1 + 0.2 is 0.3. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Digits without an exponent, as YAML and people read them. */
function plainDecimal(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return value.toFixed(15).replace(/\.?0+$/, "");
}
