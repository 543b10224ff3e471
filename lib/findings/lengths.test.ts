import { expect, test } from 'vitest';
import { lengthsOf, type Measured } from './lengths';

const output = (size: number, right: boolean, group: string, truncated = false): Measured => ({
  ...{ size, right, truncated, groups: [group] },
});

test('right and wrong answers are measured apart, in all and by group', () => {
  const outputs = [output(10, true, 'a'), output(30, true, 'b'), output(50, false, 'b', true)];
  const [all, a, b] = lengthsOf(outputs, ['a', 'b']);
  expect(all).toMatchObject({ group: null, outputs: 3, truncated: 1, correct: 2 });
  expect([all?.all?.mean, all?.right?.mean, all?.wrong?.mean]).toEqual([30, 20, 50]);
  expect(a).toMatchObject({ group: 'a', outputs: 1, truncated: 0, correct: 1, wrong: null });
  expect([b?.right?.mean, b?.wrong?.mean, b?.truncated]).toEqual([30, 50, 1]);
});
