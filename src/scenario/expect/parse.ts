/** From an item of `expect`, with every value checked, to an Expectation: which form it is, and what goes together. */

import type { EventKind } from "../../trace/events.ts";
import { issueText } from "../issue-text.ts";
import { formatDuration } from "../units.ts";
import { type Comparator, parseComparator } from "./comparator.ts";
import {
  EVENT_NUMBERS,
  type EventNumbers,
  type EventsExpectation,
  type Expectation,
  type Listing,
  type MetricExpectation,
  SEND_FIGURES,
  type SendFigure,
} from "./expectation.ts";
import { flowEntries } from "./flow.ts";
import { METRIC_NAMES, METRICS, type MetricName } from "./metrics/catalogue.ts";
import { SCOPES } from "./metrics/metric.ts";
import { parseNotePattern } from "./note-pattern.ts";
import type { Unit } from "./quantity.ts";

/** The forms beside metrics. `windowed`: `after` and `before` mean something for it. */
const FORMS = {
  events: { windowed: true },
  list: { windowed: true },
  lookup: { windowed: true },
  view: { windowed: true },
  download: { windowed: true },
  directory: { windowed: false },
  send: { windowed: true },
  converges: { windowed: false },
} as const;
type Form = keyof typeof FORMS;

type Input = Readonly<Record<string, unknown>>;

export interface ParseProblem {
  readonly path: readonly (string | number)[];
  /** A text of issueText. */
  readonly message: string;
}

export type ParsedExpectation =
  | { readonly ok: true; readonly expectation: Expectation }
  | { readonly ok: false; readonly problems: readonly ParseProblem[] };

/** Takes an item that `expectationSchema` has checked key by key. */
export function parseExpectation(input: Input): ParsedExpectation {
  const asked = [...Object.keys(FORMS), ...METRIC_NAMES].filter((key) => input[key] !== undefined);
  const problems = asked.length === 1 ? misplaced(input, asked[0] as string) : [notOneThing(asked)];
  if (problems.length > 0) return { ok: false, problems };
  const key = asked[0] as Form | MetricName;
  const common = commonOf(input);
  return {
    ok: true,
    expectation: {
      ...common,
      ...(isForm(key) ? formOf(key, input[key] as Input) : metricOf(key, input)),
    } as Expectation,
  };
}

function isForm(key: string): key is Form {
  return Object.hasOwn(FORMS, key);
}

function notOneThing(asked: readonly string[]): ParseProblem {
  const [first, second] = asked;
  const message =
    first === undefined
      ? `nothing is asked: name a metric (transmissionsPerPacket, drops, ...) or one of ${Object.keys(FORMS).join(", ")}`
      : `one expectation asks one thing: make two items of ${first} and ${second}`;
  return { path: [], message: issueText({ message }) };
}

/** Keys that mean nothing beside what is asked. */
function misplaced(input: Input, asked: string): ParseProblem[] {
  const problems = ["host", "peer", "type", "after", "before"]
    .filter((key) => input[key] !== undefined && !scopesOf(asked).includes(key))
    .map((key) => ({ path: [key], message: issueText({ message: misplacedMessage(asked, key) }) }));
  if (problems.length > 0) return problems;
  const { after, before } = input;
  if (typeof after === "number" && typeof before === "number" && after >= before) {
    return [
      { path: ["before"], message: issueText({ expected: `a time later than after, ${formatDuration(after)}` }) },
    ];
  }
  return isForm(asked) ? unfinished(asked, input[asked] as Input) : [];
}

function scopesOf(asked: string): readonly string[] {
  if (!isForm(asked)) return SCOPES[METRICS[asked as MetricName].source];
  return FORMS[asked].windowed ? ["after", "before"] : [];
}

function misplacedMessage(asked: string, key: string): string {
  if (isForm(asked) && (key === "host" || key === "peer" || key === "type")) {
    const inside = asked === "events" && key === "host" ? "node" : key;
    return `"${key}" here narrows metrics: write it inside of ${asked}, as "${inside}"`;
  }
  const scopes = scopesOf(asked);
  return `${asked} cannot be narrowed by "${key}": ${scopes.length === 0 ? "it is about the whole run" : `only by ${scopes.join(", ")}`}`;
}

