import { expect, test } from 'vitest';
import { changesQuery, compareHref, readChanges } from './compare-url';

const pair = { from: 'geoqa/seed@3', to: 'geoqa/strict@3' };

test('an address restores the pair, the direction, the tag and the sample', () => {
  const view = {
    filter: { change: { from: 'correct', to: 'needs-judge' }, tag: { tag: 'task', value: 'a:b' } },
    sampleId: '17',
  } as const;
  const params = new URLSearchParams(changesQuery(pair, view));
  expect(readChanges(params)).toEqual(view);
  expect([params.get('from'), params.get('to')]).toEqual([pair.from, pair.to]);
  const answers = { filter: { change: 'answer' }, sampleId: null } as const;
  expect(readChanges(new URLSearchParams(changesQuery(pair, answers)))).toEqual(answers);
});

test.each(['', 'correct', 'correct.', 'right.wrong', 'correct.wrong.x'.replace('wrong', 'odd')])(
  'a direction that is none (%j) is not set',
  (change) => {
    expect(readChanges(new URLSearchParams({ change }))).toEqual({ filter: {}, sampleId: null });
  },
);

test('a comparison has an address', () => {
  expect(compareHref('a/b', pair)).toBe('/runs/a%2Fb/compare?from=geoqa%2Fseed%403&to=geoqa%2Fstrict%403');
});
