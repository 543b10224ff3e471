import { parseAnswers } from '@/lib/mathematics/parse';
import { verify } from '@/lib/mathematics/verify';
import { MATH_VERIFY } from '@/lib/mathematics/version';
import { skipSpaces, strip, trimEnd } from '@/lib/python/text';
import type { Sample } from '@/lib/samples/sample';
import { canInfer } from '@/lib/scoring/can-infer';
import type { Scorer } from '@/lib/scoring/scorer';
import { lastAnswerSpan } from '@/lib/scoring/tags';
import { shortened } from '@/lib/scoring/vlmevalkit';

/**
 * For models that answer in `<answer>` tags, as Ocean-R1 does: the tag is the extraction, so that no judge is needed.
 * Ours, and no rule of the benchmark's authors.
 */
export const tagExtract = (benchmark: string): Scorer => ({
  id: `${benchmark}/tag-extract@3`,
  label: 'Answer tag (ours)',
  rule: `The last <answer> tag holds the answer; without one an output is wrong. It is right where it is the true answer as a text; where it names the right choice, as VLMEvalKit reads choices; or, without choices, where Math-Verify ${MATH_VERIFY.version} finds it equal to the true answer. No judge model. Ours: not comparable with any published figure.`,
  upstream: {
    repository: 'https://github.com/huggingface/Math-Verify',
    commit: MATH_VERIFY.commit,
    path: 'src/math_verify/grader.py',
  },
  score(sample, output) {
    const tag = lastAnswerSpan(output);
    const start = tag === null ? 0 : Math.min(skipSpaces(output, tag[0]), tag[1]);
    const end = tag === null ? 0 : trimEnd(output, start, tag[1]);
    if (end <= start)
      return {
        correct: false,
        answer: null,
        reason: tag === null ? 'no <answer> tag that is closed' : 'the <answer> tag is empty',
        span: null,
      };
    const answer = output.slice(start, end);
    const correct = isRight(answer, sample);
    return {
      correct,
      answer,
      reason: `${shortened(answer)} is ${correct ? '' : 'not '}the true answer, ${shortened(String(sample.gold))}`,
      span: [start, end],
    };
  },
});

function isRight(answer: string, { gold, options, tags }: Sample): boolean {
  const wanted = String(gold);
  if (answer === strip(wanted)) return true;
  const letter = letterOf(wanted, options);
  // MathVerse's choices stand inside the question: only their letters are known.
  if (letter !== null && (options !== null || tags.question_type === 'multi-choice'))
    return canInfer(answer, options ?? ['', '', '', ''], 'head')?.letter === letter;
  return verify(parseAnswers(asLatex(wanted)), parseAnswers(asLatex(answer))).equal;
}

/** The letter of the right choice, whether the true answer is the letter or the choice. */
function letterOf(gold: string, options: readonly string[] | null): string | null {
  const index = options?.indexOf(gold) ?? -1;
  if (index >= 0) return String.fromCharCode(65 + index);
  return /^[A-Z]$/.test(gold) ? gold : null;
}

/** Bare LaTeX stands in dollars, so that it is read as such. */
const asLatex = (text: string): string =>
  /\\|\^/.test(text) && !/\$|\\\(|\\\[|\\boxed/.test(text) ? `$${text}$` : text;
