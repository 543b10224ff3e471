import { expect, test } from 'vitest';
import { recipeFields } from '@/lib/training/recipe-schema';
import { readToml, withKey } from '@/lib/training/recipe-toml';
import { changesOf, defaultWords, matching, means, shownValue, written } from './recipe-fields';

const fields = recipeFields('grpo');
const field = (key: string) => {
  const found = fields.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no key ${key}`);
  return found;
};

test.each([
  ['optimizer.lr', '1e-5', '1e-5'],
  ['optimizer.lr', 'fast', '"fast"'],
  ['optimizer.lr', '', null],
  ['steps', '5', '5'],
  ['steps', '5 # five', '"5 # five"'],
  ['optimizer.muon', 'true', 'true'],
  ['optimizer.decay', 'cosine', '"cosine"'],
  ['stage', '2', '2'],
  ['name', '17', '"17"'],
  ['data.files', '[{ path = "x" }]', '[{ path = "x" }]'],
  ['data.files', '[{ path =', '"[{ path ="'],
  ['optimizer.betas', '[0.9, 0.95]', '[0.9, 0.95]'],
])('%s typed as %j is written %j', (key, text, toml) => {
  expect(written(field(key), text)).toBe(toml);
});

test('1e-5 and 0.00001 are the same, and a text is no number', () => {
  expect(means(field('optimizer.lr'), '1e-5', 0.00001)).toBe(true);
  expect(means(field('optimizer.lr'), '1e-5', 0.0001)).toBe(false);
  expect(means(field('optimizer.lr'), '', undefined)).toBe(true);
  expect(means(field('optimizer.lr'), '1e-', '1e-')).toBe(true);
});

test.each([
  [5n, '5'],
  [0.00001, '0.00001'],
  [1, '1.0'],
  ['cosine', 'cosine'],
  [undefined, ''],
  [[0.9, 0.95], '[0.9, 0.95]'],
])('%s is shown as %j', (value, text) => {
  expect(shownValue(value)).toBe(text);
});

test('what was changed is told key by key', () => {
  const base = 'kind = "grpo"\nsteps = 5\n\n[optimizer]\nlr = 1e-4\n';
  const now = withKey(withKey(base, 'steps', null), 'rollout.group', '4');
  expect(changesOf('grpo', readToml(base), readToml(now))).toEqual([
    { key: 'steps', from: '5', to: null },
    { key: 'rollout.group', from: null, to: '4' },
  ]);
});

test('keys are found by their names and by what is said of them', () => {
  expect(matching(fields, 'clip low').map(({ key }) => key)).toEqual(['algorithm.clip_low']);
  expect(matching(fields, 'dapo').map(({ key }) => key)).toContain('algorithm.dynamic_sampling');
  expect(fields.map(({ key }) => key)).not.toContain('output');
});

test.each([
  ['optimizer.lr', 'It has to be set.'],
  ['steps', 'Default: not set.'],
  ['optimizer.betas', 'Default: [0.9,0.999].'],
  ['model.dtype', 'Default: float32.'],
])('the default of %s: %s', (key, words) => {
  expect(defaultWords(field(key))).toBe(words);
});
