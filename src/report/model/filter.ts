/**
 * The filter box: words and `field:value` terms, all of which an event must match; `-` in front turns a term round.
 * `drop host:H2 -type:UPDATE time:2s..4s` shows what was dropped at or for H2 between 2 and 4 s, updates aside.
 */

import { DURATION, parseQuantity } from "../../scenario/units.ts";
import { EVENT_KINDS } from "../../trace/events.ts";
import { noteOf, type TraceModel } from "./trace-model.ts";
import { eventWords } from "./words.ts";

type Test = (model: TraceModel, i: number) => boolean;

export type Filter =
  | { readonly ok: true; readonly matches: Test; readonly isEmpty: boolean }
  /** What is wrong with the text, in words. */
  | { readonly ok: false; readonly error: string };

/** Longer texts are refused: nobody types them. */
const MAX_LENGTH = 500;

const FIELDS: Readonly<Record<string, (value: string) => Test | string>> = {
  event: (value) => {
    const code = (EVENT_KINDS as readonly string[]).indexOf(value);
    if (code >= 0) return ({ events }, i) => events.code[i] === code;
    const kinds = EVENT_KINDS.join(", ");
    const message = `there is no event "${value}": it is one of ${kinds}, or a number such as event:42 or event:40..60`;
    return rangeTest(value, wholeNumber, (_, i) => i + 1) ?? message;
  },
  time: (value) =>
    rangeTest(value, milliseconds, ({ events }, i) => events.timeNs[i]! / 1e6) ??
    `time: takes a time with its unit, such as time:>2s, time:<500ms or time:2s..4s, not "${value}"`,
  host: (value) => textTest(value, ({ texts, events }, i) => [texts[events.node[i]!]!, texts[events.peer[i]!]!]),
  type: (value) => textTest(value, ({ texts, events }, i) => [texts[events.type[i]!]!]),
  packet: (value) => numberTest("packet", value, ({ events }, i) => events.packetId[i]!),
  seq: (value) => numberTest("seq", value, ({ events }, i) => events.seq[i]!),
  attempt: (value) => numberTest("attempt", value, ({ events }, i) => events.attempt[i]!),
  note: (value) => (model, i) => noteOf(model, i).toLowerCase().includes(value),
};

/** A term, its value in quotes or not: `note:"given up"`. A letter first makes a field: `10.0.0.2:80` is a word. */
const TERM = /(-?)(?:([a-z][\w-]*):)?(?:"([^"]*)"|(\S*))(?=\s|$)/giy;
const GAP = /\s*/y;

export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) return { ok: false, error: `the filter is longer than ${MAX_LENGTH} characters` };
  const tests: Test[] = [];
  for (let at = skip(text, 0); at < text.length; ) {
    TERM.lastIndex = at;
    const [term = "", minus, field, quoted, bare] = TERM.exec(text) ?? [];
    const test =
      bare?.includes('"') || term === "" ? quoteError(text.slice(at)) : termTest(field, quoted ?? bare ?? "");
    if (typeof test === "string") return { ok: false, error: test };
    tests.push(minus === "-" ? (model, i) => !test(model, i) : test);
    at = skip(text, at + term.length);
  }
  return { ok: true, matches: (model, i) => tests.every((test) => test(model, i)), isEmpty: tests.length === 0 };
}

/** The place of the first character from `at` on that is no space. */
function skip(text: string, at: number): number {
  GAP.lastIndex = at;
  GAP.exec(text);
  return GAP.lastIndex;
}

function quoteError(rest: string): string {
  const isOpen = rest.split('"').length % 2 === 0;
  return isOpen
    ? `a quote is not closed: ${rest}`
    : `a quote stands alone, with a space after it, or behind a field, as in note:"given up": ${rest}`;
}

function termTest(field: string | undefined, text: string): Test | string {
  const value = text.toLowerCase();
  if (field === undefined)
    return value === "" ? "there is nothing to look for behind the minus or in the quotes" : wordTest(value);
  const name = field.toLowerCase();
  const make = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  const names = Object.keys(FIELDS).join(", ");
  if (make === undefined)
    return `there is no field "${name}": use ${names}, or words alone ("${name}:..." in quotes is a word)`;
  return value === "" ? `${name}: needs a value behind it, without a space` : make(value);
}

function wordTest(word: string): Test {
  return (model, i) => {
    const { kind, place, words } = eventWords(model, i);
    return `${kind} ${place} ${words}`.toLowerCase().includes(word);
  };
}

function textTest(value: string, of: (model: TraceModel, i: number) => readonly string[]): Test {
  return (model, i) => of(model, i).some((text) => text.toLowerCase() === value);
}

function numberTest(field: string, value: string, of: (model: TraceModel, i: number) => number): Test | string {
  return (
    rangeTest(value, wholeNumber, of) ??
    `${field}: takes a number, such as ${field}:2, ${field}:>1 or ${field}:2..5, not "${value}"`
  );
}

/** `5`, `>5`, `<5`, `2..5` with both ends; undefined where it is none of them. Numbers below 0 stand for "none". */
function rangeTest(
  value: string,
  parse: (text: string) => number | undefined,
  of: (model: TraceModel, i: number) => number,
): Test | undefined {
  const [, sign, first = "", last] = /^([<>]?)(.*?)(?:\.\.(.*))?$/.exec(value) ?? [];
  const [low, high] = [parse(first), last === undefined ? undefined : parse(last)];
  if (low === undefined || (last !== undefined && (high === undefined || sign !== ""))) return undefined;
  if (high !== undefined) return (model, i) => of(model, i) >= low && of(model, i) <= high;
  if (sign === ">") return (model, i) => of(model, i) > low;
  if (sign === "<") return (model, i) => of(model, i) < low && of(model, i) >= 0;
  return (model, i) => of(model, i) === low;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function milliseconds(text: string): number | undefined {
  return parseQuantity(DURATION, text);
}
