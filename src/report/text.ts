/** Small help for text in columns: wrapping, padding, and numbers as people read them. */

import { formatMs } from "../trace/format-ms.ts";

/**
 * Breaks a text into lines of at most `width` characters, between words where it can, inside a word where that word
 * alone is too long. At least one line. Line breaks in the text stay.
 */
export function wrapText(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, Math.max(1, width)));
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    let rest = [...word];
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(""));
      rest = rest.slice(width);
    }
    line = rest.join("");
  }
  lines.push(line);
  return lines;
}

/** The width of a text in a terminal, where every character is one column wide. */
export function textWidth(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** `1 packet`, `2 packets`, `1,234 packets`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${groupDigits(count)} ${count === 1 ? singular : plural}`;
}

/** A whole number with a comma before every three digits. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Any number with a comma before every three digits of its whole part; at most six decimals. */
export function readableNumber(value: number): string {
  const [whole = "", decimals] = formatMs(value).split(".");
  return `${groupDigits(Number(whole))}${decimals === undefined ? "" : `.${decimals}`}`;
}

/** A duration as people read it: `200 ms`, `7.02 s`, `1,204.5 s`. */
export function readableDuration(ms: number): string {
  if (ms < 1000) return `${formatMs(ms)} ms`;
  return `${readableNumber(Math.round(ms) / 1000)} s`;
}

/** Where a run's packets went: through the simulated network (also where absent), real sockets, or a capture. */
export type World = "simulated" | "real" | "captured";

/** `142 events in 30 s of virtual time`. */
export function runLength(run: {
  readonly events: number;
  readonly durationMs: number;
  readonly world?: World;
}): string {
  const isReal = run.world === "real" || run.world === "captured";
  // Nobody wants a real run's nanoseconds.
  const time = readableDuration(isReal ? Math.round(run.durationMs) : run.durationMs);
  return `${countOf(run.events, "event")} in ${time} of ${isReal ? "real" : "virtual"} time`;
}
