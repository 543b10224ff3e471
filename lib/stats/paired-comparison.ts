import { normalTwoSided, studentTwoSided, Z_POWER } from './distributions';
import { LEVEL, tQuantile, Z } from './intervals';
import type { Interval } from './score';

/** What became of the samples of one run, the baseline, in another: McNemar's four counts. */
export interface PairedCounts {
  bothRight: number;
  /** Wrong in the baseline, right in the other. */
  fixed: number;
  /** Right in the baseline, wrong in the other. */
  broken: number;
  bothWrong: number;
}

export interface PairedComparison extends PairedCounts {
  total: number;
  /** Images; `total` where no two samples share one. */
  clusters: number;
  /** The other minus the baseline, in percentage points. */
  difference: number;
  /** Robust to samples that share an image, in points; null where there is one image or one sample. */
  standardError: number | null;
  /** Points, -100 to 100. */
  interval: Interval;
  /** The interval's dual: below 1 - level just where the interval leaves out 0. */
  pValue: number;
  /** Of the exact McNemar test; null where samples share images, which it takes as independent. */
  exactP: number | null;
  /** The smallest difference, in points, that so many samples show with 80 % power; null where they show none. */
  detectable: number | null;
}

/**
 * Two runs over the same samples.
 *
 * Where no two samples share an image, the interval is Tango's score interval (Statistics in Medicine 1998, 17:891), and p
 * that of the test which it inverts: at a difference of 0 this is McNemar's test without a correction. The exact test is
 * given beside it and decides nothing. It is conservative (Fagerland, Lydersen & Laake, BMC Medical Research Methodology
 * 2013, 13:91, recommend against it), so that an interval dual to it would cover more than its level says; and beside an
 * interval of that level it would call differences chance which the interval does not.
 *
 * Where samples share images, differences are summed by image. Their variance, with C/(C - 1) for C images, over that of
 * independent samples is the design effect, by which the variance in Tango's statistic grows; its quantile becomes
 * Student's with C - 1 degrees of freedom. The plain interval of that t, difference ± t standard errors, does as well
 * where many samples differ; where few do, as between near checkpoints, it covers as little as 82 % where this one stays
 * above 93 (bench/paired-coverage.mjs). Where the effect cannot be estimated each image counts as one sample.
 *
 * @param cluster the image of each sample, as a number from 0 on
 * @throws RangeError where there are no samples, or not as many of each
 */
export function comparePaired(
  cluster: ArrayLike<number>,
  baseline: ArrayLike<boolean>,
  other: ArrayLike<boolean>,
): PairedComparison {
  const total = cluster.length;
  if (total === 0 || baseline.length !== total || other.length !== total)
    throw new RangeError(`${baseline.length} and ${other.length} verdicts for ${total} samples`);
  const counts: PairedCounts = { bothRight: 0, fixed: 0, broken: 0, bothWrong: 0 };
  let places = 0;
  for (let i = 0; i < total; i += 1) places = Math.max(places, (cluster[i] ?? 0) + 1);
  const images = { differences: new Int32Array(places), sizes: new Int32Array(places) };
  for (let i = 0; i < total; i += 1) {
    const [before, after] = [baseline[i] === true, other[i] === true];
    counts[before ? (after ? 'bothRight' : 'broken') : after ? 'fixed' : 'bothWrong'] += 1;
    const place = cluster[i] ?? 0;
    images.sizes[place] = (images.sizes[place] ?? 0) + 1;
    images.differences[place] = (images.differences[place] ?? 0) + Number(after) - Number(before);
  }
  return paired(counts, images);
}

/** The images as numbers from 0 on. */
export function clusterPlaces(samples: readonly { cluster: string }[]): number[] {
  const places = new Map<string, number>();
  return samples.map(({ cluster }) => {
    const place = places.get(cluster) ?? places.size;
    places.set(cluster, place);
    return place;
  });
}

