/**
 * The `expect` list of a scenario. Each item asks one thing: a metric by its name, or one of the forms (`events`,
 * `list`, `lookup`, `view`, `download`, `directory`, `send`, `converges`).
 */

import { z } from "zod";
import { DROP_REASONS } from "../../core/peer/fetch/outcomes.ts";
import { EVENT_KINDS, type EventKind } from "../../trace/events.ts";
import { expects, issueText } from "../issue-text.ts";
import { duration, expectsQuantity, fileName, hostReference, positiveDuration } from "../schema/values.ts";
import { DURATION } from "../units.ts";
import { COMPARATOR_KEYS } from "./comparator.ts";
import type { Expectation } from "./expectation.ts";
import { comparators, flag, listing, notePattern, text } from "./fields.ts";
import { flowEntries } from "./flow.ts";
import { METRIC_NAMES, METRICS } from "./metrics/catalogue.ts";
import { parseExpectation } from "./parse.ts";

export type { Expectation } from "./expectation.ts";

const { ms, bytes, count } = comparators;

const messageType = z.string({ error: expects("a type as the trace shows it, such as UPDATE or UPDATE-ACK") });
/** No run has an event of the kind `timer`: what comes of timers are timeouts. */
const askedKinds = EVENT_KINDS.filter((kind): kind is Exclude<EventKind, "timer"> => kind !== "timer");

const events = z.strictObject({
  event: z.enum(askedKinds).describe("The kind of event."),
  node: hostReference.optional().describe("The host it happened at."),
  peer: text("the name of a host, or an address")
    .optional()
    .describe("The other end: a host, or an address where no host has it."),
  type: messageType
    .optional()
    .describe("The packet's type, exactly as the trace shows it: `UPDATE`, `UPDATE-ACK`, `SYN`, ..."),
  note: notePattern.optional().describe("Text that the note contains, or a regular expression between slashes."),
  bytes: bytes.optional().describe("Only events with such a size."),
  seq: count.optional().describe("Only events with such a sequence number."),
  total: count.optional().describe("Only events of messages with so many packets."),
  attempt: count.optional().describe("Only events of such a transmission: `{ above: 1 }` for retransmissions."),
  duration: ms
    .optional()
    .describe("Only events with such a duration: a timeout's interval, a message's elapsed time, a sample."),
  count: count.optional().describe("How many there are. Without it: at least one."),
  firstAt: ms.optional().describe("When the first of them happens."),
  lastAt: ms.optional().describe("When the last of them happens."),
  interval: ms.optional().describe("The time from each of them to the next. It takes two of them at least."),
  each: z
    .strictObject({
      bytes: bytes.optional().describe("The size of every one of them."),
      seq: count.optional().describe("The sequence number of every one of them."),
      total: count.optional().describe("The packets of the message of every one of them."),
      attempt: count.optional().describe("Which transmission every one of them is."),
      duration: ms.optional().describe("The duration of every one of them."),
    })
    .optional()
    .describe("What must hold for every one of them."),
});

const list = z.strictObject({
  host: hostReference.describe("The peer that lists its shared files."),
  shows: z
    .union([z.string(), z.array(z.string())], { error: expects("a line, or a list of lines") })
    .describe("Exactly these lines."),
});

const lookup = z.strictObject({
  host: hostReference.describe("The peer that looks the file up."),
  file: fileName.optional().describe("The file; without it, the latest look-up for any."),
  offers: z
    .array(hostReference, { error: expects("a list of hosts") })
    .optional()
    .describe("The peers offered: exactly these, in the order of the choices."),
  answers: text("the answer's text, such as 404 file not found").optional().describe("The error that came instead."),
});

const view = z.strictObject({
  host: hostReference.describe("The peer that views the directory."),
  shows: listing.describe("Exactly these peers, in any order, with exactly these files, in this order."),
});

const download = z.strictObject({
  host: hostReference.describe("The peer that downloads."),
  file: fileName.optional().describe("The file; without it, the latest download of any."),
  from: hostReference.optional().describe("The peer asked; without it, the latest download from any."),
  status: count.optional().describe("The status code: 200, 206, 404, ..."),
  bytes: bytes.optional().describe("Bytes of the body."),
  intact: flag.optional().describe("Are the bytes those of the source's file?"),
  elapsed: ms.optional().describe("Time from the request to the last byte."),
  dropped: z
    .record(hostReference, z.enum(DROP_REASONS, { error: expects(`why it was dropped: ${DROP_REASONS.join(", ")}`) }), {
      error: expects("the peers dropped and why, such as { H3: bad-bytes }"),
    })
    .optional()
    .describe("Of a `fetch`: exactly these peers were not asked any more, for these reasons; `{}` for none."),
  error: text("the error's text").optional().describe("Why it failed, exactly as the action says it."),
});

