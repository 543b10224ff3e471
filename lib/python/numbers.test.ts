import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonExpression } from '@/lib/python/expression';
import { pythonFloat, pythonInt, pythonStr, roundHalfEven } from '@/lib/python/numbers';

describe('numbers as Python reads and writes them', () => {
  it('float', () => {
    for (const [text, value] of [
      ['1.5', 1.5],
      [' -1_000.5\n', -1000.5],
      ['.5', 0.5],
      ['5.', 5],
      ['1e-3', 0.001],
      ['+inf', Number.POSITIVE_INFINITY],
      ['٣.٥', 3.5],
    ] as const)
      expect(pythonFloat(text), text).toBe(value);
    expect(pythonFloat('NaN')).toBeNaN();
    for (const text of ['', '.', '1,5', '1__0', '_1', '0x1', '1 2', 'e5', '--1', '5 cm'])
      expect(pythonFloat(text), text).toBeNull();
  });

  it('int', () => {
    expect(pythonInt(' +1_000 ')).toBe(1000n);
    expect(pythonInt('-٣')).toBe(-3n);
    expect(pythonInt('060')).toBe(60n);
    for (const text of ['', '5.0', '1e3', 'inf', '1__0', '9'.repeat(4_301)])
      expect(pythonInt(text)).toBeNull();
  });

  it('round, ties to even and by the exact binary value', () => {
    for (const [value, digits, rounded] of [
      [0.125, 2, 0.12],
      [0.375, 2, 0.38],
      [-0.125, 2, -0.12],
      [2.675, 2, 2.67],
      [1.005, 2, 1],
      [2.5, 0, 2],
      [1e22, 2, 1e22],
      [1234.5, -2, 1200],
    ] as const)
      expect(roundHalfEven(value, digits), `${value}`).toBe(rounded);
  });

  it('str', () => {
    expect([1, 0.7, 1e16, 1e-5, -0, 12345.678, Number.POSITIVE_INFINITY].map(pythonStr)).toEqual([
      '1.0',
      '0.7',
      '1e+16',
      '1e-05',
      '-0.0',
      '12345.678',
      'inf',
    ]);
  });
});

describe('arithmetic that eval would take', () => {
  it('computes as Python does', () => {
    for (const [text, value] of [
      ['7/2', 3.5],
      ['-2**2', -4n],
      ['2**-1', 0.5],
      ['-7//2', -4n],
      ['-7%3', 2n],
      ['45^2', 47n],
      ['(1+2)*3 # apples', 9n],
      ['1_000', 1000n],
      ['1e3', 1000],
      ['--5', 5n],
      ['2 or 5', 2n],
      ['2 and 5', 5n],
      ['2**100-2**100+1', 1n],
    ] as const)
      expect(pythonExpression(text), text).toBe(value);
    expect(pythonExpression('a+1', new Map([['a', 4n]]))).toBe(5n);
  });

  it('takes nothing else', () => {
    for (const text of [
      '',
      '060',
      '1:2',
      '5 cm',
      'b',
      '2 of 5',
      'a',
      '1,2',
      '(1',
      '1)',
      '1/0',
      '(-8)**0.5',
      '9**9**9**9',
      '__import__("os")',
      '"5"',
      '1\n+2',
      '('.repeat(200),
    ])
      expect(pythonExpression(text), text).toBeNull();
  });

  it('is total', () => {
    const piece = fc.constantFrom(
      '1',
      '9',
      '.',
      '**',
      '*',
      '/',
      '//',
      '%',
      '^',
      '(',
      ')',
      '-',
      ' ',
      'a',
      'e',
      '_',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const value = pythonExpression(pieces.join(''), new Map([['a', 3n]]));
        expect(value === null || Number.isFinite(Number(value)) || typeof value === 'bigint').toBe(true);
      }),
    );
  });
});
