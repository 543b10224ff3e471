import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASKS } from '@/lib/world/question';
import { SEED_LIMIT } from '@/lib/world/random';
import { SPLITS, seedIn, splitOf } from '@/lib/world/scene';
import { readView, rollSeed, seedAcross, viewQuery } from './world-url';

const read = (query: string) => readView(new URLSearchParams(query));

test('an address restores every view', () => {
  fc.assert(
    fc.property(
      fc.record({
        task: fc.constantFrom(...TASKS),
        seed: fc.integer({ min: 0, max: SEED_LIMIT - 1 }),
        size: fc.integer({ min: 96, max: 512 }),
      }),
      (view) => {
        expect(read(viewQuery(view))).toEqual({ view });
      },
    ),
  );
});

test('what is left out is the first test sample of counting, as large as the page has room for', () => {
  const view = { task: 'counting', seed: seedIn('test', 0), size: 448 };
  expect(read('')).toEqual({ view });
  expect(read('seed=')).toEqual({ view });
  expect(read('split=val&task=text')).toEqual({ view: { ...view, task: 'text', seed: seedIn('val', 0) } });
  expect(read('seed=7')).toEqual({ view: { ...view, seed: 7 } });
});

describe('what cannot be read is said in a sentence', () => {
  test.each([
    ['task=cooking', 'There is no task “cooking”.'],
    ['split=dev', 'There is no split “dev”.'],
    ['seed=abc', 'not “abc”'],
    ['seed=-1', 'not “-1”'],
    ['seed=1.5', 'not “1.5”'],
    [`seed=${SEED_LIMIT}`, 'A seed is a whole number from 0 to 9007199254740991'],
    ['split=test&seed=7', 'The seed 7 belongs to the split train, not to test.'],
    ['size=95', 'A picture has 96 to 512 pixels a side, not “95”.'],
    ['size=large', 'not “large”'],
  ])('%s', (query, sentence) => {
    expect(read(query)).toEqual({ problem: expect.stringContaining(sentence) });
  });
});

test('a seed goes over to every split and back', () => {
  for (const split of SPLITS) {
    expect(seedAcross(seedAcross(seedIn('val', 99), split), 'val')).toBe(seedIn('val', 99));
    expect(splitOf(rollSeed(split))).toBe(split);
  }
});
