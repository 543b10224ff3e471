import { assigned } from '@/lib/scoring/mathematics/compare';
import * as C from '@/lib/scoring/mathematics/complex';
import { lettersOf } from '@/lib/scoring/mathematics/equal';
import {
  approximate,
  evaluate,
  isExact,
  minus,
  NOWHERE,
  type Numeric,
  signOf,
} from '@/lib/scoring/mathematics/evaluate';
import {
  finiteSet,
  type Interval,
  isExpression,
  isSet,
  keyOf,
  type Relation,
  type RelationSign,
  type Value,
} from '@/lib/scoring/mathematics/expression';
import { infinite } from '@/lib/scoring/mathematics/interval';
import { cut, isSame, joined, type Span, without } from '@/lib/scoring/mathematics/line';
import * as Q from '@/lib/scoring/mathematics/rational';

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

/** `sympy_deep_compare_set_and_tuple` */
function equalElements(gold: Finite, prediction: Finite, equal: Equal): boolean {
  if (gold.elements.length !== prediction.elements.length) return false;
  const inOrder = (a: readonly Value[], b: readonly Value[]) =>
    a.length === b.length && a.every((element, at) => equal(element, b[at] ?? element));
  if (gold.kind === 'tuple')
    return inOrder(gold.elements, prediction.kind === 'set' ? prediction.written : prediction.elements);
  const [a, b] = [sorted(gold.elements), sorted(prediction.elements)];
  if (a && b) return inOrder(a, b);
  const rest = [...prediction.elements];
  return gold.elements.every((element) => {
    const at = rest.findIndex((other) => equal(element, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

/** By size; null where an element has none. */
function sorted(elements: readonly Value[]): readonly Value[] | null {
  const sized = elements.map((element) => ({ element, value: realOf(assigned(element)) }));
  if (sized.some(({ value }) => value === null)) return null;
  return sized
    .sort((a, b) => (a.value && b.value ? (signOf(minus(a.value, b.value)) ?? 0) : 0))
    .map(({ element }) => element);
}
function realOf(value: Value): Numeric | null {
  const numeric = isExpression(value) ? evaluate(value, NOWHERE) : null;
  return numeric && signOf(numeric) !== null ? numeric : null;
}

/* ---------------------------------------------------------------- sets of real numbers */

const EVERYTHING: Span = { start: null, startOpen: true, end: null, endOpen: true };

/** The set as spans of the line; null where it holds anything but numbers. */
function onLine(value: Value): readonly Span[] | null {
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
    case 'union':
    case 'intersection':
    case 'difference': {
      const parts = value.sets.map(onLine);
      if (!parts.every((part) => part !== null)) return null;
      if (value.kind === 'union') return joined(parts.flat());
      return parts.reduce(value.kind === 'intersection' ? cut : without);
    }
    default:
      return null;
  }
}
function spanOf({ start, end, startOpen, endOpen }: Interval): readonly Span[] | null {
  const [low, high] = [start, end].map((side) => (infinite(side) ? null : realOf(side)));
  if ((low === null && !infinite(start)) || (high === null && !infinite(end))) return null;
  return [{ start: low ?? null, startOpen, end: high ?? null, endOpen }];
}

/** `as_set`: whether what the relations leave of their one letter is the set. */
export function equalSolutions(relations: readonly Relation[], set: Value): boolean {
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  if (name === undefined || names.size > 1) return false;
  const line = onLine(set);
  if (line === null) return false;
  let left: readonly Span[] = [EVERYTHING];
  for (const relation of relations) {
    const solved = solutions(relation, name);
    if (solved === null) return false;
    left = cut(left, solved);
  }
  return isSame(left, line);
}

const BELOW: Partial<Record<RelationSign, RelationSign>> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' };

/** Of a relation that is linear in its letter. */
function solutions({ sign, left, right }: Relation, name: string): readonly Span[] | null {
  if (!isExpression(left) || !isExpression(right)) return null;
  const at = (n: number): Numeric | null => {
    const point = new Map([[name, Q.integer(n)]]);
    const [x, y] = [evaluate(left, point), evaluate(right, point)];
    return x && y && minus(x, y);
  };
  const [zero, one, five] = [at(0), at(1), at(5)];
  if (!zero || !one || !five) return null;
  const slope = minus(one, zero);
  const bent = minus(minus(five, zero), scaled(slope, 5n));
  const rising = signOf(slope);
  if (rising === null || rising === 0 || C.order(approximate(bent)) > -100) return null;
  const root = quotient(zero, slope);
  const real = rising > 0 ? sign : (BELOW[sign] ?? sign);
  const below: Span = { start: null, startOpen: true, end: root, endOpen: real !== '≤' };
  const above: Span = { start: root, startOpen: real !== '≥', end: null, endOpen: true };
  if (real === '=') return [{ start: root, startOpen: false, end: root, endOpen: false }];
  if (real === '≠') return [below, above];
  return [real === '<' || real === '≤' ? below : above];
}
const scaled = (value: Numeric, by: bigint): Numeric =>
  isExact(value) ? Q.multiply(value, Q.integer(by)) : C.multiply(value, approximate(Q.integer(by)));
const quotient = (top: Numeric, bottom: Numeric): Numeric =>
  isExact(top) && isExact(bottom)
    ? Q.negative(Q.divide(top, bottom))
    : C.negate(C.divide(approximate(top), approximate(bottom)) ?? C.zero);
