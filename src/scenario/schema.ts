/** The schema of a scenario file, and what a scenario is once it is read: every default filled in, every unit gone. */

import { z } from "zod";
import type { NetworkOptions } from "../faults/options.ts";
import type { Expectation } from "./expect/expectation.ts";
import { expectationSchema } from "./expect/schema.ts";
import { expects, issueText } from "./issue-text.ts";
import { type HostOptions, hostsSchema } from "./schema/hosts.ts";
import { networkSchema } from "./schema/network.ts";
import { type ProtocolOptions, protocolSchema } from "./schema/protocol.ts";
import { type TimelineEntry, timelineSchema } from "./schema/timeline.ts";
import { positiveDuration } from "./schema/values.ts";

export type { DelayOptions, Fault, LinkOptions, LinkOverride, NetworkOptions, Partition } from "../faults/options.ts";
export type { Expectation } from "./expect/expectation.ts";
export type { ArqHost, DirectoryHost, FileOptions, HostOptions, PeerHost, Role } from "./schema/hosts.ts";
export type { ProtocolOptions } from "./schema/protocol.ts";
export type { Action, ActionKind, TimelineEntry } from "./schema/timeline.ts";

/** A scenario, ready to run. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: string;
  /** When the run stops; undefined: when nothing is left to happen. */
  readonly durationMs: number | undefined;
  readonly network: NetworkOptions;
  readonly protocol: ProtocolOptions;
  /** In the order of the file, which is the order in which they start; groups are written out. */
  readonly hosts: readonly HostOptions[];
  /** In order of time; entries at the same time in the order of the file. */
  readonly timeline: readonly TimelineEntry[];
  readonly expect: readonly Expectation[];
  /** The file that it was read from, as its path was given. */
  readonly file: string | undefined;
}

const name = ({ input }: { readonly input: unknown }) =>
  issueText({
    expected: "a name of lower-case letters, digits and hyphens, such as late-duplicate",
    suggestion: typeof input === "string" ? nameFrom(input) : undefined,
  });

/** The name nearest to a text: `My Lesson!` gives `my-lesson`. */
function nameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name === "" || name.length > 100 ? undefined : name;
}

/** A whole scenario file. What it refers to (hosts, files, times) is checked apart, in checks. */
export const scenarioSchema = z.strictObject({
  name: z
    .string({ error: name })
    .regex(/^[a-z0-9-]{1,100}$/, { error: name })
    .describe(
      "The folder of its results has this name: unique among the scenarios of one `run --out`. Lower-case letters, digits, hyphens.",
    ),
  description: z
    .string({ error: expects("a sentence that says what the scenario shows") })
    .min(1, { error: expects("a sentence that says what the scenario shows") })
    .describe("What the scenario shows, in a sentence; the verdict opens with it."),
  seed: z
    .union([z.int(), z.string().min(1).max(100)], { error: expects("a whole number or a text") })
    .prefault(1)
    .transform(String)
    .describe("The same seed gives the same run, to the byte. A number or a text."),
  duration: positiveDuration
    .optional()
    .describe(
      "Virtual time at which the run stops. Absent: when nothing is left to happen, which does not come where peers update periodically; there it must be given.",
    ),
  network: networkSchema
    .prefault({})
    .describe("The network: options of every link, in both directions, and what differs from that."),
  protocol: protocolSchema.prefault({}).describe("The options of the protocols, the same on all hosts."),
  hosts: hostsSchema.describe("The hosts by name, in the order in which they start."),
  timeline: z
    .array(timelineSchema)
    .prefault([])
    .describe("What happens when. Entries at the same time happen in the order of the file."),
  expect: z.array(expectationSchema).prefault([]).describe("What must hold; each item is one line of the verdict."),
});
