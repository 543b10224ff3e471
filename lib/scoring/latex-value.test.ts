import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Names } from '@/lib/python/expression';
import { latexValue } from '@/lib/scoring/latex-value';

/** By latex2sympy2 1.9.1 and eval in CPython 3.11, to two decimals. */
const NUMBERS: [latex: string, value: number][] = [
  ['\\frac{1}{2}', 0.5],
  ['8\\sqrt{3}', 13.86],
  ['\\sqrt[3]{8}', 2],
  ['6 \\sqrt{3}+4 \\pi', 22.96],
  ['$5$', 5],
  ['1,234.5', 1234.5],
  ['5\\%', 0.05],
  ['2^3^2', 64],
  ['-5^2', -25],
  ['2\\frac{1}{2}', 1],
  ['1 000', 0],
  ['10:30', 0.33],
  ['3.5.2', 0.7],
  ['4!', 24],
  ['\\log 100', 2],
  ['\\log_2 8', 3],
  ['\\sin(30)^2', 0.98],
  ['\\sin 30 \\cdot 2', -0.3],
  ['\\tan^{-1} 1', 0.79],
  ['e^2', 7.39],
  ['\\binom{5}{2}', 10],
  ['{5 \\choose 2}', 10],
  ['\\lfloor 2.5 \\rfloor', 2],
  ['\\left(2\\right)', 2],
  ['3<4', 1],
  ['\\frac{3^{1008}-1}{3^{1009}}', 0.33],
  // It is read up to the first thing that cannot go on.
  ['3)', 3],
  ['5&6', 5],
  ['12 trees', 12],
  ['5_2', 5],
  ["5'", 5],
];
const NO_NUMBERS = [
  '',
  '5 cm',
  '50^\\circ',
  '50°',
  '√3',
  '\\sqrt3',
  '\\frac12',
  '5,6',
  '5-',
  '(3',
  '|-3|',
  '\\ln 5',
  'e',
  'e^1',
  'x',
  '5?',
  '\\infty',
  '\\frac{1}{0}',
  '(-8)^{1/3}',
  '\\sqrt{-1}',
  '5\\text{cm}',
  '9^9^9^9^9^9',
  '1000000!',
  '\\sum_{n=1}^{10^9} n',
  '\u0660',
  '5\0',
  `${'('.repeat(500)}1${')'.repeat(500)}`,
  '\\sqrt{'.repeat(100_000),
];

it.each(NUMBERS)('%s is %d', (latex, value) => {
  expect(Number(latexValue(latex))).toBeCloseTo(value, 2);
});

it.each(NO_NUMBERS)('%s is no number', (latex) => {
  expect(latexValue(latex)).toBeNull();
});

it('knows names of Python’s math only where they are', () => {
  const without = (latex: string, names: Names = new Map()) => latexValue(latex, names);
  expect(without('\\sqrt{4}')).toBeNull();
  expect(without('\\pi')).toBeNull();
  expect(without('\\frac{4}{2}')).toBe(2);
  expect(without('a', new Map([['a', 7n]]))).toBe(7n);
});

it.each(['\\gcd(', '2^', '-', '1/', 'e^{', '\\frac{1}{', '\\max(1,', '1+', '|', '2!'])(
  'is bounded where %s goes on',
  (part) => {
    const start = performance.now();
    latexValue(`${part.repeat(Math.floor(1_900 / part.length))}1`);
    for (let depth = 1; depth < 60; depth++)
      for (const close of [')', '}']) latexValue(`${part.repeat(depth)}1${close.repeat(depth)}`);
    expect(performance.now() - start).toBeLessThan(5_000);
  },
);

it('is total', () => {
  const piece = fc.constantFrom(
    ...[
      '1',
      '2.5',
      '(',
      ')',
      '{',
      '}',
      '\\frac',
      '\\sqrt',
      '[',
      ']',
      '^',
      '_',
      '!',
      '+',
      '-',
      '/',
      '\\sin',
      '\\log',
    ],
    ...[
      '\\left',
      '\\right',
      '\\pi',
      'e',
      'x',
      ',',
      '=',
      '<',
      '\\binom',
      '\\lfloor',
      '\\rfloor',
      ' ',
      "'",
      '\\',
      '|',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const value = latexValue(pieces.join(''));
      expect(value === null || typeof value === 'bigint' || Number.isFinite(value)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
