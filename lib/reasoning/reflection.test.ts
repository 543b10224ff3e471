import { describe, expect, test } from 'vitest';
import file from '@/trainer/ocean_r1/reflection.json';
import { isPhrase, patternOf, REFLECTION, reflections } from './reflection';

const found = (text: string) => reflections(text).map(([start, end]) => text.slice(start, end));

test('what says that a model looks again is found, and nothing within longer words', () => {
  expect(found("Wait, let me check again. Let's re-evaluate and RECHECK.")).toEqual([
    'Wait,',
    'check again',
    're-evaluate',
    'RECHECK',
  ]);
  expect(found('The waiter verifies nothing; I check the chart.')).toEqual([]);
});

describe.each(REFLECTION)('$id', ({ phrases, counted, not }) => {
  test('counts its examples, as the trainer does by the same file', () => {
    const pattern = patternOf(phrases);
    expect(counted.filter((text) => text.search(pattern ?? /$^/) === -1)).toEqual([]);
    expect(not.flatMap(found)).toEqual([]);
  });

  test('is made of phrases, none of them twice', () => {
    expect(phrases.filter((phrase) => !isPhrase(phrase))).toEqual([]);
    expect(new Set(phrases).size).toBe(phrases.length);
  });
});

describe.each(file.language)('$phrase', ({ phrase, counted, not }) => {
  test('finds what the trainer’s finds', () => {
    const found = (text: string) => text.search(patternOf([phrase]) ?? /$^/) !== -1;
    expect(counted.filter((text) => !found(text))).toEqual([]);
    expect(not.filter(found)).toEqual([]);
    expect(isPhrase(phrase)).toBe(true);
  });
});

test('without a phrase there is no pattern', () => expect(patternOf([])).toBeNull());

test.each(['', ' wait', 'Wait', 'a.*b', '(a', 'a … b … c', '* a', 'a\nb', 'a'.repeat(61)])(
  'no phrase: %j',
  (text) => expect(isPhrase(text)).toBe(false),
);

test('what readers may look for takes little time in any text', () => {
  const worst = ['a* … a* a*', 'a* a* a* a* a* a*', "a'a-a-a-a-a-a-a-a*", 'a-a-a-a-a-a-a … a*'].filter(
    isPhrase,
  );
  expect(worst).toHaveLength(4);
  const began = performance.now();
  for (const piece of ['a', 'a ', "a'", 'a-', 'aa '])
    piece.repeat(100_000 / piece.length).match(patternOf(worst) ?? /$^/g);
  expect(performance.now() - began).toBeLessThan(4_000);
});
