/** Network options beside each other, and beside the run's duration. */

import type { LinkOptions } from "../../faults/options.ts";
import type { ScenarioParts } from "../parts.ts";
import type { Finding, Path } from "../problems.ts";

export function checkNetwork(parts: ScenarioParts): Finding[] {
  return [...checkQueues(parts), ...checkPartitions(parts)];
}

/** Packets only wait where the link has a rate: its own, the default link's, or one that was given before. */
function checkQueues({ link, links, timeline }: ScenarioParts): Finding[] {
  const findings: Finding[] = [];
  let hasRate = link.rateBitsPerSecond !== undefined;
  const check = (path: Path, options: Partial<LinkOptions>) => {
    hasRate ||= options.rateBitsPerSecond !== undefined;
    if (options.queue === undefined || hasRate) return;
    findings.push({
      path: [...path, "queue"],
      at: "key",
      message: "a queue needs a `rate`: without one no packet ever waits",
    });
  };
  check(["network"], link);
  for (const { path, value } of links) check(path, value.options);
  for (const { path, value } of timeline) {
    if (value.kind !== "network") continue;
    check([...path, "network"], value.options);
    for (const [index, override] of value.links.entries()) check([...path, "links", index], override.options);
  }
  return findings;
}

function checkPartitions({ partitions, durationMs = Number.POSITIVE_INFINITY }: ScenarioParts): Finding[] {
  return partitions
    .filter(({ value }) => value.startMs >= durationMs)
    .map(({ path }) => ({
      path: [...path, "start"],
      message: "this partition starts when the run is over (see `duration`)",
    }));
}
