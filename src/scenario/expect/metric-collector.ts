/**
 * Follows one metric by itself, for an expectation that narrows it (to a host, a type, a window) or bounds a figure
 * that can only move towards its bound, so that the event that broke it can be named.
 */

import { EventCode, type EventKind, type RttRow, type TraceEvent } from "../../trace/events.ts";
import { type Comparator, isTooHigh, isTooLow } from "./comparator.ts";
import { ScopeFilter } from "./event-filter.ts";
import type { MetricExpectation } from "./expectation.ts";
import type { Evidence } from "./judgement.ts";
import { METRICS } from "./metrics/catalogue.ts";
import type { Figures, Metric } from "./metrics/metric.ts";
import { MetricsSink } from "./metrics/metrics-sink.ts";

/** Is the expectation narrowed, so that the metrics of the whole run do not answer it? */
export function isNarrowed({ scope, afterMs, beforeMs }: MetricExpectation): boolean {
  return afterMs !== undefined || beforeMs !== undefined || Object.keys(scope).length > 0;
}

/** Can one event break this expectation for good? */
export function isWatchable({ metric, comparator }: MetricExpectation): boolean {
  return breaks(METRICS[metric], comparator) !== undefined;
}

function breaks({ moves }: Metric, { low, high }: Comparator): typeof isTooHigh | undefined {
  if (moves === "up" && high !== Number.POSITIVE_INFINITY) return isTooHigh;
  if (moves === "down" && low !== Number.NEGATIVE_INFINITY) return isTooLow;
  return undefined;
}

export class MetricCollector {
  readonly sink = new MetricsSink();
  /** The event that took the figure beyond its bound. */
  evidence: Evidence | undefined;
  private readonly metric: Metric;
  private readonly comparator: Comparator;
  private readonly filter: ScopeFilter | undefined;
  private readonly isBroken: typeof isTooHigh | undefined;
  private readonly figures: Figures;

  constructor(expectation: MetricExpectation) {
    this.metric = METRICS[expectation.metric];
    this.comparator = expectation.comparator;
    this.filter = isNarrowed(expectation) ? new ScopeFilter(expectation.scope, expectation) : undefined;
    this.isBroken = breaks(this.metric, expectation.comparator);
    this.figures = { sink: this.sink, actions: [], durationMs: 0 };
  }

  /** The codes of the events that the metric is made of. */
  get codes(): readonly number[] {
    return this.metric.kinds.map((kind: EventKind) => EventCode[kind]);
  }

  get needsRtt(): boolean {
    return this.metric.source === "rtt";
  }

  onEvent(event: TraceEvent, index: number): void {
    if (this.filter && !this.filter.matchesEvent(event)) return;
    this.sink.onEvent(event);
    if (this.isBroken && this.evidence === undefined) this.watch(event, index);
  }

  onRtt(row: RttRow, index: number): void {
    if (this.filter && !this.filter.matchesRow(row)) return;
    this.sink.onRtt(row);
    if (this.isBroken && this.evidence === undefined) this.watch(row, index);
  }

  private watch({ timeMs: atMs, packetId }: TraceEvent | RttRow, event: number): void {
    const value = this.metric.value(this.figures);
    if (value !== undefined && this.isBroken?.(this.comparator, value)) this.evidence = { atMs, packetId, event };
  }
}
