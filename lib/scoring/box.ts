import { decimalDigits, SPACES } from '@/lib/python/text';
import type { Scorer, Verdict } from '@/lib/scoring/scorer';
import { answerSpan } from '@/lib/scoring/tags';
import { SEED_COMMIT, SEED_REPOSITORY } from '@/lib/scoring/upstream';
import type { TextSpan } from '@/lib/text-span';

/** `[x1, y1, x2, y2]` in pixels. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export interface AnsweredBox {
  box: Box;
  /** Where in the output it stands. */
  span: TextSpan;
}

const BOX = new RegExp(
  `\\[(\\p{Nd}+),[${SPACES}]*(\\p{Nd}+),[${SPACES}]*(\\p{Nd}+),[${SPACES}]*(\\p{Nd}+)\\]`,
  'u',
);

/**
 * The box that an output answers with: the first list of four whole numbers inside the first `<answer>` tag, no space
 * before a comma or around the brackets. Null where there is none.
 */
export function parseAnswerBox(output: string): AnsweredBox | null {
  const tag = answerSpan(output);
  return tag && boxWithin(output, tag);
}

/** The first list of four whole numbers in a part of an output. */
export function boxWithin(output: string, [from, to]: TextSpan): AnsweredBox | null {
  const match = BOX.exec(output.slice(from, to));
  if (!match) return null;
  const [text, x1 = '', y1 = '', x2 = '', y2 = ''] = match;
  const pixel = (digits: string) => Number(decimalDigits(digits));
  const start = from + match.index;
  return { box: [pixel(x1), pixel(y1), pixel(x2), pixel(y2)], span: [start, start + text.length] };
}

/** The gold of a sample as a box, null where it is none. */
export const asBox = (gold: unknown): Box | null => {
  if (!Array.isArray(gold) || gold.length !== 4) return null;
  const [x1, y1, x2, y2]: unknown[] = gold;
  return typeof x1 === 'number' && typeof y1 === 'number' && typeof x2 === 'number' && typeof y2 === 'number'
    ? [x1, y1, x2, y2]
    : null;
};

/**
 * Intersection over union as the seed computes it: the intersection counts pixels inclusively (x2 and y2 lie outside
 * the box), the areas do not. NaN where the union is empty, which a box with its corners exchanged can bring about;
 * upstream's program stops there.
 */
export function iou(a: Box, b: Box): number {
  const x1 = Math.max(a[0], b[0]);
  const y1 = Math.max(a[1], b[1]);
  const x2 = Math.min(a[2] - 1, b[2] - 1);
  const y2 = Math.min(a[3] - 1, b[3] - 1);
  const intersection = x1 < x2 && y1 < y2 ? (x2 - x1 + 1) * (y2 - y1 + 1) : 0;
  return intersection / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - intersection);
}

/** Two decimals, or as many as tell the figure from a half. */
const shown = (value: number): string => (value.toFixed(2) === '0.50' ? String(value) : value.toFixed(2));

export const boxScorer: Scorer = {
  id: 'refcoco/seed@1',
  label: 'Seed rule, IoU > 0.5',
  rule: 'The first list of four whole numbers [x1, y1, x2, y2] inside the first <answer> tag is the answer, in pixels of the original image. It is right where its intersection over union with the true box is above 0.5. Decimals, other brackets or a missing tag give no box, which is wrong. Pixels of the intersection are counted inclusively, those of the boxes are not.',
  upstream: { repository: SEED_REPOSITORY, commit: SEED_COMMIT, path: 'eval/test_qwen2d5vl_rec.py' },
  score({ gold }, output) {
    const answer = parseAnswerBox(output);
    if (!answer) {
      const reason = answerSpan(output)
        ? 'no list of four whole numbers in the <answer> tag'
        : 'no <answer> tag that is closed';
      return { correct: false, answer: null, reason, span: null };
    }
    const truth = asBox(gold);
    if (truth) return boxVerdict(answer, truth);
    const { box, span } = answer;
    return { correct: false, answer: `[${box.join(', ')}]`, reason: 'the annotation has no box', span };
  },
};

/** Right where the IoU is above 0.5. */
export function boxVerdict({ box, span }: AnsweredBox, truth: Box): Verdict {
  const answered = { answer: `[${box.join(', ')}]`, span };
  const overlap = iou(box, truth);
  if (Number.isNaN(overlap)) return { ...answered, correct: false, reason: 'the box has no area' };
  const correct = overlap > 0.5;
  return { ...answered, correct, reason: `IoU ${shown(overlap)} is ${correct ? '' : 'not '}above 0.5` };
}
