import { assigned } from '@/lib/mathematics/assignment';
import { isZeroEverywhere } from '@/lib/mathematics/equal';
import { evaluate, minus, NOWHERE, type Numeric, signOf } from '@/lib/mathematics/evaluate';
import {
  finiteSet,
  type Interval,
  isExpression,
  isSet,
  keyOf,
  type Value,
} from '@/lib/mathematics/expression';
import { folded } from '@/lib/mathematics/fold';
import { infinite } from '@/lib/mathematics/interval';
import { isSame, joined, type LineSpan, without } from '@/lib/mathematics/line';

type Equal = (a: Value, b: Value) => boolean;
type Finite = Extract<Value, { kind: 'set' | 'tuple' }>;

/** `sympy_compare_sets`. What is neither set nor tuple is the set of itself. */
export function equalSets(goldGiven: Value, predictionGiven: Value, equal: Equal): boolean {
  const [gold, prediction] = [goldGiven, predictionGiven].map((value) =>
    isSet(value) || value.kind === 'tuple' ? value : finiteSet([value]),
  );
  if (!gold || !prediction) return false;
  if (gold.kind === 'interval' && prediction.kind === 'interval')
    return (
      gold.startOpen === prediction.startOpen &&
      gold.endOpen === prediction.endOpen &&
      equal(gold.start, prediction.start) &&
      equal(gold.end, prediction.end)
    );
  if (keyOf(gold) === keyOf(prediction)) return true;
  if (isSet(gold) && isSet(prediction)) {
    const [a, b] = [onLine(gold), onLine(prediction)];
    if (a && b && isSame(a, b)) return true;
    if (gold.kind === 'set' && prediction.kind === 'set' && sameElements(gold.elements, prediction.elements))
      return true;
  }
  const [a, b] = [finite(gold, prediction), finite(prediction, gold)];
  return a !== null && b !== null && equalElements(a, b, equal);
}

/** A set of elements or a tuple; beside one of two, an open interval is the pair of its ends. */
function finite(value: Value, beside: Value): Finite | null {
  if (value.kind === 'set' || value.kind === 'tuple') return value;
  const pair = (beside.kind === 'set' || beside.kind === 'tuple') && beside.elements.length === 2;
  const open = value.kind === 'interval' && value.startOpen && value.endOpen;
  return open && pair ? { kind: 'tuple', elements: [value.start, value.end] } : null;
}

/** More elements than this are compared one by one, in order. */
const MAX_ELEMENTS = 16;

/** Whether the symmetric difference of two sets of expressions is empty. */
function sameElements(a: readonly Value[], b: readonly Value[]): boolean {
  const within = (elements: readonly Value[], others: readonly Value[]) =>
    elements.every(
      (element) =>
        isExpression(element) &&
        others.some((other) => isExpression(other) && isZeroEverywhere(element, other)),
    );
  return a.length <= MAX_ELEMENTS && b.length <= MAX_ELEMENTS && within(a, b) && within(b, a);
}

/** `sympy_deep_compare_set_and_tuple` */
function equalElements(gold: Finite, prediction: Finite, equal: Equal): boolean {
  if (gold.elements.length !== prediction.elements.length) return false;
  const inOrder = (a: readonly Value[], b: readonly Value[]) =>
    a.length === b.length && a.every((element, at) => equal(element, b[at] ?? element));
  if (gold.kind === 'tuple')
    return inOrder(gold.elements, prediction.kind === 'set' ? prediction.written : prediction.elements);
  const [a, b] = [sorted(gold.elements), sorted(prediction.elements)];
  if (a.rest.length < 2 || a.sized.length !== b.sized.length)
    return inOrder([...a.sized, ...a.rest], [...b.sized, ...b.rest]);
  const rest = [...b.rest];
  return (
    inOrder(a.sized, b.sized) &&
    a.rest.every((element) => {
      const at = rest.findIndex((other) => equal(element, other));
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    })
  );
}

/** Those that have a size, by it, and the rest, which upstream puts after them in an order of its own. */
function sorted(elements: readonly Value[]): { sized: readonly Value[]; rest: readonly Value[] } {
  const sized: { element: Value; value: Numeric | null; infinity: number }[] = [];
  const rest: Value[] = [];
  for (const element of elements) {
    const size = assigned(element);
    const infinity = isExpression(size) ? infinite(size) : 0;
    const value = infinity ? null : realOf(size);
    if (value || infinity) sized.push({ element, value, infinity });
    else rest.push(element);
  }
  sized.sort((a, b) =>
    a.value && b.value ? (signOf(minus(a.value, b.value)) ?? 0) : a.infinity - b.infinity,
  );
  return { sized: sized.map(({ element }) => element), rest };
}
function realOf(value: Value): Numeric | null {
  const numeric = isExpression(value) ? evaluate(folded(value), NOWHERE) : null;
  return numeric && signOf(numeric) !== null ? numeric : null;
}

/* ---------------------------------------------------------------- sets of real numbers */

const EVERYTHING: LineSpan = { start: null, startOpen: true, end: null, endOpen: true };

/** The sets of a union, and of the unions in it. */
function united(value: Value): Value[] {
  const sets: Value[] = [];
  const open = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind === 'union') open.push(...next.sets);
    else sets.push(next);
  }
  return sets;
}

/** The set as spans of the line; null where it holds anything but numbers. */
export function onLine(value: Value): readonly LineSpan[] | null {
  switch (value.kind) {
    case 'named set':
      return value.name === '∅' ? [] : value.name === 'ℝ' ? [EVERYTHING] : null;
    case 'interval':
      return spanOf(value);
    case 'set': {
      const points = value.elements.map(realOf);
      if (!points.every((point) => point !== null)) return null;
      return joined(points.map((point) => ({ start: point, startOpen: false, end: point, endOpen: false })));
    }
    case 'union': {
      const parts = united(value).map(onLine);
      return parts.every((part) => part !== null) ? joined(parts.flat()) : null;
    }
    case 'difference': {
      // What is left of a list of numbers upstream leaves as it stands, and so it does any intersection.
      const [whole, removed] = value.sets[0]?.kind === 'set' ? [] : value.sets.map(onLine);
      return whole && removed ? without(whole, removed) : null;
    }
    default:
      return null;
  }
}
function spanOf({ start, end, startOpen, endOpen }: Interval): readonly LineSpan[] | null {
  const [low, high] = [start, end].map((side) => (infinite(side) ? null : realOf(side)));
  if ((low === null && !infinite(start)) || (high === null && !infinite(end))) return null;
  return [{ start: low ?? null, startOpen, end: high ?? null, endOpen }];
}
