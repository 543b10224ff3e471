import { expect, test } from 'vitest';
import { REFLECTION } from '@/lib/reasoning/reflection';
import { readPhrases } from './phrases';

test('an address without a list has the published one', () => {
  const { phrases, edited, refused } = readPhrases(new URLSearchParams());
  expect(phrases).toEqual(Object.fromEntries(REFLECTION.map(({ id, phrases }) => [id, phrases])));
  expect([edited, refused]).toEqual([false, []]);
});

test('the published list sent back by a form is not edited', () => {
  const form = new URLSearchParams(
    REFLECTION.map(({ id, phrases }): [string, string] => [id, phrases.join('\r\n')]),
  );
  expect(readPhrases(form).edited).toBe(false);
});

test('lines are trimmed, put into small letters and taken once; what is no phrase is named', () => {
  const { phrases, edited, refused } = readPhrases(
    new URLSearchParams({ 're-check': ' Hold on,\n\nhold on,\n(a|b)+\nsum ... wrong ', alternative: '' }),
  );
  expect(phrases['re-check']).toEqual(['hold on,', 'sum … wrong']);
  expect(phrases.alternative).toEqual([]);
  expect(phrases.correction).toEqual(REFLECTION.find(({ id }) => id === 'correction')?.phrases);
  expect([edited, refused]).toEqual([true, ['(a|b)+']]);
});
