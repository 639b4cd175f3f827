/** The lines of a Chrome trace: events of the Trace Event Format, as JSON whose numbers are exact. */

import { formatMs } from "../../trace/format-ms.ts";

/** A number that is in the JSON as these digits. */
export interface Digits {
  readonly digits: string;
}

/** Times are in microseconds, exact to the nanosecond: three decimals at most, written digit by digit. */
export function microseconds(timeNs: number): Digits {
  const restNs = timeNs % 1000;
  const whole = String((timeNs - restNs) / 1000);
  return { digits: restNs === 0 ? whole : `${whole}.${String(restNs).padStart(3, "0").replace(/0+$/, "")}` };
}

/** A number of ms, as everywhere in the project. */
export function milliseconds(valueMs: number): Digits {
  return { digits: formatMs(valueMs) };
}

export type ChromeValue = string | number | Digits | ChromeObject;
/** What is undefined is left out. */
export interface ChromeObject {
  readonly [key: string]: ChromeValue | undefined;
}

export function chromeJson(object: ChromeObject): string {
  const members: string[] = [];
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined) members.push(`${JSON.stringify(key)}:${valueText(value)}`);
  }
  return `{${members.join(",")}}`;
}

function valueText(value: ChromeValue): string {
  if (typeof value !== "object") return JSON.stringify(value);
  return isDigits(value) ? value.digits : chromeJson(value);
}

function isDigits(value: Digits | ChromeObject): value is Digits {
  return typeof value.digits === "string" && Object.keys(value).length === 1;
}
