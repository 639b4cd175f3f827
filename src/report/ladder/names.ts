/** Hosts' names for the addresses in a directory's notes and in what users see, as far as the trace ties the two together. */

import { entryNote } from "../model/activity.ts";
import type { HostFacts } from "../model/hosts.ts";

/** `10.0.0.3:80` -> `H3`. */
export type HostNames = ReadonlyMap<string, string>;

/** An address and a port as texts of a trace have them: `10.0.0.3:80`, `10.0.0.3 80`, `[fd00::3]:80`, `fd00::3 80`. */
const ADDRESS = /(?<![\w.:])\[?((?:\d+\.){3}\d+|[\da-f]*:[\da-f:.]+)\]?[: ](\d+)(?![\w.])/g;

/** A line of a listing, as users see it: `['10.0.0.2', '80', 'new.txt', 1420070408.025]`, and what parts it from the next. */
const LISTED = /\['([\da-f.:]+)', '(\d+)'((?:, '[^']*')*), \d+(?:\.\d+)?\](, )?/g;

function listingInWords(text: string): string {
  return text.replace(LISTED, (_, ip: string, port: string, quoted: string, comma?: string) => {
    const files = [...quoted.matchAll(/'([^']*)'/g)].map(([, file]) => file);
    const address = ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
    return `${address}: ${files.join(", ") || "no files"}${comma === undefined ? "" : "; "}`;
  });
}

/** A directory's note about an entry names the address, its event the host. An address that two hosts had stands for neither. */
export function hostNamesOf({ marks, hosts }: HostFacts): HostNames {
  const known = new Set(hosts.map(({ name }) => name));
  const names = new Map<string, string>();
  const shared = new Set<string>();
  for (const { kind, peer, text } of marks) {
    if (kind !== "entry" || !known.has(peer)) continue;
    const { key } = entryNote(text);
    if ((names.get(key) ?? peer) !== peer) shared.add(key);
    names.set(key, peer);
  }
  for (const key of shared) names.delete(key);
  return names;
}

/** Texts of a trace with names for addresses; listings as `H2: new.txt; H3: no files`, without the times of their updates. */
export function withNames(text: string, names: HostNames): string {
  return listingInWords(text).replace(ADDRESS, (found, address: string, port: string) => {
    const key = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    return names.get(key) ?? found;
  });
}
