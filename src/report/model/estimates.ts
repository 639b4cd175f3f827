/**
 * What the RTT estimators saw, one series per host and remote end, and the arithmetic behind every value: in the
 * report's order (Kurose & Ross: EstimatedRTT first) and in RFC 6298's (the deviation first).
 */

import type { RtoOptions } from "../../core/arq/options.ts";
import { RTT_KINDS, type RttKind } from "../../trace/events.ts";
import { equation, inMs } from "./equation.ts";
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
  "estimator" | "initialMs" | "backoff" | "alpha" | "beta" | "k" | "granularityMs" | "minMs" | "maxMs"
>;

/** How far a value worked out here may be from the trace's: the page's copy of it has six decimals. */
const TOLERANCE_MS = 1e-4;

/**
 * The arithmetic that produced the values of `now`, one line per value, in the order in which they were computed:
 * `EstimatedRTT = 0.875 x 104 + 0.125 x 131 = 107.375 ms`. `before` is the row before it of the same host and remote end.
 * Where `now` does not follow from it, the estimator began anew in between, without a row of its own: its host was
 * started again, or a message was given up under a fixed timeout.
 */
export function arithmeticOf(before: Estimate | undefined, now: Estimate, options: RtoArithmetic): string[] {
  if (now.kind === "timeout") return [timeoutLine(before, now, options)];
  if (now.kind === "ambiguous") return [...refusedSample(now), afterRefusal(before, now, options)];
  if (options.estimator === "fixed") {
    return [`SampleRTT ${inMs(now.sampleRttMs)}; the timeout is fixed at ${inMs(now.timeoutIntervalMs)}`];
  }
  return [...estimateLines(before, now, options), intervalLine(now, options)];
}

function timeoutLine(before: Estimate | undefined, now: Estimate, options: RtoArithmetic): string {
  const { backoff, maxMs } = options;
  const to = now.timeoutIntervalMs;
  const follows = (fromMs: number) => isNear(Math.min(fromMs * backoff, maxMs), to);
  const isKnown = before !== undefined && !hasRestarted(before, now) && follows(before.timeoutIntervalMs);
  const fromMs = isKnown ? before.timeoutIntervalMs : unbackedMs(now, options);
  if (!follows(fromMs)) return `a timer ran out; TimeoutInterval is now ${inMs(to)}`;
  const start = isKnown || before === undefined ? "" : `, which had started afresh at ${inMs(fromMs)}`;
  if (backoff === 1) return `a timer ran out; TimeoutInterval stays ${inMs(to)}${start}`;
  const backedOffMs = fromMs * backoff;
  const product = equation([backoff, fromMs], (factor, from) => `${factor} x ${from}`, times, backedOffMs);
  const cut = backedOffMs > maxMs + TOLERANCE_MS ? `, cut to the maximum of ${inMs(maxMs)}` : "";
  return `back-off after a timeout${start}: TimeoutInterval = ${product}${cut}`;
}

function refusedSample({ sampleRttMs }: Estimate): string[] {
  return [`SampleRTT ${inMs(sampleRttMs)}: not used, for the packet had been sent more than once (Karn's rule)`];
}

/** What an ACK without a sample did to the timeout: an estimated one stays, a fixed one starts afresh. */
function afterRefusal(before: Estimate | undefined, now: Estimate, options: RtoArithmetic): string {
  const to = inMs(now.timeoutIntervalMs);
  if (before === undefined || isNear(before.timeoutIntervalMs, now.timeoutIntervalMs)) {
    return `TimeoutInterval stays ${to}`;
  }
  return options.estimator === "fixed"
    ? `TimeoutInterval starts afresh: from ${inMs(before.timeoutIntervalMs)} back to the fixed ${to}, for the packet was acknowledged`
    : `TimeoutInterval is ${to}: the estimator had started afresh`;
}

/** A host that was started again knows no estimate. */
function hasRestarted(before: Estimate, now: Estimate): boolean {
  return !Number.isNaN(before.estimatedRttMs) && Number.isNaN(now.estimatedRttMs);
}

function isNear(aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) < TOLERANCE_MS;
}

