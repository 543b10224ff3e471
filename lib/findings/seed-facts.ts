import { rankCorrelation } from '@/lib/stats/rank-correlation';
import { type Point, type SeedMetric, type SeedSize, seedCurve, valueAt } from './seed-curves';

/** What the seed's curves say, in figures that a text can quote. */

export interface Ends {
  first: Point;
  last: Point;
  highest: Point;
}

/** @throws RangeError of a curve that the seed does not show. */
export function endsOf(size: SeedSize, stage: 1 | 2, metric: SeedMetric): Ends {
  const points = seedCurve(size, stage, metric);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined)
    throw new RangeError(`the seed has no ${metric} of ${size}, stage ${stage}`);
  const highest = points.reduce((best, each) => (each[1] > best[1] ? each : best));
  return { first, last, highest };
}

/** How one curve of a stage goes with another, by ranks, at the steps of the first; null where it cannot be said. */
export function goesWith(
  size: SeedSize,
  stage: 1 | 2,
  metric: SeedMetric,
  other: SeedMetric,
): { correlation: number; points: number } | null {
  const others = seedCurve(size, stage, other);
  const pairs = seedCurve(size, stage, metric).flatMap(([step, value]) => {
    const beside = valueAt(others, step);
    return beside === null ? [] : [[value, beside] as const];
  });
  const correlation = rankCorrelation(
    pairs.map(([value]) => value),
    pairs.map(([, value]) => value),
  );
  return correlation === null ? null : { correlation, points: pairs.length };
}

/** What the form of a response may add to its reward, by stage: the rest is whether it is right. */
export const FORM_REWARD = { 1: 0.1, 2: 0.05 } as const;
