/** What a metric is: a number that a run has, with its unit and its meaning. */

import type { EventKind } from "../../../trace/events.ts";
import type { ActionResult } from "../facts.ts";
import type { Unit } from "../quantity.ts";
import type { MetricsSink } from "./metrics-sink.ts";

export interface Metric {
  readonly unit: Unit;
  /** One sentence in textbook words; it becomes the reference documentation. */
  readonly description: string;
  /** Where it comes from, which says what may narrow it: see SCOPES. */
  readonly source: "events" | "rtt" | "actions" | "run";
  /** The kinds of events it is made of. */
  readonly kinds: readonly EventKind[];
  /** Where the figure can only grow (or only fall) during a run: then one event decides that it broke its bound. */
  readonly moves?: "up" | "down";
  /** The figure; undefined where nothing was sampled (a count of nothing is 0). */
  readonly value: (figures: Figures) => number | undefined;
}

/** What metrics are computed from. */
export interface Figures {
  readonly sink: MetricsSink;
  readonly actions: readonly ActionResult[];
  readonly durationMs: number;
}

/** The keys that may narrow a metric, by its source. */
export const SCOPES = {
  events: ["host", "peer", "type", "after", "before"],
  rtt: ["host", "peer", "after", "before"],
  actions: ["host", "after", "before"],
  run: [],
} as const satisfies Record<Metric["source"], readonly string[]>;

/** A ratio, or undefined where there is nothing to divide by. */
export function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

/** A figure that is NaN or infinite until its first sample. */
export function sampled(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