/** TimeoutInterval without back-off, as the estimator computes it. */
function unbackedMs({ estimatedRttMs, devRttMs }: Estimate, options: RtoArithmetic): number {
  const { estimator, initialMs, minMs, maxMs, k, granularityMs } = options;
  if (estimator === "fixed") return initialMs;
  const isNew = Number.isNaN(estimatedRttMs);
  const intervalMs = isNew ? initialMs : estimatedRttMs + Math.max(granularityMs, k * devRttMs);
  return Math.min(Math.max(intervalMs, minMs), maxMs);
}

const times = (a: number, b: number): number => a * b;

/** a x b + c x d, as both averages have it. */
const weighted = (a: number, b: number, c: number, d: number): number => a * b + c * d;

function estimateLines(before: Estimate | undefined, now: Estimate, options: RtoArithmetic): string[] {
  const { sampleRttMs: sample, estimatedRttMs, devRttMs } = now;
  if (before !== undefined && continues(before, now, options)) return updateLines(before, now, options);
  if (!isNear(estimatedRttMs, sample) || !isNear(devRttMs, sample / 2)) {
    return [`EstimatedRTT is now ${inMs(estimatedRttMs)}`, `DevRTT is now ${inMs(devRttMs)}`];
  }
  const isFirst = before === undefined || Number.isNaN(before.estimatedRttMs);
  return [
    `EstimatedRTT = SampleRTT = ${inMs(estimatedRttMs)} (first sample${isFirst ? "" : ": the estimator had started afresh"})`,
    `DevRTT = ${equation(
      [sample],
      (value) => `${value} / 2`,
      (value) => value / 2,
      devRttMs,
    )}`,
  ];
}

/** From what the deviation is measured: the report's order takes the new estimate, RFC 6298 the old one. */
function centreOf(before: Estimate, now: Estimate, { estimator }: RtoArithmetic): number {
  return estimator === "report" ? now.estimatedRttMs : before.estimatedRttMs;
}

/** Do both values of `now` follow from `before`? One of them may by chance: the estimate, where the delay is constant. */
function continues(before: Estimate, now: Estimate, options: RtoArithmetic): boolean {
  const { alpha, beta } = options;
  const { sampleRttMs: sample } = now;
  const estimatedMs = weighted(1 - alpha, before.estimatedRttMs, alpha, sample);
  const devMs = weighted(1 - beta, before.devRttMs, beta, Math.abs(sample - centreOf(before, now, options)));
  return isNear(estimatedMs, now.estimatedRttMs) && isNear(devMs, now.devRttMs);
}

function updateLines(before: Estimate, now: Estimate, options: RtoArithmetic): string[] {
  const { estimator, alpha, beta } = options;
  const { sampleRttMs: sample } = now;
  const estimated = equation(
    [1 - alpha, before.estimatedRttMs, alpha, sample],
    (a, old, b, value) => `${a} x ${old} + ${b} x ${value}`,
    weighted,
    now.estimatedRttMs,
  );
  const deviation = equation(
    [1 - beta, before.devRttMs, beta, sample, centreOf(before, now, options)],
    (a, old, b, value, centre) => `${a} x ${old} + ${b} x |${value} - ${centre}|`,
    (a, old, b, value, centre) => weighted(a, old, b, Math.abs(value - centre)),
    now.devRttMs,
  );
  const lines = [`EstimatedRTT = ${estimated}`, `DevRTT = ${deviation}`];
  return estimator === "report" ? lines : lines.toReversed();
}

function intervalLine(now: Estimate, options: RtoArithmetic): string {
  const { k, granularityMs, minMs, maxMs } = options;
  if (!isNear(unbackedMs(now, options), now.timeoutIntervalMs)) {
    return `TimeoutInterval is now ${inMs(now.timeoutIntervalMs)}`;
  }
  const plainMs = now.estimatedRttMs + Math.max(granularityMs, k * now.devRttMs);
  const sum = equation(
    [now.estimatedRttMs, granularityMs, k, now.devRttMs],
    (estimated, least, factor, dev) =>
      granularityMs > 0 ? `${estimated} + max(${least}, ${factor} x ${dev})` : `${estimated} + ${factor} x ${dev}`,
    (estimated, least, factor, dev) => estimated + Math.max(least, factor * dev),
    plainMs,
  );
  const line = `TimeoutInterval = ${sum}`;
  if (plainMs < minMs) return `${line}, raised to the minimum of ${inMs(minMs)}`;
  return plainMs > maxMs ? `${line}, cut to the maximum of ${inMs(maxMs)}` : line;
}
