import { describe, expect, it } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { editDistance } from '@/lib/scoring/edit-distance';
import { mathVerseOfficial, mathVerseVlmevalkit } from '@/lib/scoring/math-verse';
import { mathVistaOfficial, mathVistaVlmevalkit } from '@/lib/scoring/math-vista';

const sample = (gold: string, answerType: string, options: string[] | null = null): Sample => ({
  sampleId: '1',
  question: '',
  options,
  gold,
  tags: { question_type: options === null ? 'free_form' : 'multi_choice', answer_type: answerType },
  image: null,
  cluster: '1',
});
const whole = sample('5', 'integer');
const decimal = sample('0.70', 'float');
const list = sample('[2007, 2008]', 'list');
const choice = sample('yes', 'text', ['yes', 'no']);

describe('the official rule', () => {
  const extracted = (of: Sample, extraction: string) => mathVistaOfficial.score(of, 'x', extraction).correct;
  const alone = (of: Sample, output: string) => mathVistaOfficial.score(of, output).correct;

  it('cuts whole numbers, rounds decimals, compares lists as texts', () => {
    for (const [of, right, wrong] of [
      [whole, '5', '4.99'],
      [whole, '5.9', 'five'],
      [whole, '٥', '5 apples'],
      [sample('0.7', 'float'), '0.74', '0.76'],
      [list, '[2007, 2008]', '[2007,2008]'],
    ] as const) {
      expect(extracted(of, right), right).toBe(true);
      expect(extracted(of, wrong), wrong).toBe(false);
    }
  });

  it('compares the shortest writing of a decimal, so that 0.70 can never be right', () => {
    expect(extracted(decimal, '0.70')).toBe(false);
  });

  it('takes a letter for its choice, else the choice that is nearest by edits', () => {
    for (const right of ['A', ' A ', '(a)', 'yes', 'Yes', 'yess'])
      expect(extracted(choice, right), right).toBe(true);
    for (const wrong of ['B', '(B) no', 'no', 'n', '']) expect(extracted(choice, wrong), wrong).toBe(false);
  });

  it('extracts by itself only from a bare answer', () => {
    expect(alone(choice, 'yes')).toBe(true);
    expect(alone(whole, ' 5 ')).toBe(true);
    expect(alone(whole, '6')).toBe(false);
    for (const output of ['5.0', 'It is 5']) expect(alone(whole, output), output).toBeNull();
    expect(alone(list, '[2007, 2008]')).toBeNull();
    expect(alone(choice, 'A')).toBeNull();
  });
});

describe('VLMEvalKit’s rule', () => {
  const scorer = mathVistaVlmevalkit('2025-04');
  const correct = (of: Sample, output: string, extraction?: string) =>
    scorer.score(of, output, extraction).correct;

  it('decides by a choice that can be inferred, or by the bare true number', () => {
    expect(correct(choice, 'The answer is A')).toBe(true);
    expect(correct(choice, 'no')).toBe(false);
    expect(correct(choice, 'perhaps')).toBeNull();
    expect(correct(whole, '5')).toBe(true);
    expect(correct(sample('1.2', 'float'), '1.20')).toBe(true);
    for (const output of ['6', '5.0', '**5**']) expect(correct(whole, output), output).toBeNull();
  });

  it('asks the judge of a true 0', () => {
    expect(correct(sample('0', 'integer'), '0')).toBeNull();
    expect(correct(sample('0', 'integer'), 'none', '0')).toBe(true);
  });

  it('can count no answer to a question for a list, as upstream cannot (VLMEvalKit#1679)', () => {
    for (const output of ['[2007, 2008]', 'x']) expect(correct(list, output)).toBe(false);
    expect(correct(list, 'x', '[2007, 2008]')).toBe(false);
    expect(mathVistaOfficial.score(list, 'x', '[2007, 2008]').correct).toBe(true);
  });

  it('applies the rule to an extraction', () => {
    expect(correct(choice, 'perhaps', 'B')).toBe(false);
    expect(correct(choice, 'perhaps', '?')).toBe(false);
    expect(correct(whole, 'x', '5.0')).toBe(false);
  });
});

describe('MathVerse', () => {
  it('needs a judge for what an output answers, and for what differs from the true answer', () => {
    for (const scorer of [mathVerseOfficial, mathVerseVlmevalkit]) {
      expect(scorer.score(whole, '5').correct).toBeNull();
      expect(scorer.score(whole, 'x', '5').correct).toBe(true);
      expect(scorer.score(whole, 'x', '6').correct).toBeNull();
    }
    expect(mathVerseVlmevalkit.score(whole, 'x', ' 5 ').correct).toBe(true);
    expect(mathVerseOfficial.score(whole, 'x', ' 5 ').correct).toBeNull();
  });
});

it('edit distance', () => {
  for (const [a, b, distance] of [
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
    ['', 'abc', 3],
    ['😀a', 'a', 1],
  ] as const)
    expect(editDistance(a, b)).toBe(distance);
});
