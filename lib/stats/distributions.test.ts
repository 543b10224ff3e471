import { expect, it } from 'vitest';
import golden from './comparisons.golden.json';
import { normalTwoSided, studentTwoSided } from './distributions';
import { tQuantile } from './intervals';

/** Far tails too: the difference as a share of the value. */
const off = (value: number, expected: number): number => Math.abs(value / expected - 1);

it("tails and quantiles are scipy's", () => {
  for (const [z = 0, expected = 0] of golden.normal)
    expect(off(normalTwoSided(z), expected), `normal ${z}`).toBeLessThan(1e-11);
  for (const [df = 0, t = 0, expected = 0, quantile = 0] of golden.student) {
    expect(off(studentTwoSided(t, df), expected), `student ${t} ${df}`).toBeLessThan(1e-10);
    expect(off(tQuantile(df), quantile), `quantile ${df}`).toBeLessThan(1e-11);
  }
});

it('the tails of 0 and of infinity are 1 and 0', () => {
  for (const tail of [normalTwoSided, (t: number) => studentTwoSided(t, 5)]) {
    expect([tail(0), tail(Number.POSITIVE_INFINITY), tail(Number.NEGATIVE_INFINITY)]).toEqual([1, 0, 0]);
    expect(tail(-1.5)).toBe(tail(1.5));
  }
});
