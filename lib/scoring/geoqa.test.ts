import { describe, expect, it } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { geoqaSeed, geoqaStrict, repaired } from '@/lib/scoring/geoqa';
import { tagExtract } from '@/lib/scoring/tag-extract';

const sample = (gold: string, changes: Partial<Sample> = {}): Sample => ({
  sampleId: '0',
  question: '',
  options: null,
  gold,
  tags: {},
  image: null,
  cluster: '0',
  ...changes,
});
const seed = (gold: string, output: string) => geoqaSeed.score(sample(gold), output);
const strict = (gold: string, output: string) => geoqaStrict.score(sample(gold), output);

describe('GEOQA', () => {
  it('reads the whole output, and units and degrees aside', () => {
    expect(seed('140°', '<think>20 + 120</think><answer>$140^{\\circ}$</answer>')).toEqual({
      correct: true,
      answer: '140^{\\circ}',
      reason: '140^{\\circ} is equal to 140°',
      span: [32, 43],
    });
    expect(seed('3cm', 'The answer is 3 cm').correct).toBe(true);
    expect(seed('\\frac{12}{5}', '2.4').correct).toBe(true);
    expect(seed('65°', '\\boxed{64}').reason).toBe('64 is not equal to 65°');
    expect(seed('65°', 'no idea')).toMatchObject({ correct: false, answer: null, span: null });
  });

  it('has true answers that the seed’s rule cuts at their root or π, and the strict one does not', () => {
    for (const [gold, right, cut] of [
      ['8√{3}', '$8\\sqrt3$', '8'],
      ['240πcm^{2}', '$240\\pi$', '240'],
      ['2√{2}-2', '$2\\sqrt{2}-2$', '2'],
      ['\\frac{3}{2}√{3}', '\\boxed{\\frac{3\\sqrt{3}}{2}}', '$\\frac{3}{2}$'],
    ] as const) {
      expect([seed(gold, right).correct, seed(gold, cut).correct], gold).toEqual([false, true]);
      expect([strict(gold, right).correct, strict(gold, cut).correct], gold).toEqual([true, false]);
    }
    expect(seed('8√{3}', '8').reason).toBe('8 is equal to 8√{3}, which Math-Verify reads as 8');
  });

  it('has true answers that the seed’s rule cannot read at all, and the strict one can', () => {
    for (const [gold, right] of [
      ['√{13}', '$\\sqrt{13}$'],
      ['π', '$\\pi$'],
      ['(√{3}+1)小时', '$\\sqrt{3}+1$'],
      ['\\frac{10√{3}}{3}m', '$\\frac{10\\sqrt{3}}{3}$'],
    ] as const) {
      expect(seed(gold, right).correct, gold).toBe(false);
      expect(strict(gold, right).correct, gold).toBe(true);
    }
    expect(seed('π', '$\\pi$').reason).toMatch(/cannot read the true answer π, so nothing equals it/);
  });

  it('repairs nothing else', () => {
    for (const gold of ['140°', '3cm', '\\frac{1}{2}cm²', '5cm^2^']) expect(repaired(gold)).toBe(gold);
    expect(repaired('4√{3}cm²')).toBe('$4\\sqrt{3}$');
    expect(repaired('6√{3}海里')).toBe('$6\\sqrt{3}$');
  });
});

describe('the tag as the extraction', () => {
  it('takes the last closed tag, and nothing else', () => {
    const score = (output: string) => tagExtract('math-vision').score(sample('11'), output);
    expect(score('<answer>3</answer> no: <answer> 11 </answer>')).toMatchObject({
      correct: true,
      answer: '11',
      span: [32, 34],
    });
    for (const output of [
      '11',
      '<answer>11',
      '<answer></answer>',
      '<answer> </answer>',
      '</answer>11<answer>',
    ])
      expect(score(output)).toMatchObject({ correct: false, span: null });
  });

  it('compares mathematics, and choices by letter or text', () => {
    const right = (of: Sample, answer: string) =>
      tagExtract('math-vision').score(of, `<answer>${answer}</answer>`).correct;
    for (const answer of ['\\frac{25}{7}', '25/7', '$\\frac{25}7$', '\\boxed{\\frac{25}{7}}'])
      expect(right(sample('\\frac{25}{7}'), answer), answer).toBe(true);
    expect(right(sample('\\frac{25}{7}'), 'A')).toBe(false);
    const vision = sample('B', { options: ['10', '20', '30'] });
    for (const answer of ['B', '(B) 20', '20']) expect(right(vision, answer), answer).toBe(true);
    for (const answer of ['A', '30', 'B or C']) expect(right(vision, answer), answer).toBe(false);
    const vista = sample('yes', { options: ['no', 'yes'], tags: { question_type: 'multi_choice' } });
    expect([right(vista, 'B'), right(vista, 'yes'), right(vista, 'A')]).toEqual([true, true, false]);
    const verse = sample('C', { tags: { question_type: 'multi-choice' } });
    expect([right(verse, 'C: 5'), right(verse, 'A')]).toEqual([true, false]);
  });
});
