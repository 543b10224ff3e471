import { type Parsed, parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';
import { MATH_VERIFY } from '@/lib/mathematics/version';
import type { Scorer, Verdict } from '@/lib/scoring/scorer';
import { SEED_COMMIT, SEED_REPOSITORY } from '@/lib/scoring/upstream';
import { shortened } from '@/lib/scoring/vlmevalkit';

const upstream = { repository: SEED_REPOSITORY, commit: SEED_COMMIT, path: 'eval/test_qwen2d5vl_geoqa.py' };

/** The seed's rule for GEOQA: Math-Verify on the whole output and on the true answer as it is written. */
export const geoqaSeed: Scorer = {
  id: 'geoqa/seed@3',
  label: 'Seed rule',
  rule: `Math-Verify ${MATH_VERIFY.version} looks for an answer in the whole output, thinking included: announced or boxed first, then the last formula or number. It is right where Math-Verify finds it equal to the true answer as that is written: 17 of the 754 true answers it cannot read, and 60 it reads up to their root or π (8√{3} as 8). No judge model.`,
  upstream,
  score: ({ gold }, output) => score(output, String(gold), parseAnswers(String(gold))),
};

/** The seed's rule with the true answers that Math-Verify misreads written as LaTeX. */
export const geoqaStrict: Scorer = {
  id: 'geoqa/strict@3',
  label: 'Seed rule, true answers repaired',
  rule: `As the seed’s rule, Math-Verify ${MATH_VERIFY.version} on the whole output; but the 77 true answers with √ or π are given to it as LaTeX, without their units, so that $8\\sqrt{3}$ is right for 8√{3} and 8 is wrong. Ours: comparable only with figures by this rule.`,
  upstream,
  score: ({ gold }, output) => score(output, String(gold), parseAnswers(repaired(String(gold)))),
};

const UNIT = /(?:平方米|厘米|海里|小时|米|秒|[cm]?m(?:\^\{?2\}?|²)?)$/;

/** `8√{3}cm` as `$8\sqrt{3}$`; a true answer without √ or π as it is. */
export function repaired(gold: string): string {
  if (!/[√π]/.test(gold)) return gold;
  return `$${gold.replace(UNIT, '').replaceAll('√', '\\sqrt').replaceAll('π', '\\pi ')}$`;
}

/** (Upstream hands the answer to `verify` as the gold and the gold as the answer; so does this.) */
function score(output: string, gold: string, golds: readonly Parsed[]): Verdict {
  const answers = parseAnswers(output);
  const { matched, undecided } = verify(answers, golds);
  const answer = matched?.gold ?? answers[0];
  const misread = misreading(gold, golds);
  if (answer === undefined || answer.text === '' || answer.span[1] <= answer.span[0])
    return {
      correct: false,
      answer: null,
      reason: `no formula or number in the output${misread}`,
      span: null,
    };
  return {
    correct: matched !== null,
    answer: answer.text,
    reason: `${shortened(answer.text)} is ${matched === null ? 'not ' : ''}equal to ${gold}${misread}${undecided === null ? '' : `; it could not be decided: ${undecided}`}`,
    span: answer.span,
  };
}

function misreading(gold: string, golds: readonly Parsed[]): string {
  const read = golds.at(-1);
  if (read === undefined) return `; Math-Verify cannot read the true answer ${gold}, so nothing equals it`;
  return /[√π]/.test(gold) && !/\\sqrt|\\pi/.test(read.text)
    ? `, which Math-Verify reads as ${read.text}`
    : '';
}
