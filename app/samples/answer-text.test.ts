import { expect, test } from 'vitest';
import { goldText, optionOf, sharedOpening, shorten, withoutOpening } from './answer-text';

test('a gold answer is one line', () => {
  expect(goldText('(A)')).toBe('(A)');
  expect(goldText(0)).toBe('0');
  expect(goldText([10, 20.5, 30, 40])).toBe('[10, 20.5, 30, 40]');
  expect(goldText(['centre', 'center'])).toBe('centre  or  center');
});

test('an answer names an option by its letter or its text', () => {
  const options = ['left', 'right', 'Above'];
  expect(optionOf('(B)', options)).toBe(1);
  expect(optionOf(' c ', options)).toBe(2);
  expect(optionOf('above', options)).toBe(2);
  expect(optionOf('(D)', options)).toBeNull();
  expect(optionOf('beside', options)).toBeNull();
});

test('options that are letters themselves go by their text', () => {
  expect(optionOf('a', ['b', 'a'])).toBe(1);
});

test('a long text is cut with a sign that it goes on', () => {
  expect(shorten('a long text', 6)).toBe('a long…');
  expect(shorten('short', 5)).toBe('short');
});

test('what all questions begin with is found at a word, where each goes on after it', () => {
  const ask = 'Give the box of what this sentence describes: ';
  expect(sharedOpening([`${ask}the man`, `${ask}the dog`, `${ask}a car`])).toBe(ask);
  expect(sharedOpening([`${ask}red car`, `${ask}red cat`])).toBe(`${ask}red `);
  expect(sharedOpening(['How many items are there?', 'How many cars are there?'])).toBe('');
  const same = 'How many different items are there in the image?';
  expect(sharedOpening([same, same])).toBe('');
  expect(sharedOpening([same])).toBe('');
  expect(sharedOpening([])).toBe('');
  expect(withoutOpening(`${ask}the man`, ask)).toBe('… the man');
  expect(withoutOpening('the man', '')).toBe('the man');
});
