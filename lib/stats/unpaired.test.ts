import { expect, it } from 'vitest';
import golden from './comparisons.golden.json';
import { reportedInterval, wilson } from './intervals';
import { compareUnpaired } from './unpaired';

const figure = (correct: number, total: number) => ({
  value: (100 * correct) / total,
  interval: wilson({ correct, total }),
});

it("of two counts is Newcombe's interval as statsmodels has it", () => {
  for (const [right1 = 0, n1 = 0, right2 = 0, n2 = 0, low = 0, high = 0] of golden.unpaired) {
    const { difference, interval, pValue } = compareUnpaired(figure(right1, n1), figure(right2, n2));
    expect(difference).toBeCloseTo(100 * (right2 / n2 - right1 / n1), 9);
    expect(interval.low).toBeCloseTo(low, 9);
    expect(interval.high).toBeCloseTo(high, 9);
    expect(pValue < 0.05).toBe(low > 0 || high < 0);
  }
});

it('cannot tell the 1.4 points of a table from nothing without its samples', () => {
  // MathVerse at 7B as the seed's table has it: 47.9 % and 49.3 % of 3,940 samples.
  const reported = (value: number) => ({ value, interval: reportedInterval(value, [3_940]) });
  const { difference, interval, pValue, detectable } = compareUnpaired(reported(47.9), reported(49.3));
  expect(difference).toBeCloseTo(1.4, 9);
  expect(interval.low).toBeLessThan(0);
  expect(pValue).toBeCloseTo(0.21, 2);
  // (1.960 + 0.842) * sqrt(0.479 * 0.521 / 3940 + 0.493 * 0.507 / 3940)
  expect(detectable).toBeCloseTo(3.155, 2);
});

it('of equal figures is chance', () => {
  expect(compareUnpaired(figure(5, 10), figure(5, 10))).toMatchObject({ difference: 0, pValue: 1 });
});
