import { expect, test } from 'vitest';
import type { Sample } from '@/lib/samples/sample';
import { boxScorer } from '@/lib/scoring/box';
import { countScorer } from '@/lib/scoring/count';
import { exactScorer } from '@/lib/scoring/exact';
import shared from '@/trainer/tests/answers.json';

// What the trainer rewards is what the site scores: both suites read these cases.
const SCORERS = { exact: exactScorer, count: countScorer, box: boxScorer };

const isRule = (rule: string): rule is keyof typeof SCORERS => rule in SCORERS;

const goldOf = ({ rule, accepted, gold = '' }: { rule: string; accepted?: string[]; gold?: string }) => {
  if (accepted) return accepted;
  return rule === 'box' ? (JSON.parse(gold) as number[]) : Number(gold);
};

test.each(shared.cases)('by the rule $rule, $output is right: $right', (each) => {
  const sample: Sample = {
    sampleId: '1',
    question: '',
    options: null,
    gold: goldOf(each),
    tags: {},
    image: null,
    cluster: '1',
  };
  if (!isRule(each.rule)) throw new Error(`no scorer has the rule ${each.rule}`);
  expect(SCORERS[each.rule].score(sample, each.output).correct).toBe(each.right);
});
