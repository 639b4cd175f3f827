/** A scenario as it runs, as text: every default filled in, groups written out, times in ms and sizes in bytes. */

import { stringify } from "yaml";
import type { Scenario } from "./schema.ts";

/** Hosts and timeline entries written out; of more, the first ones and how many there are. */
const MAX_ITEMS = 200;
const LINE_WIDTH = 100;

export function resolvedText(scenario: Scenario): string {
  const { hosts, timeline, ...rest } = scenario;
  const text = stringify(
    { ...rest, hosts: hosts.slice(0, MAX_ITEMS), timeline: timeline.slice(0, MAX_ITEMS) },
    { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false },
  );
  const cut = (what: string, count: number) =>
    count > MAX_ITEMS ? [`# ${count - MAX_ITEMS} more ${what} are left out here`] : [];
  return [text.trimEnd(), ...cut("hosts", hosts.length), ...cut("timeline entries", timeline.length), ""].join("\n");
}
