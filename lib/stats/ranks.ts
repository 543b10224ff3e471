import { tQuantile, Z } from './intervals';
import { designEffect } from './paired-comparison';
import type { Interval } from './score';

/**
 * Runs over the same samples, kept small: a bit a sample, and a number a cluster from which the error of any two runs'
 * difference follows in one walk.
 */

/** Which samples of a split were answered rightly: bit `i % 8` of byte `i / 8` is the sample at place `i`. */
export type VerdictBits = Uint8Array;

export function packVerdicts(correct: readonly boolean[]): VerdictBits {
  const bits = new Uint8Array(Math.ceil(correct.length / 8));
  for (let i = 0; i < correct.length; i += 1) if (correct[i]) setBit(bits, i);
  return bits;
}

function setBit(bits: Uint8Array, i: number): void {
  bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
}

const bitAt = (bits: Uint8Array, i: number): number => ((bits[i >> 3] ?? 0) >> (i & 7)) & 1;

/**
 * The samples that runs are compared over: those of one split, or of several whose unweighted mean is the headline.
 * Runs can be compared where they have the same panel object.
 */
export interface Panel {
  /** Samples of each split. */
  sizes: readonly number[];
  /** The cluster of each sample, split after split; splits share the clusters of images that they share. */
  cluster: Uint32Array;
  clusterCount: number;
  /** Of the statistic of the paired test: normal where no two samples share a cluster, else Student's. */
  quantile: number;
}

/** @throws RangeError where a split has no samples. */
export function panelOf(splits: readonly (readonly { cluster: string }[])[]): Panel {
  if (splits.length === 0 || splits.some((samples) => samples.length === 0))
    throw new RangeError('panelOf needs at least one split, and a sample in each');
  const places = new Map<string, number>();
  const cluster = new Uint32Array(splits.reduce((n, samples) => n + samples.length, 0));
  let i = 0;
  for (const samples of splits) {
    for (const sample of samples) {
      let place = places.get(sample.cluster);
      if (place === undefined) {
        place = places.size;
        places.set(sample.cluster, place);
      }
      cluster[i] = place;
      i += 1;
    }
  }
  return {
    sizes: splits.map((samples) => samples.length),
    cluster,
    clusterCount: places.size,
    quantile:
      places.size === cluster.length
        ? Z
        : places.size === 1
          ? Number.POSITIVE_INFINITY
          : tQuantile(places.size - 1),
  };
}

export interface PanelRun {
  panel: Panel;
  /** One a split. */
  verdicts: readonly VerdictBits[];
  /** Of right answers in each split, and their mean, the headline: of 1. */
  shares: readonly number[];
  share: number;
  /** How far each cluster pulls the headline from what it would be if all clusters were alike; sums to 0. */
  influence: Float32Array;
  /** Sum of the squares of `influence`. */
  squares: number;
}

