import { expect, test } from 'vitest';
import type { Outcome } from '@/lib/scoring/scorer';
import { compareOutcomes } from '@/lib/stats/compare-outcomes';
import { changeWords, testWords } from './compare-words';

/** `pairs`: outcomes by A and by B, and how many samples have them. */
function comparison(...pairs: [Outcome, Outcome, number][]) {
  const all = pairs.flatMap(([from, to, count]) => Array.from({ length: count }, () => ({ from, to })));
  const samples = all.map((_, index) => ({ cluster: String(index) }));
  return {
    ...compareOutcomes(
      samples,
      all.map(({ from }) => from),
      all.map(({ to }) => to),
    ),
    otherAnswers: 0,
  };
}

test('changes are counted by direction', () => {
  expect(
    changeWords(comparison(['correct', 'wrong', 17], ['wrong', 'correct', 60], ['wrong', 'wrong', 677])),
  ).toBe('77 of 754 verdicts differ (10.2 %): 60 right by B alone, 17 right by A alone.');
  expect(changeWords(comparison(['wrong', 'needs-judge', 1], ['correct', 'correct', 1]))).toBe(
    '1 of 2 verdicts differs (50.0 %): 0 right by B alone, 0 right by A alone, 1 right by neither.',
  );
  expect(changeWords(comparison(['correct', 'correct', 200]))).toBe('A and B give all 200 verdicts alike.');
});

test('the test is said in words', () => {
  expect(testWords(comparison(['wrong', 'correct', 30]))).toBe(
    "McNemar's test: p < 0.001. Were neither rule the more lenient one, the 30 would hardly split 30 to 0.",
  );
  expect(testWords(comparison(['wrong', 'correct', 2], ['correct', 'wrong', 1]))).toBe(
    "McNemar's test: p = 0.56. A split of 2 to 1 does not show either rule to be the more lenient one.",
  );
  expect(testWords(comparison(['wrong', 'wrong', 3]))).toBeNull();
});