/** @param images the sum of the differences of each, and how many samples it has: there may be images without any */
function paired(
  counts: PairedCounts,
  { differences, sizes }: { differences: Int32Array; sizes: Int32Array },
): PairedComparison {
  const { fixed, broken } = counts;
  const total = counts.bothRight + fixed + broken + counts.bothWrong;
  const share = (fixed - broken) / total;
  const discordance = (fixed + broken) / total;
  let clusters = 0;
  let squares = 0;
  for (const [place, size] of sizes.entries()) {
    if (size === 0) continue;
    clusters += 1;
    squares += ((differences[place] ?? 0) - share * size) ** 2;
  }
  // Of the mean of the differences, in shares of 1.
  const variance = clusters === 1 ? null : ((clusters / (clusters - 1)) * squares) / (total * total);
  const known = {
    ...counts,
    total,
    clusters,
    difference: 100 * share,
    standardError: variance === null ? null : 100 * Math.sqrt(variance),
  };
  if (clusters === total)
    return {
      ...known,
      interval: tangoInterval(total, fixed, broken, Z, 'tango'),
      pValue: fixed === broken ? 1 : normalTwoSided((fixed - broken) / Math.sqrt(fixed + broken)),
      exactP: exactMcNemar(fixed, broken),
      detectable: detectableDifference(total, discordance, Z),
    };
  if (variance === null)
    return {
      ...known,
      interval: { low: -100, high: 100, level: LEVEL, method: 'tango-clustered' },
      pValue: 1,
      exactP: null,
      detectable: null,
    };
  const independent = (discordance - share * share) / (total - 1);
  const effect = designEffect(variance, independent, total / clusters);
  const quantile = tQuantile(clusters - 1);
  return {
    ...known,
    interval: tangoInterval(total, fixed, broken, quantile * Math.sqrt(effect), 'tango-clustered'),
    pValue:
      fixed === broken
        ? 1
        : studentTwoSided((fixed - broken) / Math.sqrt((fixed + broken) * effect), clusters - 1),
    exactP: null,
    detectable: detectableDifference(total / effect, discordance, quantile),
  };
}

/**
 * How many times the variance is what it would be, were all samples independent. Where that cannot be estimated, as nothing
 * differs or all images differ by the same, it is taken as if the samples of an image were one.
 */
export function designEffect(variance: number, independent: number, samplesPerImage: number): number {
  // What is less is rounding.
  return variance > 1e-9 * independent ? variance / independent : samplesPerImage;
}

/**
 * All differences of which the score statistic is at most `quantile`: `fixed - broken - total * difference`, over its
 * standard error with the shares that are likeliest at that difference. Percent.
 */
function tangoInterval(
  total: number,
  fixed: number,
  broken: number,
  quantile: number,
  method: 'tango' | 'tango-clustered',
): Interval {
  const outside = (difference: number): boolean => {
    // The likeliest share of broken samples is the root of a square equation (Tango 1998, appendix).
    const b = (2 * total - fixed + broken) * difference - fixed - broken;
    const c = -broken * difference * (1 - difference);
    const root = Math.sqrt(Math.max(0, b * b - 8 * total * c));
    const share = b > 0 ? (-2 * c) / (root + b) : (root - b) / (4 * total);
    const variance = total * (2 * share + difference * (1 - difference));
    return (fixed - broken - total * difference) ** 2 > quantile * quantile * variance;
  };
  const estimate = (fixed - broken) / total;
  const bound = (end: -1 | 1): number => {
    let inside = estimate;
    let beyond: number = end;
    for (;;) {
      const middle = (inside + beyond) / 2;
      if (middle === inside || middle === beyond) return 100 * inside;
      if (outside(middle)) beyond = middle;
      else inside = middle;
    }
  };
  return { low: bound(-1), high: bound(1), level: LEVEL, method };
}

/**
 * The smallest difference, in points, that a two-sided McNemar test finds with 80 % power among `total` samples of which
 * the share `discordance` differs (Connor, Biometrics 1987, 43:207, solved for the difference); a greater difference than
 * that share needs as many samples that differ. Null where `total` samples find none.
 *
 * @param total may be a fraction: an effective sample size
 * @param quantile of the test's statistic: Z, or Student's
 */
export function detectableDifference(total: number, discordance: number, quantile: number): number | null {
  const inner = total - quantile * quantile + Z_POWER * Z_POWER;
  if (inner < 0) return null;
  const root = (Math.sqrt(total) * quantile + Z_POWER * Math.sqrt(inner)) / (total + Z_POWER * Z_POWER);
  const difference = root * Math.max(root, Math.sqrt(discordance));
  return difference < 1 ? 100 * difference : null;
}

/**
 * McNemar's exact test, two-sided: how likely a split of the samples that only one of two has right, as uneven as this
 * or more, would be if each went either way with probability 1/2. 0 to 1; samples are taken as independent.
 */
export function exactMcNemar(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  // Logarithms, as 2^-n is no number for thousands of samples.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let i = 0; i <= Math.min(onlyA, onlyB); i += 1) {
    tail += Math.exp(logTerm);
    logTerm += Math.log(n - i) - Math.log(i + 1);
  }
  return Math.min(1, 2 * tail);
}
