/** From the parts of a scenario file in which nothing is wrong to a Scenario. */

import { defaultLinkOptions, type LinkOverride, type Partition } from "../faults/options.ts";
import { addressesOf } from "./addresses.ts";
import type { HostNames } from "./host-names.ts";
import type { ScenarioParts } from "./parts.ts";
import type { WrittenHost } from "./schema/hosts.ts";
import type { Ends, WrittenLinkOverride } from "./schema/link.ts";
import type { Action, HostOptions, Scenario, TimelineEntry } from "./schema.ts";
import { directoryWireOf, groupKeyOf, peerWireOf } from "./wires.ts";

/** What a scenario has beside its parts. */
export type ScenarioHead = Pick<Scenario, "name" | "description" | "seed" | "file">;

export function buildScenario(head: ScenarioHead, parts: ScenarioParts): Scenario {
  const { names } = parts;
  return {
    ...head,
    durationMs: parts.durationMs,
    network: {
      link: { ...defaultLinkOptions, ...parts.link },
      links: parts.links.flatMap(({ value }) => linkOverrides(value, names)),
      faults: parts.faults.map(({ value }) => value),
      partitions: parts.partitions.map(
        ({ value: { ends, startMs, endMs } }): Partition => ({ ...written(ends, names), startMs, endMs }),
      ),
    },
    protocol: parts.protocol!,
    hosts: hostOptions(parts),
    timeline: timelineEntries(parts),
    expect: parts.expect.map(({ value }) => value),
  };
}

function linkOverrides({ ends, options }: WrittenLinkOverride, names: HostNames): LinkOverride[] {
  const { from, to, twoWay } = written(ends, names);
  return twoWay
    ? [
        { from, to, options },
        { from: to, to: from, options },
      ]
    : [{ from, to, options }];
}

/** Ends with groups written out; `*` stays. */
function written({ from, to, twoWay }: Ends, names: HostNames): Ends {
  return { from: writtenOut(from, names), to: writtenOut(to, names), twoWay };
}

function writtenOut(set: readonly string[], names: HostNames): readonly string[] {
  return set.includes("*") ? ["*"] : set.flatMap((name) => names.members(name));
}

function hostOptions({ names, hosts, protocol: ifRight }: ScenarioParts): HostOptions[] {
  const protocol = ifRight!;
  const addresses = new Map(addressesOf(names, hosts));
  const onlyDirectory = [...hosts.keys()].find((key) => hosts.get(key)?.role === "directory") ?? "";
  return [...hosts].flatMap(([key, host]) =>
    names.members(key).map((name, index): HostOptions => {
      const { start, clockDrift: clockDriftPpm, port } = host;
      const startMs = start === undefined ? undefined : start + spread(host, index);
      const base = { name, address: addresses.get(name)!, port, startMs, clockDriftPpm };
      if (host.role === "arq-sender" || host.role === "arq-receiver") return { ...base, role: host.role };
      const groupKey = groupKeyOf(host, protocol);
      if (host.role === "directory")
        return { ...base, role: host.role, wire: directoryWireOf(host, protocol), groupKey };
      const { role, httpPort, shares, directory = onlyDirectory } = host;
      const wire = peerWireOf(host, protocol);
      const files = Object.entries(host.files).map(([name, file]) => ({ name, ...file }));
      return { ...base, role, httpPort, files, shares, directory, wire, groupKey };
    }),
  );
}

/** How much later than the group's start its member `index` starts. */
function spread({ startSpread = 0, count = 1 }: WrittenHost, index: number): number {
  return (startSpread * index) / count;
}

/** Groups of sources written out. */
function writtenAction(action: Action, names: HostNames): Action {
  if (action.kind !== "fetch" || action.from === undefined) return action;
  const from = action.from.flatMap((name) => (name === "*" ? names.all() : names.members(name)));
  return { ...action, from };
}

function timelineEntries({ names, timeline }: ScenarioParts): TimelineEntry[] {
  const entries = timeline.flatMap(({ value }): TimelineEntry[] => {
    const { kind, atMs } = value;
    if (kind === "network") {
      return [{ kind, atMs, options: value.options, links: value.links.flatMap((link) => linkOverrides(link, names)) }];
    }
    const hosts = value.hosts.includes("*") ? names.all() : value.hosts.flatMap((name) => names.members(name));
    const action = writtenAction(value.action, names);
    return hosts.map((host) => ({ kind, atMs, host, action }));
  });
  return entries.toSorted((a, b) => a.atMs - b.atMs);
}
