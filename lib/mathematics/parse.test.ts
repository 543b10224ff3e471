import { describe, expect, test } from 'vitest';
import { keyOf } from '@/lib/mathematics/expression';
import { type ParseOptions, parseAnswers } from '@/lib/mathematics/parse';

/** A value by its key (`1/2`, `157/50.` for the decimal 3.14) and texts in quotes. */
const found = (text: string, options: Partial<ParseOptions> = {}): readonly string[] =>
  parseAnswers(text, options).map((answer) =>
    answer.kind === 'value' ? keyOf(answer.value) : `"${answer.text}"`,
  );

describe('the answer that is announced best is found first', () => {
  test.each([
    ['a final answer before a box', 'The final answer is $1$. I hope it is correct. \\boxed{2}', '1/1'],
    ['a box before an answer', 'The answer is 1, that is $\\boxed{2}$ or 3', '2/1'],
    ['an answer with a colon before one without', 'answer: 1, or the answer 2', '1/1'],
    [
      'an answer before bare LaTeX',
      'the answer is 1. That can be checked in another way, which is longer: $2$',
      '1/1',
    ],
    ['the last of equals', '$1$ then $2$', '2/1'],
    ['what is after the equals sign', 'Answer: x + 3 = 7', '7/1'],
    ['a thousand with its commas', 'It costs $1,234.50', '2469/2.'],
    ['a number before its unit', 'about 12cm long', '12/1'],
    ['a number with its percent sign', 'at 12 % more', 'product(12/1,1/100)'],
    ['no number inside a word', 'AZYUK2A', undefined],
    ['several boxes side by side', '\\boxed{1} and \\boxed{2}', 'set(1/1,2/1)'],
    ['the last of boxes far apart', `\\boxed{1} ${'word '.repeat(20)}\\boxed{2}`, '2/1'],
    ['LaTeX joined by words', '$1$, $2$ and $3$', 'set(1/1,2/1,3/1)'],
  ])('%s', (_, text, value) => {
    expect(found(text)[0]).toBe(value);
  });
});

test('what cannot be read is passed over, but its text is kept', () => {
  expect(found('$5$ and so \\(140°\\)')).toEqual(['5/1', '"140°"']);
});

test('the search can end at the first match', () => {
  expect(found('$5$ and so \\(140°\\)', { mode: 'first_match' })).toEqual(['"140°"']);
});

test('the text can be left out', () => {
  expect(found('$5$', { fallback: 'no_fallback' })).toEqual(['5/1']);
});

test('only what is asked for is looked for', () => {
  expect(found('$5$ is 6', { latex: false })).toEqual(['6/1', '"6"']);
  expect(found('$5$ is 6', { expression: false })).toEqual(['5/1', '"5"']);
  expect(found('It is B.', { latex: false, expression: false, strings: ['A', 'B'] })).toEqual(['"b"', '"B"']);
  expect(found('$5$', { withoutAnchor: false, boxedPriority: -1 })).toEqual([]);
});

describe('LaTeX is read as latex2sympy2_extended has it', () => {
  test.each([
    ['2 3', '5/1'],
    ['-2\\frac{1}{2}', '-5/2'],
    ['1,234', '1234/1'],
    ['1,234,5', 'set(1/1,234/1,5/1)'],
    ['0,5', 'set(0/1,5/1)'],
    ['x(y)', 'function"x()"(x"y")'],
    ['x(y+1)', 'product(x"x",sum(x"y",1/1))'],
    ['\\sin 2x/3', 'function"sin"(product(product(2/1,x"x"),power(3/1,-1/1)))'],
    ['\\sin x \\cos y', 'product(function"sin"(x"x"),function"cos"(x"y"))'],
    ['|a|b|c|', 'function"abs"(product(x"a",function"abs"(x"b"),x"c"))'],
    ['|x|+|y|', 'sum(function"abs"(x"x"),function"abs"(x"y"))'],
    ['x^2^3', 'power(power(x"x",2/1),3/1)'],
    ['\\Pi R^2', 'product(pi,power(x"r",2/1))'],
    ['d \\cdot x', 'product(x"dcdot",x"x")'],
    ['i+1', 'sum(z"i",1/1)'],
    ['(3,1)', 'tuple(3/1,1/1)'],
    ['(1,3]', 'interval(true1/1,3/1false)'],
    ['x=1,2', '(x"x"=set(1/1,2/1))'],
    ['a=b=c', 'chain((x"a"=x"b"),(x"b"=x"c"))'],
    ['\\frac13 \\approx 0.33', '1/3'],
    ['\\text{(C)}', 'x"c"'],
    ['204_5', '204/1'],
  ])('%s', (latex, value) => {
    expect(found(`$${latex}$`)[0]).toBe(value);
  });

  test.each(['140°', '√3', 'a \\to b', '\\|x\\|', 'x^e', '\\left', '2.', 'tree', ')'])(
    '%s is not read',
    (latex) => {
      expect(parseAnswers(`\\(${latex}\\)`, { expression: false }).some(({ kind }) => kind === 'value')).toBe(
        false,
      );
    },
  );
});
