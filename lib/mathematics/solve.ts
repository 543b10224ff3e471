import { isZeroEverywhere } from '@/lib/mathematics/equal';
import {
  approximate,
  evaluate,
  isExact,
  minus as less,
  NOWHERE,
  type Numeric,
  signOf,
} from '@/lib/mathematics/evaluate';
import {
  constant,
  type Expression,
  finiteSet,
  float,
  holds,
  type Interval,
  isExpression,
  keyOf,
  minus,
  number,
  product,
  quotient,
  type Relation,
  type RelationSign,
  sum,
  UNREADABLE,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { DOUBLE, toBinary } from '@/lib/mathematics/float';
import { difference } from '@/lib/mathematics/fold';
import { infinite } from '@/lib/mathematics/interval';
import { lettersOf } from '@/lib/mathematics/letters';
import { cut, isInside, joined, type LineSpan } from '@/lib/mathematics/line';
import { hasSign } from '@/lib/mathematics/mark';
import { ratioOf, realRoots } from '@/lib/mathematics/polynomial';
import * as Q from '@/lib/mathematics/rational';
import { order, toRational } from '@/lib/mathematics/real';
import { onLine } from '@/lib/mathematics/set';
import { substituted, withLetters } from '@/lib/mathematics/substitute';

const EVERYTHING: readonly LineSpan[] = [{ start: null, startOpen: true, end: null, endOpen: true }];
const MAX_BARS = 3;

/**
 * `as_set`: the real values of the one letter for which the relations hold; null for more letters, and where it cannot be
 * told. `f(x)` counts as a letter.
 */
export function solutionsOf(given: readonly Relation[]): Value | null {
  const relations = given.map(withLetters);
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  if (name === undefined || names.size > 1) return null;
  // What the ends of spans are as expressions.
  const ends = new Map<Numeric, Expression>();
  let spans = EVERYTHING;
  for (const relation of relations) {
    if (isAlwaysTrue(relation)) continue;
    const here = solutions(relation, name, ends);
    if (here === null) return null;
    spans = cut(spans, here);
  }
  // What holds by its form is true to upstream, and the set of everything, which is more than the real numbers.
  const everywhere = spans.every(({ start, end }) => start === null && end === null) && spans.length > 0;
  if (
    everywhere &&
    relations.some(
      ({ left, right }) => isExpression(left) && isExpression(right) && hasSign(difference(left, right)),
    )
  )
    return UNREADABLE;
  return setOf(spans, ends);
}

/** `-∞ < x`, `x < ∞` and the like */
function isAlwaysTrue({ sign, left, right }: Relation): boolean {
  const [low, high] = sign === '<' || sign === '≤' ? [left, right] : [right, left];
  if (sign === '=' || sign === '≠' || !isExpression(low) || !isExpression(high)) return false;
  return (infinite(low) === -1) !== (infinite(high) === 1);
}

function setOf(spans: readonly LineSpan[], ends: ReadonlyMap<Numeric, Expression>): Value {
  const points: Expression[] = [];
  const intervals: Interval[] = [];
  for (const { start, startOpen, end, endOpen } of spans) {
    const [from, to] = [start && ends.get(start), end && ends.get(end)];
    if (from && start && end && isNothing(less(start, end))) points.push(from);
    else
      intervals.push({
        kind: 'interval',
        start: from ?? constant('-∞'),
        end: to ?? constant('∞'),
        startOpen,
        endOpen,
      });
  }
  const sets = points.length > 0 || intervals.length === 0 ? [finiteSet(points), ...intervals] : intervals;
  const [only] = sets;
  return only && sets.length === 1 ? only : { kind: 'union', sets };
}

/** Where the relation holds: it can change only at a root of the difference of its sides, or where that has no value. */
function solutions(
  relation: Relation,
  name: string,
  ends: Map<Numeric, Expression>,
): readonly LineSpan[] | null {
  const { sign, left, right } = relation;
  if (!isExpression(left) || !isExpression(right)) return null;
  const apart = sum(left, minus(right));
  const candidates = changes(apart, name);
  if (candidates === null) return null;
  const decimals = holds(apart, ({ kind }) => kind === 'decimal');
  const points: Numeric[] = [];
  for (const candidate of candidates) {
    const value = evaluate(candidate, NOWHERE);
    if (value === null || signOf(value) === null) return null;
    if (points.some((point) => isNothing(less(point, value)))) continue;
    points.push(value);
    ends.set(value, decimals ? float(toBinary(near(value), DOUBLE), DOUBLE) : candidate);
  }
  points.sort((a, b) => signOf(less(a, b)) ?? 0);
  const spans: LineSpan[] = [];
  for (let at = 0; at <= points.length; at++) {
    const [before, after] = [points[at - 1] ?? null, points[at] ?? null];
    if (holdsAt(relation, name, between(before, after)))
      spans.push({ start: before, startOpen: true, end: after, endOpen: true });
    if (after === null) break;
    const there = evaluate(apart, new Map([[name, after]]));
    const side = there && (isNothing(there) ? 0 : signOf(there));
    if (side !== null && compares(sign, side))
      spans.push({ start: after, startOpen: false, end: after, endOpen: false });
  }
  return joined(spans);
}

const isNothing = (value: Numeric): boolean =>
  isExact(value) ? value.n === 0n : Math.max(order(value.re), order(value.im)) < -150;
const near = (value: Numeric): Q.Rational => (isExact(value) ? value : toRational(approximate(value).re));
function between(before: Numeric | null, after: Numeric | null): Q.Rational {
  if (before === null) return after === null ? Q.ZERO : Q.add(near(after), Q.fraction(-7n, 3n));
  if (after === null) return Q.add(near(before), Q.fraction(7n, 3n));
  return Q.multiply(Q.add(near(before), near(after)), Q.fraction(1n, 2n));
}

/** All places where an expression of one letter may be zero or have no value; null where they are not known. */
function changes(apart: Expression, name: string): readonly Expression[] | null {
  const bars = new Map<string, Expression>();
  holds(apart, (part) => {
    if (part.kind === 'function' && part.name === 'abs' && part.parts[0])
      bars.set(keyOf(part), part.parts[0]);
    return false;
  });
  if (bars.size > MAX_BARS) return null;
  const places: Expression[] = [];
  for (let signs = 0; signs < 1 << bars.size; signs++) {
    const chosen = new Map(
      [...bars].map(([key, inside], at) => [key, (signs >> at) & 1 ? minus(inside) : inside]),
    );
    const open = withoutBars(apart, chosen);
    const ratio = ratioOf(open, name);
    const [roots, poles] = ratio
      ? [realRoots(ratio.top), realRoots(ratio.bottom)]
      : [straight(open, name), []];
    if (roots === null || poles === null) return null;
    places.push(...roots, ...poles);
  }
  return places;
}
function withoutBars(value: Expression, chosen: ReadonlyMap<string, Expression>): Expression {
  switch (value.kind) {
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map((term) => withoutBars(term, chosen)) };
    case 'power':
      return { ...value, base: withoutBars(value.base, chosen) };
    case 'function':
      return chosen.get(keyOf(value)) ?? value;
    default:
      return value;
  }
}