const directory = z.strictObject({
  host: hostReference.optional().describe("The directory; without it, the only one."),
  lists: listing.describe("Exactly these peers, in any order, with exactly these files, in this order."),
});

const send = z.strictObject({
  host: hostReference.describe("The bare sender; its latest `send` is meant."),
  messages: count.optional().describe("Messages sent."),
  delivered: count.optional().describe("Messages delivered."),
  givenUp: count.optional().describe("Messages given up."),
  packets: count.optional().describe("Packets of all messages."),
  transmissions: count.optional().describe("Transmissions, retransmissions included."),
  elapsed: ms.optional().describe("Time from the first transmission to the last outcome."),
});

const converges = z.union(
  [
    positiveDuration.transform((within) => ({ within })),
    z.strictObject({ within: positiveDuration.describe("The longest time that a live peer may be missing.") }),
  ],
  { error: expectsQuantity(DURATION, "a duration such as 8s, or { within: 8s }") },
);

const metrics = Object.fromEntries(
  METRIC_NAMES.map((name) => [name, comparators[METRICS[name].unit].optional().describe(METRICS[name].description)]),
);

const forms = {
  events: events
    .optional()
    .describe("Events of the trace: how many there are, when, how far apart, and what each is like."),
  list: list.optional().describe("What a peer's latest `list` showed."),
  lookup: lookup.optional().describe("What the directory answered to the latest look-up."),
  view: view.optional().describe("What the latest `view` of the directory showed."),
  download: download.optional().describe("What came of the latest download."),
  directory: directory.optional().describe("The directory's own table at the end of the run."),
  send: send.optional().describe("What came of a bare sender's latest `send`."),
  converges: converges
    .optional()
    .describe(
      "Liveness: after the last fault has ended, no live peer is missing from the directory for longer than this.",
    ),
};

const modifiers = {
  host: hostReference
    .optional()
    .describe("Narrows a metric to what happens at this host (a packet is sent at its sender)."),
  peer: text("the name of a host, or an address")
    .optional()
    .describe("Narrows a metric to what happens between the host and this other end."),
  type: messageType.optional().describe("Narrows a metric to messages of this type: its data packets and their ACKs."),
  after: duration.optional().describe("Only what happens at or after this time counts."),
  before: duration.optional().describe("Only what happens before this time counts."),
  because: text("a text").optional().describe("The reason, shown in the verdict."),
  shouldFail: text('a text that says why, such as "the wire has no message numbers"')
    .optional()
    .describe("Why this must fail. Where it holds after all, or has nothing to judge, that is a failure."),
};

/** The keys inside of each form: of a metric, those of its comparator. */
const insides: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(METRIC_NAMES.map((name) => [name, COMPARATOR_KEYS])),
  events: Object.keys(events.shape),
  list: Object.keys(list.shape),
  lookup: Object.keys(lookup.shape),
  view: Object.keys(view.shape),
  download: Object.keys(download.shape),
  directory: Object.keys(directory.shape),
  send: Object.keys(send.shape),
  converges: ["within"],
};

/** A key beside a form, or a metric, that may belong inside of it. */
function wrongKeys({ keys, input }: { readonly keys: readonly string[]; readonly input: unknown }): string | undefined {
  const item = input as Readonly<Record<string, unknown>>;
  const form = Object.keys(item).find((key) => Object.hasOwn(insides, key));
  if (form === undefined) return undefined;
  const known = Object.keys(modifiers);
  const message = (key: string) => `${key} belongs inside ${form}: { ..., ${flowEntries({ [key]: item[key] })} }`;
  const inside = keys.filter((key) => insides[form]?.includes(key));
  return issueText({
    message: "unknown key",
    allowed: known,
    byKey: Object.fromEntries(inside.map((key) => [key, { message: message(key) }])),
  });
}

/** One expectation. The output is a union, told apart by `form`. */
export const expectationSchema = z
  .strictObject(
    { ...forms, ...metrics, ...modifiers },
    { error: (issue) => (issue.code === "unrecognized_keys" ? wrongKeys(issue as never) : undefined) },
  )
  .transform((input, context): Expectation => {
    // Unknown keys do not keep zod from coming here; what is asked may be behind one of them.
    if (context.issues.length > 0) return z.NEVER;
    const parsed = parseExpectation(input);
    if (parsed.ok) return parsed.expectation;
    for (const { path, message } of parsed.problems) context.addIssue({ code: "custom", path: [...path], message });
    return z.NEVER;
  });

/** The `expect` list. */
export const expectationsSchema = z.array(expectationSchema);
