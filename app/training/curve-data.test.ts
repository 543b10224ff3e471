import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alignedTable,
  curveWords,
  firstMetrics,
  formatValue,
  nearest,
  placesOf,
  smoothed,
  stepAt,
  withTail,
} from './curve-data';
import type { Curve } from './types';

const curve = (steps: number[], values: number[]): Curve => ({
  steps,
  low: values,
  high: values,
  at: steps.map((step) => 1_000 * step),
});
const measured = (step: number, value: number | string) => ({
  step,
  at: new Date(1_000 * step),
  values: { loss: value },
});

describe('what was measured since', () => {
  test('stands behind what was read, each step once', () => {
    const known = curve([1, 2], [5, 4]);
    const grown = withTail(known, 'loss', [
      measured(2, 99),
      measured(3, 3),
      measured(4, 'NaN'),
      measured(5, 1),
    ]);
    expect(grown).toEqual(curve([1, 2, 3, 5], [5, 4, 3, 1]));
  });

  test('leaves a curve as it is where there is none of it: nothing is drawn anew', () => {
    const known = curve([1, 2], [5, 4]);
    expect(withTail(known, 'other', [measured(3, 3)])).toBe(known);
  });

  test('begins a curve that was not there', () => {
    expect(withTail(undefined, 'loss', [measured(1, 2)])).toEqual(curve([1], [2]));
  });
});

test('a smoothed curve begins at its first value, stays within its values and is itself without smoothing', () => {
  expect(smoothed({ steps: [1, 2], low: [0, 2], high: [2, 4], at: [0, 0] }, 0)).toEqual([1, 3]);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      (values, weight) => {
        const line = smoothed(
          curve(
            values.map((_, at) => at),
            values,
          ),
          weight,
        );
        expect(line[0]).toBeCloseTo(values[0] ?? 0, 6);
        for (const each of line) {
          expect(each).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
          expect(each).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
        }
      },
    ),
  );
});

test('on a chart by time places begin at 0 and grow, whatever the clock of the box did', () => {
  const wrong: Curve = { ...curve([1, 2, 3], [0, 0, 0]), at: [5_000, 5_000, 4_000] };
  const places = placesOf(wrong, 'time');
  expect(places[0]).toBe(0);
  expect(places[1]).toBeGreaterThan(0);
  expect(places[2]).toBeGreaterThan(places[1] ?? 0);
  expect(placesOf(wrong, 'step')).toEqual([1, 2, 3]);
});

test('curves of other steps stand on the places of all', () => {
  const part = (places: number[], value: number) => {
    const values = places.map(() => value);
    return { places, low: values, high: values, line: values };
  };
  expect(alignedTable([part([1, 3], 7), part([2, 3], 8)])).toEqual([
    [1, 2, 3],
    [7, null, 7],
    [7, null, 7],
    [7, null, 7],
    [null, 8, 8],
    [null, 8, 8],
    [null, 8, 8],
  ]);
  expect(alignedTable([part([1, 3], 7)])).toEqual([
    [1, 3],
    [7, 7],
    [7, 7],
    [7, 7],
  ]);
});

test('the nearest place is found', () => {
  expect(nearest([], 3)).toBe(-1);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }),
      fc.integer({ min: -10, max: 1_010 }),
      (all, wanted) => {
        const places = all.sort((a, b) => a - b);
        const least = Math.min(...places.map((each) => Math.abs(each - wanted)));
        expect(Math.abs((places[nearest(places, wanted)] ?? Number.NaN) - wanted)).toBe(least);
      },
    ),
  );
});

test('a notice stands at the step that was being taken', () => {
  const known = curve([1, 2, 3], [0, 0, 0]);
  expect(stepAt(known, 500)).toBe(1);
  expect(stepAt(known, 2_500)).toBe(2);
  expect(stepAt(known, 99_000)).toBe(3);
  expect(stepAt(curve([], []), 0)).toBeNull();
});

test('a curve is told in one sentence', () => {
  expect(curveWords('loss', curve([1, 2, 3], [5, 0.5, 1]))).toBe(
    'loss: from 5 at step 1 to 1 at step 3; between 0.5 and 5.',
  );
  expect(curveWords('loss', curve([4], [5]))).toBe('loss: 5 at step 4.');
  expect(curveWords('loss', curve([], []))).toBe('loss: nothing measured yet.');
});

test.each([
  [0, '0'],
  [0.123456, '0.1235'],
  [-1.5, '−1.5'],
  [12_345.6, '12,346'],
  [4e-5, '4.00e−5'],
  [2.5e9, '2.50e+9'],
])('%d is written %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('what is shown at first is what says most, as far as it is there', () => {
  expect(firstMetrics(['actor/grad_norm', 'sft/loss', 'zzz'])).toEqual(['sft/loss', 'actor/grad_norm']);
  expect(firstMetrics(['b', 'a'])).toEqual(['b', 'a']);
});
