import { iou } from '@/lib/scoring/box';
import { plainForm } from '@/lib/scoring/exact';
import type { Question } from '@/lib/world/question';

/** How a visitor answers: by choosing one of several, by a box, or in words. */
export type AnswerForm =
  | { kind: 'choice'; choices: readonly { value: string; text: string }[] }
  | { kind: 'box' }
  | { kind: 'words' };

export const letterOf = (index: number): string => `(${String.fromCharCode(65 + index)})`;

export function answerForm({ options, answer }: Question): AnswerForm {
  if (options !== null) {
    return { kind: 'choice', choices: options.map((text, index) => ({ value: letterOf(index), text })) };
  }
  if (answer.kind === 'box') return { kind: 'box' };
  if (answer.forms[0] === 'yes' || answer.forms[0] === 'no')
    return { kind: 'choice', choices: ['yes', 'no'].map((value) => ({ value, text: value })) };
  return { kind: 'words' };
}

export interface Checked {
  right: boolean;
  /** A sentence for the visitor. */
  said: string;
}

/** Holds an answer against the question's: words as the benchmark's scorer compares them, a box (`x1, y1, x2, y2`) by its IoU. */
export function checkAnswer({ answer }: Question, given: string): Checked {
  if (answer.kind === 'words') {
    const right = answer.forms.some((form) => plainForm(form) === plainForm(given));
    return { right, said: right ? 'That is right.' : 'That is not right.' };
  }
  const [x1, y1, x2, y2] = given.split(',').map(Number);
  if (![x1, y1, x2, y2].every(Number.isFinite) || !(Number(x2) > Number(x1) && Number(y2) > Number(y1)))
    return { right: false, said: 'A box needs a right edge beyond its left and a bottom below its top.' };
  const overlap = iou([Number(x1), Number(y1), Number(x2), Number(y2)], answer.box);
  const right = overlap > 0.5;
  return {
    right,
    said: `IoU ${overlap.toFixed(2)}: ${right ? 'right, it is' : 'not right, it must be'} above 0.5.`,
  };
}
