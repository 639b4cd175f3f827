/**
 * The statistics of a sample: mean, standard deviation, percentiles, and the 95 % confidence interval of the mean after
 * Student (mean +- t(0.975, n - 1) s / sqrt(n)). Percentiles are interpolated between the order statistics (the
 * definition 7 of Hyndman and Fan, 1996). Only products, quotients and square roots: every engine gives the same bits.
 */

export interface Summary {
  /** Values in the sample, at least 1. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); undefined for a single value. */
  readonly sd: number | undefined;
  /** Standard error of the mean, sd / sqrt(n). */
  readonly se: number | undefined;
  /** The 95 % confidence interval of the mean; undefined where nothing tells how sure it is. */
  readonly ci95: readonly [low: number, high: number] | undefined;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly max: number;
}

/** A sample's summary, or undefined where it is empty. */
export function summarise(values: readonly number[]): Summary | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const { mean, sd, se, ci95 } = meanOf(values);
  const at = (share: number) => percentile(sorted, share);
  return {
    n,
    mean,
    sd,
    se,
    ci95,
    min: sorted[0] as number,
    p5: at(0.05),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    max: sorted[n - 1] as number,
  };
}

export type Mean = Pick<Summary, "n" | "mean" | "sd" | "se" | "ci95">;

/** The mean of at least one value, and how sure it is. */
export function meanOf(values: readonly number[]): Mean {
  const n = values.length;
  const least = values.reduce((a, b) => Math.min(a, b));
  // Around the least value, so that equal values have exactly their mean and no spread.
  const mean = least + values.reduce((sum, value) => sum + (value - least), 0) / n;
  if (n < 2) return { n, mean, sd: undefined, se: undefined, ci95: undefined };
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const sd = Math.sqrt(squares / (n - 1));
  const se = sd / Math.sqrt(n);
  const half = studentT975(n - 1) * se;
  return { n, mean, sd, se, ci95: [mean - half, mean + half] };
}

/** The value below which `share` of a sorted sample lies. */
export function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (place - below) * (high - low);
}

/** What the same seeds gave in two variants, run by run. */
export interface PairedDifference {
  /** Of b - a. */
  readonly difference: Mean;
  /** Runs in which b was below a, the same, above it. */
  readonly lower: number;
  readonly equal: number;
  readonly higher: number;
}

/** Compares b with a, pair by pair; pairs in which one has no value (NaN) are left out. Undefined where none is left. */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>): PairedDifference | undefined {
  const differences: number[] = [];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (b[i] as number) - (a[i] as number);
    if (!Number.isNaN(difference)) differences.push(difference);
  }
  if (differences.length === 0) return undefined;
  const difference = meanOf(differences);
  const count = (holds: (difference: number) => boolean) => differences.filter(holds).length;
  return {
    // Equal differences do not make the next one certain.
    difference: difference.sd === 0 ? { ...difference, ci95: undefined } : difference,
    lower: count((difference) => difference < 0),
    equal: count((difference) => difference === 0),
    higher: count((difference) => difference > 0),
  };
}

/** t(0.975, 1), t(0.975, 2), ... */
const T_975 = [
  12.706204736, 4.3026527297, 3.1824463053, 2.776445105, 2.5705818356, 2.4469118511, 2.3646242516, 2.3060041352,
  2.2621571628, 2.228138852, 2.2009851601, 2.1788128297, 2.1603686565, 2.1447866879, 2.1314495456, 2.1199052992,
  2.1098155778, 2.1009220402, 2.0930240544, 2.0859634473,
];
/** t(q, 1), t(q, 2), ... for the q of THREE_SIGMA. */
const T_THREE_SIGMA = [
  235.8015, 19.20674, 9.21894, 6.620206, 5.50708, 4.904065, 4.529974, 4.276633, 4.094255, 3.956937, 3.849936, 3.764277,
  3.694188, 3.635801, 3.586423, 3.544128, 3.507498, 3.475471, 3.447233, 3.422151,
];
/** The standard normal quantile of 0.975. */
const Z_975 = 1.959963984540054;
/** Beyond it on both sides together lie 0.27 % of a normal distribution. */
const THREE_SIGMA = 3;

/** The 97.5 % quantile of Student's t with so many degrees of freedom, to 2e-7. */
export function studentT975(degreesOfFreedom: number): number {
  return T_975[degreesOfFreedom - 1] ?? expandedT(Z_975, degreesOfFreedom);
}

/** The t that is exceeded in size as often as a normal value exceeds 3 standard deviations (0.27 %), to 1e-5. */
export function studentTThreeSigma(degreesOfFreedom: number): number {
  return T_THREE_SIGMA[degreesOfFreedom - 1] ?? expandedT(THREE_SIGMA, degreesOfFreedom);
}

/** A quantile of Student's t about the normal quantile `z` of the same probability (Abramowitz and Stegun, 26.7.5). */
function expandedT(z: number, v: number): number {
  const z2 = z * z;
  const g1 = (z * (z2 + 1)) / 4;
  const g2 = (z * ((5 * z2 + 16) * z2 + 3)) / 96;
  const g3 = (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / 384;
  const g4 = (z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945)) / 92160;
  return z + g1 / v + g2 / (v * v) + g3 / (v * v * v) + g4 / (v * v * v * v);
}

/** Wilson's 95 % interval of a probability: `successes` of `trials` (1 or more). It says something of 0 of n, too. */
export function wilson95(successes: number, trials: number): readonly [low: number, high: number] {
  const share = successes / trials;
  const z2 = Z_975 * Z_975;
  const centre = share + z2 / (2 * trials);
  const half = Z_975 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const scale = 1 + z2 / trials;
  return [successes === 0 ? 0 : (centre - half) / scale, successes === trials ? 1 : (centre + half) / scale];
}
