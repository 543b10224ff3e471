import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParseOptions, parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';

const equal = (gold: string, prediction: string, options: Partial<ParseOptions> = {}): boolean =>
  verify(parseAnswers(gold, options), parseAnswers(prediction, options)).equal;

/** Verdicts of Math-Verify 0.8.0 with latex2sympy2_extended 1.10.2 and SymPy 1.14.0, the gold first. */
const VERDICTS: Record<string, readonly (readonly [gold: string, prediction: string, equal: boolean])[]> = {
  numbers: [
    ['$\\frac{1}{3}$', '$0.333333$', true],
    ['$\\frac{1}{3}$', '$0.33333$', false],
    ['$\\frac{5}{2}$', '$2.50000001$', true],
    ['$2$', '$2.0000001$', false],
    ['$2$', '$2.0$', true],
    ['$2.0$', '$2.0000001$', true],
    ['$1,000$', '$1000$', true],
    ['$1 000$', '$1000$', false],
    ['1 000', '1000', true],
    ['$2\\frac12$', '$2.5$', true],
    ['$3:4$', '$0.75$', true],
    ['$2^{100}$', '$1267650600228229401496703205376$', true],
    ['$\\binom{10}{3}$', '$5!$', true],
    ['$7 \\mod 3$', '$\\lfloor 1.5 \\rfloor$', true],
  ],
  'percent, degrees and units': [
    ['$28\\%$', '28 percent', true],
    ['$50\\%$', '$\\frac12$', true],
    ['$50\\%$', '$50$', false],
    ['140°', '$140^{\\circ}$', true],
    ['$30^\\circ$', '$\\frac{\\pi}{6}$', false],
    ['$10\\text{ cm}$', '$10$', true],
    ['$10 \\text{ cm}^2$', '10m²', true],
    ['8√{3}', '8', true],
    ['8√{3}', '$8\\sqrt3$', false],
  ],
  'surds, π and functions': [
    ['$\\sqrt{12}$', '$2\\sqrt 3$', true],
    ['$\\frac{\\sqrt3}{2}$', '$\\frac{3}{2\\sqrt{3}}$', true],
    ['$\\sqrt{5+2\\sqrt6}$', '$\\sqrt2+\\sqrt3$', true],
    ['$\\sqrt{5+2\\sqrt6}$', '$\\sqrt2+\\sqrt5$', false],
    ['$\\pi$', '$3.141593$', true],
    ['$\\pi$', '$3.14$', false],
    ['$\\sin 2x$', '$2\\sin x\\cos x$', true],
    ['$\\ln x^2$', '$2\\ln x$', false],
    ['$\\sqrt{x^2}$', '$|x|$', true],
    ['$\\sqrt[3]{-8}$', '$-2$', false],
    ['$\\sum_{k=0}^{5} 2^k$', '$63$', true],
  ],
  'letters and polynomials': [
    ['$(x+1)^2$', '$x^2+2x+1$', true],
    ['$(x+1)^2$', '$x^2+2x+2$', false],
    ['$\\frac{x^2-1}{x-1}$', '$x+1$', true],
    ['$n!$', '$n \\cdot (n-1)!$', true],
    ['$x$', '$y$', false],
    ['$A$', '$\\text{a}$', true],
    ['$\\text{odd}$', '$odd$', true],
    ['$f(2x)$', '$f(x+x)$', true],
    ['$F(x)$', '$f(x)$', false],
  ],
  'sets, tuples and intervals': [
    ['$(1,2)$', '$1,2$', true],
    ['$(1,2)$', '$(2,1)$', false],
    ['$\\{1,2\\}$', '$2, 1$', true],
    ['$[1,2]$', '$1,2$', false],
    ['$[1,2,3]$', '$(1,2,3)$', true],
    ['$[1,3)\\cup[3,4]$', '$[1,4]$', true],
    ['$[1,5]\\cap[3,7]$', '$[3,5]$', false],
    ['$(0.5,1)$', '$(\\frac12,1)$', true],
    ['$\\{\\frac13, 2\\}$', '$\\{2, 0.333333\\}$', true],
    ['$1 \\pm \\sqrt2$', '$1+\\sqrt2, 1-\\sqrt2$', true],
    ['$1$ and $2$', '$\\boxed{1,2}$', true],
  ],
  'equations and relations': [
    ['$x=3$', '$3$', true],
    ['$2x+z=3$', '$3$', false],
    ['$3$', '$x=1+2=3$', true],
    ['$x=1$', '$y=1$', false],
    ['$2x+4y-3=0$', '$y=-\\frac{1}{2}x+\\frac{3}{4}$', true],
    ['$xy=1$', '$y=\\frac1x$', true],
    ['$x=2$', '$2x=4$', false],
    ['$x \\le 5$', '$5 \\geq x$', true],
    ['$x > 1$', '$x \\ge 1$', false],
    ['$1<x<2$', '$(1,2)$', true],
    ['$(1,2)$', '$1<x<2$', false],
    ['$x^2<4$', '$(-2,2)$', true],
    ['$x \\ne 1$', '$(-\\infty,1)\\cup(1,\\infty)$', true],
    ['$x \\in (1,2)$', '$(1,2)$', true],
  ],
  matrices: [
    ['$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$', '$\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}$', true],
    ['$2\\begin{pmatrix}1&0.5\\end{pmatrix}$', '$\\begin{pmatrix}2&1\\end{pmatrix}$', true],
    ['$\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}$', '$-2$', true],
    ['$\\begin{pmatrix}1\\\\2\\end{pmatrix}$', '$(1,2)$', false],
  ],
};

