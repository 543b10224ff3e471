/** The figures of a run, as they are stored and shown. Percent throughout. */

export interface Interval {
  low: number;
  high: number;
  /** 0.95 */
  level: number;
  /** How it was got: a name that the page explains. */
  method: IntervalMethod;
}

export const INTERVAL_METHODS = {
  wilson: 'Wilson score interval of a proportion',
  'wilson-clustered':
    'Wilson score interval at the effective sample size that samples sharing an image leave',
  'delta-mean':
    'delta method for the mean of independent splits, the spread of each taken from its own interval',
  'wilson-reported':
    'Wilson score interval at the sample count of the benchmark, the reported figure taken at its word',
  tango: "Tango's score interval of paired differences",
  'tango-clustered':
    "Tango's score interval of paired differences, its variance times the design effect of samples that share an image, with Student's t",
  unpaired: "Newcombe's interval of the difference of two figures, not over the same samples",
} as const;
export type IntervalMethod = keyof typeof INTERVAL_METHODS;

export interface BreakdownGroup {
  tag: string;
  value: string;
  correct: number;
  total: number;
  accuracy: number;
  interval: Interval;
}

export interface RunScore {
  correct: number;
  /** Samples that only a judge model could decide. They count as wrong. */
  needsJudge: number;
  total: number;
  headline: number;
  interval: Interval;
  breakdown: readonly BreakdownGroup[];
  /** By the id of the benchmark's secondary figure; those that the data cannot give are absent. */
  secondary: Readonly<Record<string, number>>;
}

/**
 * "310 of 1,000 samples (31.0 %) need a judge; …", with what they could change; null where none does, or nothing is
 * known of the samples.
 */
export function judgeWords({
  correct,
  needsJudge,
  total,
}: {
  correct: number | null;
  needsJudge: number;
  total: number | null;
}): string | null {
  if (correct === null || total === null || needsJudge === 0) return null;
  const percent = (count: number) => `${((100 * count) / total).toFixed(1)} %`;
  const [some, all] = [needsJudge, total].map((count) => count.toLocaleString('en'));
  return `${some} of ${all} samples (${percent(needsJudge)}) need a judge; judged here: none. They count as wrong: were all of them right, the figure would be ${percent(correct + needsJudge)}`;
}
