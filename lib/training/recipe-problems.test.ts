import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recipeSentence } from './recipe-problems';
import { readToml, withOverrides } from './recipe-toml';
import { rewardNames } from './reward-expression';

interface Case {
  toml: string;
  overrides: Record<string, string | number | boolean | null>;
  problem: string | null;
}

// The trainer wrote it, and is held to it by its own tests: `python fixtures/recipes.py`.
const { problems }: { problems: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../trainer/fixtures/recipes.json', import.meta.url), 'utf8'),
);

test.each(problems.map((each) => [each.problem ?? 'nothing', each] as const))(
  'the trainer says: %s',
  (_, { toml, overrides, problem }) => {
    const read = withOverrides(readToml(toml), overrides);
    expect(typeof read === 'string' ? read : recipeSentence(read)).toBe(problem);
  },
);

test.each([
  ['exact + 0.1 * format', ['exact', 'format']],
  ['-(a - .5) / 2.e-1', ['a']],
  ['3', []],
  ['a +', null],
  ['(a', null],
  ['a)', null],
  ['a b', null],
  ['a ** 2', null],
  ['f(a)', null],
  ['a and b', null],
  ['a; b', null],
])('the names of the reward %s', (text, names) => {
  const found = rewardNames(text);
  expect(found && [...found]).toEqual(names);
});
