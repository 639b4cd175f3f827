/** `timeline`: what users do, what befalls hosts, and how the network changes, each at a time. */

import { z } from "zod";
import type { LinkOptions, LinkOverride } from "../../faults/options.ts";
import { flow } from "../expect/flow.ts";
import { expects, issueText } from "../issue-text.ts";
import { nearest } from "../suggest.ts";
import type { Role } from "./hosts.ts";
import { linkSchema, linkShape, toLinkOptions } from "./link.ts";
import { duration, fileName, given, hostReference, hostSet, rate, size, whole } from "./values.ts";

/** What a host does, or what is done to it. */
export type Action =
  | {
      readonly kind: "send";
      readonly to: string;
      readonly messages: number;
      readonly packets: number;
      readonly bytes: number;
    }
  | { readonly kind: "share" | "unshare" | "lookup"; readonly file: string }
  | { readonly kind: "list" | "view" | "exit" | "crash" | "restart" | "pause" | "resume" | "start" }
  | {
      readonly kind: "download";
      readonly file: string;
      /** Asked directly, whatever the look-up said; else `choice` of the latest look-up for the file. */
      readonly from?: string;
      readonly choice?: number;
      readonly range?: { readonly first: number; readonly last?: number };
    }
  | {
      readonly kind: "fetch";
      readonly file: string;
      /** Absent: all sources of the latest look-up for the file. */
      readonly from?: readonly string[];
      /** Whose copy the file must be equal to, in size and SHA-256. */
      readonly like?: string;
      /** In bytes per second; Infinity for no limit. */
      readonly bytesPerSecond: number;
      readonly overwrite: boolean;
    };
export type ActionKind = Action["kind"];

/** The roles that can do an action; absent: every role. */
export const ACTION_ROLES: Readonly<Partial<Record<ActionKind, Role>>> = {
  send: "arq-sender",
  share: "peer",
  unshare: "peer",
  list: "peer",
  lookup: "peer",
  view: "peer",
  download: "peer",
  fetch: "peer",
  exit: "peer",
};

const plainWords = ["list", "view", "exit", "crash", "restart", "pause", "resume", "start"] as const;

/** The header (type, sequence number, total) must fit. */
const MIN_PACKET_BYTES = 32;

const send = z
  .strictObject({
    to: hostReference.describe("An arq-receiver."),
    packets: whole(1, 2 ** 31)
      .prefault(1)
      .describe("Packets of each message."),
    bytes: size(MIN_PACKET_BYTES).describe(
      "Size of each packet's datagram, header included; at most `protocol.maxDatagram`.",
    ),
    messages: whole(1, 2 ** 31)
      .prefault(1)
      .describe("Messages, one after another."),
  })
  .transform((send): Action => ({ kind: "send", ...send }));

const range = z
  .string({ error: expects('a range of bytes, first and last, such as "0-99" or "100-"') })
  .regex(/^\d{1,15}-(\d{1,15})?$/, { error: expects('a range of bytes, first and last, such as "0-99" or "100-"') })
  .transform((text) => {
    const [first = "", last = ""] = text.split("-");
    return last === "" ? { first: Number(first) } : { first: Number(first), last: Number(last) };
  })
  .refine(({ first, last }) => last === undefined || last >= first, {
    error: expects("a range whose last byte is not before the first"),
  })
  .meta({ "x-value": "range", examples: ["0-99", "100-"] });

const download = z
  .strictObject({
    file: fileName.describe("The file."),
    from: hostReference.optional().describe("The peer to ask, whatever a look-up said."),
    choice: whole(0)
      .optional()
      .describe("Or the source to ask: its number in the latest look-up for the file, counted from 0. Default 0."),
    range: range.optional().describe("Only these bytes, first and last (`0-99`)."),
  })
  .refine(({ from, choice }) => from === undefined || choice === undefined, {
    path: ["choice"],
    error: () => issueText({ message: "give either `from` (a host) or `choice` (a number of the look-up)" }),
  })
  .transform(
    ({ choice, ...download }): Action => ({
      kind: "download",
      ...given({ ...download, choice: download.from === undefined ? (choice ?? 0) : undefined }),
      file: download.file,
    }),
  );

const fetch = z
  .strictObject({
    file: fileName.describe("The file."),
    from: hostSet
      .optional()
      .describe("The peers to ask, all at once. Default: all that the latest look-up for the file has offered."),
    like: hostReference
      .optional()
      .describe("The size and SHA-256 expected are those of this peer's copy; without it, nobody says what is right."),
    limit: rate.prefault("unlimited").describe("Most that may come in, from all together."),
    overwrite: z
      .boolean({ error: expects("true or false") })
      .prefault(false)
      .describe("May it take the place of a file that is there?"),
  })
  .transform(
    ({ limit, ...fetch }): Action => ({
      ...given(fetch),
      kind: "fetch",
      file: fetch.file,
      overwrite: fetch.overwrite,
      bytesPerSecond: limit / BITS_PER_BYTE,
    }),
  );
const BITS_PER_BYTE = 8;

