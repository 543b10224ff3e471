import { describe, expect, it } from 'vitest';
import { type CanInferVersion, canInfer } from '@/lib/scoring/can-infer';

/** What VLMEvalKit's own `can_infer` gives at 66a76843 and at e8e78f05 for choices left, right, in the middle. */
const CHOICES = ['left', 'right', 'in the middle'];
const letter = (output: string, version: CanInferVersion) =>
  canInfer(output, CHOICES, version)?.letter ?? null;

const CASES: [output: string, april2025: string | null, head: string | null][] = [
  ['B', 'B', 'B'],
  ['(B).', 'B', 'B'],
  ['The answer is **B**', 'B', 'B'],
  // The letter must be late at HEAD, unless it is announced.
  ['Answer: B. Because the shape on the left is bigger and stands beside it', 'B', null],
  ['The answer is B because it stands to the right of the other one', 'B', 'B'],
  ['the answer is b, I am quite sure of it', null, 'B'],
  // Brackets of tags are no separators.
  ['<answer>B</answer>', null, null],
  ['<answer> B </answer>', 'B', 'B'],
  // Two letters: the text decides, where the output is short.
  ['A or B, so right', 'B', 'B'],
  [`A or B, ${'well, '.repeat(20)}so right`, 'B', null],
  ['A or B', null, null],
  ['It is on the LEFT', 'A', 'A'],
  // An article counts as a letter.
  ['A car', 'A', 'A'],
  ["I'm sorry, but without the image provided I cannot say B", 'Z', 'Z'],
  ['Z', 'Z', 'Z'],
  ['Failed to obtain answer via API.', null, null],
  ['', null, null],
];

describe('the choice that an output names', () => {
  it.each(CASES)('%j', (output, april2025, head) => {
    expect(letter(output, '2025-04')).toBe(april2025);
    expect(letter(output, 'head')).toBe(head);
  });

  it('ignores case as Python does', () => {
    for (const output of [
      'aN\u017fwer i\u017f b x x x x x',
      'answer \u0131s b x x x x x',
      'answer \u0130s b x x x x x',
    ])
      expect(letter(output, 'head'), output).toBe('B');
  });

  it('says where', () => {
    expect(canInfer('x (B) y', CHOICES, 'head')?.span).toEqual([3, 4]);
    expect(canInfer('on the left', CHOICES, 'head')?.span).toEqual([7, 11]);
    expect(canInfer('answer is B because of x y z', CHOICES, 'head')?.span).toEqual([10, 11]);
  });
});
