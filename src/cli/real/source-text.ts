/** A look-up's source as a line, and as a part of a --json document. */

import type { Source } from "../../core/peer/outcomes.ts";

/** `10.0.0.2 80`. */
export function sourceText({ ip, httpPort }: Source): string {
  return `${ip} ${httpPort}`;
}

export function sourceDocument({ ip, httpPort }: Source): object {
  return { ip, httpPort };
}
