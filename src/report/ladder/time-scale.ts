/**
 * Time, downwards and to scale: one number of pixels per millisecond throughout, except that a long stretch in which
 * nothing happens is folded to a short one, and marked. In pixels the whole is a d3 scale with several segments.
 */

import { scaleLinear } from "d3-scale";

export interface Fold {
  readonly fromMs: number;
  readonly toMs: number;
  readonly topPx: number;
  readonly bottomPx: number;
}

export interface TimeScale {
  /** Moments before the first or after the last one are at the picture's edge. */
  readonly y: (timeMs: number) => number;
  /** As `y`, but goes on beyond the edges, to scale: what crosses an edge keeps its slope. */
  readonly yBeyond: (timeMs: number) => number;
  readonly timeAt: (yPx: number) => number;
  readonly pxPerMs: number;
  readonly folds: readonly Fold[];
  /** The stretches between the folds, as [first, last] moments in ms. */
  readonly stretches: readonly (readonly [number, number])[];
  readonly topPx: number;
  readonly bottomPx: number;
}

/** Longer gaps between two moments are folded. */
const FOLD_FROM_PX = 120;
const FOLD_PX = 30;
/** To scale before and after a fold, so that what happens there does not touch it. */
const MARGIN_PX = 16;
/** The typical way of a packet: this much where all take about as long, less where some take far longer. */
const FLIGHT_PX = 38;
const MIN_FLIGHT_PX = 16;
/** The longest way, unless it is so many times as long as the typical one that it does not count. */
const SLOW_FLIGHT_PX = 160;
const MAX_SLOWNESS = 12;
/** Nothing is folded while a packet is under way, so that its arrow has its true slope; longer ways may be broken. */
const UNBROKEN_PX = 240;

/** Packets that follow one another while the first is still under way: their arrows are so far apart, where that is possible ... */
const FOLLOWING_PX = 14;
/** ... without making the typical way of a packet longer than this. */
const CROWDED_FLIGHT_PX = 320;

/** Where no packet is seen to take any time (a capture taken at one place), each is at least so far from the next ... */
const APART_PX = 24;
/** ... but for this share of them, the closest ones. */
const CLOSEST_SHARE = 0.2;

/**
 * Pixels per ms such that a packet of the typical flight time slopes well, and slow ones are not too long to see.
 * `gapsMs`: from each packet to the next in its direction; where most of them are shorter than a flight (a queue), the
 * scale is stretched until the arrows can be told apart. `sentMs`: when each packet was sent, in any direction; it decides
 * where none is seen to take any time.
 */
export function pxPerMsOf(
  flightsMs: readonly number[],
  spanMs: number,
  gapsMs: readonly number[] = [],
  sentMs: readonly number[] = [],
): number {
  const positive = flightsMs.filter((ms) => ms > 0).toSorted((a, b) => a - b);
  const typical = positive[positive.length >> 1];
  if (typical === undefined) return pxPerMsApart(sentMs) ?? (spanMs > 0 ? (10 * FLIGHT_PX) / spanMs : 1);
  const slowest = positive.findLast((ms) => ms <= MAX_SLOWNESS * typical)!;
  const flightPx = Math.min(FLIGHT_PX, Math.max(MIN_FLIGHT_PX, (SLOW_FLIGHT_PX * typical) / slowest));
  const pxPerMs = flightPx / typical;
  const gaps = gapsMs.filter((ms) => ms > 0).toSorted((a, b) => a - b);
  const gap = gaps[gaps.length >> 1];
  if (gap === undefined || gap >= typical) return pxPerMs;
  return Math.max(pxPerMs, Math.min(FOLLOWING_PX / gap, CROWDED_FLIGHT_PX / typical));
}

/** Pixels per ms such that moments can be told apart; undefined where there are not two. */
function pxPerMsApart(atMs: readonly number[]): number | undefined {
  const sorted = [...new Set(atMs)].toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((ms, i) => ms - sorted[i]!);
  const gap = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * CLOSEST_SHARE)];
  return gap === undefined ? undefined : APART_PX / gap;
}

