import { diffArrays, diffWordsWithSpace } from 'diff';
import type { TextSpan } from '@/lib/text-span';

/** Two outputs on one sample: which words differ, sentence by sentence, and where they part. */
export interface Differences {
  /** Words of each that the other does not have in their place. */
  baseline: readonly TextSpan[];
  other: readonly TextSpan[];
  /** The first sentence that is another one, in each; null where all of it stands in the other too. */
  parts: { baseline: TextSpan | null; other: TextSpan | null; sentence: number } | null;
}

/** So many characters of each are compared, and for so many milliseconds at most at each step. */
const MOST = 50_000;
const TIME = 250;

/** Sentences, blanks after them included: they end at a stop with a blank behind it, or with the line. */
export function sentencesIn(text: string): TextSpan[] {
  return [...text.matchAll(/[^\n.!?]*(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]?\s*/g)].flatMap(
    ({ index, 0: found }) => (found === '' ? [] : [[index, index + found.length] as const]),
  );
}

export function differencesOf(baselineText: string, otherText: string): Differences {
  const [before, after] = [baselineText.slice(0, MOST), otherText.slice(0, MOST)];
  const words = (text: string, [start, end]: TextSpan) => text.slice(start, end).trim();
  const sentences = (text: string) => sentencesIn(text).filter((span) => words(text, span) !== '');
  const [a, b] = [sentences(before), sentences(after)];
  const steps = diffArrays(
    a.map((span) => words(before, span)),
    b.map((span) => words(after, span)),
    { timeout: TIME },
  );
  const baseline: TextSpan[] = [];
  const other: TextSpan[] = [];
  let parts: Differences['parts'] = null;
  let [i, j] = [0, 0];
  const hunk = (removed: number, added: number) => {
    if (removed + added === 0) return;
    const [gone, come] = [a.slice(i, i + removed), b.slice(j, j + added)];
    parts ??= { baseline: gone[0] ?? null, other: come[0] ?? null, sentence: j + 1 };
    for (let k = 0; k < Math.max(removed, added); k += 1) {
      const [left, right] = [gone[k], come[k]];
      if (left === undefined || right === undefined) {
        if (left !== undefined) baseline.push(trimmed(before, left));
        if (right !== undefined) other.push(trimmed(after, right));
      } else wordsApart(before, left, after, right, baseline, other);
    }
    i += removed;
    j += added;
  };
  // Too long to be compared in time: all of it counts as different.
  if (steps === undefined) hunk(a.length, b.length);
  let [removed, added] = [0, 0];
  for (const step of steps ?? []) {
    if (step.removed) removed += step.count;
    else if (step.added) added += step.count;
    else {
      hunk(removed, added);
      [removed, added] = [0, 0];
      i += step.count;
      j += step.count;
    }
  }
  hunk(removed, added);
  return { baseline, other, parts };
}

function wordsApart(
  before: string,
  left: TextSpan,
  after: string,
  right: TextSpan,
  baseline: TextSpan[],
  other: TextSpan[],
): void {
  const steps = diffWordsWithSpace(before.slice(...left), after.slice(...right), { timeout: TIME });
  if (steps === undefined) {
    baseline.push(trimmed(before, left));
    other.push(trimmed(after, right));
    return;
  }
  let [i, j] = [left[0], right[0]];
  for (const { value, added, removed } of steps) {
    const blank = value.trim() === '';
    if (removed) {
      if (!blank) baseline.push(trimmed(before, [i, i + value.length]));
      i += value.length;
    } else if (added) {
      if (!blank) other.push(trimmed(after, [j, j + value.length]));
      j += value.length;
    } else {
      i += value.length;
      j += value.length;
    }
  }
}

/** Without the blanks at its ends. */
function trimmed(text: string, [start, end]: TextSpan): TextSpan {
  const words = text.slice(start, end);
  return [start + (words.length - words.trimStart().length), end - (words.length - words.trimEnd().length)];
}