describe.each(Object.entries(VERDICTS))('%s are equal as Math-Verify has it', (_, cases) => {
  test.each(cases)('%s and %s: %s', (gold, prediction, expected) => {
    expect(equal(gold, prediction)).toBe(expected);
  });
});

test('a relation equals a set only where the prediction is the set, unless it may', () => {
  const [gold, prediction] = [parseAnswers('$(1,2)$'), parseAnswers('$1<x<2$')];
  expect(verify(gold, prediction, { allowSetRelationComparison: true }).equal).toBe(true);
});

test('letters matter unless they need not', () => {
  const [gold, prediction] = [parseAnswers('$f(x)+x$'), parseAnswers('$f(y)+y$')];
  expect(verify(gold, prediction).equal).toBe(false);
  expect(verify(gold, prediction, { strict: false }).equal).toBe(true);
});

test('what matched is told, and where it stands', () => {
  const output = 'So it is $\\frac{8}{2}$, I think.';
  const { matched } = verify(parseAnswers('4'), parseAnswers(output));
  expect(matched?.gold.text).toBe('4');
  expect(matched?.target.text).toBe('\\frac{8}{2}');
  expect(output.slice(...(matched?.target.span ?? [0, 0]))).toBe('\\frac{8}{2}');
});

describe('hostile answers get a verdict', () => {
  const deep = (open: string, close: string) => `$${open.repeat(100_000)}1${close.repeat(100_000)}$`;
  test.each([
    ['parentheses 100,000 deep', deep('(', ')')],
    ['fractions 100,000 deep', deep('\\frac{1}{', '}')],
    ['braces in a box, 100,000 deep', `\\boxed{${'{'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
    ['10,000 boxes', '$\\boxed{7}$ '.repeat(10_000)],
    ['5 MB without an answer', 'answer '.repeat(700_000)],
    ['5 MB of digits', '1'.repeat(5_000_000)],
    ['NUL bytes', '\0$1\0$\0 7'],
    ['right-to-left marks', '\u202e$7\u200f$'],
    ['digits of another script', 'The answer is ٣٤'],
    ['a hundred bars', `$${'|'.repeat(100)}x${'|'.repeat(100)}$`],
    ['applications in applications', `$${'f('.repeat(80)}x${',)'.repeat(80)}$`],
  ])('%s', (_, output) => {
    expect(equal('$42$', output)).toBe(false);
  });

  test.each([
    '\\sum_{n=1}^{10^9} n',
    `${'\\frac{d}{dx}'.repeat(40)}x^{x^x}\\sin(x^x)e^{x^2}`,
    '9^{9^{9^9}}',
    '1000000!',
    '((5!)!)!',
    'e^{e^{e^{e^{9}}}}',
    '\\binom{10^9}{5\\cdot 10^8}',
    '\\sum_{a=1}^{2000}\\sum_{b=1}^{2000}\\sum_{c=1}^{2000} abc',
  ])('$%s$ is given up, and so not equal', (latex) => {
    const { equal: same, undecided } = verify(parseAnswers('$42$'), parseAnswers(`$${latex}$`));
    expect(same).toBe(false);
    expect(undecided).not.toBeNull();
  });
});

describe('properties', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      ...[
        '\\frac',
        '\\sqrt',
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        '\\{',
        '\\}',
        '|',
        ',',
        ';',
        '=',
        '<',
        '\\le',
        '\\pm',
      ],
      ...[
        '\\cup',
        '\\in',
        '^',
        '_',
        '!',
        '%',
        '\\%',
        '+',
        '-',
        '\\cdot',
        '/',
        ':',
        'x',
        'e',
        'E',
        'dx',
        'i',
        'f(',
      ],
      ...[
        '\\pi',
        '\\infty',
        '\\sin',
        '\\log',
        '\\int',
        '\\sum_{n=1}^{3}',
        '\\lim_{x\\to0}',
        '\\text{ cm}',
        '°',
        '$',
      ],
      ...[
        '\\boxed{',
        'answer',
        'final answer is',
        ' ',
        '\n',
        '\\begin{pmatrix}',
        '&',
        '\\\\',
        '\\end{pmatrix}',
        '**',
      ],
    ),
    fc.integer({ min: -9, max: 1200 }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.string(),
  );
  const text = fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join(''));
  const answer = fc.oneof(
    text,
    text.map((inside) => `$${inside}$`),
    text.map((inside) => `\\boxed{${inside}}`),
  );

  test('any text gives the same verdict twice, with spans inside it', () => {
    fc.assert(
      fc.property(answer, answer, (gold, output) => {
        const found = parseAnswers(output);
        for (const { span } of found) {
          expect(span[0]).toBeGreaterThanOrEqual(0);
          expect(span[1]).toBeLessThanOrEqual(output.length);
        }
        expect(parseAnswers(output)).toEqual(found);
        const verdict = verify(parseAnswers(gold), found);
        expect(verify(parseAnswers(gold), found)).toEqual(verdict);
      }),
      { numRuns: 400 },
    );
  });

  /** Numbers and letters, where the rule makes no difference between gold and prediction. */
  const leaf = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map(String),
    fc.constantFrom('x', 'y', '\\pi', '\\sqrt{2}', '\\sqrt3', '\\frac{1}{3}', '\\frac{\\sqrt{3}}{2}'),
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a}+${b}`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}) \\cdot (${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `\\frac{${a}}{1+(${b})^2}`),
      tie('expression').map((a) => `\\sqrt{1+(${a})^2}`),
    ),
  }));

  test('equality of expressions is symmetric', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        expect(equal(`$${a}$`, `$${b}$`)).toBe(equal(`$${b}$`, `$${a}$`));
      }),
      { numRuns: 300 },
    );
  });

  test('a sum equals itself the other way round, and not itself and one', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        expect(equal(`$(${a})+(${b})$`, `$(${b})+(${a})$`)).toBe(true);
        expect(equal(`$(${a})+(${b})$`, `$(${b})+(${a})+1$`)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
