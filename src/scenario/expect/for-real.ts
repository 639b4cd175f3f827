/**
 * Expectations as a real run can meet them. Two things differ from the simulated network. A real machine is late, never
 * early: upper bounds of times hold with an allowance. And some things only the simulator can see: expectations about
 * those are not judged, and the verdict says why.
 */

import type { Scenario } from "../schema.ts";
import type { Comparator } from "./comparator.ts";
import type { EventsExpectation, Expectation, MetricExpectation } from "./expectation.ts";
import { METRICS, type MetricName } from "./metrics/catalogue.ts";
import { SEGMENT_TYPES } from "./metrics/label-classes.ts";
import { formatQuantity } from "./quantity.ts";

/** How late a machine may be that does other things too. */
export const DEFAULT_LATENESS_MS = 50;

/** The expectation that is judged instead, or why none is. */
export type ForReal = { readonly judged: Expectation } | { readonly notJudged: string };

const SEGMENTS = "needs the simulated network: the system's byte streams show no segments";
const STORIES = "needs the simulated network: only it knows whether a retransmission was needed";
const LOSSES = "needs the simulated network: what a real host's system does with a packet is not seen";

const OF_SEGMENTS: ReadonlySet<MetricName> = new Set(["segmentTransmissions", "segmentRetransmissions"]);
const OF_STORIES: ReadonlySet<MetricName> = new Set([
  "necessaryRetransmissions",
  "spuriousRetransmissions",
  "spuriousLate",
  "spuriousAckLost",
]);
/** What these count has segments among it, where the simulated run has byte streams. */
const WITH_SEGMENTS: ReadonlySet<MetricName> = new Set([
  "transmissions",
  "bytesSent",
  "deliveries",
  "drops",
  "lossRate",
  "duplicates",
  "corruptions",
]);
const FILE_ACTIONS: readonly string[] = ["download", "fetch"];
const PACKET_EVENTS: readonly string[] = ["send", "deliver", "drop", "duplicate", "corrupt"];
const STORY_NOTES: readonly string[] = ["necessary: data lost", "spurious: ACK lost", "spurious: late"];
const SYSTEM_NOTES: readonly string[] = ["host down", "port closed", "corrupted segment"];

export function forReal(expectation: Expectation, scenario: Scenario, latenessMs: number): ForReal {
  const notJudged = whyNot(expectation, hasByteStreams(scenario));
  return notJudged === undefined ? { judged: withLateness(expectation, latenessMs) } : { notJudged };
}

/** Files are what byte streams carry. */
export function hasByteStreams({ timeline }: Scenario): boolean {
  return timeline.some((entry) => entry.kind === "action" && FILE_ACTIONS.includes(entry.action.kind));
}

function whyNot(expectation: Expectation, hasSegments: boolean): string | undefined {
  if (expectation.form === "metric") return whyNotMetric(expectation, hasSegments);
  return expectation.form === "events" ? whyNotEvents(expectation, hasSegments) : undefined;
}

function whyNotMetric({ metric, scope }: MetricExpectation, hasSegments: boolean): string | undefined {
  if (OF_STORIES.has(metric)) return STORIES;
  if (OF_SEGMENTS.has(metric) || isSegmentType(scope.type)) return SEGMENTS;
  return hasSegments && WITH_SEGMENTS.has(metric) && scope.type === undefined ? SEGMENTS : undefined;
}

function whyNotEvents({ match }: EventsExpectation, hasSegments: boolean): string | undefined {
  const { event, type, note } = match;
  if (typeof note === "string" && STORY_NOTES.includes(note)) return STORIES;
  if (typeof note === "string" && SYSTEM_NOTES.includes(note)) return LOSSES;
  if (isSegmentType(type)) return SEGMENTS;
  return hasSegments && type === undefined && PACKET_EVENTS.includes(event) ? SEGMENTS : undefined;
}

function isSegmentType(type: string | undefined): boolean {
  return (SEGMENT_TYPES as readonly (string | undefined)[]).includes(type);
}

function withLateness(expectation: Expectation, latenessMs: number): Expectation {
  const later = (comparator: Comparator | undefined) => comparator && allowing(comparator, 0, latenessMs);
  switch (expectation.form) {
    case "metric":
      return METRICS[expectation.metric].unit === "ms"
        ? { ...expectation, comparator: allowing(expectation.comparator, 0, latenessMs) }
        : expectation;
    case "events": {
      const { firstAt, lastAt, interval, each, match } = expectation;
      const { duration } = match.numbers;
      return {
        ...expectation,
        match: duration === undefined ? match : { ...match, numbers: { ...match.numbers, duration: later(duration)! } },
        firstAt: later(firstAt),
        lastAt: later(lastAt),
        // Between two events of which either may be late.
        interval: interval && allowing(interval, latenessMs, latenessMs),
        each: each?.duration === undefined ? each : { ...each, duration: later(each.duration)! },
      };
    }
    case "download":
      return { ...expectation, elapsed: later(expectation.elapsed) };
    case "send": {
      const { figures } = expectation;
      if (figures.elapsed === undefined) return expectation;
      return { ...expectation, figures: { ...figures, elapsed: later(figures.elapsed)! } };
    }
    case "converges":
      return { ...expectation, withinMs: expectation.withinMs + latenessMs };
    default:
      return expectation;
  }
}

/** The comparator with a lower bound by `earlierMs` and an upper one by `laterMs` further out. */
function allowing(comparator: Comparator, earlierMs: number, laterMs: number): Comparator {
  const { low, high, text } = comparator;
  const allowances = [
    ...(low > 0 && earlierMs > 0 ? [`-${formatQuantity("ms", earlierMs)}`] : []),
    ...(Number.isFinite(high) && laterMs > 0 ? [`+${formatQuantity("ms", laterMs)}`] : []),
  ];
  if (allowances.length === 0) return comparator;
  return {
    ...comparator,
    low: low - earlierMs,
    high: high + laterMs,
    text: `${text} (${allowances.join(", ")}: real)`,
  };
}
