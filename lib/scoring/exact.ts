import type { Sample } from '@/lib/samples/sample';
import { asBox, boxVerdict, boxWithin } from '@/lib/scoring/box';
import type { Scorer, Verdict } from '@/lib/scoring/scorer';
import { answerSpan } from '@/lib/scoring/tags';
import type { TextSpan } from '@/lib/text-span';
import { choiceAnswer, concluded } from '@/lib/world/answers';

/** More than any right answer is long: what is longer is wrong without being looked at. */
const LONGEST_ANSWER = 200;

const miss = (reason: string, span: TextSpan | null = null): Verdict => ({
  correct: false,
  answer: null,
  reason,
  span,
});

export const exactScorer: Scorer = {
  id: 'ocean-world/exact@1',
  label: 'Exact answer',
  rule: 'What stands in the first <answer> tag is the answer; without such a tag, an output that is nothing but a bare answer (of at most 200 characters) counts as one. It is right where it equals one of the accepted forms, leaving aside upper and lower case, spaces around it and runs of spaces in it, one full stop at its end, and commas between thousands. Of a multiple choice the letter (B, (B), B), B.), the text, or both are accepted. A box is the first list of four whole numbers [x1, y1, x2, y2] in the answer, in pixels of the picture as it is handed out, and is right where its intersection over union with the true box is above 0.5, counted as for RefCOCO.',
  upstream: null,
  score(sample, output) {
    const tag = answerSpan(output);
    const span = trimmed(output, tag ?? [0, output.length]);
    const length = span[1] - span[0];
    if (length === 0) return miss(tag ? 'the <answer> tag is empty' : 'the output is empty');
    if (length > LONGEST_ANSWER)
      return tag
        ? miss(`${length.toLocaleString('en')} characters in the <answer> tag: longer than any answer`, span)
        : miss('no <answer> tag that is closed, and more than a bare answer');

    const truth = asBox(sample.gold);
    if (truth) {
      const isBare = /^[[{].*[\]}]$/s.test(output.slice(...span));
      const box = tag || isBare ? boxWithin(output, span) : null;
      return box
        ? boxVerdict(box, truth)
        : miss(
            tag
              ? 'no list of four whole numbers in the <answer> tag'
              : 'no <answer> tag that is closed, and no bare box',
          );
    }
    const answer = output.slice(...span);
    const plain = plainForm(answer);
    const right = rightAnswer(sample);
    const correct = right.forms.some((form) => plainForm(form) === plain);
    return {
      correct,
      answer,
      reason: `it is ${correct ? '' : 'not '}the right answer, ${concluded(right, sample.options ?? undefined)}${tag ? '' : ' (the output is a bare answer)'}`,
      span,
    };
  },
};

function trimmed(text: string, [start, end]: TextSpan): TextSpan {
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  return [from, Math.max(from, start + inner.trimEnd().length)];
}

/** What counts as right: the gold's forms, or for a choice `(A)` all in which the world would have it answered. */
function rightAnswer({ gold, options }: Sample): ReturnType<typeof choiceAnswer> {
  const [first = '', ...others] = [gold].flat().map(String);
  const letter = /^\(([A-Z])\)$/.exec(first)?.[1];
  return options === null || letter === undefined
    ? { kind: 'words', forms: [first, ...others] }
    : choiceAnswer(options, letter.charCodeAt(0) - 65);
}

/** A text without what does not matter: see the rule. */
export function plainForm(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/(\d),(?=\d{3}(?!\d))/g, '$1')
    .replace(/\.? *$/, '')
    .trim();
}
