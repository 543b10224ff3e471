import { describe, expect, test } from 'vitest';
import { type ParseOptions, parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';

const equal = (gold: string, prediction: string, options: Partial<ParseOptions> = {}): boolean =>
  verify(parseAnswers(gold, options), parseAnswers(prediction, options)).equal;

describe('answers are equal as Math-Verify 0.8.0 has it', () => {
  test.each([
    ['$\\frac{1}{3}$', '$0.333333$', true],
    ['$\\frac{1}{3}$', '$0.33333$', false],
    ['$\\sqrt{12}$', '$2\\sqrt 3$', true],
    ['$\\frac{\\sqrt3}{2}$', '$\\frac{3}{2\\sqrt{3}}$', true],
    ['$(x+1)^2$', '$x^2+2x+1$', true],
    ['$(1,2)$', '$1,2$', true],
    ['$(1,2)$', '$(2,1)$', false],
    ['$x=3$', '$3$', true],
    ['$2x+z=3$', '$3$', false],
    ['$28\\%$', '28 percent', true],
    ['140°', '$140^{\\circ}$', true],
    ['8√{3}', '8', true],
    ['8√{3}', '$8\\sqrt3$', false],
  ])('%s and %s: %s', (gold, prediction, expected) => {
    expect(equal(gold, prediction)).toBe(expected);
  });
});
