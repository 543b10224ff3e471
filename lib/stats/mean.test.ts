import { expect, test } from 'vitest';
import { meanOf } from './mean';

test('a mean has Student’s interval', () => {
  const figure = meanOf([4, 6, 8, 10]);
  expect(figure).toMatchObject({ count: 4, mean: 7 });
  // t of 3 degrees of freedom is 3.182446, the error of the mean √(20 / 3 / 4).
  expect(figure?.interval?.low).toBeCloseTo(2.89148, 5);
  expect(figure?.interval?.high).toBeCloseTo(11.10852, 5);
});

test('one value has no interval, none no mean', () => {
  expect(meanOf([3])).toEqual({ count: 1, mean: 3, interval: null });
  expect(meanOf([])).toBeNull();
});
