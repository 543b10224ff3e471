import { expect, it } from 'vitest';
import { compareLoaded } from './compare-loaded';
import { answersOf, limitsOf } from './comparison-report';
import type { LoadedRun } from './loaded-run';
import type { PackedSamples } from './packed-samples';
import { loadedRun, type StoredRun } from './stored-run';

const samples: PackedSamples = { count: 8, clusters: null, tags: {} };
const interval = { low: 45, high: 55, level: 0.95, method: 'wilson' } as const;

function stored(stage: 'base' | 'stage1' | 'stage2', changes: Partial<StoredRun> = {}): StoredRun {
  return {
    id: `run of ${stage}`,
    model: { slug: 'nano', name: 'Nano' },
    checkpoint: { id: `nano ${stage}`, stage, step: null },
    benchmark: 'geoqa',
    split: 'test',
    source: 'upload',
    state: 'published',
    scorer: 'geoqa/seed@3',
    data: 'v1',
    figure: { value: 50, interval },
    generation: null,
    outcomes: stage === 'base' ? '01010101' : '00000000',
    ...changes,
  };
}

function load(runs: readonly StoredRun[]): LoadedRun[] {
  const oneModel = new Set(runs.map(({ model }) => model.slug)).size === 1;
  return runs.flatMap((run) => {
    const answer = loadedRun(run, run.outcomes === null ? null : samples, oneModel);
    return 'run' in answer ? [answer.run] : [];
  });
}

it('stages of one model are called by their stage alone, of several by both', () => {
  const [set] = compareLoaded(load([stored('base'), stored('stage2')]), []).sets;
  expect(set && answersOf(set)[0]).toMatch(/^Stage 2 answers 50\.0 points more than Base/);
  const other = stored('base', { model: { slug: 'qwen', name: 'Qwen' } });
  const [mixed] = compareLoaded(load([other, stored('stage2')]), []).sets;
  expect(mixed && answersOf(mixed)[0]).toMatch(/^Nano stage 2 answers 50\.0 points more than Qwen base/);
});

it('a checkpoint with a run on two benchmarks has one name on both, and is the baseline of both', () => {
  const runs = (benchmark: string, split: string) =>
    (['base', 'stage2'] as const).map((stage) =>
      stored(stage, { id: `${benchmark} ${stage}`, benchmark, split }),
    );
  const { sets } = compareLoaded(load([...runs('geoqa', 'test'), ...runs('cv-bench', 'test')]), [1, 3]);
  expect(sets.map(({ comparison }) => [comparison?.names, comparison?.baseline])).toEqual([
    [['Base', 'Stage 2'], 1],
    [['Base', 'Stage 2'], 1],
  ]);
});

it('a run without pictures and a withdrawn one are compared, and said to be', () => {
  const [set] = compareLoaded(
    load([
      stored('base', { id: 'blind', generation: { images: 'none' }, outcomes: '11111111' }),
      stored('base'),
      stored('stage2', { state: 'withdrawn' }),
    ]),
    [],
  ).sets;
  expect(set && answersOf(set)[0]).toMatch(/^Base answers 50\.0 points more than Base without pictures/);
  expect(set && limitsOf(set).slice(-2)).toEqual([
    'Base without pictures saw none of the pictures: what it answers is answered without looking.',
    'Stage 2 was withdrawn since.',
  ]);
});

it.each<[string, StoredRun, RegExp]>([
  [
    'being scored',
    stored('base', { state: 'scoring', outcomes: null }),
    /no verdicts: it is being scored\.$/,
  ],
  ['failed', stored('base', { state: 'failed', outcomes: null }), /its scoring failed\.$/],
  [
    'a reported mean of splits',
    stored('base', { source: 'reported', benchmark: 'refcoco', split: null, outcomes: null }),
    /^Nano base on RefCOCO.* is a reported mean of several splits/,
  ],
  [
    'a figure without an interval',
    stored('base', { source: 'reported', split: null, outcomes: null, figure: null }),
    /a reported figure without an interval\.$/,
  ],
])('%s is not compared, and why stands in a sentence', (_, run, sentence) => {
  const answer = loadedRun(run, null, false);
  expect('refused' in answer ? answer.refused : '').toMatch(sentence);
});
