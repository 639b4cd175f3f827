/** Drops the sources that are far slower than the fastest one: the user waits for no straggler. */

import type { FetchOptions } from "./options.ts";
import type { FetchSource } from "./source.ts";

/** Called after each measurement of the rates. */
export function dropSlow(sources: readonly FetchSource[], nowMs: number, options: FetchOptions): void {
  const paces = sources.flatMap(({ isUsable, paceBytesPerMs }) => (isUsable ? [paceBytesPerMs ?? 0] : []));
  const fastest = Math.max(0, ...paces);
  for (const source of sources) {
    const pace = source.paceBytesPerMs;
    const isSlow =
      source.isUsable &&
      source.segment?.hasHead === true &&
      pace !== undefined &&
      pace < fastest * options.slowFraction;
    if (!isSlow) {
      source.slowSinceMs = undefined;
      continue;
    }
    source.slowSinceMs ??= nowMs;
    if (nowMs - source.slowSinceMs < options.slowMs) continue;
    const text = `${rateText(pace)} for ${options.slowMs / 1000} s, while another gives ${rateText(fastest)}`;
    source.drop({ reason: "slow", text });
  }
}

function rateText(bytesPerMs: number): string {
  return bytesPerMs >= 1000 ? `${(bytesPerMs / 1000).toFixed(1)} MB/s` : `${bytesPerMs.toFixed(1)} kB/s`;
}
