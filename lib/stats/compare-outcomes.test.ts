import { expect, test } from 'vitest';
import type { Outcome } from '@/lib/scoring/scorer';
import { changedCount, compareOutcomes } from './compare-outcomes';

const samples = (count: number) => Array.from({ length: count }, (_, i) => ({ cluster: String(i) }));

test('transitions are counted by both outcomes, and only right and wrong make the difference', () => {
  const from: Outcome[] = [
    'correct',
    'correct',
    'correct',
    'wrong',
    'wrong',
    'missing',
    'timed-out',
    'wrong',
  ];
  const to: Outcome[] = ['correct', 'wrong', 'wrong', 'correct', 'wrong', 'missing', 'wrong', 'wrong'];
  const { transitions, difference } = compareOutcomes(samples(8), from, to);
  expect(transitions).toEqual([
    { from: 'correct', to: 'correct', count: 1 },
    { from: 'correct', to: 'wrong', count: 2 },
    { from: 'wrong', to: 'correct', count: 1 },
    { from: 'wrong', to: 'wrong', count: 2 },
    { from: 'timed-out', to: 'wrong', count: 1 },
    { from: 'missing', to: 'missing', count: 1 },
  ]);
  expect(changedCount(transitions)).toBe(4);
  expect(difference).toMatchObject({ difference: -12.5, fixed: 1, broken: 2, bothRight: 1, bothWrong: 4 });
  expect(difference.interval.low).toBeLessThan(-12.5);
  expect(difference.interval.high).toBeGreaterThan(-12.5);
  expect(difference.exactP).toBe(1);
});

test('a scorer compared with itself changes nothing', () => {
  const outcomes: Outcome[] = ['correct', 'wrong', 'correct'];
  const { transitions, difference } = compareOutcomes(samples(3), outcomes, outcomes);
  expect(changedCount(transitions)).toBe(0);
  expect(difference.difference).toBe(0);
  expect(difference.pValue).toBe(1);
});

test('outcomes of other samples are refused', () => {
  expect(() => compareOutcomes(samples(2), ['correct'], ['correct', 'wrong'])).toThrow(RangeError);
});
