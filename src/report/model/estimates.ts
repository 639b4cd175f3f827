/**
 * What the RTT estimators saw, one series per host and remote end, and the arithmetic behind every value: in the
 * report's order (Kurose & Ross: EstimatedRTT first) and in RFC 6298's (the deviation first).
 */

import type { RtoOptions } from "../../core/arq/options.ts";
import { RTT_KINDS, type RttKind } from "../../trace/events.ts";
import type { TraceModel } from "./trace-model.ts";

/** One row of rtt.csv. Times in ms; NaN where there is no value. */
export interface Estimate {
  readonly timeMs: number;
  readonly packetId: number;
  readonly kind: RttKind;
  readonly sampleRttMs: number;
  readonly estimatedRttMs: number;
  readonly devRttMs: number;
  readonly timeoutIntervalMs: number;
}

export interface EstimateSeries {
  readonly node: string;
  readonly peer: string;
  readonly points: readonly Estimate[];
}

/** All series, those with the most points first; of equals, the one that began first. */
export function estimatesOf({ rtt, rttCount, texts }: TraceModel): readonly EstimateSeries[] {
  const byPair = new Map<string, { node: string; peer: string; points: Estimate[] }>();
  for (let i = 0; i < rttCount; i++) {
    const [node, peer] = [texts[rtt.node[i]!]!, texts[rtt.peer[i]!]!];
    const key = `${node}\n${peer}`;
    let series = byPair.get(key);
    if (series === undefined) {
      series = { node, peer, points: [] };
      byPair.set(key, series);
    }
    series.points.push({
      timeMs: rtt.timeNs[i]! / 1e6,
      packetId: rtt.packetId[i]!,
      kind: RTT_KINDS[rtt.kind[i]!] as RttKind,
      sampleRttMs: rtt.sampleRttMs[i]!,
      estimatedRttMs: rtt.estimatedRttMs[i]!,
      devRttMs: rtt.devRttMs[i]!,
      timeoutIntervalMs: rtt.timeoutIntervalMs[i]!,
    });
  }
  return [...byPair.values()].toSorted((a, b) => b.points.length - a.points.length);
}

/** The smallest positive and the largest of all values, in ms; 0 where there is none. */
export function rangeOf(points: readonly Estimate[]): { readonly min: number; readonly max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, 0];
  for (const { sampleRttMs, estimatedRttMs, devRttMs, timeoutIntervalMs } of points) {
    for (const value of [sampleRttMs, estimatedRttMs, estimatedRttMs + devRttMs, timeoutIntervalMs]) {
      if (value > 0 && value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min: min === Number.POSITIVE_INFINITY ? 0 : min, max };
}

/** Where the largest value is this many times the smallest, a linear axis would press the small ones flat. */
const LOGARITHMIC_FROM = 20;

/** Is a logarithmic axis the better one? Samples that nobody used do not count: they may be tiny. */
export function isWide(points: readonly Estimate[]): boolean {
  const { min, max } = rangeOf(points.filter(({ kind }) => kind !== "ambiguous"));
  return min > 0 && max >= LOGARITHMIC_FROM * min;
}

/** The part of RtoOptions that the arithmetic needs. */
export type RtoArithmetic = Pick<
  RtoOptions,
  "estimator" | "alpha" | "beta" | "k" | "granularityMs" | "minMs" | "maxMs"
>;

/** How far a value worked out here may be from the trace's: the page's copy of it has six decimals. */
const TOLERANCE_MS = 1e-4;

/**
 * The arithmetic that produced the values of `now`, one line per value, in the order in which they were computed:
 * `EstimatedRTT = 0.875 x 104 + 0.125 x 131 = 107.375 ms`. `before` is the same estimator's row before it.
 */
export function arithmeticOf(before: Estimate | undefined, now: Estimate, options: RtoArithmetic): string[] {
  if (now.kind === "timeout") return [timeoutLine(before, now)];
  if (now.kind === "ambiguous") {
    return [
      `SampleRTT ${ms(now.sampleRttMs)}: not used, for the packet had been sent more than once (Karn's rule)`,
      `TimeoutInterval stays ${ms(now.timeoutIntervalMs)}`,
    ];
  }
  if (options.estimator === "fixed")
    return [`SampleRTT ${ms(now.sampleRttMs)}; the timeout is fixed at ${ms(now.timeoutIntervalMs)}`];
  const lines = continues(before, now, options) ? updateLines(before as Estimate, now, options) : firstLines(now);
  return [...lines, intervalLine(now, options)];
}

function timeoutLine(before: Estimate | undefined, now: Estimate): string {
  if (before === undefined || Number.isNaN(before.timeoutIntervalMs)) {
    return `a timer ran out; TimeoutInterval is now ${ms(now.timeoutIntervalMs)}`;
  }
  const [from, to] = [before.timeoutIntervalMs, now.timeoutIntervalMs];
  if (to === from) return `a timer ran out; TimeoutInterval stays ${ms(to)}`;
  return `back-off after a timeout: TimeoutInterval = ${num(to / from)} x ${num(from)} = ${ms(to)}`;
}

/** Does `now` follow from `before`? It does not where the host was started again in between. */
function continues(before: Estimate | undefined, now: Estimate, { alpha }: RtoArithmetic): boolean {
  if (before === undefined || Number.isNaN(before.estimatedRttMs)) return false;
  const estimatedMs = (1 - alpha) * before.estimatedRttMs + alpha * now.sampleRttMs;
  return Math.abs(estimatedMs - now.estimatedRttMs) < TOLERANCE_MS;
}

function firstLines({ sampleRttMs, estimatedRttMs, devRttMs }: Estimate): string[] {
  return [
    `EstimatedRTT = SampleRTT = ${ms(estimatedRttMs)} (first sample)`,
    `DevRTT = ${num(sampleRttMs)} / 2 = ${ms(devRttMs)}`,
  ];
}

function updateLines(before: Estimate, now: Estimate, { estimator, alpha, beta }: RtoArithmetic): string[] {
  const sample = num(now.sampleRttMs);
  // The report's order measures the deviation from the new estimate, RFC 6298 from the old one.
  const centre = estimator === "report" ? now.estimatedRttMs : before.estimatedRttMs;
  const estimated = `EstimatedRTT = ${num(1 - alpha)} x ${num(before.estimatedRttMs)} + ${num(alpha)} x ${sample} = ${ms(now.estimatedRttMs)}`;
  const deviation = `DevRTT = ${num(1 - beta)} x ${num(before.devRttMs)} + ${num(beta)} x |${sample} - ${num(centre)}| = ${ms(now.devRttMs)}`;
  return estimator === "report" ? [estimated, deviation] : [deviation, estimated];
}

function intervalLine(now: Estimate, { k, granularityMs, minMs, maxMs }: RtoArithmetic): string {
  const marginMs = Math.max(granularityMs, k * now.devRttMs);
  const plainMs = now.estimatedRttMs + marginMs;
  const margin =
    granularityMs > 0
      ? `max(${num(granularityMs)}, ${num(k)} x ${num(now.devRttMs)})`
      : `${num(k)} x ${num(now.devRttMs)}`;
  const sum = `TimeoutInterval = ${num(now.estimatedRttMs)} + ${margin} = ${ms(plainMs)}`;
  if (plainMs < minMs) return `${sum}, raised to the minimum of ${ms(minMs)}`;
  return plainMs > maxMs ? `${sum}, cut to the maximum of ${ms(maxMs)}` : sum;
}

/** At most three decimals: enough to check by hand, and short enough to read. */
function num(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

const ms = (valueMs: number): string => `${num(valueMs)} ms`;
