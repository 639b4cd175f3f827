/**
 * The parts of a scenario that are right in themselves, each with its path. They are read one by one, so that what they
 * refer to can be checked even where other parts of the file are wrong.
 */

import type { z } from "zod";
import type { Fault, LinkOptions } from "../faults/options.ts";
import type { Expectation } from "./expect/expectation.ts";
import { expectationSchema } from "./expect/schema.ts";
import { HostNames } from "./host-names.ts";
import type { Path } from "./problems.ts";
import { hostSchema, type WrittenHost } from "./schema/hosts.ts";
import { linkOptionsSchema, linkSchema, toLinkOptions, type WrittenLinkOverride } from "./schema/link.ts";
import { faultSchema, partitionSchema, type WrittenPartition } from "./schema/network.ts";
import { type ProtocolOptions, protocolSchema } from "./schema/protocol.ts";
import { timelineSchema, type WrittenTimelineEntry } from "./schema/timeline.ts";
import { positiveDuration } from "./schema/values.ts";
import { valueAt } from "./source-map.ts";

export interface Part<T> {
  readonly path: Path;
  readonly value: T;
}

export interface ScenarioParts {
  /** The whole file as a plain value. */
  readonly raw: unknown;
  readonly names: HostNames;
  readonly durationMs: number | undefined;
  /** By their keys. */
  readonly hosts: ReadonlyMap<string, WrittenHost>;
  readonly link: Partial<LinkOptions>;
  readonly links: readonly Part<WrittenLinkOverride>[];
  readonly faults: readonly Part<Fault>[];
  readonly partitions: readonly Part<WrittenPartition>[];
  readonly protocol: ProtocolOptions | undefined;
  readonly timeline: readonly Part<WrittenTimelineEntry>[];
  readonly expect: readonly Part<Expectation>[];
}

/** Are all items of a list right, so that what is not in it is nowhere? */
export function isWhole(key: string, items: readonly Part<unknown>[], raw: unknown): boolean {
  const written = valueAt(raw, [key]).value;
  return written === undefined || (Array.isArray(written) && written.length === items.length);
}

export function readParts(raw: unknown): ScenarioParts {
  const one = <T extends z.ZodType>(schema: T, path: Path): z.output<T> | undefined => {
    const result = schema.safeParse(valueAt(raw, path).value);
    return result.success ? result.data : undefined;
  };
  const list = <T extends z.ZodType>(schema: T, path: Path): Part<z.output<T>>[] => {
    const items = valueAt(raw, path).value;
    if (!Array.isArray(items)) return [];
    return items.flatMap((_, index) => {
      const item = [...path, index];
      const value = one(schema, item);
      return value === undefined ? [] : [{ path: item, value }];
    });
  };
  const names = HostNames.of(raw);
  const hosts = new Map<string, WrittenHost>();
  for (const key of names.keys()) {
    const host = one(hostSchema, ["hosts", key]);
    if (host) hosts.set(key, host);
  }
  return {
    raw,
    names,
    durationMs: one(positiveDuration, ["duration"]),
    hosts,
    link: toLinkOptions(one(linkOptionsSchema, ["network"]) ?? {}),
    links: list(linkSchema, ["network", "links"]),
    faults: list(faultSchema, ["network", "faults"]),
    partitions: list(partitionSchema, ["network", "partitions"]),
    protocol: valueAt(raw, ["protocol"]).exists ? one(protocolSchema, ["protocol"]) : protocolSchema.parse({}),
    timeline: list(timelineSchema, ["timeline"]),
    expect: list(expectationSchema, ["expect"]),
  };
}
