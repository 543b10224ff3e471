import { pythonFloat, pythonInt, pythonStr, roundHalfEven } from '@/lib/python/numbers';
import { strip } from '@/lib/python/text';
import type { Sample } from '@/lib/samples/sample';
import type { CanInferVersion } from '@/lib/scoring/can-infer';
import { editDistance } from '@/lib/scoring/edit-distance';
import { needsJudge, type Scorer, type Verdict } from '@/lib/scoring/scorer';
import {
  choiceVerdict,
  INFERENCE_WORDS,
  onExtraction,
  shortened,
  VLMEVALKIT_COMMITS,
  vlmevalkitLabel,
  vlmevalkitUpstream,
} from '@/lib/scoring/vlmevalkit';

/** An extraction is a few words; a longer text is compared with the choices no more. */
const MAX_EXTRACTION = 5_000;

/**
 * MathVista's own evaluation (evaluation/extract_answer.py and calculate_score.py at 53d5258). Its first stage, what an
 * output answers, is a judge's but for outputs that are a choice or a bare number; the second is a rule.
 */
export const mathVistaOfficial: Scorer = {
  id: 'math-vista/official@53d52587',
  label: 'Official',
  rule: 'What the output answers is extracted by a judge model, unless it is exactly a choice, a bare number of the wanted kind, or empty; an extraction that comes with the output is taken as the judge’s. Then rules decide: a letter stands for its choice, other words for the choice with the smallest edit distance; a whole number is cut, a decimal rounded to the places of the true answer, and compared as texts.',
  judge: 'extracts',
  upstream: {
    repository: 'https://github.com/lupantech/MathVista',
    commit: '53d525874bdde205128e6b160b7357a88277d479',
    path: 'evaluation/calculate_score.py',
  },
  score(sample, output, extraction) {
    if (extraction !== undefined) return onExtraction(scoreExtraction(sample, extraction), extraction);
    const quick = quickExtraction(sample, output);
    if (quick === null) return needsJudge('a judge must extract what the output answers');
    const { correct, reason } = scoreExtraction(sample, quick);
    return output === ''
      ? { correct, answer: null, reason: `the output is empty: ${reason}`, span: null }
      : { correct, answer: quick, reason, span: [0, output.length] };
  },
};

function quickExtraction({ options, tags }: Sample, output: string): string | null {
  if (output === '' || options?.includes(output) === true) return output;
  if (tags.answer_type === 'integer') {
    const value = pythonInt(output);
    return value === null ? null : String(value);
  }
  const value = tags.answer_type === 'float' ? pythonFloat(output) : null;
  return value === null ? null : pythonStr(value);
}

function scoreExtraction(sample: Sample, extraction: string): Verdict {
  const gold = String(sample.gold);
  const normalised = normalise(sample, extraction);
  const verdict = { answer: null, span: null };
  return normalised === null
    ? { correct: false, reason: `"${shortened(extraction)}" is not ${kindOf(sample)}`, ...verdict }
    : {
        correct: normalised === gold,
        reason: `"${shortened(normalised)}" is ${normalised === gold ? '' : 'not '}the true answer${normalised === gold ? '' : `, ${gold}`}`,
        ...verdict,
      };
}

const kindOf = ({ tags, options }: Sample): string =>
  options !== null ? 'one of the choices' : tags.answer_type === 'integer' ? 'a whole number' : 'a number';

/** `normalize_extracted_answer`; null where upstream gives None. */
function normalise({ options, tags, gold }: Sample, extraction: string): string | null {
  if (tags.question_type === 'multi_choice') return chosen(strip(extraction), options ?? []);
  if (tags.answer_type === 'integer') {
    const value = pythonFloat(extraction);
    return value === null || !Number.isFinite(value) ? null : String(BigInt(Math.trunc(value)));
  }
  if (tags.answer_type === 'float') {
    const value = pythonFloat(extraction);
    const places = String(gold).split('.')[1]?.length ?? 0;
    return value === null ? null : pythonStr(roundHalfEven(value, places));
  }
  return extraction;
}

function chosen(extraction: string, choices: readonly string[]): string | null {
  const text = /\(([a-zA-Z])\)/.exec(extraction)?.[1]?.toUpperCase() ?? extraction;
  const byLetter = text.length === 1 ? choices[text.charCodeAt(0) - 65] : undefined;
  if (byLetter !== undefined) return byLetter;
  if (text.length > MAX_EXTRACTION) return null;
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const distance = editDistance(text, choice);
    if (distance < least) [nearest, least] = [choice, distance];
  }
  return nearest;
}

/**
 * VLMEvalKit's rule for MathVista (vlmeval/dataset/utils/mathvista.py) as far as it goes without its judge, gpt-4o-mini:
 * `post_check` on the output, and on an extraction where there is one.
 */
export const mathVistaVlmevalkit = (version: CanInferVersion): Scorer => ({
  id: `math-vista/vlmevalkit@${VLMEVALKIT_COMMITS[version]}`,
  label: vlmevalkitLabel(version),
  rule: `With choices: ${INFERENCE_WORDS[version]} is the answer, right or wrong. Without: an output that is nothing but the true number (0 aside) is right. What is left goes to a judge model upstream; here it needs a judge, unless an extraction comes with the output, whoever made it: the same rule applies to that, and the verdict says so. A list can never be right (VLMEvalKit#1679).`,
  judge: 'extracts',
  upstream: vlmevalkitUpstream(version, 'vlmeval/dataset/utils/mathvista.py'),
  score(sample, output, extraction) {
    const { options, tags, gold } = sample;
    const isChoice = tags.question_type === 'multi_choice';
    if (!isChoice && tags.answer_type !== 'integer' && tags.answer_type !== 'float')
      return {
        correct: false,
        answer: null,
        reason:
          'upstream compares every answer to a question for a list with the text "None": none can be right',
        span: null,
      };
    if (isChoice) {
      const letter = String.fromCharCode(65 + (options?.indexOf(String(gold)) ?? -1));
      const verdict = choiceVerdict(extraction ?? output, options ?? [], letter, version);
      if (extraction !== undefined)
        return onExtraction(
          verdict ?? { correct: false, answer: null, reason: 'no choice can be inferred', span: null },
          extraction,
        );
      return (
        verdict ??
        needsJudge('no choice can be inferred from the output: a judge must extract what it answers')
      );
    }
    const text = extraction ?? output;
    const given = tags.answer_type === 'integer' ? pythonInt(text) : pythonFloat(text);
    const wanted = tags.answer_type === 'integer' ? pythonInt(String(gold)) : pythonFloat(String(gold));
    const correct = given !== null && given === wanted;
    const reason = `"${shortened(text)}" is ${correct ? '' : 'not '}the true number, ${gold}`;
    if (extraction !== undefined)
      return onExtraction({ correct, answer: null, reason, span: null }, extraction);
    if (!correct)
      return needsJudge('the output is not the true number alone: a judge must extract what it answers');
    if (Number(given) === 0)
      return needsJudge(
        'the output is the true number, 0, but upstream takes 0 for nothing found and asks its judge',
      );
    return { correct, answer: output, reason, span: [0, output.length] };
  },
});
