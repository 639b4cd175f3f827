/** `hosts`: who takes part. Each host, or group of equal hosts, has one role. */

import { z } from "zod";
import type { DirectoryWire } from "../../core/directory/options.ts";
import { expects, type IssueText, issueText } from "../issue-text.ts";
import { nearest } from "../suggest.ts";
import { DURATION, SIZE } from "../units.ts";
import { drift, duration, expectsQuantity, fileName, groupKey, hostReference, port, size, whole } from "./values.ts";

/** Host names: keys of `hosts`. */
export const HOST_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The most hosts that one group may stand for. */
const MAX_GROUP = 100_000;

const common = {
  address: z
    .ipv4({ error: expects("an IPv4 address such as 10.0.0.2") })
    .optional()
    .describe("IPv4 address. Default: 10.0.0.1 for the first host, 10.0.0.2 for the second, ..."),
  start: z
    .union([duration, z.literal("never").transform(() => undefined)], {
      error: expectsQuantity(DURATION, "a time such as 6.58s, or never (then a `start` action starts it)"),
    })
    .prefault("0s")
    .describe("When it starts; `never`: only a `start` action in the timeline starts it."),
  clockDrift: drift.prefault("0ppm").describe("How much faster than true time its timers and clock run."),
  count: whole(1, MAX_GROUP)
    .optional()
    .describe("A group of so many equal hosts, named NAME-1, NAME-2, ... Elsewhere NAME stands for all of them."),
  startSpread: duration
    .optional()
    .describe("Spreads the starts of a group evenly over this time, from `start` on. Needs `count`."),
};

interface Written {
  readonly address?: string | undefined;
  readonly start: number | undefined;
  readonly clockDrift: number;
  readonly count?: number | undefined;
  readonly startSpread?: number | undefined;
}

/** What every role has. */
interface HostBase {
  /** As the keys of `hosts` give it; NAME-1, NAME-2, ... in a group. */
  readonly name: string;
  readonly address: string;
  /** UDP port. */
  readonly port: number;
  /** Undefined: only a `start` action starts it. */
  readonly startMs: number | undefined;
  readonly clockDriftPpm: number;
}

/** A file in a peer's store: its bytes follow from its name and size, unless `content` has them as text. */
export interface FileOptions {
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: string | undefined;
  /** Another version of the file: its bytes follow from this, too. */
  readonly variant?: number;
}

export interface DirectoryHost extends HostBase {
  readonly role: "directory";
  readonly wire: DirectoryWire;
  /** Undefined: it serves everybody. */
  readonly groupKey: string | undefined;
}
export interface PeerHost extends HostBase {
  readonly role: "peer";
  readonly wire: PeerWire;
  /** Undefined: it is in no group. */
  readonly groupKey: string | undefined;
  readonly httpPort: number;
  readonly files: readonly FileOptions[];
  /** Names of the files shared from the start. */
  readonly shares: readonly string[];
  /** The name of its directory's host. */
  readonly directory: string;
}
export interface ArqHost extends HostBase {
  readonly role: "arq-sender" | "arq-receiver";
}
/** What a peer speaks: one of the wires. */
export type PeerWire = Exclude<DirectoryWire, "auto">;
export type HostOptions = DirectoryHost | PeerHost | ArqHost;
export type Role = HostOptions["role"];
export const ROLES: readonly Role[] = ["directory", "peer", "arq-sender", "arq-receiver"];

const MAX_FILE_BYTES = 2 ** 30;
const content = z.string({ error: expects("a text") }).max(MAX_FILE_BYTES);
const file = z.union(
  [
    size(0, MAX_FILE_BYTES).transform((sizeBytes) => ({ sizeBytes, content: undefined })),
    z
      .strictObject({
        size: size(0, MAX_FILE_BYTES).optional().describe("Its size; the bytes follow from its name."),
        content: content.optional().describe("Its content, as text (UTF-8)."),
        variant: whole(1).optional().describe("With `size`: other bytes under the same name, others for each number."),
      })
      .meta({ minProperties: 1, maxProperties: 2, not: { required: ["content", "variant"] } })
      .refine(
        (file) =>
          (file.size === undefined) !== (file.content === undefined) &&
          (file.content === undefined || file.variant === undefined),
        {
          error: expects("{ size: 10B }, { size: 10B, variant: 1 } or { content: text }"),
        },
      )
      .transform((file) => ({
        sizeBytes: file.size ?? new TextEncoder().encode(file.content).length,
        content: file.content,
        ...(file.variant !== undefined && { variant: file.variant }),
      })),
  ],
  { error: expectsQuantity(SIZE, "a size such as 58710B, or { content: text }") },
);

