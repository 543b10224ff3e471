import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readToml, withKey } from '@/lib/training/recipe-toml';
import { type Draft, draftOfFork, draftOfRecipe, jobsOf, readDraft, rowCount } from './draft';

const toml = readFileSync(new URL('../../../trainer/recipes/toy-stage1.toml', import.meta.url), 'utf8');
const recipe = { name: 'toy-stage1', kind: 'grpo' as const, about: '', toml };
const draft: Draft = draftOfRecipe(recipe, [{ id: 'nano', name: 'Nano', shape: null }]);

test('a recipe of the repository needs nothing more than its rows, which are asked for as it reads them', () => {
  expect(draft).toMatchObject({
    name: 'toy-stage1',
    start: { kind: 'checkpoint', id: 'nano' },
    rows: [{ name: 'train', split: 'train', size: 160 }],
  });
  const { recipe: read, problems } = readDraft(draft);
  expect(problems).toEqual([]);
  expect(read && rowCount(read, draft.rows)).toBe(2_000);
  expect(read && rowCount(read, [])).toBeNull();
  expect(read && jobsOf(draft, read)).toMatchObject({
    name: 'toy-stage1',
    chain: [{ kind: 'train', recipe: { toml, overrides: {} }, rows: [{ name: 'train' }] }],
  });
});

test('what follows is the export, and evaluations of what was exported', () => {
  const evals = ['val', 'test'].map((split) => ({ benchmark: 'ocean-world', split }));
  const { chain } = jobsOf({ ...draft, exported: true, evals, publish: true }, readToml(toml));
  expect(chain.map(({ kind, start }) => [kind, 'back' in start ? start.back : null])).toEqual([
    ['train', null],
    ['export', null],
    ['eval', 1],
    ['eval', 2],
  ]);
});

test.each<[string, Partial<Draft>, { part: string; key?: string; words: string | RegExp }]>([
  [
    'a key',
    { toml: withKey(toml, 'optimizer.lr', '0') },
    { part: 'recipe', key: 'optimizer.lr', words: /than 0/ },
  ],
  ['a text', { toml: 'kind = ' }, { part: 'recipe', words: /line 1/ }],
  ['a start', { start: { kind: 'path', path: ' ' } }, { part: 'start', words: /begins with/ }],
  ['a name', { name: ' ' }, { part: 'name', words: /needs a name/ }],
  [
    'rows',
    { rows: [{ ...rowsOf(), count: Number.NaN }] },
    { part: 'rows', key: '0', words: /how many rows/ },
  ],
  ['two rows', { rows: [rowsOf(), rowsOf()] }, { part: 'rows', key: '1', words: /Two kinds/ }],
])('%s that is wrong is told', (_, change, { words, ...where }) => {
  expect(readDraft({ ...draft, ...change }).problems).toEqual([
    expect.objectContaining({ ...where, words: expect.stringMatching(words) }),
  ]);
});

function rowsOf() {
  const [rows] = draft.rows;
  if (rows === undefined) throw new Error('the recipe reads rows');
  return rows;
}

test('a fork takes over recipe, start and rows, by a name of its own', () => {
  const start = { kind: 'job' as const, id: 'before' };
  expect(draftOfFork({ id: 'a', name: 'Toy', public: true, toml, start, rows: draft.rows })).toMatchObject({
    name: 'Toy, again',
    public: true,
    start,
    toml,
    rows: draft.rows,
  });
});
