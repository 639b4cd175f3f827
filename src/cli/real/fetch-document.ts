/** What became of a fetch, as the --json document of `peerlab get`. */

import type { FetchOutcome } from "../../core/peer/fetch/outcomes.ts";

/** `outcome` is undefined where it never came to a fetch. Hashes are hexadecimal; `file` is where it is or would be. */
export function fetchDocument(name: string, file: string | undefined, outcome: FetchOutcome | undefined): object {
  if (outcome === undefined) return { name, file, fetched: false, bytes: 0, sources: [] };
  const { status, bytes, resumedBytes, elapsedMs, notes } = outcome;
  const sha256 = outcome.status === "fetched" ? outcome.sha256 : undefined;
  const sources = outcome.sources.map(({ source, receivedBytes, duplicateBytes, requests, failures, dropped }) => ({
    ...source,
    receivedBytes,
    duplicateBytes,
    requests,
    failures,
    dropped: dropped ?? null,
  }));
  return {
    name,
    file,
    fetched: status === "fetched",
    bytes,
    resumedBytes,
    elapsedMs,
    sha256: sha256 === undefined ? null : Buffer.from(sha256).toString("hex"),
    notes,
    sources,
  };
}
