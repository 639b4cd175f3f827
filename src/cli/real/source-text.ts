/** A look-up's source as a line, and as a part of a --json document. */

import type { Source } from "../../core/peer/outcomes.ts";

/** `10.0.0.2 80`; where the directory knows the file, `10.0.0.2 80  58710 bytes  SHA-256 ab12...`. */
export function sourceText({ ip, httpPort, sizeBytes, sha256 }: Source): string {
  const size = sizeBytes === undefined ? "" : `  ${sizeBytes} bytes`;
  const hash = sha256 === undefined ? "" : `  SHA-256 ${sha256}`;
  return `${ip} ${httpPort}${size}${hash}`;
}

/** What is not known is left out. */
export function sourceDocument({ ip, httpPort, sizeBytes, sha256, isProven }: Source): object {
  return { ip, httpPort, sizeBytes, sha256, isProven };
}
