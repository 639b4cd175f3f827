/**
 * How a duration or a time is written wherever the trace shows one: milliseconds with at most six decimals (whole
 * nanoseconds), trailing zeros dropped. `6580.757`, `50`, `0.000001`.
 */

/**
 * Below this, neighbouring doubles are less than 1e-6 apart, so that six decimals name one double and can be written
 * digit by digit. 2^32 ms is 49 days.
 */
export const SIX_DECIMALS_BELOW = 2 ** 32;

/** A number of ms as text; "" for NaN (a value that does not exist). From 2^32 on as JavaScript writes it. */
export function formatMs(valueMs: number): string {
  if (Number.isNaN(valueMs)) return "";
  if (Math.abs(valueMs) >= SIX_DECIMALS_BELOW) return String(valueMs);
  return String(Math.round(valueMs * 1e6) / 1e6);
}

/** The end of a note that carries a duration: ` 200 ms` behind a text, `200 ms` alone, "" where there is none. */
export function noteDuration(label: string, valueMs: number): string {
  if (Number.isNaN(valueMs)) return "";
  return `${label === "" ? "" : " "}${formatMs(valueMs)} ms`;
}
