import type { Sample } from '@/lib/samples/sample';
import { type Outcome, type Scorer, type StoredVerdict, storedVerdict } from '@/lib/scoring/scorer';
import { type MatchedRow, type MatchReport, matchRows, requireMatches } from './match';
import type { PredictionRow } from './predictions-file';

/** A sample with its verdict; `row` is null where no row of the file names it. */
export interface ScoredSample {
  sample: Sample;
  /** Place of the sample in the samples given. */
  ordinal: number;
  /** Place among all that are scored, from 0: at every walk of the same file the same. */
  position: number;
  row: PredictionRow | null;
  verdict: StoredVerdict;
}

export interface Scored {
  /** Of each sample, in the order of the samples given. */
  outcomes: readonly Outcome[];
  report: MatchReport;
}

export interface Scoring extends Iterable<ScoredSample> {
  /** Complete once all are walked. @throws Error before */
  scored(): Scored;
}

/** The verdict of a row; what may take too long is given up by whoever hands this in. */
export type ScoreRow = (matched: MatchedRow, position: number) => StoredVerdict;

/** By the rule alone, however long it takes. */
export const scoredBy =
  (scorer: Scorer): ScoreRow =>
  ({ sample, row }) =>
    storedVerdict(scorer.score(sample, row.output, row.extraction));

const MISSING: StoredVerdict = {
  outcome: 'missing',
  answer: null,
  reason: 'no row of the file names this sample',
  span: null,
};

/**
 * A verdict for each of the samples: first of those that rows name, in the file's order, then of the others, in theirs. Of
 * several rows for one sample the first counts. It can be walked once; nothing of the rows is kept.
 * @param splitLabel of the split whose samples these are, for the refusal
 * @throws PredictionsError while it is walked: at the first bad row, or after the last where the file is of another split
 */
export function scoreRows(
  rows: Iterable<PredictionRow>,
  samples: readonly Sample[],
  splitLabel: string,
  score: ScoreRow,
): Scoring {
  const matching = matchRows(rows, samples);
  const outcomes: Outcome[] = samples.map(() => 'missing');
  let complete: Scored | null = null;
  return {
    *[Symbol.iterator]() {
      let position = 0;
      for (const matched of matching) {
        const verdict = score(matched, position);
        outcomes[matched.ordinal] = verdict.outcome;
        yield { ...matched, position: position++, verdict };
      }
      const report = matching.report();
      requireMatches(report, splitLabel);
      const missing = new Set(report.missing);
      for (const [ordinal, sample] of samples.entries())
        if (missing.has(sample)) yield { sample, ordinal, position: position++, row: null, verdict: MISSING };
      complete = { outcomes, report };
    },
    scored() {
      if (complete === null) throw new Error('the rows were not walked to their end');
      return complete;
    },
  };
}
