import type { Frame, Truth } from './conversation';
import { answerOf, type Judgement, sameAnswer, scaled, truthText } from './verdict';

/** A model's ended reply beside the others'. */
export interface Compared {
  label: string;
  text: string;
  frame: Frame | null;
  judgement: Judgement | null;
}

/** What comes out of asking several models one question, in a sentence or two; null where there is nothing to compare. */
export function summaryOf(replies: readonly Compared[], truth: Truth | null): string | null {
  if (replies.length === 0) return null;
  if (truth !== null && replies.every(({ judgement }) => judgement !== null))
    return `${rightOnes(replies)} The true answer is ${truthText(asSeen(truth, replies))}.`;
  return replies.length === 1 ? null : likeness(replies);
}

/** A true box in the pixels in which the replies give theirs, where all have seen the picture in one size. */
function asSeen(truth: Truth, replies: readonly Compared[]): Truth {
  const frame = replies[0]?.frame ?? null;
  if (truth.kind === 'words' || frame === null) return truth;
  const one = replies.every(
    (each) => each.frame?.width === frame.width && each.frame.height === frame.height,
  );
  return one ? { kind: 'box', box: [...scaled(truth.box, truth.frame, frame)], frame } : truth;
}

function rightOnes(replies: readonly Compared[]): string {
  const right = replies.filter(({ judgement }) => judgement?.right);
  const wrong = replies.filter(({ judgement }) => !judgement?.right);
  if (wrong.length === 0) return replies.length === 1 ? 'Right.' : `${all(replies.length)} are right.`;
  if (right.length === 0) return replies.length === 1 ? 'Not right.' : 'None is right.';
  return `${names(right)} ${right.length === 1 ? 'is' : 'are'} right, ${names(wrong)} ${wrong.length === 1 ? 'is' : 'are'} not.`;
}

function likeness(replies: readonly Compared[]): string {
  const groups: Compared[][] = [];
  for (const reply of replies) {
    const group = groups.find(([first]) => first !== undefined && sameAnswer(first, reply));
    if (group) group.push(reply);
    else groups.push([reply]);
  }
  const [few = [], many = []] = groups.toSorted((one, other) => one.length - other.length);
  if (groups.length === 1)
    return few.every(({ text }) => answerOf(text) === null)
      ? 'None gives an answer.'
      : `${all(replies.length)} answer the same, which makes it neither right nor wrong.`;
  if (groups.length === replies.length)
    return replies.length === 2 ? `${names(replies)} answer differently.` : 'Each answers differently.';
  if (groups.length === 2)
    return `${names(few)} ${few.length === 1 ? 'answers' : 'answer'} otherwise than ${names(many)}.`;
  return 'Their answers differ.';
}

const all = (count: number): string =>
  count === 2 ? 'Both' : `All ${['', 'one', 'two', 'three', 'four'][count] ?? count}`;

function names(replies: readonly Compared[]): string {
  const labels = replies.map(({ label }) => label);
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}
