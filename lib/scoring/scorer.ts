import type { Sample } from '@/lib/samples/sample';
import type { TextSpan } from '@/lib/text-span';

/** `benchmark/dialect@version`: two figures are comparable only when the same rule made them. */
export type ScorerId = `${string}/${string}@${string}`;

/**
 * What a scorer says of one output. `span` is the half-open range of UTF-16 offsets into the output where `answer` was
 * found, null where there is none; `reason` is a sentence for people.
 */
export interface Verdict {
  /** Null where upstream would ask a judge model: the rule alone cannot say, and nothing is guessed. */
  correct: boolean | null;
  answer: string | null;
  reason: string;
  span: TextSpan | null;
}

export const needsJudge = (reason: string): Verdict => ({ correct: null, answer: null, reason, span: null });

/** What is stored for a sample: a verdict, or why there is none. All but `correct` count as wrong. */
export const OUTCOMES = ['correct', 'wrong', 'needs-judge', 'timed-out', 'missing'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const outcomeOf = ({ correct }: Pick<Verdict, 'correct'>): Outcome =>
  correct === null ? 'needs-judge' : correct ? 'correct' : 'wrong';

/** A verdict as it is stored and shown. */
export type StoredVerdict = Omit<Verdict, 'correct'> & { outcome: Outcome };

export const storedVerdict = ({ correct, ...rest }: Verdict): StoredVerdict => ({
  outcome: outcomeOf({ correct }),
  ...rest,
});

/** The most that one sample's verdict may take, in ms. */
export const VERDICT_LIMIT_MS = 2_000;

/** @param reason in words, who gave up on it and when */
export const timedOut = (reason: string): StoredVerdict => ({
  outcome: 'timed-out',
  answer: null,
  reason,
  span: null,
});

export interface Upstream {
  repository: string;
  commit: string;
  path: string;
}

export interface Scorer {
  id: ScorerId;
  label: string;
  /** The rule in words, for the page that explains it. */
  rule: string;
  /** What a judge model does upstream where the rule needs one; absent where it never does. */
  judge?: 'extracts' | 'extracts and compares';
  /** Where the rule stands upstream; null where it is our own. */
  upstream: Upstream | null;
  /**
   * Pure, deterministic and total: any text gives a verdict. Its time is bounded by the caller, who can kill it.
   * @param extraction what a judge found that the output answers, where the predictions file or a judge says it; rules
   * that upstream applies to an extraction apply to it.
   */
  score(sample: Sample, output: string, extraction?: string): Verdict;
}
