/**
 * Quantities with units, from text to numbers: durations to ms, sizes to bytes, rates to bits per second, drifts to
 * parts per million, percentages to probabilities. The decimal point is moved in the text, so `7.02s` is exactly 7020.
 */

/** A kind of quantity: its units, and how to speak of it to somebody who got it wrong. */
export interface Quantity {
  /** The name in the reference: `duration`. */
  readonly name: string;
  /** What is allowed, with examples, as an error message says it. */
  readonly expected: string;
  readonly examples: readonly string[];
  /** What a whole text looks like. */
  readonly pattern: RegExp;
  /** Unit: [power of ten, factor], to the base unit. */
  readonly units: Readonly<Record<string, readonly [number, number]>>;
  /** What people write instead of a unit, in lower case (beside the unit itself). "" is no unit at all. */
  readonly aliases: Readonly<Record<string, string>>;
  /** What a number without a unit may mean, where that depends on the number. */
  readonly bare?: (digits: string) => string | undefined;
}

export const DURATION: Quantity = {
  name: "duration",
  expected: "a duration with a unit, such as 50ms, 7.02s or 2min",
  examples: ["50ms", "7.02s", "2min"],
  pattern: /^\d+(\.\d+)? ?(ns|us|ms|s|min|h)$/,
  units: { ns: [-6, 1], us: [-3, 1], ms: [0, 1], s: [3, 1], min: [3, 60], h: [3, 3600] },
  aliases: {
    "": "ms",
    µs: "us",
    usec: "us",
    msec: "ms",
    msecs: "ms",
    millisecond: "ms",
    milliseconds: "ms",
    sec: "s",
    secs: "s",
    second: "s",
    seconds: "s",
    m: "min",
    mins: "min",
    minute: "min",
    minutes: "min",
    hr: "h",
    hour: "h",
    hours: "h",
  },
};

export const SIZE: Quantity = {
  name: "size",
  expected: "a size with a unit, such as 512B, 64KiB or 1MiB (1kB is 1000B)",
  examples: ["512B", "64KiB", "1MiB"],
  pattern: /^\d+(\.\d+)? ?(B|kB|MB|GB|KiB|MiB|GiB)$/,
  units: {
    B: [0, 1],
    kB: [3, 1],
    MB: [6, 1],
    GB: [9, 1],
    KiB: [0, 1024],
    MiB: [0, 1024 ** 2],
    GiB: [0, 1024 ** 3],
  },
  aliases: {
    "": "B",
    byte: "B",
    bytes: "B",
    k: "kB",
    m: "MB",
    g: "GB",
  },
};

export const RATE: Quantity = {
  name: "rate",
  expected: "a rate in bits per second, such as 10Mbit/s, 64kbit/s or 1Gbit/s",
  examples: ["10Mbit/s", "64kbit/s", "1Gbit/s"],
  pattern: /^\d+(\.\d+)? ?(bit|kbit|Mbit|Gbit)\/s$/,
  units: { "bit/s": [0, 1], "kbit/s": [3, 1], "Mbit/s": [6, 1], "Gbit/s": [9, 1] },
  aliases: {
    "": "bit/s",
    bps: "bit/s",
    bit: "bit/s",
    kbps: "kbit/s",
    kbit: "kbit/s",
    "kb/s": "kbit/s",
    mbps: "Mbit/s",
    mbit: "Mbit/s",
    "mb/s": "Mbit/s",
    gbps: "Gbit/s",
    gbit: "Gbit/s",
    "gb/s": "Gbit/s",
  },
};

export const DRIFT: Quantity = {
  name: "drift",
  expected: "a clock drift in parts per million, such as 50ppm or -20ppm",
  examples: ["50ppm", "-20ppm"],
  pattern: /^[+-]?\d+(\.\d+)? ?ppm$/,
  units: { ppm: [0, 1] },
  aliases: { "": "ppm" },
};

export const PERCENTAGE: Quantity = {
  name: "probability",
  expected: "a probability from 0 to 1, or a percentage such as 10%",
  examples: ["10%", "0.5%"],
  pattern: /^\d+(\.\d+)? ?%$/,
  units: { "%": [-2, 1] },
  aliases: { percent: "%", "per cent": "%" },
  bare(digits) {
    const value = Number(digits);
    if (value < 0 || value > 100) return undefined;
    return value <= 1 ? digits : `${digits}%`;
  },
};

/** The number of base units (ms, bytes, bit/s, ppm, 1), or undefined where the text is not such a quantity. */
export function parseQuantity(quantity: Quantity, text: string): number | undefined {
  if (!quantity.pattern.test(text)) return undefined;
  const [, digits = "", unit = ""] = SPLIT.exec(text) ?? [];
  const scale = quantity.units[unit];
  return scale && Number(`${digits}e${scale[0]}`) * scale[1];
}

/** What somebody who wrote `found` may have meant: `50 sec` gives `50s`, `1,5s` gives `1.5s`, 50 gives `50ms`; as a probability, 50 gives `50%`. */
export function suggestQuantity(quantity: Quantity, found: unknown): string | undefined {
  if (typeof found !== "string" && typeof found !== "number") return undefined;
  const [, digits, unit = ""] =
    SPLIT.exec(
      String(found)
        .trim()
        .replace(/(\d),(\d)/, "$1.$2"),
    ) ?? [];
  if (digits === undefined) return undefined;
  const lower = unit.toLowerCase();
  if (unit === "" && quantity.bare) {
    const suggestion = quantity.bare(digits);
    return suggestion === String(found) ? undefined : suggestion;
  }
  const meant = quantity.aliases[lower] ?? Object.keys(quantity.units).find((name) => name.toLowerCase() === lower);
  if (meant === undefined) return undefined;
  const suggestion = digits + meant;
  return suggestion !== found && quantity.pattern.test(suggestion) ? suggestion : undefined;
}

/** A duration as a scenario writes it: 7020 gives `7.02s`, 0.25 gives `250us`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}min`;
  if (ms >= 1000) return `${ms / 1000}s`;
  return ms >= 1 ? `${ms}ms` : `${ms * 1000}us`;
}

/** A size as a scenario writes it: 1048576 gives `1MiB`. */
export function formatSize(bytes: number): string {
  if (bytes > 0 && bytes % 1024 ** 2 === 0) return `${bytes / 1024 ** 2}MiB`;
  if (bytes > 0 && bytes % 1024 === 0) return `${bytes / 1024}KiB`;
  return `${bytes}B`;
}

const SPLIT = /^([+-]?\d+(?:\.\d+)?)\s*(.*)$/;
