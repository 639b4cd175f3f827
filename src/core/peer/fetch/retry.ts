/** How long to wait before a source is asked again: exponential back-off with jitter. */

import type { FetchOptions } from "./options.ts";

/**
 * The wait after failure number `failures` in a row (from 1), in ms: from half of the back-off to all of it, by `random`
 * in [0, 1). Many who lost one source at one instant do not come back at one instant.
 */
export function retryDelayMs(
  failures: number,
  random: number,
  { firstRetryMs, maxRetryMs }: Pick<FetchOptions, "firstRetryMs" | "maxRetryMs">,
): number {
  let backoffMs = firstRetryMs;
  for (let i = 1; i < failures && backoffMs < maxRetryMs; i++) backoffMs *= 2;
  return (Math.min(backoffMs, maxRetryMs) * (1 + random)) / 2;
}
