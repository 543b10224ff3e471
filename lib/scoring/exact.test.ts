import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { exactScorer } from '@/lib/scoring/exact';

const sample = (gold: Sample['gold'], options: Sample['options'] = null): Sample => ({
  sampleId: 'x',
  question: '',
  options,
  gold,
  tags: {},
  image: null,
  cluster: 'x',
});
const count = sample(['5', 'five']);
const price = sample(['1204']);
const sign = sample(['Horse PARK']);
const choice = sample('(B)', ['the red car', 'the bus']);
const box = sample([10, 20, 110, 120]);
const isRight = (of: Sample, output: string) => exactScorer.score(of, output).correct;

describe('words', () => {
  it.each([
    [count, '<think>One, two …</think><answer>5</answer>'],
    [count, '<answer> Five. </answer>'],
    [count, '<answer>5</answer> or <answer>6</answer>'],
    [price, '<answer>1,204</answer>'],
    [sign, '<answer>horse\n park</answer>'],
    [choice, '<answer>(B)</answer>'],
    [choice, '<answer>b</answer>'],
    [choice, '<answer>B.</answer>'],
    [choice, '<answer>(B) the bus</answer>'],
    [choice, '<answer>The bus.</answer>'],
    [choice, '<answer>B) the bus</answer>'],
  ])('%j is answered by %s', (of, output) => expect(isRight(of, output)).toBe(true));

  it.each([
    [count, '<answer>6</answer>'],
    [count, '<answer>5 cubes</answer>'],
    [count, '<answer>15</answer>'],
    [count, '<answer></answer>'],
    [count, '<answer>6</answer><answer>5</answer>'],
    [price, '<answer>12,04</answer>'],
    [price, '<answer>1204..</answer>'],
    [choice, '<answer>A</answer>'],
    [choice, '<answer>the red car</answer>'],
    [choice, '<answer>A or B</answer>'],
  ])('%j is not answered by %s', (of, output) => expect(isRight(of, output)).toBe(false));

  it('takes an output without the tag only where it is nothing but the answer', () => {
    expect(isRight(count, ' 5\n')).toBe(true);
    expect(isRight(count, 'The answer is 5')).toBe(false);
    expect(isRight(count, '<think>5</think>5')).toBe(false);
    expect(isRight(count, '<answer>5')).toBe(false);
    expect(exactScorer.score(count, 'x'.repeat(300)).reason).toMatch(/more than a bare answer/);
  });

  it('says where the answer stands', () => {
    const output = '<think>hm</think>\n<answer>\n 5 \n</answer>';
    const { span, answer } = exactScorer.score(count, output);
    expect(answer).toBe('5');
    expect(span && output.slice(...span)).toBe('5');
  });
});

describe('boxes', () => {
  it.each([
    ['<answer>{"bbox_2d": [10, 20, 110, 120]}</answer>', true],
    ['<answer>```json\n[{"bbox_2d": [12, 22, 108, 118], "label": "bus"}]\n```</answer>', true],
    ['[10, 20, 110, 120]', true],
    ['{"bbox_2d": [10, 20, 110, 120]}', true],
    // The same box in the frame of a picture of half the size.
    ['<answer>[5, 10, 55, 60]</answer>', false],
    ['<answer>[0.1, 0.2, 0.5, 0.6]</answer>', false],
    ['The box is [10, 20, 110, 120]', false],
    ['<answer>none</answer>', false],
  ])('%s: %s', (output, right) => expect(isRight(box, output)).toBe(right));

  it('is right from more than half of the union on', () => {
    // 100 x 100 against its left 51 or 50 columns.
    expect(isRight(box, '<answer>[10, 20, 61, 120]</answer>')).toBe(true);
    expect(isRight(box, '<answer>[10, 20, 60, 120]</answer>')).toBe(false);
  });
});

describe('hostile outputs', () => {
  it('gives a verdict on any text, with the answer where the span says', () => {
    const pieces = fc.constantFrom(
      '<answer>',
      '</answer>',
      '<think>',
      '5',
      '[1, 2,',
      ' ',
      '.',
      ',',
      '\ud800',
      '\0',
    );
    const outputs = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.constantFrom(count, choice, box), outputs, (of, output) => {
        const { span, answer } = exactScorer.score(of, output);
        if (span) expect(span[0] >= 0 && span[0] <= span[1] && span[1] <= output.length).toBe(true);
        if (of !== box && answer !== null && span) expect(output.slice(...span)).toBe(answer);
      }),
    );
  });

  it.each([
    ['spaces', ' '.repeat(5_000_000)],
    ['opening tags', '<answer>'.repeat(600_000)],
    ['half a box', `<answer>${'[1, '.repeat(1_200_000)}</answer>`],
    ['digits and commas', `<answer>${'1,000'.repeat(1_000_000)}</answer>`],
    ['stops', `<answer>${'. '.repeat(2_500_000)}</answer>`],
  ])('5 MB of %s are wrong', (_, output) => {
    for (const of of [count, choice, box]) expect(isRight(of, output)).toBe(false);
  });
});
