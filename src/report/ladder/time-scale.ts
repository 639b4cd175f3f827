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
  readonly y: (timeMs: number) => number;
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
/** The typical way of a packet. */
const FLIGHT_PX = 38;

/** Pixels per ms such that a packet of the typical flight time slopes well. */
export function pxPerMsOf(flightsMs: readonly number[], spanMs: number): number {
  const positive = flightsMs.filter((ms) => ms > 0).toSorted((a, b) => a - b);
  const typical = positive[positive.length >> 1];
  if (typical !== undefined) return FLIGHT_PX / typical;
  return spanMs > 0 ? (10 * FLIGHT_PX) / spanMs : 1;
}

/** `moments` are what must be seen, in ms, in any order; the scale begins at the first and ends with the last. */
export function timeScale(moments: readonly number[], pxPerMs: number, topPx: number, fold: boolean): TimeScale {
  const sorted = [...new Set(moments)].toSorted((a, b) => a - b);
  if (sorted.length === 0) sorted.push(0);
  const domain = [sorted[0]!];
  const range = [topPx];
  const folds: Fold[] = [];
  const stretches: [number, number][] = [];
  let stretchFrom = sorted[0]!;
  const add = (timeMs: number, distancePx: number) => {
    domain.push(timeMs);
    range.push(range.at(-1)! + distancePx);
  };
  for (let i = 1; i < sorted.length; i++) {
    const [before, now] = [sorted[i - 1]!, sorted[i]!];
    const gapPx = (now - before) * pxPerMs;
    if (!fold || gapPx <= FOLD_FROM_PX) {
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
  return { y: (ms) => clamped(ms), timeAt: (y) => scale.invert(y), pxPerMs, folds, stretches, topPx, bottomPx };
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
