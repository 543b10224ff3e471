import type { Question } from './question';

/** What the checks of an answer have in common: how they fail, and what a question says. */

export class Fault extends Error {}
export const fail = (sentence: string): never => {
  throw new Fault(sentence);
};
export const must = (holds: boolean, sentence: string): void => {
  if (!holds) fail(sentence);
};

/** The question without its choices. */
export const stemOf = ({ text }: Question): string => text.split('\n')[0] ?? '';

/** The question must name each of these. */
export function mustSay(question: Question, ...parts: readonly (string | number)[]): void {
  for (const part of parts)
    must(stemOf(question).includes(String(part)), `the question does not say "${part}"`);
}

/** An answer worked out anew. */
export type Truth = string | number | readonly number[];
