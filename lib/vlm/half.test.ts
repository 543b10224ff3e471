import { expect, test } from 'vitest';
import { fromHalves, toHalves } from './half';

const half = (value: number) => toHalves(Float32Array.of(value))[0];

test('numbers have the patterns that IEEE 754 gives them', () => {
  expect(half(1)).toBe(0x3c00);
  expect(half(-2)).toBe(0xc000);
  expect(half(65504)).toBe(0x7bff);
  expect(half(65520)).toBe(0x7c00);
  expect(half(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
  expect(half(2 ** -14)).toBe(0x0400);
  expect(half(2 ** -24)).toBe(0x0001);
  expect(half(2 ** -25)).toBe(0);
  expect(half(1.5 * 2 ** -25)).toBe(1);
  expect(half(1 / 3)).toBe(0x3555);
  expect(half(Number.NaN)).toBe(0x7e00);
});

test('halves between two neighbours go to the even one', () => {
  expect(half(1 + 2 ** -11)).toBe(0x3c00);
  expect(half(1 + 3 * 2 ** -11)).toBe(0x3c02);
  expect(half(2048.5 * 2)).toBe(half(4096));
});

test('every pattern comes back', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern).filter(
    (pattern) => (pattern & 0x7fff) <= 0x7c00,
  );
  expect(toHalves(fromHalves(all))).toEqual(all);
});
