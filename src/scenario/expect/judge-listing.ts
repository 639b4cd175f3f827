/** Judges lists of peers and their files: what a `view` showed, and the directory's own table. */

import type { DirectoryExpectation, Listing } from "./expectation.ts";
import type { DirectoryTable } from "./facts.ts";
import { flow } from "./flow.ts";
import type { Evidence, Judgement } from "./judgement.ts";

/** The same host may be there twice (two endpoints of one host, or an address taken over): so a list, not a mapping. */
type Entries = readonly { readonly host: string; readonly files: readonly string[] }[];

export function judgeDirectory(
  { host, lists }: DirectoryExpectation,
  directories: readonly DirectoryTable[],
): Judgement {
  const expected = flow(lists);
  const nothing = (found: string): Judgement => ({ outcome: "nothing", expected, found });
  if (host === undefined && directories.length > 1) return nothing("several directories: say which, host: ...");
  const table = host === undefined ? directories[0] : directories.find((candidate) => candidate.host === host);
  if (!table) return nothing(host === undefined ? "no directory" : `${host} has no directory's table`);
  return judgeListing(lists, table.entries);
}

/** Exactly these hosts, in any order, with exactly these files, in this order. */
export function judgeListing(expected: Listing, entries: Entries, evidence?: Evidence): Judgement {
  const hosts = Object.keys(expected);
  const holds =
    entries.length === hosts.length &&
    hosts.every((host) => entries.some((entry) => entry.host === host && flow(entry.files) === flow(expected[host])));
  return {
    outcome: holds ? "holds" : "broken",
    expected: flow(expected),
    found: showEntries(entries),
    evidence: holds ? undefined : evidence,
  };
}

function showEntries(entries: Entries): string {
  if (entries.length === 0) return "no entry";
  return `{ ${entries.map(({ host, files }) => `${flow(host)}: ${flow(files)}`).join(", ")} }`;
}
