import { describe, expect, it } from 'vitest';
import { type ComparedFilter, listedPlaces, patternAt, patternOf } from './listed-samples';
import { packSamples } from './packed-samples';

const samples = packSamples(
  ['a', 'b', 'a', ['a', 'b'], 'b', 'b'].map((task, i) => ({ cluster: String(i), tags: { task } })),
  ['task'],
);
// Right is 0, all else wrong: base 110100, stage 2 011001.
const RUNS = ['001014', '100220'];
const listed = (filter: ComparedFilter, order: 'lost' | 'data' = 'data') => [
  ...listedPlaces(samples, RUNS, filter, order),
];

describe('listedPlaces', () => {
  it('leaves what has the pattern', () => {
    expect(listed({})).toEqual([0, 1, 2, 3, 4, 5]);
    expect(listed({ right: '10' })).toEqual([0, 3]);
    expect(listed({ right: '01' })).toEqual([2, 5]);
    expect(listed({ right: 'x1' })).toEqual([1, 2, 5]);
    expect(listed({ right: 'xx' })).toHaveLength(6);
  });

  it('and the tag: a sample with two values is in both', () => {
    expect(listed({ tag: { tag: 'task', value: 'a' } })).toEqual([0, 2, 3]);
    expect(listed({ tag: { tag: 'task', value: 'b' }, right: '10' })).toEqual([3]);
    expect(listed({ tag: { tag: 'task', value: 'c' } })).toEqual([]);
    expect(listed({ tag: { tag: 'colour', value: 'a' } })).toEqual([]);
  });

  it('and what was searched for', () => {
    expect(listed({ found: '011001' })).toEqual([1, 2, 5]);
    expect(listed({ found: '011001', right: '01' })).toEqual([2, 5]);
  });

  it('what was lost stands first, then what was gained, then what stayed', () => {
    expect(listed({}, 'lost')).toEqual([0, 3, 2, 5, 1, 4]);
  });
});

it('a pattern asks for the runs that it names', () => {
  expect(patternAt(3, { 0: false, 2: true })).toBe('0x1');
  expect(patternOf([true, false])).toBe('10');
});
