import { describe, expect, test } from 'vitest';
import { faults } from './faults';

describe('what is broken about an output', () => {
  test.each([
    ['<think>a</think><answer>b</answer>'],
    ['a</think><answer>b</answer>'],
    ['just 4'],
    [''],
    ['<answer>{"bbox_2d": [1, 2, 3, 4]}</answer>'],
    ['<answer>[{"bbox_2d": [1, 2, 3, 4], "label": "a } in a text"}]</answer> and {more'],
    ['the set {1, 2'],
    ['[1, 2, 3'],
  ])('is nothing: %s', (output) => {
    expect(faults(output)).toEqual([]);
  });

  test.each([
    ['<think>a</think>b</think>c', ['a stray </think>']],
    ['<answer>b</answer></answer>', ['a stray </answer>']],
    ['<think>a<answer>b</answer>', ['<think> is not closed before <answer>']],
    ['<think>a', ['<think> is never closed']],
    ['<think>a</answer></think>', ['a stray </answer>']],
    ['<answer>{"bbox_2d": [1, 2</answer>', ['JSON that does not close']],
    [
      '<answer>{"bbox_2d": [1, 2, 3, 4], "label": "half',
      ['<answer> is never closed', 'JSON that does not close'],
    ],
  ])('is named: %s', (output, expected) => {
    expect(faults(output)).toEqual(expected);
  });

  test('is found in linear time', () => {
    for (const piece of ['<think>', '</answer>', '{"', '[{', '"\\', '\\"'])
      expect(faults(`{"${piece.repeat(100_000)}`).length).toBeLessThan(5);
  });
});
