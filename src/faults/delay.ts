/**
 * Distributions of a link's delay. A sampler turns a uniform draw in [0, 1) into a delay in whole nanoseconds by
 * inverting the distribution function, so one draw gives one delay. Only Math.log, Math.exp and Math.sqrt are used:
 * engines agree on those to the last bit.
 */

import type { DelayOptions } from "./options.ts";

const NS_PER_MS = 1e6;

/** Turns a draw from [0, 1) into a delay in ns. */
export type DelaySampler = (u: number) => number;

/** The sampler of a distribution. Delays are never below 0, nor below the distribution's `minMs`. */
export function delaySampler(options: DelayOptions): DelaySampler {
  switch (options.distribution) {
    case "constant": {
      const ns = toNs(options.valueMs);
      return () => ns;
    }
    case "uniform": {
      const minNs = options.minMs * NS_PER_MS;
      const spanNs = (options.maxMs - options.minMs) * NS_PER_MS;
      return (u) => Math.round(minNs + spanNs * u);
    }
    case "normal": {
      const { meanMs, stddevMs, minMs } = options;
      return (u) => toNs(Math.max(minMs, meanMs + stddevMs * standardNormalQuantile(u)));
    }
    case "exponential": {
      // `mean` is the mean of the whole delay: the minimum plus an exponential part.
      const { meanMs, minMs } = options;
      return (u) => toNs(minMs - (meanMs - minMs) * Math.log(1 - u));
    }
    case "pareto": {
      // P(delay > x) = (scale / x)^shape for x >= scale.
      const { scaleMs, shape } = options;
      return (u) => toNs(scaleMs * Math.exp(-Math.log(1 - u) / shape));
    }
  }
}

function toNs(ms: number): number {
  return Math.max(0, Math.round(ms * NS_PER_MS));
}

/**
 * The standard normal quantile, P. J. Acklam's rational approximation (relative error below 1.15e-9). The smallest
 * draw stands for half a step of the generator, so that the result is finite.
 */
export function standardNormalQuantile(u: number): number {
  const p = Math.min(Math.max(u, SMALLEST), 1 - SMALLEST);
  const low = 0.02425;
  if (p < low) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - low) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
      1)
  );
}

/** Half a step of a 32-bit generator: 2^-33. */
const SMALLEST = 1.1641532182693481e-10;

function tail(q: number): number {
  return (
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  );
}
