import { expect, test } from 'vitest';
import { pythonRepr } from './repr';

// Written by CPython 3.12.
test.each([
  [null, 'None'],
  [true, 'True'],
  [3n, '3'],
  [3, '3.0'],
  [1e-7, '1e-07'],
  [Number.POSITIVE_INFINITY, 'inf'],
  ['plain', "'plain'"],
  ["it's", '"it\'s"'],
  ['both \' and "', "'both \\' and \"'"],
  ['tab\t, line\n, back\\slash', "'tab\\t, line\\n, back\\\\slash'"],
  ['\u0007 \u00a0 \u2028 é 日 🐙', "'\\x07 \\xa0 \\u2028 é 日 🐙'"],
  [[1n, 'a', [false]], "[1, 'a', [False]]"],
  [{ path: 'x', repeat: 2n }, "{'path': 'x', 'repeat': 2}"],
])('%o is %s', (value, written) => {
  expect(pythonRepr(value)).toBe(written);
});