/** @throws RangeError where the verdicts are not those of the panel's splits. */
export function panelRun(panel: Panel, verdicts: readonly VerdictBits[]): PanelRun {
  if (
    verdicts.length !== panel.sizes.length ||
    panel.sizes.some((size, split) => verdicts[split]?.length !== Math.ceil(size / 8))
  )
    throw new RangeError('these verdicts are not those of the samples that are compared');
  const influence = new Float64Array(panel.clusterCount);
  const shares: number[] = [];
  let offset = 0;
  for (const [split, bits] of verdicts.entries()) {
    const size = panel.sizes[split] ?? 0;
    let correct = 0;
    for (let i = 0; i < size; i += 1) correct += bitAt(bits, i);
    const p = correct / size;
    const weight = 1 / (panel.sizes.length * size);
    for (let i = 0; i < size; i += 1) {
      const cluster = panel.cluster[offset + i] ?? 0;
      influence[cluster] = (influence[cluster] ?? 0) + weight * (bitAt(bits, i) - p);
    }
    shares.push(p);
    offset += size;
  }
  const small = Float32Array.from(influence);
  const share = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  return { panel, verdicts, shares, share, influence: small, squares: dot(small, small) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** A figure among those that are ranked. `run` is null where its verdicts are not known: a reported figure. */
export interface Ranked {
  /** Percent. */
  value: number;
  interval: Interval;
  run: PanelRun | null;
}

/**
 * Whether `a` is better than `b` beyond chance: over the same samples, where the test of `comparePaired` says so; else
 * where the two intervals do not overlap.
 */
export function isBetter(a: Ranked, b: Ranked): boolean {
  if (a.run === null || b.run === null || a.run.panel !== b.run.panel)
    return a.interval.low > b.interval.high;
  return a.run.share > b.run.share && differ(a.run, b.run);
}

/** Whether two differ beyond chance by the test of `comparePaired`; null where they are not over the same samples. */
export function differPaired({ run: a }: Ranked, { run: b }: Ranked): boolean | null {
  if (a === null || b === null || a.panel !== b.panel) return null;
  return a.share !== b.share && differ(a, b);
}

/**
 * The paired test of `comparePaired`, on the headline: of a mean of splits too, whose variances add up. Bounds of what is
 * to be computed decide most pairs, without a walk over the samples.
 */
function differ(a: PanelRun, b: PanelRun): boolean {
  const { sizes, cluster, clusterCount, quantile } = a.panel;
  const square = ((a.share - b.share) / quantile) ** 2;
  const differences = sizes.map((_, split) => Math.abs((a.shares[split] ?? 0) - (b.shares[split] ?? 0)));
  const most = sizes.map((_, split) => {
    const both = (a.shares[split] ?? 0) + (b.shares[split] ?? 0);
    return Math.min(both, 2 - both);
  });
  const perCluster = cluster.length / clusterCount;
  if (perCluster === 1) {
    if (square > varianceWithout(sizes, most)) return true;
    if (square <= varianceWithout(sizes, differences)) return false;
    return square > varianceWithout(sizes, discordances(a, b));
  }
  const scale = clusterCount / (clusterCount - 1);
  // The triangle inequality bounds the residuals; the shares, how much greater the variance is without a difference.
  const [x, y] = [Math.sqrt(a.squares), Math.sqrt(b.squares)];
  const greatest = (scale * (x + y) ** 2) / (1 - Math.max(...differences));
  if (square > Math.max(greatest, perCluster * varianceWithout(sizes, most))) return true;
  if (square <= scale * (x - y) ** 2 * (1 - 1 / Math.min(...sizes))) return false;
  const discordant = discordances(a, b);
  const without = varianceWithout(sizes, discordant);
  const independent = sizes.reduce(
    (sum, size, split) =>
      sum +
      ((discordant[split] ?? 0) - (differences[split] ?? 0) ** 2) /
        (Math.max(1, size - 1) * sizes.length ** 2),
    0,
  );
  const variance = scale * Math.max(0, a.squares + b.squares - 2 * dot(a.influence, b.influence));
  return square > designEffect(variance, independent, perCluster) * without;
}

/** Of the headline's difference where there is none in truth, all samples independent. */
const varianceWithout = (sizes: readonly number[], discordances: readonly number[]): number =>
  sizes.reduce((sum, size, split) => sum + (discordances[split] ?? 0) / (size * sizes.length ** 2), 0);

/** The share of each split's samples that one has right and the other wrong. */
function discordances(a: PanelRun, b: PanelRun): number[] {
  return a.panel.sizes.map((size, split) => {
    const [bitsA, bitsB] = [a.verdicts[split], b.verdicts[split]];
    if (bitsA === undefined || bitsB === undefined) return 0;
    let count = 0;
    for (let i = 0; i < bitsA.length; i += 1) count += BIT_COUNTS[(bitsA[i] ?? 0) ^ (bitsB[i] ?? 0)] ?? 0;
    return count / size;
  });
}

const BIT_COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** For each entry, 1 + the number of entries that are better beyond chance. Equal ranks are ties. */
export function ranks(entries: readonly Ranked[]): number[] {
  return entries.map((entry) => 1 + entries.filter((other) => isBetter(other, entry)).length);
}
