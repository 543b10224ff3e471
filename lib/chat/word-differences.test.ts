import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newWords } from './word-differences';

const marked = (text: string, other: string) =>
  newWords(text, other)?.map(([start, end]) => text.slice(start, end)) ?? null;

test('marks the words that the other text lacks, neighbours together', () => {
  expect(marked('There are 5 red cubes.', 'There are 4 red cubes.')).toEqual(['5']);
  expect(marked('a small red cube at x=34', 'a red cube at x=40')).toEqual(['small', '34']);
  expect(marked('one two three four', 'one four')).toEqual(['two three']);
  expect(marked('same', 'Same')).toEqual([]);
});

test('two texts with little in common are not marked, nor are very long ones', () => {
  expect(marked('what is seen here is new', 'nothing of it stood there before')).toBeNull();
  expect(marked('word '.repeat(801), 'word')).toBeNull();
  expect(marked('', 'word')).toBeNull();
});

test('what is left unmarked stands in the other text, in order', () => {
  const text = fc.array(fc.constantFrom<string>('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const ranges = newWords(one.join(' '), other.join(' '));
      if (ranges === null) return;
      let kept = '';
      for (const [at, word] of one.entries())
        if (!ranges.some(([start, end]) => start <= at * 2 && at * 2 < end)) kept += word;
      let at = -1;
      for (const word of kept) {
        at = other.indexOf(word, at + 1);
        expect(at).toBeGreaterThanOrEqual(0);
      }
      const share = kept.length / Math.max(one.length, other.length);
      expect(share).toBeGreaterThanOrEqual(0.4);
    }),
  );
});
