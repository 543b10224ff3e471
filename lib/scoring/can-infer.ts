import { SPACES } from '@/lib/python/text';
import type { TextSpan } from '@/lib/text-span';

/**
 * VLMEvalKit's `can_infer`: which choice an output names, without a judge (vlmeval/utils/matching_util.py). Two forms of
 * it made published figures: `2025-04` (commit 66a76843), when Ocean-R1 was released, and `head` (e8e78f05), which wants
 * the letter among the last five words, reads "the answer is B", and reads no choice's text in a long output.
 */
export type CanInferVersion = '2025-04' | 'head';

export interface Inferred {
  /** `Z`: the output refuses to answer. */
  letter: string;
  span: TextSpan;
}

const FAILED = 'Failed to obtain answer via API';
const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
];
const WORD = new RegExp(`[^${SPACES}.()[\\],:;!*#{}]+`, 'gu');
// Without case; Python's IGNORECASE also takes the dotless i, the dotted capital I and the long s.
const ANNOUNCED = new RegExp(`an[sſ]wer[${SPACES}]+[iİı][sſ][${SPACES}]+\\**([abcd])`, 'diu');

/** @param choices by their letters, `A` onwards. Null where nothing can be inferred and upstream asks a judge. */
export function canInfer(
  output: string,
  choices: readonly string[],
  version: CanInferVersion,
): Inferred | null {
  return inferLetter(output, choices, version) ?? inferText(output, choices, version);
}

const letterOf = (index: number): string => String.fromCharCode(65 + index);

function inferLetter(output: string, choices: readonly string[], version: CanInferVersion): Inferred | null {
  if (output.includes(FAILED)) return null;
  for (const refusal of REFUSALS) {
    const at = output.indexOf(refusal);
    if (at >= 0) return { letter: 'Z', span: [at, at + refusal.length] };
  }
  const letters = new Set(choices.map((_, index) => letterOf(index)));
  const first = new Map<string, { place: number; at: number }>();
  let words = 0;
  for (const { 0: word, index } of output.matchAll(WORD)) {
    if (word.length === 1 && !first.has(word)) first.set(word, { place: words, at: index });
    words++;
  }
  const named = [...letters].filter((letter) => first.has(letter));
  const [only] = named;
  const found = only === undefined ? first.get('Z') : first.get(only);
  if (found !== undefined && named.length <= 1) {
    const isLate = version === '2025-04' || only === undefined || found.place > words - 5;
    if (isLate) return { letter: only ?? 'Z', span: [found.at, found.at + 1] };
  }
  if (version === '2025-04') return null;
  const announced = ANNOUNCED.exec(output);
  const span = announced?.indices?.[1];
  const letter = announced?.[1]?.toUpperCase();
  return span !== undefined && letter !== undefined && letters.has(letter) ? { letter, span } : null;
}

const length = (text: string): number => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

/** The one choice whose text the output contains, both in lower case. */
function inferText(output: string, choices: readonly string[], version: CanInferVersion): Inferred | null {
  const text = output.toLowerCase();
  if (version === 'head' && length(text) > 2 * choices.reduce((sum, choice) => sum + length(choice), 0))
    return null;
  let found: Inferred | null = null;
  for (const [index, choice] of choices.entries()) {
    const wanted = choice.toLowerCase();
    const at = text.indexOf(wanted);
    if (at < 0) continue;
    if (found !== null) return null;
    // (Where lower case is longer than the output, the place is an approximation.)
    const start = Math.min(at, Math.max(0, output.length - 1));
    found = { letter: letterOf(index), span: [start, Math.min(output.length, start + wanted.length)] };
  }
  return found;
}
