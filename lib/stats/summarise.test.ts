import { describe, expect, it } from 'vitest';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import type { Outcome } from '@/lib/scoring/scorer';
import { wilson } from './intervals';
import { judgeWords } from './score';
import { summarise } from './summarise';

const benchmark: Pick<Benchmark, 'breakdowns' | 'secondary'> = {
  breakdowns: [
    { tag: 'task', label: 'Task' },
    { tag: 'level', label: 'Level' },
    { tag: 'skills', label: 'Skill' },
  ],
  secondary: [
    {
      id: 'macro',
      label: 'Macro',
      formula: 'mean of the tasks',
      compute: (groups) => {
        const shares = [...groups('task').values()].map(({ correct, total }) => correct / total);
        return (100 * shares.reduce((a, b) => a + b, 0)) / shares.length;
      },
    },
    { id: 'by-source', label: 'By source', formula: '', compute: (groups) => groups('source').size || null },
  ],
};

function sample(i: number, cluster: string, tags: Sample['tags']): Sample {
  return { sampleId: String(i), question: '', options: null, gold: 1, tags, image: null, cluster };
}

const samples = [
  sample(1, 'a', { task: 'Relation', level: '10', skills: ['logic', 'logic', 'algebra'] }),
  sample(2, 'b', { task: 'Count', level: '2', skills: ['algebra'] }),
  sample(3, 'c', { task: 'Count', level: '2', skills: [] }),
  sample(4, 'd', { task: 'Count', level: '10', skills: ['logic'] }),
];
const outcomes: Outcome[] = ['correct', 'correct', 'timed-out', 'missing'];

describe('summarise', () => {
  const score = summarise(benchmark, samples, outcomes);

  it('counts timed-out and missing samples as wrong', () => {
    expect(score).toMatchObject({ correct: 2, total: 4, headline: 50 });
    expect(score.interval).toEqual(wilson({ correct: 2, total: 4 }));
  });

  it('counts samples that need a judge as wrong, and says what they could change', () => {
    const unjudged = summarise(benchmark, samples, ['correct', 'needs-judge', 'needs-judge', 'wrong']);
    expect(unjudged).toMatchObject({ correct: 1, needsJudge: 2, headline: 25 });
    expect(judgeWords(unjudged)).toBe(
      '2 of 4 samples (50.0 %) need a judge; judged here: none. They count as wrong: were all of them right, the figure would be 75.0 %',
    );
    expect(judgeWords(score)).toBeNull();
  });

  it('breaks down in the order of the breakdowns, then by value, numbers by size', () => {
    expect(score.breakdown.map(({ tag, value, correct, total }) => [tag, value, correct, total])).toEqual([
      ['task', 'Count', 1, 3],
      ['task', 'Relation', 1, 1],
      ['level', '2', 1, 2],
      ['level', '10', 1, 2],
      ['skills', 'algebra', 2, 2],
      ['skills', 'logic', 1, 2],
    ]);
  });

  it('gives the secondary figures that the tags allow', () => {
    expect(score.secondary).toEqual({ macro: (100 * (1 / 3 + 1)) / 2 });
  });

  it('widens the interval where samples share an image', () => {
    const shared = (cluster: (i: number) => string) =>
      summarise(
        benchmark,
        Array.from({ length: 100 }, (_, i) => sample(i, cluster(i), {})),
        Array.from({ length: 100 }, (_, i): Outcome => (i < 50 ? 'correct' : 'wrong')),
      ).interval;
    const apart = shared((i) => String(i));
    const together = shared((i) => String(Math.floor(i / 5)));
    expect(together.method).toBe('wilson-clustered');
    expect(together.high - together.low).toBeGreaterThan(apart.high - apart.low);
  });

  it('refuses another number of outcomes', () => {
    expect(() => summarise(benchmark, samples, ['correct'])).toThrow(RangeError);
    expect(() => summarise(benchmark, [], [])).toThrow(RangeError);
  });
});
