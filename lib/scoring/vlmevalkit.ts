import { type CanInferVersion, canInfer } from '@/lib/scoring/can-infer';
import type { Scorer, Verdict } from '@/lib/scoring/scorer';

/** The two states of VLMEvalKit that are reproduced: when Ocean-R1 was released, and the newest that was read. */
export const VLMEVALKIT_COMMITS = {
  '2025-04': '66a76843',
  head: 'e8e78f05',
} as const satisfies Record<CanInferVersion, string>;

export const vlmevalkitUpstream = (version: CanInferVersion, path: string): Scorer['upstream'] => ({
  repository: 'https://github.com/open-compass/VLMEvalKit',
  commit: VLMEVALKIT_COMMITS[version],
  path,
});

export const vlmevalkitLabel = (version: CanInferVersion): string =>
  version === 'head' ? 'VLMEvalKit, 2026-08' : 'VLMEvalKit, 2025-04';

/** How `canInfer` finds a letter, for a scorer's rule. */
export const INFERENCE_WORDS: Readonly<Record<CanInferVersion, string>> = {
  '2025-04':
    'the one choice letter that stands alone anywhere in the output, else the one choice whose text occurs in it',
  head: 'the one choice letter that stands alone among the last five words, else the letter after “answer is”, else the one choice whose text occurs in an output that is not much longer than the choices',
};

/** The verdict on an output to a question with choices; null where no choice can be inferred. */
export function choiceVerdict(
  output: string,
  choices: readonly string[],
  letter: string,
  version: CanInferVersion,
): Verdict | null {
  const inferred = canInfer(output, choices, version);
  if (inferred === null) return null;
  const { span } = inferred;
  const named = inferred.letter === 'Z' ? 'no choice (it refuses)' : inferred.letter;
  const correct = inferred.letter === letter;
  const isEmpty = span[1] <= span[0];
  return {
    correct,
    answer: isEmpty ? null : inferred.letter,
    reason: `the output names ${named}; the right choice is ${letter}`,
    span: isEmpty ? null : span,
  };
}

/** A verdict on an extraction that stands beside the output: nothing of it can be marked there. */
export const onExtraction = ({ correct, reason }: Verdict, extraction: string): Verdict => ({
  correct,
  answer: null,
  reason: `${reason} (read in the extraction that came with the output: "${shortened(extraction)}")`,
  span: null,
});

export const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
