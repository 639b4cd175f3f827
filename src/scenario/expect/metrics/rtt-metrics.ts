/** Metrics of the RTT estimator: the columns of rtt.csv. */

import { type Metric, ratio, sampled } from "./metric.ts";
import type { MetricsSink } from "./metrics-sink.ts";

function rtt(
  unit: Metric["unit"],
  description: string,
  of: (sink: MetricsSink) => number | undefined,
  moves?: "up" | "down",
): Metric {
  return {
    unit,
    description,
    source: "rtt",
    kinds: [],
    ...(moves && { moves }),
    value: ({ sink }) => of(sink),
  };
}

export const RTT_METRICS = {
  rttSamples: rtt("count", "SampleRTTs that the estimator used.", (sink) => sink.rttSamples, "up"),
  ambiguousSamples: rtt(
    "count",
    "SampleRTTs that Karn's rule refused: acknowledgements of packets that had been sent more than once.",
    (sink) => sink.ambiguousSamples,
    "up",
  ),
  meanSampleRtt: rtt("ms", "Mean of the SampleRTTs used.", (sink) => ratio(sink.sampleRttSumMs, sink.rttSamples)),
  minSampleRtt: rtt("ms", "Smallest SampleRTT used.", (sink) => sampled(sink.minSampleRttMs), "down"),
  maxSampleRtt: rtt("ms", "Largest SampleRTT used.", (sink) => sampled(sink.maxSampleRttMs), "up"),
  lastSampleRtt: rtt("ms", "The latest SampleRTT used.", (sink) => sampled(sink.lastSampleRttMs)),
  lastEstimatedRtt: rtt("ms", "EstimatedRTT (SRTT in RFC 6298) after the latest sample or timeout.", (sink) =>
    sampled(sink.lastEstimatedRttMs),
  ),
  lastDevRtt: rtt("ms", "DevRTT (RTTVAR in RFC 6298) after the latest sample or timeout.", (sink) =>
    sampled(sink.lastDevRttMs),
  ),
  lastTimeoutInterval: rtt("ms", "TimeoutInterval (RTO in RFC 6298) after the latest sample or timeout.", (sink) =>
    sampled(sink.lastTimeoutIntervalMs),
  ),
  minTimeoutInterval: rtt(
    "ms",
    "Smallest TimeoutInterval after a sample or timeout.",
    (sink) => sampled(sink.minTimeoutIntervalMs),
    "down",
  ),
  maxTimeoutInterval: rtt(
    "ms",
    "Largest TimeoutInterval after a sample or timeout, back-off included.",
    (sink) => sampled(sink.maxTimeoutIntervalMs),
    "up",
  ),
} satisfies Record<string, Metric>;
