import { parseAnswers } from '@/lib/mathematics/parse';
import { strip } from '@/lib/python/text';
import { needsJudge, type Scorer } from '@/lib/scoring/scorer';
import { oneLineAnswerSpan } from '@/lib/scoring/tags';
import { SEED_COMMIT, SEED_REPOSITORY } from '@/lib/scoring/upstream';
import {
  choiceVerdict,
  INFERENCE_WORDS,
  VLMEVALKIT_COMMITS,
  vlmevalkitLabel,
  vlmevalkitUpstream,
} from '@/lib/scoring/vlmevalkit';
import type { TextSpan } from '@/lib/text-span';

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F'];
const LETTER_STRINGS = [
  ...LETTERS,
  ...LETTERS.map((letter) => letter.toLowerCase()),
  ...LETTERS.map((letter) => `(${letter.toLowerCase()})`),
  ...LETTERS.map((letter) => `(${letter})`),
];

/**
 * The seed's rule for CV-Bench: what Math-Verify finds in the answer is compared as a text with the right letter and
 * the right choice. Only texts are compared, so no mathematics decides; LaTeX matters in that a piece of it that
 * Math-Verify can read ends its search.
 */
export const choiceScorer: Scorer = {
  id: 'cv-bench/seed@1',
  label: 'Seed rule',
  rule: 'The first <answer> tag whose answer stands on one line is read, or the whole output where there is none. In it Math-Verify looks for a boxed or announced answer first, then for a choice’s letter or text at the start, then for the last formula, number, letter or choice. That is right where it is the right letter, with or without parentheses, or the right choice as written or in lower case.',
  upstream: { repository: SEED_REPOSITORY, commit: SEED_COMMIT, path: 'eval/test_qwen2d5vl_cvbench.py' },
  score({ gold, options }, output) {
    const choices = options ?? [];
    const letter = String(gold)[1] ?? '';
    const choice = choices[LETTERS.indexOf(letter)] ?? '';
    const tag = oneLineAnswerSpan(output);
    const where: TextSpan = tag && tag[1] > tag[0] ? tag : [0, output.length];
    const whole = where !== tag;
    const searched = output.slice(...where);
    const strings = [...LETTER_STRINGS, ...choices.filter((text) => text !== '')];

    const right = [
      choice.toLowerCase(),
      choice,
      letter,
      letter.toLowerCase(),
      `(${letter.toLowerCase()})`,
      `(${letter})`,
    ].map(strip);
    const candidates = parseAnswers(searched, { strings }).flatMap(({ kind, text, span }) => {
      const written = searched.slice(...span);
      return kind === 'string'
        ? [{ text, span, shown: written.toLowerCase() === text ? written : text }]
        : [];
    });
    const hit = candidates.find(({ text }) => strip(text) !== '' && right.includes(strip(text)));
    const answer = hit ?? candidates[0];
    const scope = whole ? 'the whole output (no one-line <answer>)' : 'the <answer> tag';
    if (!answer)
      return { correct: false, answer: null, reason: `no letter, choice or number in ${scope}`, span: null };
    const named = `(${letter})${choice === letter ? '' : ` ${choice}`}`;
    return {
      correct: hit !== undefined,
      answer: answer.shown,
      reason: `"${short(answer.shown)}", found in ${scope}, is ${hit ? 'the right choice' : 'not'} ${named}`,
      span: [where[0] + answer.span[0], where[0] + answer.span[1]],
    };
  },
};

/** VLMEvalKit's rule for CV-Bench, a multiple-choice set among others (vlmeval/dataset/utils/multiple_choice.py). */
export const choiceVlmevalkit: Scorer = {
  id: `cv-bench/vlmevalkit@${VLMEVALKIT_COMMITS.head}`,
  label: vlmevalkitLabel('head'),
  rule: `The answer is ${INFERENCE_WORDS.head}. Where none can be inferred a judge model is asked upstream, and where that fails a choice is drawn at random; here such a sample needs a judge.`,
  upstream: vlmevalkitUpstream('head', 'vlmeval/dataset/utils/multiple_choice.py'),
  score: ({ gold, options }, output) =>
    choiceVerdict(output, options ?? [], String(gold)[1] ?? '', 'head') ??
    needsJudge('no choice can be inferred from the output: a judge must say which it means'),
};

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
