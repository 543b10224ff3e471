import { describe, expect, it } from 'vitest';
import { behaviourOf, type RunTraits, traitsOf } from './behaviour';

const traits = (output: string) => traitsOf(output, output.length);

describe('traitsOf', () => {
  it.each<[string, boolean, boolean]>([
    ['<think>a</think><answer>b</answer>', true, false],
    ['<think>a</think>\n<answer>b</answer>\n', true, false],
    ['a</think><answer>b</answer>', false, false],
    ['So: <think>a</think><answer>b</answer>', false, false],
    ['<think>a</think><answer>b</answer><answer>c</answer>', false, false],
    ['<think>a and', false, true],
    ['<think>a</think><answer>b', false, true],
    ['plain', false, false],
    ['', false, false],
  ])('of %j: well formed %s, cut off %s', (output, wellFormed, truncated) => {
    expect(traits(output)).toMatchObject({ wellFormed, truncated, length: output.length });
  });

  it('finds the words by which a model says that it looks again', () => {
    expect(traits('<think>3. Wait, 4.</think><answer>4</answer>').reflects).toBe(true);
    expect(traits('<think>The waiter has 4.</think><answer>4</answer>').reflects).toBe(false);
  });

  it('says nothing of the form of an output of which it has the beginning only', () => {
    expect(traitsOf('<think>long', 1_000_000)).toEqual({
      length: 1_000_000,
      wellFormed: false,
      truncated: false,
      reflects: false,
    });
  });
});

it('counts the outputs of a group, and whose answer is another than the baseline’s', () => {
  const run = (texts: readonly (readonly [string, string] | null)[]): RunTraits =>
    texts.map((each) => each && { answer: each[1], ...traits(each[0]) });
  const base = run([['<think>a</think><answer>1</answer>', '1'], ['x', '2'], null, ['y', '3']]);
  const tuned = run([
    ['wait, 2', '2'],
    ['wait, 2', '2'],
    ['z', '4'],
    ['y', '4'],
  ]);
  expect(behaviourOf(tuned, base, [0, 1, 2, 3])).toEqual({
    outputs: 4,
    meanLength: (7 + 7 + 1 + 1) / 4,
    wellFormed: 0,
    truncated: 0,
    reflecting: 2,
    changed: { reflecting: 1, others: 1 },
  });
  expect(behaviourOf(base, null, [0, 2])).toMatchObject({ outputs: 1, wellFormed: 1, changed: null });
  expect(behaviourOf(base, null, [2]).meanLength).toBe(0);
});
