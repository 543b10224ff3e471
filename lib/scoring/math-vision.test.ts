import { describe, expect, it } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { extractAnswer, isEqual, mathVisionOfficial } from '@/lib/scoring/math-vision-official';
import { mathVisionVlmevalkit } from '@/lib/scoring/math-vision-vlmevalkit';

const sample = (gold: string, options: string[] | null = null): Sample => ({
  sampleId: '1',
  question: '',
  options,
  gold,
  tags: {},
  image: null,
  cluster: '1',
});
const NUMBERS = ['10', '20', '30', '40', '50'];

describe('the official rule', () => {
  /** By MATH-V's evaluate.py at a1f5cc3. */
  it.each([
    ['so the answer is (C).', 'c'],
    ['A\nbecause', 'a'],
    ['The result is 42.', '42'],
    ['The answer is 5 apples. It is not 6.', '5apples'],
    ['\\boxed{3}, then \\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
    ['\\boxed{x = 60^{\\circ}}', '60'],
    ['\\boxed{7\\text{ km}}', '7'],
    ['\\boxed{2\\sqrt3}', '2\\sqrt{3}'],
    ['the final answer is 1/2', '\\frac{1}{2}'],
    ['\\boxed{0.5}', '\\frac{1}{2}'],
    ['\\boxed{(B)}', 'b'],
    ['\\boxed{5} cm}', '5'],
    ['', ''],
  ])('finds in %j the answer %j', (output, answer) => {
    expect(extractAnswer(output).answer).toBe(answer);
  });

  it('compares texts, lists and numbers to two decimals', () => {
    for (const [gold, answer] of [
      ['B', 'b'],
      ['$5 \\sqrt{3}$', '5\\sqrt{3}'],
      ['$\\frac{1}{3}$', '0.333'],
      ['(3,-4)', '(3,-8+4)'],
      ['1:2', '0.5'],
      ['7/3', '\\frac{7}{3}'],
    ] as const)
      expect(isEqual(gold, answer), answer).toBe(true);
    for (const [gold, answer] of [
      ['', ''],
      ['69{degrees}', '69'],
      ['8\\sqrt{3}', '8'],
      ['(3,-4)', '(6/2,-4)'],
      ['11', 'a'],
    ] as const)
      expect(isEqual(gold, answer), answer).toBe(false);
  });

  it('takes the letter or the text of the right choice', () => {
    const score = (output: string) => mathVisionOfficial.score(sample('B', NUMBERS), output);
    expect(score('\\boxed{B}')).toEqual({
      correct: true,
      answer: 'b',
      reason: 'b is the true answer, B, 20',
      span: [7, 8],
    });
    expect(score('The answer is 20.').correct).toBe(true);
    expect(score('\\boxed{C}').reason).toBe('c is not the true answer, B, 20');
    expect(score('').answer).toBeNull();
  });

  it('takes no variable for a number: the constant "A" is right only where A is', () => {
    expect(mathVisionOfficial.score(sample('11'), 'A').correct).toBe(false);
    expect(mathVisionOfficial.score(sample('A', NUMBERS), 'A').correct).toBe(true);
  });
});

describe('VLMEvalKit’s rule', () => {
  const scorer = mathVisionVlmevalkit('2025-04');
  const open = (gold: string, output: string, extraction?: string) =>
    scorer.score(sample(gold), output, extraction).correct;

  it('decides where a choice can be inferred', () => {
    const score = (output: string) => scorer.score(sample('B', NUMBERS), output);
    expect(score('It is B.')).toEqual({
      correct: true,
      answer: 'B',
      reason: 'the output names B; the right choice is B',
      span: [6, 7],
    });
    expect(score('C').correct).toBe(false);
    expect(score('It is 20').correct).toBe(true);
    expect(score('no idea')).toMatchObject({ correct: null, answer: null, span: null });
  });

  it('decides for an open question only where the whole output is the true answer', () => {
    for (const output of ['11', ' 11.0 ', '22/2', '\\frac{22}{2}'])
      expect(open('11', output), output).toBe(true);
    for (const output of ['12', 'It is 11', '\\boxed{11}', '11 cm', ''])
      expect(open('11', output), output).toBeNull();
    expect(open('$\\sqrt{41}$', '\\sqrt{41}')).toBeNull();
  });

  it('keeps the defect by which "A" is every number, and names it', () => {
    expect(open('11', 'A')).toBe(true);
    expect(open('\\frac{25}{7}', '(a)')).toBe(true);
    expect(scorer.score(sample('11'), 'A').reason).toMatch(
      /^upstream evaluates "A" where a stands for .* known defect/,
    );
    expect(open('11', 'B')).toBeNull();
    // Golds with a root are no numbers there.
    expect(open('$5 \\sqrt{3}$', 'A')).toBeNull();
  });

  it('applies the rule to an extraction that came with the output', () => {
    expect(open('11', 'long text', '11')).toBe(true);
    expect(open('11', 'long text', '12')).toBe(false);
    expect(scorer.score(sample('B', NUMBERS), 'x', '(B) 20').correct).toBe(true);
  });
});
