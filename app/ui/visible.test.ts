import { expect, test } from 'vitest';
import { visible } from './visible';

test('control characters and half characters are shown, line ends and tabs stay', () => {
  expect(visible('a\u0000b\u001bc\u007f')).toBe('a␀b␛c␡');
  expect(visible('a\r\nb\tc\n')).toBe('a\nb\tc\n');
  expect(visible('\ud83d x \ude00')).toBe('\ufffd x \ufffd');
  expect(visible('😀')).toBe('😀');
  expect(visible('abc\u202ecba\u2066')).toBe('abc\ufffdcba\ufffd');
});
