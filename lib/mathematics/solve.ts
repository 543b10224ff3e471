import { isZeroEverywhere, lettersOf } from '@/lib/mathematics/equal';
import { evaluate, isExact, minus as less, NOWHERE, signOf } from '@/lib/mathematics/evaluate';
import {
  constant,
  type Expression,
  finiteSet,
  isExpression,
  minus,
  number,
  product,
  quotient,
  type Relation,
  type RelationSign,
  sum,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { infinite, interval } from '@/lib/mathematics/interval';
import { isInside } from '@/lib/mathematics/line';
import * as Q from '@/lib/mathematics/rational';
import { onLine } from '@/lib/mathematics/set';
import { substituted } from '@/lib/mathematics/substitute';

/** `as_set`: what relations leave of their one letter, in which each is linear; null for any others. */
export function solutionsOf(relations: readonly Relation[]): Value | null {
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  if (name === undefined || names.size > 1) return null;
  const sets = relations
    .filter((relation) => !isAlwaysTrue(relation))
    .map((relation) => solutions(relation, name));
  if (!sets.every((set) => set !== null)) return null;
  const [only] = sets;
  if (sets.length === 1 && only) return only;
  return narrowed(sets) ?? { kind: 'intersection', sets };
}

/** `-∞ < x`, `x < ∞` and the like */
function isAlwaysTrue({ sign, left, right }: Relation): boolean {
  const [low, high] = sign === '<' || sign === '≤' ? [left, right] : [right, left];
  if (sign === '=' || sign === '≠' || !isExpression(low) || !isExpression(high)) return false;
  return (infinite(low) === -1) !== (infinite(high) === 1);
}

/** `a < x < b` as one interval. */
function narrowed(sets: readonly Value[]): Value | null {
  const [first, second] = sets;
  if (sets.length !== 2 || first?.kind !== 'interval' || second?.kind !== 'interval') return null;
  const [low, high] = isRay(first.start) ? [second, first] : [first, second];
  if (!isRay(low.end) || !isRay(high.start)) return null;
  return interval(low.start, high.end, low.startOpen, high.endOpen);
}
const isRay = (end: Expression): boolean => end.kind === 'constant';

const FLIPPED: Partial<Record<RelationSign, RelationSign>> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' };

function solutions({ sign, left, right }: Relation, name: string): Value | null {
  if (!isExpression(left) || !isExpression(right)) return null;
  const difference = sum(left, minus(right));
  const at = (n: number) => substituted(difference, new Map([[name, whole(n)]]));
  const slope = sum(at(1), minus(at(0)));
  const rising = sizeOf(slope);
  const straight = [2, -7].every((n) => isZeroEverywhere(at(n), sum(at(0), product(whole(n), slope))));
  if (rising === null || rising === 0 || !straight) return null;

  const solved = quotient(minus(at(0)), slope);
  const value = evaluate(solved, NOWHERE);
  const root = value && isExact(value) ? number(value) : solved;
  const real = rising > 0 ? sign : (FLIPPED[sign] ?? sign);
  const below = interval(constant('-∞'), root, true, real !== '≤');
  const above = interval(root, constant('∞'), real !== '≥', true);
  if (real === '=') return finiteSet([root]);
  if (real === '≠') return { kind: 'union', sets: [below, above] };
  return real === '<' || real === '≤' ? below : above;
}

const sizeOf = (expression: Expression): number | null => {
  const value = evaluate(expression, NOWHERE);
  return value && signOf(value);
};

/** How far beyond the ends of a set it is tried, in quarters. */
const STEPS = [1n, 2n, 3n, 5n, 8n, 21n, 89n, 1_000n];

/** Whether the relations of one letter hold on the set and nowhere else, as far as points at, between and beyond its ends show. */
export function isSolvedBy(relations: readonly Relation[], set: Value): boolean {
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  const spans = name !== undefined && names.size === 1 ? onLine(set) : null;
  if (name === undefined || !spans) return false;
  const ends = spans.flatMap(({ start, end }) => [start, end]).filter((end) => end !== null);
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
