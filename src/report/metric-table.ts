/** Metrics of a run as lines of text: a name, and a value in a unit that reads well. */

import { METRICS, type MetricName } from "../scenario/expect/metrics/catalogue.ts";
import { formatQuantity, type Unit } from "../scenario/expect/quantity.ts";

/** One line for each metric, in the order given; `none` where the run has no value. Each ends with a line end. */
export function metricTable(names: readonly MetricName[], metrics: Readonly<Record<string, number>>): string {
  const width = Math.max(...names.map((name) => name.length));
  const text = (name: MetricName): string => {
    const value = metrics[name];
    return value === undefined ? "none" : readableQuantity(METRICS[name].unit, value);
  };
  return names.map((name) => `${name.padEnd(width)}  ${text(name)}\n`).join("");
}

/** `1.2 s`, `263.33 kbit/s`: four digits say enough of a fraction. */
export function readableQuantity(unit: Unit, value: number): string {
  const scale = SCALES[unit]?.find(({ from }) => value >= from);
  if (scale === undefined) return formatQuantity(unit, short(value));
  return `${short(value / scale.from)} ${scale.name}`;
}

function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(Math.abs(value) < 100 ? 4 : 5));
}

/** The units in which large figures are easier to read. */
const SCALES: Readonly<Partial<Record<Unit, readonly { readonly from: number; readonly name: string }[]>>> = {
  ms: [{ from: 1000, name: "s" }],
  "bit/s": [
    { from: 1e6, name: "Mbit/s" },
    { from: 1000, name: "kbit/s" },
  ],
};
