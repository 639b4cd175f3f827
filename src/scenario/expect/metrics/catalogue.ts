/** All metrics, by name: what an expectation can ask for and what summary.json lists. */

import { ACTION_METRICS } from "./action-metrics.ts";
import { MESSAGE_METRICS } from "./message-metrics.ts";
import type { Figures, Metric } from "./metric.ts";
import { PACKET_METRICS } from "./packet-metrics.ts";
import { RTT_METRICS } from "./rtt-metrics.ts";

const CATALOGUE = { ...PACKET_METRICS, ...RTT_METRICS, ...MESSAGE_METRICS, ...ACTION_METRICS };

export type MetricName = keyof typeof CATALOGUE;

export const METRICS: Readonly<Record<MetricName, Metric>> = CATALOGUE;

export const METRIC_NAMES = Object.keys(CATALOGUE) as readonly MetricName[];

/** Every metric of a run that has a value, in the catalogue's order. Units are the catalogue's (ms, bytes, bit/s). */
export function metricValues(figures: Figures): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name of METRIC_NAMES) {
    const value = METRICS[name].value(figures);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
