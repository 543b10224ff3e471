import { spend } from '@/lib/mathematics/budget';
import * as C from '@/lib/mathematics/complex';
import { approximate, minus, type Numeric, signOf } from '@/lib/mathematics/evaluate';

/** A piece of the real line; `null` is infinity. */
export interface LineSpan {
  readonly start: Numeric | null;
  readonly startOpen: boolean;
  readonly end: Numeric | null;
  readonly endOpen: boolean;
}

/** Numbers that differ by rounding only are the same point. */
const ROUNDING = -150;
const compare = (a: Numeric, b: Numeric): number => {
  spend(8);
  const difference = minus(a, b);
  return C.order(approximate(difference)) < ROUNDING ? 0 : (signOf(difference) ?? 0);
};
const compareStarts = (a: LineSpan, b: LineSpan): number => {
  if (a.start === null || b.start === null) return a.start === b.start ? 0 : a.start === null ? -1 : 1;
  return compare(a.start, b.start) || Number(a.startOpen) - Number(b.startOpen);
};
const compareEnds = (a: LineSpan, b: LineSpan): number => {
  if (a.end === null || b.end === null) return a.end === b.end ? 0 : a.end === null ? 1 : -1;
  return compare(a.end, b.end) || Number(b.endOpen) - Number(a.endOpen);
};
const isEmpty = ({ start, startOpen, end, endOpen }: LineSpan): boolean => {
  if (start === null || end === null) return false;
  const sign = compare(start, end);
  return sign > 0 || (sign === 0 && (startOpen || endOpen));
};
/** Whether nothing lies between the end of `a` and the start of `b`, which begins no earlier. */
const touches = (a: LineSpan, b: LineSpan): boolean => {
  if (a.end === null || b.start === null) return true;
  const sign = compare(a.end, b.start);
  return sign > 0 || (sign === 0 && !(a.endOpen && b.startOpen));
};

/** The same points in spans that do not touch, from left to right. */
export function joined(spans: readonly LineSpan[]): readonly LineSpan[] {
  const result: LineSpan[] = [];
  for (const span of spans.filter((each) => !isEmpty(each)).sort(compareStarts)) {
    const last = result.at(-1);
    if (!last || !touches(last, span)) result.push(span);
    else if (compareEnds(span, last) > 0)
      result[result.length - 1] = { ...last, end: span.end, endOpen: span.endOpen };
  }
  return result;
}

export const cut = (a: readonly LineSpan[], b: readonly LineSpan[]): readonly LineSpan[] =>
  joined(
    a.flatMap((x) =>
      b.map((y) => {
        const [from, to] = [compareStarts(x, y) >= 0 ? x : y, compareEnds(x, y) <= 0 ? x : y];
        return { start: from.start, startOpen: from.startOpen, end: to.end, endOpen: to.endOpen };
      }),
    ),
  );

export function isInside(point: Numeric, { start, startOpen, end, endOpen }: LineSpan): boolean {
  const [low, high] = [start === null ? 1 : compare(point, start), end === null ? -1 : compare(point, end)];
  return (low > 0 || (low === 0 && !startOpen)) && (high < 0 || (high === 0 && !endOpen));
}

/** What is left of the line without the spans, which do not touch. */
const outside = (spans: readonly LineSpan[]): readonly LineSpan[] => {
  const rest: LineSpan[] = [];
  let start: Numeric | null = null;
  let startOpen = true;
  let open = true;
  for (const span of spans) {
    if (span.start !== null) rest.push({ start, startOpen, end: span.start, endOpen: !span.startOpen });
    start = span.end;
    startOpen = !span.endOpen;
    open = span.end !== null;
  }
  if (open) rest.push({ start, startOpen, end: null, endOpen: true });
  return rest;
};
export const without = (a: readonly LineSpan[], b: readonly LineSpan[]): readonly LineSpan[] =>
  cut(a, outside(joined(b)));

export function isSame(a: readonly LineSpan[], b: readonly LineSpan[]): boolean {
  const [x, y] = [joined(a), joined(b)];
  return (
    x.length === y.length &&
    x.every((span, at) => {
      const other = y[at];
      return other && compareStarts(span, other) === 0 && compareEnds(span, other) === 0;
    })
  );
}
