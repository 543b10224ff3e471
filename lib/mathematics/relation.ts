import * as C from '@/lib/mathematics/complex';
import { isClose, lettersOf, pointsFor } from '@/lib/mathematics/equal';
import { approximate, evaluate, isExact, NOWHERE, type Numeric } from '@/lib/mathematics/evaluate';
import {
  type Expression,
  isExpression,
  keyOf,
  minus,
  type Relation,
  type RelationSign,
  sum,
  type Value,
} from '@/lib/mathematics/expression';
import * as Q from '@/lib/mathematics/rational';

const FLIPPED: Partial<Record<RelationSign, RelationSign>> = {
  '=': '=',
  '<': '>',
  '>': '<',
  '≤': '≥',
  '≥': '≤',
};

/** `sympy_compare_relational` */
export function equalRelations(
  gold: readonly Relation[],
  prediction: readonly Relation[],
  equal: (a: Value, b: Value) => boolean,
): boolean {
  return (
    gold.length === prediction.length &&
    gold.every((relation, at) => equalRelation(relation, prediction[at] ?? relation, equal))
  );
}

function equalRelation(a: Relation, b: Relation, equal: (a: Value, b: Value) => boolean): boolean {
  const [left, right] = [a, b].map(difference);
  if (!left || !right) return keyOf(a) === keyOf(b);
  if (a.sign === b.sign && equal(left, right)) return true;
  if (FLIPPED[a.sign] === b.sign && equal(left, minus(right))) return true;
  return a.sign === '=' && b.sign === '=' && sameSolutions(left, right);
}

/** Left side less right side; null where a side is no number. */
function difference({ left, right }: Relation): Expression | null {
  if (!isExpression(left) || !isExpression(right)) return null;
  if (isNothing(right)) return left;
  return isNothing(left) ? minus(right) : sum(left, minus(right));
}
const isNothing = (side: Expression): boolean => {
  const value = evaluate(side, NOWHERE);
  return value !== null && isZero(value);
};

/**
 * Whether two equations have the same solutions: upstream solves both and compares. Here: whether one side is a constant
 * multiple of the other.
 */
function sameSolutions(left: Expression, right: Expression): boolean {
  const names = [...lettersOf(left)].sort();
  if (names.length === 0 || names.join() !== [...lettersOf(right)].sort().join()) return false;
  let ratio: Numeric | null = null;
  let compared = 0;
  for (const point of pointsFor(names, new Set())) {
    const [x, y] = [evaluate(left, point), evaluate(right, point)];
    if (x === null || y === null) continue;
    const [zeroLeft, zeroRight] = [isZero(x), isZero(y)];
    if (zeroLeft !== zeroRight) return false;
    if (zeroLeft) continue;
    const here: Numeric | null =
      isExact(x) && isExact(y) ? Q.divide(x, y) : C.divide(approximate(x), approximate(y));
    if (here === null || (ratio !== null && !isClose(here, ratio, 100))) return false;
    ratio = here;
    compared++;
  }
  return compared >= 3;
}
const isZero = (value: Numeric): boolean => (isExact(value) ? value.n === 0n : C.order(value) < -150);
