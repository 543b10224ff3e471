import { expect, it } from 'vitest';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import type { MatchedRow } from '@/lib/predictions/match';
import { scoredWithin } from './scored-within';

const [rule] = BENCHMARKS.geoqa.scorers;
const matched = (output: string): MatchedRow => ({
  sample: {
    sampleId: '1',
    question: 'How long?',
    options: null,
    gold: '5',
    tags: {},
    image: null,
    cluster: '1',
  },
  ordinal: 0,
  row: {
    row: 1,
    reference: { by: 'id', sampleId: '1', gold: '5' },
    output,
    claimedCorrect: null,
    tokens: null,
  },
});

it('gives a sample up after its time, and no other', () => {
  const hanging = {
    ...rule,
    score(_: unknown, output: string) {
      while (output.startsWith('hang'));
      return { correct: true, answer: '5', reason: 'as it should', span: null };
    },
  };
  const score = scoredWithin(hanging, 200);
  expect(score(matched(`hang ${'x'.repeat(10_000)}`), 0)).toMatchObject({
    outcome: 'timed-out',
    reason: 'no verdict within 0.2 s',
  });
  expect(score(matched('x'.repeat(10_000)), 1)).toMatchObject({ outcome: 'correct' });
  expect(score(matched('short'), 2)).toMatchObject({ outcome: 'correct' });
});
