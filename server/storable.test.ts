import { expect, it } from 'vitest';
import { unstorable } from './storable';

it('finds what no database keeps and nobody reads again, however deep it lies', () => {
  expect(unstorable({ a: ['1', { b: 'NUL \0' }] })).toContain('a text has a sign');
  expect(unstorable(['\ud800'])).toContain('a text has a sign');
  expect(unstorable({ 'a\0': 1 })).toContain('a text has a sign');
  expect(unstorable(JSON.parse('{"generation":{"constructor":"x"}}'))).toContain('constructor');
  expect(unstorable(JSON.parse('{"generation":{"__proto__":1}}'))).toContain('__proto__');
});

it('takes all else', () => {
  expect(unstorable(undefined)).toBeNull();
  expect(
    unstorable({ id: 'é 🐟 \u202e', list: [undefined, null, 1, new Date()], last: undefined }),
  ).toBeNull();
});

it('looks into nests of any depth', () => {
  let nest: unknown = '\0';
  for (let depth = 0; depth < 100_000; depth++) nest = [nest];
  expect(unstorable(nest)).not.toBeNull();
});
