/** What a fetch's user reads. */

import type { FetchOutcome } from "./outcomes.ts";

/** `58710 bytes, SHA-256 as expected; dropped 10.0.0.3 80 (bad bytes: ...)`, or `failed: ...`. */
export function fetchText(outcome: FetchOutcome): string {
  const dropped = outcome.sources.flatMap(({ source, dropped }) =>
    dropped === undefined ? [] : [`${source.ip} ${source.httpPort} (${dropped.reason.replaceAll("-", " ")})`],
  );
  if (outcome.status === "failed") {
    return `failed: ${outcome.detail}${outcome.isKept ? `; ${outcome.bytes} bytes are kept` : ""}`;
  }
  const check = outcome.sha256 === undefined ? "not checked" : "SHA-256 as expected";
  return `${outcome.bytes} bytes, ${check}${dropped.length === 0 ? "" : `; dropped ${dropped.join(", ")}`}`;
}
