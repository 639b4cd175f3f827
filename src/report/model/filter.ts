/**
 * The filter box: words and `field:value` terms, all of which an event must match; `-` in front turns a term round.
 * `drop host:H2 -type:UPDATE` shows what was dropped at or for H2, updates aside.
 */

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
    if (code < 0) return `there is no event "${value}": it is one of ${EVENT_KINDS.join(", ")}`;
    return ({ events }, i) => events.code[i] === code;
  },
  host: (value) => textTest(value, ({ texts, events }, i) => [texts[events.node[i]!]!, texts[events.peer[i]!]!]),
  type: (value) => textTest(value, ({ texts, events }, i) => [texts[events.type[i]!]!]),
  packet: (value) => numberTest("packet", value, ({ events }, i) => events.packetId[i]!),
  seq: (value) => numberTest("seq", value, ({ events }, i) => events.seq[i]!),
  attempt: (value) => numberTest("attempt", value, ({ events }, i) => events.attempt[i]!),
  note: (value) => (model, i) => noteOf(model, i).toLowerCase().includes(value),
};

/** Field values may be quoted: `note:"given up"`. */
const TERM = /(-?)(?:([a-z]+):)?("([^"]*)"|\S+)/gi;

export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) return { ok: false, error: `the filter is longer than ${MAX_LENGTH} characters` };
  const tests: Test[] = [];
  for (const [, minus, field, bare = "", quoted] of text.matchAll(TERM)) {
    const value = (quoted ?? bare).toLowerCase();
    const test = field === undefined ? wordTest(value) : fieldTest(field.toLowerCase(), value);
    if (typeof test === "string") return { ok: false, error: test };
    tests.push(minus === "-" ? (model, i) => !test(model, i) : test);
  }
  return { ok: true, matches: (model, i) => tests.every((test) => test(model, i)), isEmpty: tests.length === 0 };
}

function fieldTest(field: string, value: string): Test | string {
  const make = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
  if (make === undefined) return `there is no field "${field}": use ${Object.keys(FIELDS).join(", ")}, or words alone`;
  return make(value);
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
  const [, sign = "", digits] = /^([<>]?)(\d{1,15})$/.exec(value) ?? [];
  if (digits === undefined) return `${field}: takes a number, such as ${field}:2 or ${field}:>1, not "${value}"`;
  const wanted = Number(digits);
  if (sign === ">") return (model, i) => of(model, i) > wanted;
  if (sign === "<") return (model, i) => of(model, i) < wanted && of(model, i) >= 0;
  return (model, i) => of(model, i) === wanted;
}
