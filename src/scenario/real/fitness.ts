/** What keeps a scenario from being run for real, and what will be different where it is. */

import { hasByteStreams } from "../expect/for-real.ts";
import { SEGMENT_TYPES } from "../expect/metrics/label-classes.ts";
import type { Scenario } from "../schema.ts";

/** Each has sockets of its own, and a process has files for about a thousand. */
export const MAX_REAL_HOSTS = 200;
/** A run in real time takes as long as its scenario says. */
export const MAX_REAL_MS = 3_600_000;

/** Why a scenario cannot be run for real, each in a sentence; empty: it can. */
export function realProblems({ hosts, durationMs, network, timeline }: Scenario): string[] {
  const problems: string[] = [];
  if (hosts.length > MAX_REAL_HOSTS) {
    problems.push(`it has ${hosts.length} hosts, and a real run has sockets for ${MAX_REAL_HOSTS} at most`);
  }
  const lastMs = Math.max(0, ...timeline.map(({ atMs }) => atMs), ...hosts.map(({ startMs }) => startMs ?? 0));
  if ((durationMs ?? lastMs) > MAX_REAL_MS) {
    problems.push(
      `it takes ${(durationMs ?? lastMs) / 1000} s, and a real run one hour at most: it goes on in real time`,
    );
  }
  for (const [index, { match }] of network.faults.entries()) {
    const isOfSegments =
      match.kind === "segment" || (SEGMENT_TYPES as readonly (string | undefined)[]).includes(match.type);
    if (isOfSegments) {
      problems.push(`network.faults[${index}] is about segments of byte streams, which only the simulated network has`);
    }
  }
  return problems;
}

/** What the run will not be like: said before it begins. */
export function realWarnings(scenario: Scenario): string[] {
  const { link, links, partitions, faults } = scenario.network;
  const isPlain = links.length === 0 && partitions.length === 0 && faults.length === 0;
  const { delay, loss, gilbertElliott, rateBitsPerSecond } = link;
  const isIdeal =
    delay.distribution === "constant" &&
    delay.valueMs === 0 &&
    loss === 0 &&
    gilbertElliott === undefined &&
    rateBitsPerSecond === Number.POSITIVE_INFINITY;
  if (!hasByteStreams(scenario) || (isPlain && isIdeal)) return [];
  return ["downloads go over the machine's own TCP: the network of the scenario applies to datagrams only"];
}
