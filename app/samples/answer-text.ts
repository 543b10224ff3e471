import type { Gold } from '@/lib/samples/sample';

/** A gold answer as one line: a box as `[x1, y1, x2, y2]`, accepted alternatives side by side. */
export function goldText(gold: Gold): string {
  if (typeof gold === 'string' || typeof gold === 'number') return String(gold);
  return gold.every((each) => typeof each === 'number') ? `[${gold.join(', ')}]` : gold.join('  or  ');
}

/** `A` for the first option. */
export const optionLetter = (index: number): string => String.fromCharCode(65 + index);

/** Which option a gold or an extracted answer names, by letter (`B`, `(b)`) or by text; null where it names none. */
export function optionOf(answer: string, options: readonly string[]): number | null {
  const plain = answer.trim().toLowerCase();
  const byText = options.findIndex((option) => option.trim().toLowerCase() === plain);
  if (byText >= 0) return byText;
  const letter = /^\(?([a-z])\)?$/.exec(plain)?.[1];
  const index = letter === undefined ? -1 : letter.charCodeAt(0) - 97;
  return index >= 0 && index < options.length ? index : null;
}

/** A text cut to what a place can show, with a sign that it goes on. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).trimEnd()}…`;
}

/** An opening shorter than this hides nothing. */
const LONG_OPENING = 30;

/** The words that all of several questions begin with, where they are many and each question goes on after them. */
export function sharedOpening(questions: readonly string[]): string {
  const [first = '', ...others] = questions;
  let length = others.length === 0 ? 0 : first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same] === other[same]) same++;
    length = same;
  }
  const opening = first.slice(0, first.lastIndexOf(' ', length - 1) + 1);
  return opening.length < LONG_OPENING || questions.includes(first.slice(0, length)) ? '' : opening;
}

/** A question without what all begin with, and with a sign that something is left out. */
export const withoutOpening = (question: string, opening: string): string =>
  opening !== '' && question.startsWith(opening) ? `… ${question.slice(opening.length)}` : question;
