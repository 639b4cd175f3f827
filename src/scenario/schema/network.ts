/** `network`: links, scripted faults and partitions. */

import { z } from "zod";
import { MESSAGE_TYPE_NAMES } from "../../core/wire/packet.ts";
import type { Fault, FaultAction, FaultMatch } from "../../faults/options.ts";
import { flow } from "../expect/flow.ts";
import { CONTROL_TYPES, SEGMENT_TYPES } from "../expect/metrics/label-classes.ts";
import { expects, issueText } from "../issue-text.ts";
import { nearest } from "../suggest.ts";
import { endsError, endsShape, hasOneKindOfEnds, linkSchema, linkShape, toEnds } from "./link.ts";
import { duration, given, hostReference, whole } from "./values.ts";

/** One item of `partitions`. */
export const partitionSchema = z
  .strictObject({
    ...endsShape,
    start: duration.prefault("0s").describe("When it begins."),
    end: duration.optional().describe("When it heals. Absent: never."),
  })
  .refine(hasOneKindOfEnds, endsError)
  .refine(({ start, end }) => end === undefined || end > start, {
    path: ["end"],
    error: expects("an end after the start"),
  })
  .transform(({ start, end = Number.POSITIVE_INFINITY, ...ends }) => ({
    ends: toEnds(ends),
    startMs: start,
    endMs: end,
  }));
export type WrittenPartition = z.output<typeof partitionSchema>;

const messageTypes = Object.values(MESSAGE_TYPE_NAMES);

function wrongType(found: unknown): string {
  const text = String(found);
  const acknowledged = messageTypes.find((type) => text.toUpperCase() === `${type}-ACK`);
  if (acknowledged)
    return issueText({
      message: `an ACK has the type of what it acknowledges: write type: ${acknowledged}, kind: ack`,
    });
  const allowed = [...messageTypes, ...CONTROL_TYPES, ...SEGMENT_TYPES];
  return issueText({ expected: "a message type", allowed, suggestion: nearest(text, allowed) });
}

const nth = z
  .union([whole(1), z.array(whole(1)).min(1)], { error: expects("a number from 1, or a list of them") })
  .transform((n): readonly number[] => (typeof n === "number" ? [n] : n))
  .meta({ "x-value": "whole number or list", examples: [2, [1, 3]] });

const matchShape = {
  from: hostReference.optional().describe("The host that sent it."),
  to: hostReference.optional().describe("The host that it is for."),
  kind: z
    .enum(["data", "ack", "segment", "other"])
    .optional()
    .describe(
      "`data`: a message's packet; `ack`: an acknowledgement; `segment`: of a byte stream (HTTP); `other`: anything else.",
    ),
  type: z
    .enum([...messageTypes, ...CONTROL_TYPES, ...SEGMENT_TYPES], { error: ({ input }) => wrongType(input) })
    .optional()
    .describe(
      "The type of a message, as the trace shows it, of a segment, or of the hardened wire's other packets (`kind: other`). An ACK has the type of the message that it acknowledges, and `kind: ack`.",
    ),
  message: whole(1)
    .optional()
    .describe("The n-th message of its type from this sender to this receiver, counted from 1."),
  seq: whole(0).optional().describe("Sequence number within the message; an ACK carries the next expected one."),
  attempt: whole(1).optional().describe("1: the first transmission of the packet; 2: the first retransmission; ..."),
  nth: nth.optional().describe("Of the packets that match all the rest, only the n-th (or these), counted from 1."),
  after: duration.optional().describe("Sent at this time or later."),
  before: duration.optional().describe("Sent before this time."),
};

const match = z
  .strictObject(matchShape)
  .refine(({ after, before }) => after === undefined || before === undefined || before > after, {
    path: ["before"],
    error: expects("a time later than `after`"),
  })
  .transform(({ after, before, ...rest }): FaultMatch => given({ ...rest, afterMs: after, beforeMs: before }));

const faultWords = ["drop", "deliver", "corrupt"] as const;
const faultAction = z.union(
  [
    z
      .enum(faultWords)
      .transform((word): FaultAction => (word === "corrupt" ? { do: word, offset: undefined } : { do: word })),
    z
      .strictObject({
        delay: duration.optional().describe("It arrives so much later than the link's own delay."),
        duplicate: duration.optional().describe("It arrives, and a copy of it so much later (0: at the same time)."),
        corrupt: whole(0)
          .optional()
          .describe("A bit of the byte at this offset is flipped (`do: corrupt`: of a random byte)."),
      })
      .meta({ minProperties: 1, maxProperties: 1 })
      .refine((action) => Object.values(given(action)).length === 1, {
        error: expects("one of { delay: 5s }, { duplicate: 4s } or { corrupt: 3 }"),
      })
      .transform(({ delay, duplicate, corrupt }): FaultAction => {
        if (delay !== undefined) return { do: "delay", extraMs: delay };
        if (duplicate !== undefined) return { do: "duplicate", laterMs: duplicate };
        return { do: "corrupt", offset: corrupt };
      }),
  ],
  {
    error: ({ input }) =>
      issueText({
        expected: "drop, deliver, corrupt, { delay: 5s }, { duplicate: 4s } or { corrupt: 3 }",
        suggestion: typeof input === "string" ? nearest(input, faultWords) : undefined,
      }),
  },
);

/** `{ from: H1, drop }`: what belongs into `match` and `do`, written side by side. */
function wrongFaultKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const { match, do: action, ...rest } = issue.input as Readonly<Record<string, unknown>>;
  const matched = Object.entries(rest).filter(([key]) => Object.hasOwn(matchShape, key));
  const done = Object.entries(rest).filter(([key]) => faultWords.includes(key as never) || FAULT_KEYS.includes(key));
  if (matched.length + done.length < Object.keys(rest).length || done.length > 1) return undefined;
  const [word = "drop", argument = null] = done[0] ?? [];
  const meant = {
    match: { ...(match instanceof Object ? match : {}), ...Object.fromEntries(matched) },
    do: action ?? (argument === null ? word : { [word]: argument }),
  };
  return issueText({ message: `a fault is ${flow(meant)}`, ofWhole: true });
}
const FAULT_KEYS = ["delay", "duplicate"];

/** One item of `faults`. */
export const faultSchema = z
  .strictObject(
    {
      match: match.describe("Which packets. Every key is optional; all that are given must hold."),
      do: faultAction.describe(
        "What becomes of them: `drop`, `deliver` (exempt from all that follows, loss included), `corrupt`, or one of these.",
      ),
    },
    { error: wrongFaultKeys },
  )
  .transform(({ match, do: action }): Fault => ({ match, action }));

/** `network`, as written. The lists are read item by item as well, so that one bad item does not hide the others. */
export const networkSchema = z.strictObject({
  ...linkShape,
  links: z
    .array(linkSchema)
    .prefault([])
    .describe("Links that differ from the default above, by their ends. Any link option; later items win."),
  faults: z
    .array(faultSchema)
    .prefault([])
    .describe("Scripted faults, tried before the random ones in this order; the first that matches a packet decides."),
  partitions: z
    .array(partitionSchema)
    .prefault([])
    .describe("Times during which nothing passes between two groups of hosts."),
});
