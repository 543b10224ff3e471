import { LEVEL, tQuantile } from './intervals';
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
  /** Mean over the clusters of the square of the share of the headline that a cluster decides. */
  meanSquareWeight: number;
}

/** @throws RangeError where a split has no samples. */
export function panelOf(splits: readonly (readonly { cluster: string }[])[]): Panel {
  if (splits.length === 0 || splits.some((samples) => samples.length === 0))
    throw new RangeError('panelOf needs at least one split, and a sample in each');
  const places = new Map<string, number>();
  const weights: number[] = [];
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
      weights[place] = (weights[place] ?? 0) + 1 / (splits.length * samples.length);
      i += 1;
    }
  }
  return {
    sizes: splits.map((samples) => samples.length),
    cluster,
    clusterCount: places.size,
    meanSquareWeight: weights.reduce((sum, weight) => sum + weight * weight, 0) / places.size,
  };
}

export interface PanelRun {
  panel: Panel;
  /** One a split. */
  verdicts: readonly VerdictBits[];
  /** The headline as a share of 1. */
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
  let share = 0;
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
    share += p / panel.sizes.length;
    offset += size;
  }
  const small = Float32Array.from(influence);
  return { panel, verdicts, share, influence: small, squares: dot(small, small) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Half the width of the interval of a difference whose residuals have this sum of squares. Shares of 1. */
function halfWidth(panel: Panel, squares: number): number {
  const { clusterCount: count, meanSquareWeight } = panel;
  if (count === 1) return Number.POSITIVE_INFINITY;
  // Where two runs differ in few samples the plain error is too small; one pseudo-image that only the one has right and
  // one that only the other has mends it (Bonett & Price 2012 for pairs of samples, here for pairs of clusters).
  const variance = (count / (count - 1)) * squares + 2 * meanSquareWeight;
  return tQuantile(count - 1) * Math.sqrt(variance);
}

const residualSquares = (a: PanelRun, b: PanelRun): number =>
  Math.max(0, a.squares + b.squares - 2 * dot(a.influence, b.influence));

/** What two runs make of the same samples. Samples that both, only one, or neither has right: McNemar's four counts. */
export interface PairedDifference {
  /** `a` minus `b`, in percentage points. */
  difference: number;
  /** Robust to clusters, in percentage points; null where there is only one cluster. */
  standardError: number | null;
  /** -100 to 100. */
  interval: Interval;
  bothRight: number;
  onlyA: number;
  onlyB: number;
  bothWrong: number;
}

/** @throws RangeError where the runs are not of the same panel. */
export function pairedDifference(a: PanelRun, b: PanelRun): PairedDifference {
  const { panel } = a;
  if (panel !== b.panel) throw new RangeError('runs are compared over the same samples only');
  const counts = [0, 0, 0, 0];
  for (const [split, size] of panel.sizes.entries()) {
    const bitsA = a.verdicts[split] ?? new Uint8Array();
    const bitsB = b.verdicts[split] ?? new Uint8Array();
    for (let i = 0; i < size; i += 1) {
      const place = 2 * bitAt(bitsA, i) + bitAt(bitsB, i);
      counts[place] = (counts[place] ?? 0) + 1;
    }
  }
  const [bothWrong = 0, onlyB = 0, onlyA = 0, bothRight = 0] = counts;
  const difference = a.share - b.share;
  const squares = residualSquares(a, b);
  const half = halfWidth(panel, squares);
  const { clusterCount: count } = panel;
  return {
    difference: 100 * difference,
    standardError: count === 1 ? null : 100 * Math.sqrt((count / (count - 1)) * squares),
    interval: {
      low: 100 * Math.max(-1, difference - half),
      high: 100 * Math.min(1, difference + half),
      level: LEVEL,
      method: 'paired-clustered',
    },
    bothRight,
    onlyA,
    onlyB,
    bothWrong,
  };
}

/** A figure among those that are ranked. `run` is null where its verdicts are not known: a reported figure. */
export interface Ranked {
  /** Percent. */
  value: number;
  interval: Interval;
  run: PanelRun | null;
}

/**
 * Whether `a` is better than `b` beyond chance: over the same samples, where the interval of the paired difference lies
 * above zero; else where the two intervals do not overlap.
 */
export function isBetter(a: Ranked, b: Ranked): boolean {
  if (a.run === null || b.run === null || a.run.panel !== b.run.panel)
    return a.interval.low > b.interval.high;
  const difference = a.run.share - b.run.share;
  if (difference <= 0) return false;
  // The triangle inequality bounds the residuals; most pairs are decided by it, without a walk over the clusters.
  const [x, y] = [Math.sqrt(a.run.squares), Math.sqrt(b.run.squares)];
  if (difference > halfWidth(a.run.panel, (x + y) ** 2)) return true;
  if (difference < halfWidth(a.run.panel, (x - y) ** 2)) return false;
  return difference > halfWidth(a.run.panel, residualSquares(a.run, b.run));
}

/** For each entry, 1 + the number of entries that are better beyond chance. Equal ranks are ties. */
export function ranks(entries: readonly Ranked[]): number[] {
  return entries.map((entry) => 1 + entries.filter((other) => isBetter(other, entry)).length);
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
