import { halfGammaRatio, studentTwoSided } from './distributions';
import type { Interval, IntervalMethod } from './score';

/** Of all intervals here. */
export const LEVEL = 0.95;
/** The normal quantile at (1 + LEVEL) / 2. */
export const Z = 1.959963984540054;

export interface Count {
  correct: number;
  total: number;
}

/**
 * Student's t quantile at (1 + LEVEL) / 2, to 1e-12.
 * @param degreesOfFreedom at least 1
 */
export function tQuantile(degreesOfFreedom: number): number {
  const v = degreesOfFreedom;
  if (v <= 1) return Math.tan((Math.PI / 2) * LEVEL);
  if (v === 2) return (LEVEL * Math.SQRT2) / Math.sqrt(1 - LEVEL * LEVEL);
  // Cornish-Fisher expansion (Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.5), then Newton's method.
  const z2 = Z * Z;
  const terms = [
    (z2 + 1) / 4,
    ((5 * z2 + 16) * z2 + 3) / 96,
    (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
    ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92_160,
  ];
  let t = Z * (1 + terms.reduce((sum, term, power) => sum + term / v ** (power + 1), 0));
  const scale = halfGammaRatio(v / 2) / Math.sqrt(v * Math.PI);
  for (let step = 0; step < 3; step += 1) {
    const density = scale * (1 + (t * t) / v) ** (-(v + 1) / 2);
    t += (studentTwoSided(t, v) - (1 - LEVEL)) / (2 * density);
  }
  return t;
}

/** Percent. `n` may be a fraction: an effective sample size. */
function wilsonAt(p: number, n: number, method: IntervalMethod): Interval {
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // At 0 and 1 the bound is the estimate itself, which rounding would miss.
  return {
    low: p === 0 ? 0 : 100 * Math.max(0, centre - half),
    high: p === 1 ? 100 : 100 * Math.min(1, centre + half),
    level: LEVEL,
    method,
  };
}

/** Wilson's score interval (1927) of `correct` out of `total` independent samples, in percent. `total` of 0 says nothing: 0 to 100. */
export function wilson({ correct, total }: Count): Interval {
  if (total === 0) return { low: 0, high: 100, level: LEVEL, method: 'wilson' };
  return wilsonAt(correct / total, total, 'wilson');
}

/**
 * The interval of a proportion whose samples come in clusters (questions that share an image), in percent.
 *
 * The variance of the ratio estimator is linearised between clusters (Cochran, Sampling Techniques, 9.5); its ratio to
 * that of a simple random sample gives the effective sample size, lowered once more for the few degrees of freedom of few
 * clusters (Korn & Graubard 1998), and never above the true one. Where every sample is a cluster of its own this is
 * Wilson's interval. Where all verdicts are alike, or there is one cluster, nothing can be estimated, and each cluster
 * counts as one sample.
 */
export function clusteredInterval(clusters: readonly Count[]): Interval {
  let correct = 0;
  let total = 0;
  let count = 0;
  for (const cluster of clusters) {
    if (cluster.total === 0) continue;
    correct += cluster.correct;
    total += cluster.total;
    count += 1;
  }
  if (count === total) return wilson({ correct, total });

  const p = correct / total;
  const method = 'wilson-clustered';
  if (count === 1 || correct === 0 || correct === total) return wilsonAt(p, count, method);

  let squares = 0;
  for (const cluster of clusters) squares += (cluster.correct - p * cluster.total) ** 2;
  const variance = (count / (count - 1)) * (squares / (total * total));
  const independent = (p * (1 - p)) / (total - 1);
  const few = (tQuantile(total - 1) / tQuantile(count - 1)) ** 2;
  // `variance` is 0 where every cluster has the same share: then only the bound holds.
  return wilsonAt(p, Math.min(total, (total * independent) / variance) * few, method);
}

/**
 * The unweighted mean of the accuracies of independent splits and its interval, in percent: delta method, with the
 * variance of each split recovered from the two sides of its own interval (Zou & Donner 2008), so that bounds stay
 * within 0 to 100.
 */
export function meanOfSplits(splits: readonly { headline: number; interval: Interval }[]): {
  headline: number;
  interval: Interval;
} {
  if (splits.length === 0) throw new RangeError('meanOfSplits needs at least one split');
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / splits.length;
  const spread = (sides: readonly number[]) => Math.hypot(...sides) / splits.length;
  const headline = mean(splits.map((split) => split.headline));
  return {
    headline,
    interval: {
      low: headline - spread(splits.map((split) => split.headline - split.interval.low)),
      high: headline + spread(splits.map((split) => split.interval.high - split.headline)),
      level: LEVEL,
      method: 'delta-mean',
    },
  };
}

/**
 * The interval of a figure that was reported without samples, in percent: Wilson's at the sample count of the benchmark;
 * for a mean of splits, give the count of each: all are taken to have the reported figure.
 */
export function reportedInterval(percent: number, sampleCounts: readonly [number, ...number[]]): Interval {
  const splits = sampleCounts.map((n) => ({
    headline: percent,
    interval: wilsonAt(percent / 100, n, 'wilson-reported'),
  }));
  return { ...meanOfSplits(splits).interval, method: 'wilson-reported' };
}