const ownGroupKey = z
  .union([z.literal("none"), groupKey], { error: expects("a key of 16 to 1024 characters, or none") })
  .optional()
  .describe("Its own group's key, or `none`. Default: `protocol.groupKey`.")
  .meta({ "x-value": "key or `none`" });

const roles = {
  directory: z.strictObject({
    role: z.literal("directory").describe("The central directory."),
    ...common,
    port: port.prefault(7777).describe("UDP port."),
    wire: z
      .enum(["report", "hardened", "auto"])
      .optional()
      .describe("The wire that it speaks; `auto`: either. Default: `protocol.wire`."),
    groupKey: ownGroupKey,
  }),
  peer: z
    .strictObject({
      role: z.literal("peer").describe("A file-sharing peer."),
      ...common,
      port: port.prefault(8888).describe("UDP port."),
      wire: z
        .enum(["report", "hardened"])
        .optional()
        .describe("The wire that it speaks. Default: `protocol.wire`, or `report` where that is `auto`."),
      groupKey: ownGroupKey,
      httpPort: port.prefault(80).describe("TCP port of its file server."),
      files: z
        .record(fileName, file, { error: expects("files by name with sizes, such as { new.txt: 58710B }") })
        .prefault({})
        .describe("The files in its store, by name: a size such as 58710B, or `{ content: text }`."),
      shares: z.array(fileName).prefault([]).describe("Files shared from the start; each must be among `files`."),
      directory: hostReference.optional().describe("The directory that it registers with. Default: the only one."),
    })
    .superRefine(({ files, shares }, context) => {
      const names = Object.keys(files);
      for (const [index, share] of shares.entries()) {
        const refuse = (text: IssueText) =>
          context.addIssue({ code: "custom", path: ["shares", index], message: issueText(text) });
        if (shares.indexOf(share) < index) refuse({ message: `${share} is in the list already` });
        else if (!Object.hasOwn(files, share)) {
          refuse({ expected: "one of the host's `files`", allowed: names, suggestion: nearest(share, names) });
        }
      }
    }),
  "arq-sender": z.strictObject({
    role: z.literal("arq-sender").describe("A bare stop-and-wait sender."),
    ...common,
    port: port.prefault(8888).describe("UDP port."),
  }),
  "arq-receiver": z.strictObject({
    role: z.literal("arq-receiver").describe("A bare stop-and-wait receiver."),
    ...common,
    port: port.prefault(8888).describe("UDP port."),
  }),
};

function groupIsWhole({ count, startSpread, start, address }: Written, context: z.core.$RefinementCtx<Written>): void {
  const refuse = (key: string, message: string) =>
    context.addIssue({ code: "custom", path: [key], message: issueText({ message }) });
  if (startSpread !== undefined && count === undefined)
    refuse("startSpread", "needs a `count`: it spreads the starts of a group");
  if (startSpread !== undefined && start === undefined) refuse("startSpread", "cannot spread a start that is never");
  if (address !== undefined && count !== undefined)
    refuse("address", "a group of hosts (`count`) gets its addresses by position");
}

/** One value of `hosts`. */
export const hostSchema = z
  .discriminatedUnion("role", [roles.directory, roles.peer, roles["arq-sender"], roles["arq-receiver"]])
  .superRefine(groupIsWhole);
export type WrittenHost = z.output<typeof hostSchema>;

/** `hosts`, as written. */
export const hostsSchema = z
  .record(
    z.string().regex(HOST_NAME, {
      error: () => issueText({ message: "a host's name is a letter, then up to 63 letters, digits, - or _" }),
    }),
    hostSchema,
    { error: expects("hosts by name, such as { H1: { role: directory } }") },
  )
  .refine((hosts) => Object.keys(hosts).length > 0, { error: expects("at least one host") });