/** The root of an expression that is linear in its letter, whatever its coefficients are. */
function straight(apart: Expression, name: string): readonly Expression[] | null {
  const at = (n: number) => substituted(apart, new Map([[name, whole(n)]]));
  const slope = sum(at(1), minus(at(0)));
  const rising = evaluate(slope, NOWHERE);
  if (rising === null || !signOf(rising)) return null;
  const isStraight = [2, -7].every((n) => isZeroEverywhere(at(n), sum(at(0), product(whole(n), slope))));
  if (!isStraight) return null;
  const solved = quotient(minus(at(0)), slope);
  const value = evaluate(solved, NOWHERE);
  return [value && isExact(value) ? number(value) : solved];
}

/** How far beyond the ends of a set it is tried, in quarters. */
const STEPS = [1n, 2n, 3n, 5n, 8n, 21n, 89n, 1_000n];

/** Whether the relations of one letter hold on the set and nowhere else, as far as points at, between and beyond its ends show. */
export function isSolvedBy(given: readonly Relation[], set: Value): boolean {
  const relations = given.map(withLetters);
  // Upstream solves nothing periodic.
  if (relations.some((relation) => holds(relation, isPeriodic))) return false;
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  const spans = name !== undefined && names.size === 1 ? onLine(set) : null;
  if (name === undefined || !spans) return false;
  const ends = spans
    .flatMap(({ start, end }) => (start === end ? [start] : [start, end]))
    .filter((end) => end !== null);
  if (ends.length === 0 || !ends.every(isExact)) return false;
  const sorted = ends.sort(Q.compare);
  const points = sorted.flatMap((end, at) => {
    const next = sorted[at + 1] ?? Q.add(end, Q.integer(100));
    const width = Q.add(next, Q.negative(end));
    return [0n, 1n, 2n, 3n, 4n, 5n, 6n].map((seventh) =>
      Q.add(end, Q.multiply(width, Q.fraction(seventh, 7n))),
    );
  });
  const [first, last] = [sorted[0] ?? Q.ZERO, sorted.at(-1) ?? Q.ZERO];
  const beyond = STEPS.flatMap((step) => [
    Q.add(first, Q.fraction(-step, 4n)),
    Q.add(last, Q.fraction(step, 4n)),
  ]);
  return [...points, ...beyond].every((point) => {
    const holds = relations.map((relation) => holdsAt(relation, name, point));
    const inside = spans.some((span) => isInside(point, span));
    return holds.includes(null) ? !inside : holds.every(Boolean) === inside;
  });
}

/** null where a side has no real value. */
function holdsAt({ sign, left, right }: Relation, name: string, value: Q.Rational): boolean | null {
  if (!isExpression(left) || !isExpression(right)) return null;
  const point = new Map([[name, value]]);
  const [x, y] = [left, right].map((side) => (infinite(side) ? null : evaluate(side, point)));
  if ([left, right].some((side) => infinite(side) !== 0)) {
    const order = (infinite(left) || 0) - (infinite(right) || 0);
    return x || y ? compares(sign, order) : null;
  }
  const order = x && y ? signOf(less(x, y)) : null;
  return order === null ? null : compares(sign, order);
}
const compares = (sign: RelationSign, order: number): boolean =>
  sign === '='
    ? order === 0
    : sign === '≠'
      ? order !== 0
      : sign === '<'
        ? order < 0
        : sign === '≤'
          ? order <= 0
          : sign === '>'
            ? order > 0
            : order >= 0;

const isPeriodic = (part: Value): boolean =>
  part.kind === 'function' && /^(?:sin|cos|tan|csc|sec|cot|mod)$/.test(part.name);
