import { normalTwoSided, Z_POWER } from './distributions';
import { LEVEL, Z } from './intervals';
import type { Interval } from './score';

/** A figure with its interval, in percent. */
export interface Figure {
  value: number;
  interval: Interval;
}

export interface UnpairedComparison {
  /** The other minus the baseline, in percentage points. */
  difference: number;
  /** Points, -100 to 100. */
  interval: Interval;
  /** The interval's dual: below 1 - level just where the interval leaves out 0. */
  pValue: number;
  /** The smallest difference, in points, that figures so sure of themselves show with 80 % power. */
  detectable: number;
}

/**
 * Two figures that are not known to be of the same samples, as where one is only reported. Newcombe's interval from the
 * two Wilson intervals (Statistics in Medicine 1998, 17:873, method 10), or from whatever intervals the figures have (Zou &
 * Donner 2008): an error is recovered from the sides of the intervals that face each other. p takes the difference for
 * normal with that error. It is wider than of pairs: what is hard in a sample is hard for both, and that is lost here.
 */
export function compareUnpaired(baseline: Figure, other: Figure): UnpairedComparison {
  const difference = other.value - baseline.value;
  const below = Math.hypot(other.value - other.interval.low, baseline.interval.high - baseline.value);
  const above = Math.hypot(other.interval.high - other.value, baseline.value - baseline.interval.low);
  const facing = difference > 0 ? below : above;
  return {
    difference,
    interval: { low: difference - below, high: difference + above, level: LEVEL, method: 'unpaired' },
    pValue: difference === 0 ? 1 : normalTwoSided((Z * difference) / facing),
    detectable: ((Z + Z_POWER) / Z) * ((below + above) / 2),
  };
}