/** Forms that ask nothing, or two things that exclude each other. */
function unfinished(form: Form, fields: Input): ParseProblem[] {
  const refuse = (message: string): ParseProblem[] => [{ path: [form], message: issueText({ message }) }];
  if (form === "lookup" && (fields.offers === undefined) === (fields.answers === undefined)) {
    return refuse('a look-up either "offers" peers or "answers" with an error: give one of the two');
  }
  if (
    form === "download" &&
    !["status", "bytes", "intact", "elapsed", "dropped", "error"].some((key) => fields[key] !== undefined)
  ) {
    return refuse("nothing is asked of the download: give one of status, bytes, intact, elapsed, dropped, error");
  }
  if (form === "send" && !SEND_FIGURES.some((figure) => fields[figure] !== undefined)) {
    return refuse(`nothing is asked of the send: give one of ${SEND_FIGURES.join(", ")}`);
  }
  if (form === "events" && fields.each !== undefined && Object.keys(fields.each as Input).length === 0) {
    return refuse(`nothing is asked of each event: give one of ${EVENT_NUMBERS.join(", ")}`);
  }
  return [];
}

function commonOf(input: Input) {
  const { because, shouldFail, ...shown } = input;
  const durationText = (key: string) => (typeof shown[key] === "number" ? { [key]: formatDuration(shown[key]) } : {});
  const converges = shown.converges as { within: number } | undefined;
  const text = flowEntries({
    ...shown,
    ...(converges && { converges: { within: formatDuration(converges.within) } }),
    ...durationText("after"),
    ...durationText("before"),
  });
  return {
    text,
    because: because as string | undefined,
    shouldFail: shouldFail as string | undefined,
    afterMs: input.after as number | undefined,
    beforeMs: input.before as number | undefined,
  };
}

function metricOf(
  metric: MetricName,
  input: Input,
): Pick<MetricExpectation, "form" | "metric" | "comparator" | "scope"> {
  const { host, peer, type } = input as { host?: string; peer?: string; type?: string };
  const scope = {
    ...(host !== undefined && { host }),
    ...(peer !== undefined && { peer }),
    ...(type !== undefined && { type }),
  };
  return { form: "metric", metric, comparator: comparator(METRICS[metric].unit, input[metric]), scope };
}

function formOf(form: Form, fields: Input): object {
  switch (form) {
    case "events":
      return eventsOf(fields);
    case "list":
      return { form, host: fields.host, shows: Array.isArray(fields.shows) ? fields.shows : [fields.shows] };
    case "lookup":
      return { form, host: fields.host, file: fields.file, offers: fields.offers, answers: fields.answers };
    case "view":
      return { form, host: fields.host, shows: fields.shows as Listing };
    case "download":
      return {
        form,
        host: fields.host,
        file: fields.file,
        from: fields.from,
        intact: fields.intact,
        dropped: fields.dropped,
        error: fields.error,
        status: optional("count", fields.status),
        bytes: optional("bytes", fields.bytes),
        elapsed: optional("ms", fields.elapsed),
      };
    case "directory":
      return { form, host: fields.host, lists: fields.lists as Listing };
    case "send":
      return { form, host: fields.host, figures: sendFigures(fields) };
    case "converges":
      return { form, withinMs: fields.within };
  }
}

function eventsOf(
  fields: Input,
): Pick<EventsExpectation, "form" | "match" | "count" | "firstAt" | "lastAt" | "interval" | "each"> {
  const { event, node, peer, type, note } = fields as {
    event: EventKind;
    node?: string;
    peer?: string;
    type?: string;
    note?: string;
  };
  const pattern = note === undefined ? undefined : parseNotePattern(note);
  return {
    form: "events",
    match: {
      event,
      ...(node !== undefined && { node }),
      ...(peer !== undefined && { peer }),
      ...(type !== undefined && { type }),
      ...(pattern?.ok && { note: pattern.pattern }),
      numbers: eventNumbers(fields),
    },
    count: optional("count", fields.count),
    firstAt: optional("ms", fields.firstAt),
    lastAt: optional("ms", fields.lastAt),
    interval: optional("ms", fields.interval),
    each: fields.each === undefined ? undefined : eventNumbers(fields.each as Input),
  };
}

/** The unit of each number of an event. */
export const EVENT_NUMBER_UNITS = {
  bytes: "bytes",
  seq: "count",
  total: "count",
  attempt: "count",
  duration: "ms",
} as const;

function eventNumbers(fields: Input): EventNumbers {
  const given = EVENT_NUMBERS.filter((name) => fields[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, comparator(EVENT_NUMBER_UNITS[name], fields[name])]));
}

function sendFigures(fields: Input): { [K in SendFigure]?: Comparator } {
  const given = SEND_FIGURES.filter((name) => fields[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, comparator(name === "elapsed" ? "ms" : "count", fields[name])]));
}

function optional(unit: Unit, input: unknown): Comparator | undefined {
  return input === undefined ? undefined : comparator(unit, input);
}

/** The schema has checked the input already. */
function comparator(unit: Unit, input: unknown): Comparator {
  const parsed = parseComparator(unit, input);
  if (!parsed.ok) throw new TypeError(`not a comparator of ${unit}: ${JSON.stringify(input)} passed the schema`);
  return parsed.comparator;
}
