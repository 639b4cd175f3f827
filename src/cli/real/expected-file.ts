/** Which of several sources have the same file, and what a directory of the hardened wire says it is. */

import type { FetchOptions } from "../../core/peer/fetch/options.ts";
import type { Source } from "../../core/peer/outcomes.ts";

export interface ExpectedFile {
  readonly expect: FetchOptions["expect"];
  /** Those that have it, as far as the directory knows. */
  readonly sources: readonly Source[];
  /** Those that have another file of this name. */
  readonly others: readonly Source[];
}

/**
 * The file that most of the sources have, the first of them where two are even. A source of which the directory knows no
 * hash (a peer on the report's wire) may have it, too: the bytes are checked in the end.
 */
export function expectedFile(sources: readonly Source[]): ExpectedFile {
  const votes = new Map<string, number>();
  for (const { sha256 } of sources) if (sha256 !== undefined) votes.set(sha256, (votes.get(sha256) ?? 0) + 1);
  let chosen: string | undefined;
  for (const [sha256, count] of votes) {
    if (chosen === undefined || count > (votes.get(chosen) as number)) chosen = sha256;
  }
  if (chosen === undefined) return { expect: {}, sources, others: [] };
  const isOther = ({ sha256 }: Source): boolean => sha256 !== undefined && sha256 !== chosen;
  const sizeBytes = sources.find(({ sha256 }) => sha256 === chosen)?.sizeBytes;
  return {
    expect: { sha256: Uint8Array.from(Buffer.from(chosen, "hex")), ...(sizeBytes !== undefined && { sizeBytes }) },
    sources: sources.filter((source) => !isOther(source)),
    others: sources.filter(isOther),
  };
}
