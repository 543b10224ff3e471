import { expect, test } from 'vitest';
import { reflections } from '@/lib/reasoning/reflection';
import { BECAME } from './labels';
import words from './seed-words.json';

test('every quote that the seed gives for reflection counts as one, and so do its outputs', () => {
  const texts = [...words.quotes, ...words.cases.map(({ output }) => output)];
  expect(texts.filter((text) => reflections(text).length === 0)).toEqual([]);
});

test('what became of its answers is said in the words of the labels', () => {
  const known: readonly string[] = BECAME;
  expect(words.cases.filter(({ became }) => !known.includes(became))).toEqual([]);
});
