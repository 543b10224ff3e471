import { expect, test } from 'vitest';
import { rankCorrelation } from './rank-correlation';

test('is of ranks, not of sizes', () => {
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 4_000])).toBe(1);
  expect(rankCorrelation([1, 2, 3, 4], [9, 3, 2, -50])).toBe(-1);
});

test('ties take their mean rank', () => {
  // Ranks 1, 2.5, 2.5, 4, 5 and 2, 1, 4.5, 4.5, 3: their products sum to 3.75, their squares to 9.5 each.
  expect(rankCorrelation([1, 2, 2, 3, 5], [2, 1, 4, 4, 3])).toBeCloseTo(3.75 / 9.5, 10);
});

test('of what never changes nothing is known', () => {
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
});
