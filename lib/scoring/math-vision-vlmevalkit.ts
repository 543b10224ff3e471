import { isClose } from '@/lib/python/arithmetic';
import { pythonExpression } from '@/lib/python/expression';
import { strip } from '@/lib/python/text';
import type { CanInferVersion } from '@/lib/scoring/can-infer';
import { areExactlyClose } from '@/lib/scoring/latex-value';
import { latex2sympy } from '@/lib/scoring/latex2sympy';
import { latex2sympyExtended } from '@/lib/scoring/latex2sympy-extended';
import { needsJudge, type Scorer, type Verdict } from '@/lib/scoring/scorer';
import { sympyText } from '@/lib/scoring/sympy-text';
import {
  choiceVerdict,
  INFERENCE_WORDS,
  onExtraction,
  shortened,
  VLMEVALKIT_COMMITS,
  vlmevalkitLabel,
  vlmevalkitUpstream,
} from '@/lib/scoring/vlmevalkit';

/** Which writing of a commit's rule this is: each that changed a verdict has an id of its own (docs/scoring.md). */
const WRITING = { '2025-04': 2, head: 3 } as const satisfies Record<CanInferVersion, number>;

/**
 * VLMEvalKit's rule for MathVision (vlmeval/dataset/utils/mathv.py) as far as it goes without its judge, gpt-4o-mini:
 * `post_check` on the output, and on an extraction where there is one.
 */
export const mathVisionVlmevalkit = (version: CanInferVersion): Scorer => ({
  id: `math-vision/vlmevalkit@${VLMEVALKIT_COMMITS[version]}.${WRITING[version]}`,
  label: vlmevalkitLabel(version),
  rule: `With choices: ${INFERENCE_WORDS[version]} is the answer, right or wrong. Without: the whole output is right where it equals the true answer as a text or a number. What is left goes to a judge model upstream; here it needs a judge, unless an extraction comes with the output, whoever made it: the same rule applies to that, and the verdict says so.`,
  judge: 'extracts',
  upstream: vlmevalkitUpstream(version, 'vlmeval/dataset/utils/mathv.py'),
  score({ gold, options }, output, extraction) {
    if (extraction !== undefined)
      return onExtraction(postCheck(extraction, options, String(gold), version), extraction);
    const verdict = postCheck(output, options, String(gold), version);
    if (options !== null && verdict.answer !== null) return verdict;
    return verdict.correct === true
      ? verdict
      : needsJudge(
          options === null
            ? 'the output is more or other than the true answer alone: a judge must extract what it answers'
            : 'no choice can be inferred from the output: a judge must extract what it answers',
        );
  },
});

function postCheck(
  text: string,
  options: readonly string[] | null,
  gold: string,
  version: CanInferVersion,
): Verdict {
  const nothing: Verdict = { correct: false, answer: null, reason: 'no choice can be inferred', span: null };
  if (options !== null) return choiceVerdict(text, options, gold, version) ?? nothing;
  const equality = equalityOf(text, gold, version);
  return {
    correct: equality !== null,
    answer: text === '' ? null : text,
    reason: equality ?? `"${shortened(text)}" is not the true answer, ${gold}`,
    span: text === '' ? null : [0, text.length],
  };
}

const READERS = { '2025-04': latex2sympy, head: latex2sympyExtended } as const;

/**
 * `is_equal`: why the two are equal, null where they are not. Upstream evaluates the answer where a variable named `a`
 * holds the true answer, so that "A" equals every number; that is kept and named.
 */
function equalityOf(text: string, trueAnswer: string, version: CanInferVersion): string | null {
  const answer = strip(text.toLowerCase());
  const gold = strip(trueAnswer.toLowerCase());
  if (answer === gold) return `"${shortened(text)}" is the true answer`;
  const isVariable = /(?<![a-z\\])a(?![a-z])/.test(answer);
  const words = isVariable
    ? `upstream evaluates "${shortened(text)}" where a stands for the true answer, ${trueAnswer}: a known defect, counted as upstream counts it`
    : `"${shortened(text)}" equals the true answer, ${trueAnswer}, as a number`;
  const evaluated = pythonExpression(gold);
  if (evaluated !== null) {
    const given = pythonExpression(answer, new Map([['a', evaluated]]));
    if (given !== null && isClose(evaluated, given)) return words;
  }
  const [a, b] = [READERS[version](gold), READERS[version](answer)];
  if (a === null || b === null) return null;
  // No functions and no constants have a name there.
  const value = pythonExpression(sympyText(a));
  const given = value === null ? null : pythonExpression(sympyText(b), new Map([['a', value]]));
  if (value === null || given === null) return null;
  return isClose(value, given) || areExactlyClose(a, b) ? words : null;
}
