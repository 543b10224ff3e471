import { expect, test } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { type Scorer, timedOut } from '@/lib/scoring/scorer';
import { type PredictionRow, PredictionsError } from './predictions-file';
import { scoredBy, scoreRows } from './score-rows';

const samples: Sample[] = ['a', 'b', 'c', 'd', 'e'].map((sampleId) => ({
  sampleId,
  question: '',
  options: null,
  gold: sampleId,
  tags: {},
  image: null,
  cluster: sampleId,
}));

const row = (sampleId: string, output: string, extraction?: string): PredictionRow => ({
  row: 1,
  reference: { by: 'id', sampleId, gold: null },
  output,
  extraction,
  tokens: null,
  claimedCorrect: null,
});

/** The right answer is the sample's id; `?` is for a judge, unless an extraction says it. */
const scorer: Scorer = {
  id: 'letters/test@1',
  label: '',
  rule: '',
  upstream: null,
  score({ gold }, output, extraction = output) {
    return {
      correct: extraction === '?' ? null : extraction === gold,
      answer: extraction,
      reason: 'said so',
      span: [0, output.length],
    };
  },
};

test('verdicts come in the order of the rows, then of the samples without one; outcomes in that of the samples', () => {
  const rows = [row('c', 'c'), row('a', 'x'), row('b', '?'), row('nobody', 'n'), row('c', 'x')];
  const scoring = scoreRows(rows, samples, 'a split', scoredBy(scorer));
  expect(
    Array.from(
      scoring,
      ({ sample, ordinal, position, row, verdict }) =>
        `${position}: ${sample.sampleId} (${ordinal}) ${row?.output ?? 'none'} ${verdict.outcome}`,
    ),
  ).toEqual([
    '0: c (2) c correct',
    '1: a (0) x wrong',
    '2: b (1) ? needs-judge',
    '3: d (3) none missing',
    '4: e (4) none missing',
  ]);
  const { outcomes, report } = scoring.scored();
  expect(outcomes).toEqual(['wrong', 'needs-judge', 'correct', 'missing', 'missing']);
  expect(report).toMatchObject({ rows: 5, matched: 3, unknown: { count: 1 }, duplicates: { count: 1 } });
});

test('what a judge found upstream goes to the scorer', () => {
  const [first] = scoreRows([row('b', '?', 'b')], samples, 'a split', scoredBy(scorer));
  expect(first?.verdict).toEqual({ outcome: 'correct', answer: 'b', reason: 'said so', span: [0, 1] });
});

test('a row whose scoring is given up has its outcome, and the others go on', () => {
  const byRule = scoredBy(scorer);
  const scoring = scoreRows([row('a', 'a'), row('b', 'b')], samples, 'a split', (matched, position) =>
    position === 0 ? timedOut('no verdict within 2 s') : byRule(matched, position),
  );
  for (const _ of scoring);
  expect(scoring.scored().outcomes.slice(0, 2)).toEqual(['timed-out', 'correct']);
});

test('a file of another split is refused after its last row, before any sample is called missing', () => {
  const seen: string[] = [];
  const scoring = scoreRows([row('x', 'x'), row('y', 'y')], samples, 'the split', scoredBy(scorer));
  expect(() => {
    for (const { sample } of scoring) seen.push(sample.sampleId);
  }).toThrow(PredictionsError);
  expect(seen).toEqual([]);
  expect(() => scoring.scored()).toThrow('not walked to their end');
});

test('nothing is known of rows that were not walked', () => {
  const scoring = scoreRows([row('a', 'a'), row('b', 'b')], samples, 'a split', scoredBy(scorer));
  for (const _ of scoring) break;
  expect(() => scoring.scored()).toThrow('not walked to their end');
});
