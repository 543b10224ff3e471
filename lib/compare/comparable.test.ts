import { expect, it } from 'vitest';
import { comparableSets, type RunIdentity } from './comparable';

const run = (name: string, changes: Partial<RunIdentity> = {}): RunIdentity => ({
  id: `id of ${name}`,
  name,
  benchmark: 'geoqa',
  split: 'test',
  samples: { data: 'v1', scorer: 'geoqa/seed@3' },
  ...changes,
});

it('runs of one split by one rule are a set, each with its baseline', () => {
  const other = { benchmark: 'refcoco', split: 'refcoco_val' };
  expect(comparableSets([run('A'), run('B'), run('C', other), run('D', other)], [1])).toEqual({
    sets: [
      { baseline: 1, paired: [0, 1], reported: [] },
      { baseline: 2, paired: [2, 3], reported: [] },
    ],
    leftOut: [],
  });
});

it('a reported figure is compared with runs of its benchmark, whoever is the baseline', () => {
  const reported = run('paper', { samples: null });
  expect(comparableSets([run('A'), run('B'), reported], [0]).sets).toEqual([
    { baseline: 0, paired: [0, 1], reported: [2] },
  ]);
  expect(comparableSets([reported, run('A')], [0]).sets).toEqual([
    { baseline: 0, paired: [1], reported: [0] },
  ]);
});

it.each<[string, RunIdentity[], RegExp]>([
  [
    'the same run twice',
    [run('A'), run('B'), run('A again', { id: 'id of A' })],
    /^A again is the same run as A\.$/,
  ],
  [
    'other annotations',
    [run('A'), run('B'), run('C', { samples: { data: 'v2', scorer: 'geoqa/seed@3' } })],
    /^C was scored on another version of geoqa test than A: their samples are not the same\.$/,
  ],
  [
    'another rule',
    [run('A'), run('B'), run('C', { samples: { data: 'v1', scorer: 'geoqa/strict@3' } })],
    /^C was scored by geoqa\/strict@3 and A by geoqa\/seed@3: .* Score it again by geoqa\/seed@3\.$/,
  ],
  ['another split', [run('A'), run('B'), run('C', { split: 'val' })], /^C is the only run of geoqa val: /],
])('%s is left out with a sentence, and the others are compared', (_, runs, sentence) => {
  const { sets, leftOut } = comparableSets(runs, [0]);
  expect(sets).toEqual([{ baseline: 0, paired: [0, 1], reported: [] }]);
  expect(leftOut).toHaveLength(1);
  expect(leftOut[0]).toMatch(sentence);
});

it('the fifth of five runs is left out, never the baseline', () => {
  const five = ['A', 'B', 'C', 'D', 'E'].map((name) => run(name));
  expect(comparableSets(five, [0])).toMatchObject({
    sets: [{ paired: [0, 1, 2, 3] }],
    leftOut: ['E is one too many: at most 4 runs are compared with each other.'],
  });
  expect(comparableSets(five, [4]).sets).toEqual([{ baseline: 4, paired: [0, 1, 2, 4], reported: [] }]);
});

it('of which none can be compared there is no set', () => {
  expect(
    comparableSets([run('A'), run('B', { samples: { data: 'v2', scorer: 'geoqa/seed@3' } })], [0]).sets,
  ).toEqual([]);
});
