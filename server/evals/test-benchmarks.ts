import type { Benchmark } from '@/lib/benchmarks/benchmark';
import type { Scorer, ScorerId } from '@/lib/scoring/scorer';

/** For tests: benchmarks, each with one more scorer, and with outputs that ask a scorer for trouble. */

/** Takes the last number of the whole output, or what a judge found; in doubt, asks for a judge. */
export const LAST_NUMBER: Scorer = {
  id: 'superclevr/last-number@test',
  label: 'The last number',
  rule: 'The last number of the output is the answer.',
  upstream: { repository: 'https://example.org/none', commit: '0', path: 'none' },
  judge: 'extracts',
  score({ gold }, output, extraction) {
    if (extraction !== undefined)
      return { correct: Number(extraction) === gold, answer: null, reason: 'what was extracted', span: null };
    const found = [...output.matchAll(/\d+/g)].at(-1);
    if (found === undefined) return { correct: null, answer: null, reason: 'no number', span: null };
    const [answer] = found;
    const correct = Number(answer) === gold;
    return {
      correct,
      answer,
      reason: `the last number is ${answer}`,
      span: [found.index, found.index + answer.length],
    };
  },
};

const troubled = (scorer: Scorer): Scorer => ({
  ...scorer,
  score(sample, output, extraction) {
    if (output.startsWith('HANG') && scorer !== LAST_NUMBER) for (;;);
    if (output.startsWith('STUCK') && scorer === LAST_NUMBER) for (;;);
    if (output.startsWith('SLOW')) for (const until = performance.now() + 40; performance.now() < until; );
    if (output.startsWith('FILL'))
      for (const full: unknown[] = []; ; ) full.push(new Array(10_000).fill(full));
    if (output.startsWith('FAIL')) throw new Error('a defect');
    return scorer.score(sample, output, extraction);
  },
});

/** What stands beside the first scorer; a test that fills it empties it again. */
export const BESIDE: ScorerId[] = [];

export const withTestScorers = (benchmark: Benchmark): Benchmark => ({
  ...benchmark,
  beside: BESIDE,
  scorers: [
    troubled(benchmark.scorers[0]),
    ...benchmark.scorers.slice(1).map(troubled),
    troubled(LAST_NUMBER),
  ],
});