const withArgument = {
  send: send.optional().describe("arq-sender: sends messages."),
  share: fileName.optional().describe("peer: shares a file of its store; an update follows at once."),
  unshare: fileName.optional().describe("peer: stops sharing it; an update follows at once."),
  lookup: fileName.optional().describe("peer: asks the directory who has the file."),
  download: download
    .optional()
    .describe("peer: fetches a file from a peer by HTTP, in one request as the report's does."),
  fetch: fetch
    .optional()
    .describe(
      "peer: fetches a file from several peers at once by HTTP, and goes on where an earlier fetch has stopped.",
    ),
};
const argumentExamples: Readonly<Record<string, string>> = {
  send: "{ send: { to: receiver, packets: 100, bytes: 512B } }",
  share: "{ share: new.txt }",
  unshare: "{ unshare: new.txt }",
  lookup: "{ lookup: new.txt }",
  download: "{ download: { file: new.txt, from: H2 } }",
  fetch: "{ fetch: { file: new.txt, from: [H2, H3] } }",
};
const actionWords = [...plainWords, ...Object.keys(withArgument)];

const action = z.union(
  [
    z.enum(plainWords, { error: ({ input }) => wrongWord(String(input)) }).transform((kind): Action => ({ kind })),
    z
      .strictObject(withArgument, {
        error: (issue) => (issue.code === "unrecognized_keys" ? wrongKey(issue.keys[0]) : undefined),
      })
      .meta({ minProperties: 1, maxProperties: 1 })
      .refine((action) => Object.values(given(action)).length === 1, { error: expects("one action") })
      .transform(({ send, share, unshare, lookup, download, fetch }): Action => {
        if (share !== undefined) return { kind: "share", file: share };
        if (unshare !== undefined) return { kind: "unshare", file: unshare };
        if (lookup !== undefined) return { kind: "lookup", file: lookup };
        return (send ?? download ?? fetch)!;
      }),
  ],
  {
    error: ({ input }) =>
      typeof input === "string"
        ? wrongWord(input)
        : issueText({ expected: "an action such as list or { share: new.txt }" }),
  },
);

function wrongWord(word: string): string {
  const example = argumentExamples[word];
  if (example) return issueText({ message: `${word} needs an argument, such as ${example}` });
  return issueText({ expected: "an action", allowed: actionWords, suggestion: nearest(word, actionWords) });
}

function wrongKey(key = ""): string | undefined {
  const plain = plainWords.find((word) => word === key);
  if (plain) return issueText({ message: `${plain} has no argument: write \`do: ${plain}\`` });
  return issueText({ message: "unknown action", allowed: actionWords, suggestion: nearest(key, actionWords) });
}

/** `lookup: new.txt` beside `at` and `host`. */
function wrongEntryKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  const entry = issue.input as Readonly<Record<string, unknown>>;
  const isPlain = (key: string) => plainWords.some((word) => word === key);
  const actions = entry.do === undefined ? issue.keys.filter((key) => actionWords.includes(key)) : [];
  const written = (key: string) => (isPlain(key) ? key : flow({ [key]: entry[key] }));
  const byKey = actions.map((key) => [key, { message: `an action goes inside do: do: ${written(key)}` }]);
  return issueText({ message: "unknown key", allowed: ENTRY_KEYS, byKey: Object.fromEntries(byKey) });
}
const ENTRY_KEYS = ["at", "host", "do", "network", "links"];

/** One item of `timeline`. */
export const timelineSchema = z
  .strictObject(
    {
      at: duration.describe("When: time since the start of the run."),
      host: hostSet.optional().describe("Who: a host, a group, a list of them, or `*`."),
      do: action
        .optional()
        .describe(
          "What that host does: a word (`list`, `view`, `exit`, `crash`, `restart`, `pause`, `resume`, `start`), or one of these. After a `crash` the process is gone and its machine is not: datagrams to it are dropped (`host down`), and connections are reset or refused, as an operating system does for a dead process.",
        ),
      network: z
        .strictObject(linkShape)
        .optional()
        .describe("Instead of `host` and `do`: options of the default link that change from now on."),
      links: z
        .array(linkSchema)
        .optional()
        .describe("Instead of `host` and `do`: overrides as in `network.links` that hold from now on."),
    },
    { error: wrongEntryKeys },
  )
  .meta({
    oneOf: [
      { required: ["host", "do"] },
      { required: ["network"] },
      { required: ["links"], not: { required: ["network"] } },
    ],
  })
  .superRefine((entry, context) => {
    const changesNetwork = entry.network !== undefined || entry.links !== undefined;
    const refuse = (message: string, ...path: string[]) =>
      context.addIssue({ code: "custom", path, message: issueText({ message }) });
    if (changesNetwork && (entry.host !== undefined || entry.do !== undefined)) {
      refuse(
        "either a host does something (`host`, `do`) or the network changes (`network`, `links`): make two entries of it",
      );
    } else if (!changesNetwork && entry.host === undefined)
      refuse("missing: who does it (`host: H2`), or how the `network` changes", "host");
    else if (!changesNetwork && entry.do === undefined) refuse("missing: what the host does, such as `do: list`", "do");
  })
  .transform(({ at: atMs, host, do: action, network, links = [] }) =>
    host && action
      ? { kind: "action" as const, atMs, hosts: host, action }
      : { kind: "network" as const, atMs, options: toLinkOptions(network ?? {}), links },
  );
export type WrittenTimelineEntry = z.output<typeof timelineSchema>;

/** One action of one host, or one change of the network. */
export type TimelineEntry =
  | { readonly kind: "action"; readonly atMs: number; readonly host: string; readonly action: Action }
  | {
      readonly kind: "network";
      readonly atMs: number;
      readonly options: Partial<LinkOptions>;
      readonly links: readonly LinkOverride[];
    };
