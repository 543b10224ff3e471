import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OUTCOMES } from '@/lib/scoring/scorer';
import { packOutcomes, packSamples, unpackOutcomes, unpackSamples } from './packed-samples';

it('outcomes come back as they went, a digit each', () => {
  expect(packOutcomes(['correct', 'wrong', 'missing'])).toBe('014');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...OUTCOMES)), (outcomes) => {
      expect(unpackOutcomes(packOutcomes(outcomes))).toEqual(outcomes);
    }),
  );
});

it('tags come back as they went: one value, several, none', () => {
  const samples = [
    { cluster: 'a.png', tags: { task: 'count', skills: ['x', 'y'] } },
    { cluster: 'b.png', tags: { task: 'read', skills: [] } },
    { cluster: 'a.png', tags: { task: 'count', skills: ['y'], other: 'not asked for' } },
  ];
  const back = unpackSamples(packSamples(samples, ['task', 'skills']));
  expect(back.map(({ tags }) => tags)).toEqual([
    { task: 'count', skills: ['x', 'y'] },
    { task: 'read', skills: [] },
    { task: 'count', skills: ['y'] },
  ]);
  expect(back.map(({ cluster }) => cluster)).toEqual(['0', '1', '0']);
});

it('a tag that a sample lacks is no value of it', () => {
  const [sample] = unpackSamples(packSamples([{ cluster: 'a', tags: {} }], ['task']));
  expect(sample?.tags.task).toEqual([]);
});

it('pictures that no two samples share are not written down', () => {
  const own = ['a', 'b', 'c'].map((cluster) => ({ cluster, tags: {} }));
  expect(packSamples(own, []).clusters).toBeNull();
  expect(new Set(unpackSamples(packSamples(own, [])).map(({ cluster }) => cluster)).size).toBe(3);
});
