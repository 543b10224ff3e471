import { describe, expect, it } from 'vitest';
import type { Outcome } from '@/lib/scoring/scorer';
import { compareRuns } from './compare-runs';

const BREAKDOWNS = [{ tag: 'task', label: 'Task' }];
/** Two tasks by turns; 'depth' also stands under 'space'. */
const samples = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    cluster: String(i),
    tags: { task: i % 2 === 0 ? 'counting' : ['depth', 'space'] },
  }));
const outcomes = (marks: string): Outcome[] =>
  [...marks].map((mark) =>
    mark === '1' ? 'correct' : mark === '-' ? 'missing' : mark === '?' ? 'needs-judge' : 'wrong',
  );
const run = (name: string, marks: string) => ({ name, outcomes: outcomes(marks) });

describe('compareRuns', () => {
  const compared = compareRuns(
    BREAKDOWNS,
    samples(8),
    [run('base', '11010000'), run('stage 1', '10110101'), run('stage 2', '11111010')],
    0,
  );

  it('compares each with the baseline, over all samples', () => {
    expect(compared.all.figures.map(({ correct, accuracy }) => [correct, accuracy])).toEqual([
      [3, 37.5],
      [5, 62.5],
      [6, 75],
    ]);
    const [base, first, second] = compared.all.changes;
    expect(base).toBeNull();
    expect(first).toMatchObject({ fixed: 3, broken: 1, difference: 25 });
    expect(second).toMatchObject({ fixed: 3, broken: 0, difference: 37.5 });
    // p of stage 2 is the smaller: Holm doubles it, and the other is no smaller than that.
    expect(second?.adjustedP).toBeCloseTo(2 * (second?.pValue ?? 0), 12);
    expect(first?.adjustedP).toBe(Math.max(first?.pValue ?? 0, second?.adjustedP ?? 0));
  });

  it('and over the values of each tag, what lost most first; a sample with two values stands under both', () => {
    expect(compared.groups.map(({ group, total }) => [group?.value, total])).toEqual([
      ['depth', 4],
      ['space', 4],
      ['counting', 4],
    ]);
    const [depth, space, counting] = compared.groups;
    // Of the odd places base has 1 and 3, stage 1 has 3, 5 and 7, stage 2 has 1 and 3.
    expect(depth?.changes[1]).toMatchObject({ fixed: 2, broken: 1, total: 4 });
    expect(depth?.changes[2]).toMatchObject({ fixed: 0, broken: 0, difference: 0 });
    expect(space?.changes).toEqual(depth?.changes);
    expect(counting?.figures.map(({ accuracy }) => accuracy)).toEqual([25, 50, 100]);
    // Six comparisons: the least p of the family is times 6.
    const all = compared.groups.flatMap(({ changes }) => changes.flatMap((change) => change ?? []));
    const least = all.reduce((a, b) => (b.pValue < a.pValue ? b : a));
    expect(all).toHaveLength(6);
    expect(least.adjustedP).toBeCloseTo(Math.min(1, 6 * least.pValue), 12);
  });

  it('counts what became of the samples', () => {
    const kinds = compared.all.transitions.filter(({ count }) => count > 0);
    expect(kinds.map(({ right, count }) => `${right.map(Number).join('')} ${count}`)).toEqual([
      '010 2',
      '101 1',
      '011 1',
      '001 2',
      '111 2',
    ]);
  });

  it('has another baseline where it is asked', () => {
    const { all } = compareRuns(BREAKDOWNS, samples(4), [run('a', '1100'), run('b', '0110')], 1);
    expect(all.changes[1]).toBeNull();
    expect(all.changes[0]).toMatchObject({ fixed: 1, broken: 1 });
  });

  it('counts what has no prediction as wrong, and compares what all have one for beside it', () => {
    const { all, answered, undecided } = compareRuns(
      BREAKDOWNS,
      samples(6),
      [run('a', '110011'), run('b', '1--1?-')],
      0,
    );
    expect(all.changes[1]).toMatchObject({ total: 6, fixed: 1, broken: 3 });
    expect(answered?.changes[1]).toMatchObject({ total: 3, fixed: 1, broken: 1 });
    expect(undecided).toEqual([
      { missing: 0, needsJudge: 0, timedOut: 0 },
      { missing: 3, needsJudge: 1, timedOut: 0 },
    ]);
    expect(compared.answered).toBeNull();
    expect(compareRuns(BREAKDOWNS, samples(2), [run('a', '11'), run('b', '--')], 0).answered).toBeNull();
  });

  it('refuses a baseline that is none of the runs', () => {
    expect(() => compareRuns(BREAKDOWNS, samples(2), [run('a', '11')], 1)).toThrow(RangeError);
  });
});