/**
 * `moments` are what must be seen, in ms, in any order; the scale begins at the first and ends with the last. `flights`
 * are the stretches of time, [from, to] in ms, in which something is under way that is drawn with a slope.
 */
export function timeScale(
  moments: readonly number[],
  pxPerMs: number,
  topPx: number,
  fold: boolean,
  flights: readonly (readonly [number, number])[] = [],
): TimeScale {
  const sorted = [...new Set(moments)].toSorted((a, b) => a - b);
  if (sorted.length === 0) sorted.push(0);
  const domain = [sorted[0]!];
  const range = [topPx];
  const folds: Fold[] = [];
  const stretches: [number, number][] = [];
  let stretchFrom = sorted[0]!;
  const unbroken = flights.filter(([from, to]) => (to - from) * pxPerMs <= UNBROKEN_PX);
  const isUnderWay = (before: number, now: number) => unbroken.some(([from, to]) => from < now && to > before);
  const add = (timeMs: number, distancePx: number) => {
    domain.push(timeMs);
    range.push(range.at(-1)! + distancePx);
  };
  for (let i = 1; i < sorted.length; i++) {
    const [before, now] = [sorted[i - 1]!, sorted[i]!];
    const gapPx = (now - before) * pxPerMs;
    if (!fold || gapPx <= FOLD_FROM_PX || isUnderWay(before, now)) {
      add(now, gapPx);
      continue;
    }
    const marginMs = MARGIN_PX / pxPerMs;
    add(before + marginMs, MARGIN_PX);
    add(now - marginMs, FOLD_PX);
    const bottomPx = range.at(-1)!;
    folds.push({ fromMs: before, toMs: now, topPx: bottomPx - FOLD_PX, bottomPx });
    add(now, MARGIN_PX);
    stretches.push([stretchFrom, before]);
    stretchFrom = now;
  }
  stretches.push([stretchFrom, sorted.at(-1)!]);
  const bottomPx = range.at(-1)!;
  if (domain.length === 1) add(domain[0]! + 1, 1);
  const scale = scaleLinear(domain, range);
  // Beyond its ends a d3 scale goes on; a picture does not.
  const clamped = scaleLinear(domain, range).clamp(true);
  const [firstMs, lastMs] = [sorted[0]!, sorted.at(-1)!];
  const yBeyond = (ms: number) => {
    if (ms < firstMs) return topPx - (firstMs - ms) * pxPerMs;
    return ms > lastMs ? bottomPx + (ms - lastMs) * pxPerMs : clamped(ms);
  };
  const timeAt = (y: number) => scale.invert(y);
  return { y: (ms) => clamped(ms), yBeyond, timeAt, pxPerMs, folds, stretches, topPx, bottomPx };
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `least`; 0 where `least` is not above 0. */
export function niceStep(least: number): number {
  if (!(least > 0) || least === Number.POSITIVE_INFINITY) return 0;
  let power = 1;
  while (power > least) power /= 10;
  while (power * 10 <= least) power *= 10;
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power * 10;
}

export type TimeUnit = "ms" | "s";

/** The unit for all moments of a picture that ends at `endMs`. */
export function unitFor(endMs: number): TimeUnit {
  return endMs < 5000 ? "ms" : "s";
}

/** `200 ms`, `7.0207 s`: a moment, to the microsecond. */
export function momentText(timeMs: number, unit: TimeUnit): string {
  const microseconds = Math.round(timeMs * 1000);
  return unit === "ms" ? `${microseconds / 1000} ms` : `${microseconds / 1e6} s`;
}

/** A duration to three digits: `2.69 s`, `300 ms`, `0.655 ms`. */
export function durationText(ms: number): string {
  const digits = (value: number) => String(Number(value.toPrecision(3)));
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}
