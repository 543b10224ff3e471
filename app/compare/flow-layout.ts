import type { Transition } from '@/lib/compare/transitions';

/** The picture of what became of samples from run to run: bands between what is right and what is wrong, in percent of its box. */

export interface Band {
  /** The place of the run that it comes from; it goes to the next. */
  from: number;
  wasRight: boolean;
  isRight: boolean;
  count: number;
  /** Left and right end: its upper edge and its height. */
  start: { y: number; height: number };
  end: { y: number; height: number };
}

/** Between right, above, and wrong, below. */
const GAP = 8;

/** @param transitions of two runs at least, in their order */
export function flowBands(transitions: readonly Transition[]): Band[] {
  const runs = transitions[0]?.right.length ?? 0;
  const total = transitions.reduce((sum, { count }) => sum + count, 0);
  const height = (count: number) => (total === 0 ? 0 : ((100 - GAP) * count) / total);
  const counted = (matches: (right: readonly boolean[]) => boolean) =>
    transitions.reduce((sum, { right, count }) => (matches(right) ? sum + count : sum), 0);
  return Array.from({ length: Math.max(0, runs - 1) }, (_, from) => from).flatMap((from) => {
    const count = (was: boolean, is: boolean) =>
      counted((right) => right[from] === was && right[from + 1] === is);
    const [kept, broken] = [height(count(true, true)), height(count(true, false))];
    const [fixed, wrong] = [height(count(false, true)), height(count(false, false))];
    const band = (wasRight: boolean, isRight: boolean, start: number, end: number, thick: number): Band => ({
      from,
      wasRight,
      isRight,
      count: count(wasRight, isRight),
      start: { y: start, height: thick },
      end: { y: end, height: thick },
    });
    return [
      band(true, true, 0, 0, kept),
      band(true, false, kept, kept + fixed + GAP, broken),
      band(false, true, kept + broken + GAP, kept, fixed),
      band(false, false, kept + broken + GAP + fixed, kept + fixed + GAP + broken, wrong),
    ].filter((each) => each.count > 0);
  });
}

/** A band's outline as an SVG path, between two runs that stand 100 apart. */
export function bandPath({ from, start, end }: Band): string {
  const [left, right] = [100 * from, 100 * (from + 1)];
  const middle = (left + right) / 2;
  const at = (value: number) => value.toFixed(2);
  return [
    `M${left} ${at(start.y)}`,
    `C${middle} ${at(start.y)} ${middle} ${at(end.y)} ${right} ${at(end.y)}`,
    `V${at(end.y + end.height)}`,
    `C${middle} ${at(end.y + end.height)} ${middle} ${at(start.y + start.height)} ${left} ${at(start.y + start.height)}`,
    'Z',
  ].join('');
}
