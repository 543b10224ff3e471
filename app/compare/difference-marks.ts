import type { TextSpan } from '@/lib/text-span';
import type { Mark } from '../samples/output-view';
import type { Differences } from './differences';

/**
 * What is marked in a run's output: in another than the baseline, the words that the baseline does not have; in the
 * baseline, those that none of the others has. And in each the first sentence that is another one.
 */
export function marksOf(
  differences: readonly (Differences | null)[] | null,
  run: number,
  baseline: number,
): Mark[] {
  if (differences === null) return [];
  if (run !== baseline) {
    const own = differences[run];
    return own === null || own === undefined ? [] : marked(own.other, own.parts?.other ?? null);
  }
  const others = differences.flatMap((each) => each ?? []);
  const firsts = others
    .flatMap(({ parts }) => (parts?.baseline ? [parts.baseline] : []))
    .sort((a, b) => a[0] - b[0]);
  return marked(
    others.map((each) => each.baseline).reduce((a, b) => shared(a, b), others[0]?.baseline ?? []),
    firsts[0] ?? null,
  );
}

const marked = (words: readonly TextSpan[], first: TextSpan | null): Mark[] => [
  ...(first === null ? [] : [{ kind: 'parts' as const, span: first, name: null }]),
  ...words.map((span) => ({ kind: 'differs' as const, span, name: null })),
];

/** What both lists cover; each is in order and does not overlap itself. */
export function shared(a: readonly TextSpan[], b: readonly TextSpan[]): TextSpan[] {
  const both: TextSpan[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x !== undefined && y !== undefined; [x, y] = [a[i], b[j]]) {
    const [start, end] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    if (start < end) both.push([start, end]);
    if (x[1] < y[1]) i += 1;
    else j += 1;
  }
  return both;
}
