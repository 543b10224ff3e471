import { z } from 'zod';
import file from './seed-curves.json';

/**
 * The curves of the seed's figures, read off their pictures: nobody published the numbers. `bench/data/findings.test.ts` makes
 * the file of the whole curves, which do not lie in the repository.
 */

export const SEED_SIZES = ['3B', '7B'] as const;
export type SeedSize = (typeof SEED_SIZES)[number];
export const SEED_METRICS = [
  'reasoning_behaviors',
  'geoqa_score',
  'cvbench_score',
  'score',
  'response_length',
  'entropy',
] as const;
export type SeedMetric = (typeof SEED_METRICS)[number];

export type Point = readonly [step: number, value: number];

export const seedCurvesFile = z.object({
  source: z.string(),
  method: z.string(),
  curves: z.array(
    z.object({
      size: z.enum(SEED_SIZES),
      stage: z.union([z.literal(1), z.literal(2)]),
      metric: z.enum(SEED_METRICS),
      /** Steps whose mean a point is. */
      every: z.number(),
      /** How far a value of the whole curve may be off, in its own unit. */
      error: z.number(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

const { curves } = seedCurvesFile.parse(file);
export const SEED_CURVES_SOURCE = file.source;

/** Empty where the seed shows no such figure. */
export const seedCurve = (size: SeedSize, stage: 1 | 2, metric: SeedMetric): readonly Point[] =>
  curves.find((each) => each.size === size && each.stage === stage && each.metric === metric)?.points ?? [];

/** A curve's value at a step, on the line between the points beside it; null outside of them. */
export function valueAt(points: readonly Point[], step: number): number | null {
  const after = points.findIndex(([at]) => at >= step);
  const [right, left] = [points[after], points[after - 1]];
  if (right === undefined) return null;
  if (right[0] === step) return right[1];
  if (left === undefined) return null;
  return left[1] + ((step - left[0]) / (right[0] - left[0])) * (right[1] - left[1]);
}
