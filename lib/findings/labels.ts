import { z } from 'zod';
import { type Count, wilson } from '@/lib/stats/intervals';
import type { Interval } from '@/lib/stats/score';
import file from './labels.json';

/**
 * Real outputs that were read by hand, and how the list of reflection does on them. `bench/data/findings.test.ts` holds the file
 * to the outputs, which are not ours to commit.
 */

/** By what the list and a wide net of words find, since what reflects is rare: a stratum is sampled by itself. */
export const STRATA = ['found', 'read', 'near', 'rest'] as const;
export const BECAME = [
  'confirmed',
  'fixed',
  'broken',
  'right-for-wrong-reasons',
  'still-wrong',
  'gave-up',
  'no-answer',
] as const;
export type Became = (typeof BECAME)[number];

/** In words for people. */
export const BECAME_WORDS: Readonly<Record<Became, string>> = {
  confirmed: 'confirmed',
  fixed: 'fixed',
  broken: 'broken',
  'right-for-wrong-reasons': 'right for wrong reasons',
  'still-wrong': 'wrong before and after',
  'gave-up': 'given up: “no solution”, “none of these”, an error of the question',
  'no-answer': 'no answer: it goes round until it is cut off',
};

const stratum = z.object({ what: z.string(), size: z.number() });
export const labelsFile = z.object({
  strata: z.object({ found: stratum, read: stratum, near: stratum, rest: stratum }),
  labels: z.array(
    z.object({
      file: z.string(),
      id: z.string(),
      sha256: z.string(),
      stratum: z.enum(STRATA),
      reflects: z.boolean(),
      category: z.string().optional(),
      became: z.enum(BECAME).optional(),
      phrases: z.array(z.string()),
    }),
  ),
});

const { strata, labels } = labelsFile.parse(file);

export interface Reading {
  /** Outputs in all, and those that were read. */
  outputs: number;
  read: number;
  /** Of those that the list finds, all of which were read. */
  precision: Count & { interval: Interval };
  /** Of those that reflect, as far as samples of what it does not find tell. */
  recall: { found: number; missed: number; percent: number; low: number; high: number };
  /** Of the sample of what neither the list nor the wide net finds. */
  rest: Count & { interval: Interval };
  /** What became of the answers of those that reflect. */
  became: readonly { became: Became; count: number }[];
  reflecting: number;
}

const countOf = (own: readonly { reflects: boolean }[]): Count => ({
  correct: own.filter(({ reflects }) => reflects).length,
  total: own.length,
});

/** @param kept whether a phrase of the list is in the reader's: without it, what only it finds is not found */
export function readingOf(kept: (phrase: string) => boolean = () => true): Reading {
  const isFound = ({ phrases }: { phrases: readonly string[] }) => phrases.some(kept);
  const of = (id: (typeof STRATA)[number]) => labels.filter((each) => each.stratum === id);
  const precision = countOf(labels.filter(isFound));
  const [near, rest] = [countOf(of('near')), countOf(of('rest'))];
  const share = wilson(near);
  // Those that were all read are known; of the others, as many as in their sample.
  const known = countOf([...of('read'), ...of('found').filter((each) => !isFound(each))]).correct;
  const missed = (percent: number) => known + (percent / 100) * strata.near.size;
  const recall = (percent: number) => (100 * precision.correct) / (precision.correct + missed(percent) || 1);
  const nearPercent = (100 * near.correct) / near.total;
  const reflecting = labels.filter(({ reflects }) => reflects);
  return {
    outputs: Object.values(strata).reduce((sum, { size }) => sum + size, 0),
    read: labels.length,
    precision: { ...precision, interval: wilson(precision) },
    recall: {
      found: precision.correct,
      missed: missed(nearPercent),
      percent: recall(nearPercent),
      low: recall(share.high),
      high: recall(share.low),
    },
    rest: { ...rest, interval: wilson(rest) },
    became: BECAME.map((became) => ({
      became,
      count: reflecting.filter((each) => each.became === became).length,
    })),
    reflecting: reflecting.length,
  };
}
