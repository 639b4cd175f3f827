/**
 * A scenario as it runs, as the text of a scenario file: every default filled in, groups written out. Saved as a file it
 * loads, and gives the same run, to the byte.
 */

import { parse, stringify } from "yaml";
import type { Expectation, Scenario } from "./schema.ts";
import {
  writtenDuration,
  writtenEntry,
  writtenFault,
  writtenHost,
  writtenLink,
  writtenOverride,
  writtenPartition,
  writtenProtocol,
} from "./written.ts";

/** Hosts and timeline entries written out; of more, the first ones and how many there are. */
const MAX_ITEMS = 200;
const LINE_WIDTH = 100;

export function resolvedText(scenario: Scenario): string {
  const { name, description, seed, durationMs, network, protocol, hosts, timeline, expect } = scenario;
  const written = {
    name,
    description,
    seed,
    ...(durationMs !== undefined && { duration: writtenDuration(durationMs) }),
    network: {
      ...writtenLink(network.link),
      links: network.links.map(writtenOverride),
      faults: network.faults.map(writtenFault),
      partitions: network.partitions.map(writtenPartition),
    },
    protocol: writtenProtocol(protocol),
    hosts: Object.fromEntries(
      hosts.slice(0, MAX_ITEMS).map((host) => [host.name, writtenHost(host, protocol.groupKey)]),
    ),
    timeline: timeline.slice(0, MAX_ITEMS).map(writtenEntry),
    expect: expect.map(writtenExpectation),
  };
  const text = stringify(written, { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false });
  const cut = (what: string, count: number) =>
    count > MAX_ITEMS ? [`# ${count - MAX_ITEMS} more ${what} are left out here: to run it, take its own file`] : [];
  return [text.trimEnd(), ...cut("hosts", hosts.length), ...cut("timeline entries", timeline.length), ""].join("\n");
}

/** An expectation keeps the text that it was read from. */
function writtenExpectation({ text, because, shouldFail }: Expectation): unknown {
  return {
    ...(parse(`{ ${text} }`) as object),
    ...(because !== undefined && { because }),
    ...(shouldFail !== undefined && { shouldFail }),
  };
}
