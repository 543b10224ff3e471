import { decimalDigits, SPACES } from '@/lib/python/text';
import type { Scorer } from '@/lib/scoring/scorer';
import { SEED_COMMIT, SEED_REPOSITORY } from '@/lib/scoring/upstream';

const TAGGED_NUMBER = new RegExp(`<answer>[${SPACES}]*(\\p{Nd}+)[${SPACES}]*</answer>`, 'du');

/** The seed's rule for counting, for SuperCLEVR's 5,000 questions and for the 200. */
export const countScorer: Scorer = {
  id: 'superclevr/seed@1',
  label: 'Seed rule',
  rule: 'The first <answer> tag that holds nothing but a whole number gives the answer; it is right where it equals the true count. An answer in words, a decimal, a unit, or no tag at all is wrong.',
  upstream: {
    repository: SEED_REPOSITORY,
    commit: SEED_COMMIT,
    path: 'eval/test_qwen2d5vl_counting_superclevr_5k.py',
  },
  score({ gold }, output) {
    const span = TAGGED_NUMBER.exec(output)?.indices?.[1];
    if (!span) {
      const tagged = output.includes('<answer>');
      return {
        correct: false,
        answer: null,
        reason: tagged ? 'no <answer> tag that holds just a whole number' : 'no <answer> tag',
        span: null,
      };
    }
    const answer = decimalDigits(output.slice(...span));
    const correct = answer === String(gold);
    return {
      correct,
      answer,
      reason: correct ? `${answer} is the count` : `${answer} is not the count, ${gold}`,
      span,
    };
  },
};
