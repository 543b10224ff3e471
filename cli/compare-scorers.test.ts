import { expect, test } from 'vitest';
import { superclevr200 } from '@/lib/benchmarks/superclevr';
import type { PredictionsFile } from '@/lib/predictions/predictions-file';
import { countScorer } from '@/lib/scoring/count';
import type { Scorer } from '@/lib/scoring/scorer';
import { compareScorers, comparisonAsJson, comparisonAsText } from './compare-scorers';
import { visible } from './visible';

/** The whole output is the answer; an empty one would need a judge. */
const wholeScorer: Scorer = {
  ...countScorer,
  id: 'superclevr/whole@test',
  score: ({ gold }, output) => ({
    correct: output === '' ? null : output === String(gold),
    answer: output,
    reason: 'the whole output',
    span: [0, output.length],
  }),
};

const OUTPUTS = ['<answer>3</answer>', '3', '', '<answer>9</answer>', '\u001b[2J\u202e\u009b', null];
const target = {
  benchmark: superclevr200,
  split: superclevr200.splits[0],
  samples: OUTPUTS.map((_, i) => ({
    sampleId: String(i),
    question: 'How many?',
    options: null,
    gold: 3,
    tags: {},
    image: null,
    cluster: String(i),
  })),
};
const file: PredictionsFile = {
  format: 'ocean-jsonl',
  manifest: {},
  benchmarks: ['superclevr-200'],
  claimedAccuracy: null,
  *rows() {
    for (const [i, output] of OUTPUTS.entries())
      if (output !== null)
        yield {
          row: i + 1,
          reference: { by: 'id', sampleId: String(i), gold: 3 },
          output,
          tokens: null,
          claimedCorrect: null,
        };
  },
};

const scorers = [countScorer, wholeScorer] as const;
const compared = compareScorers(file, target, scorers, true);

test('two scorers walk a file once, and every difference is counted', () => {
  expect(comparisonAsJson(compared, target, scorers)).toMatchObject({
    benchmark: 'superclevr-200',
    a: { scorer: 'superclevr/seed@1', correct: 1, needs_judge: 0, total: 6 },
    b: { scorer: 'superclevr/whole@test', correct: 1, needs_judge: 1, total: 6 },
    difference: 0,
    right_by_a_alone: 1,
    right_by_b_alone: 1,
    p: 1,
    p_exact: 1,
    transitions: [
      { from: 'correct', to: 'wrong', count: 1 },
      { from: 'wrong', to: 'correct', count: 1 },
      { from: 'wrong', to: 'wrong', count: 2 },
      { from: 'wrong', to: 'needs-judge', count: 1 },
      { from: 'missing', to: 'missing', count: 1 },
    ],
    other_answers: 2,
  });
  expect(compared.lines.map((line) => JSON.parse(line))[2]).toMatchObject({
    sample_id: '2',
    a: { correct: false, answer: null },
    b: { correct: null, answer: '' },
  });
});

test('the text says both figures, the directions and the samples', () => {
  const text = comparisonAsText(compared, target, scorers);
  expect(text).toContain("1 right by B alone, 1 right by A alone: McNemar's test, p = 1");
  expect(text).toContain('3 of 6 verdicts differ');
  expect(text).toMatch(/1 {2}wrong → needs-judge/);
  expect(text).toMatch(/0 +correct → wrong +"3" +"3" +"<answer>3<\/answer>"/);
});

test('nothing of a model reaches the terminal as a command', () => {
  const hostile = {
    ...file,
    rows: () => [...file.rows()].map((row) => ({ ...row, output: `${row.output}\u001b[2J\u202e\u009b` })),
  };
  const odd: Scorer = {
    ...wholeScorer,
    score: (sample, output) => ({ ...wholeScorer.score(sample, output), correct: true }),
  };
  const pair = [wholeScorer, odd] as const;
  const text = visible(comparisonAsText(compareScorers(hostile, target, pair, false), target, pair));
  expect(text).toContain('\\u001b[2J\\u202e\\u009b');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});
