import { expect, test } from 'vitest';
import { scaleOf } from './scale';

test('ends on round numbers that hold all values', () => {
  const { at, ticks } = scaleOf([0.42, 0.77], [100, 0], 4);
  expect(ticks).toEqual([0.4, 0.5, 0.6, 0.7, 0.8]);
  expect([at(0.4), at(0.8)].map(Math.round)).toEqual([100, 0]);
});

test('begins at zero where lengths are compared', () => {
  expect(scaleOf([55, 103], [0, 1], 4, { fromZero: true }).ticks).toEqual([0, 50, 100, 150]);
});

test('a tight one ends with its values', () => {
  const { at, ticks } = scaleOf([1, 75], [0, 100], 4, { tight: true });
  expect([at(1), at(75)]).toEqual([0, 100]);
  expect(ticks).toEqual([20, 40, 60]);
});

test('of one value, or none, there is an axis too', () => {
  for (const values of [[], [0], [5], [-3]]) {
    const { at, ticks } = scaleOf(values, [0, 10], 4);
    expect(ticks.length).toBeGreaterThan(1);
    for (const value of values) expect(Number.isFinite(at(value))).toBe(true);
  }
});
