import { expect, it } from 'vitest';
import golden from './comparisons.golden.json';
import { holm } from './holm';

it("is statsmodels'", () => {
  for (const { p, adjusted } of golden.holm)
    for (const [i, value] of holm(p).entries()) expect(value).toBeCloseTo(adjusted[i] ?? Number.NaN, 12);
});

it('of one comparison corrects nothing, and of none is none', () => {
  expect(holm([0.04])).toEqual([0.04]);
  expect(holm([])).toEqual([]);
});

it('keeps the order given, and never turns two about', () => {
  expect(holm([0.03, 0.01, 0.9])).toEqual([0.06, 0.03, 0.9]);
  expect(holm([0.02, 0.015])).toEqual([0.03, 0.03]);
});
