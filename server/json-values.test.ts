import { expect, it } from 'vitest';
import { hasMoreValues } from './json-values';

it('counts values, and nothing that stands in a text', () => {
  expect(hasMoreValues('[1,2,3]', 3)).toBe(false);
  expect(hasMoreValues('[1,2,3]', 2)).toBe(true);
  expect(hasMoreValues(JSON.stringify({ a: '[[[[,,,,{{{{"\\"\\\\', b: '\\' }), 2)).toBe(false);
  expect(hasMoreValues(`{"turns":[${'{},'.repeat(1_000)}{}]}`, 2_000)).toBe(true);
  expect(hasMoreValues('"never ended, [[[[', 1)).toBe(false);
});

it('counts in millions without a pause', () => {
  const started = performance.now();
  expect(hasMoreValues(`"${'\\"'.repeat(5_000_000)}"`, 10)).toBe(false);
  expect(performance.now() - started).toBeLessThan(3_000);
});
