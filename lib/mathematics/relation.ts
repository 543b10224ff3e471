import * as C from '@/lib/mathematics/complex';
import { countingLetters, isClose, pointsFor } from '@/lib/mathematics/equal';
import { approximate, evaluate, isExact, type Numeric, signOf } from '@/lib/mathematics/evaluate';
import {
  type Expression,
  holds,
  isExpression,
  isWhole,
  keyOf,
  minus,
  power,
  product,
  type Relation,
  type RelationSign,
  type Value,
} from '@/lib/mathematics/expression';
import { folded, difference as less } from '@/lib/mathematics/fold';
import { lettersOf } from '@/lib/mathematics/letters';
import { marked } from '@/lib/mathematics/mark';
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
  const [left, right] = [difference(a), difference(b)];
  if (!left || !right) return keyOf(a) === keyOf(b);
  if (a.sign === b.sign && equal(left, right)) return true;
  if (FLIPPED[a.sign] === b.sign && equal(left, folded(minus(right)))) return true;
  return a.sign === '=' && b.sign === '=' && sameSolutions(left, right);
}

/** Left side less right side; null where a side is no number. */
const difference = ({ left, right }: Relation): Expression | null =>
  isExpression(left) && isExpression(right) ? less(left, right) : null;

/** Bits to which what is solved agrees. */
const EXACT_BITS = 100;
const DECIMAL_BITS = 46;

/**
 * `sympy_solve_and_compare`: upstream solves both equations and compares what it gets. For one letter that is a list,
 * which its comparison cannot take unless it is empty; for several it is one letter in terms of the others, so that
 * equations are equal where one is a multiple of the other, denominators aside.
 */
function sameSolutions(left: Expression, right: Expression): boolean {
  const names = [...lettersOf(left)].sort();
  const others = [...lettersOf(right)].sort();
  if (names.length < 2 && others.length < 2) return isUnsolvable(left, names) && isUnsolvable(right, others);
  if (names.join() !== others.join()) return false;
  const [top, bottom] = [left, right].map((side) => marked(withoutDenominators(side)));
  if (!top || !bottom) return false;
  const decimals = [left, right].some((side) => holds(side, ({ kind }) => kind === 'decimal'));
  const bits = decimals ? DECIMAL_BITS : EXACT_BITS;
  let ratio: Numeric | null = null;
  let compared = 0;
  for (const point of pointsFor(new Map(names.map((name) => [name, true])), countingLetters(left, right))) {
    const [x, y] = [evaluate(top, point), evaluate(bottom, point)];
    if (x === null || y === null) continue;
    const [zeroLeft, zeroRight] = [isZero(x), isZero(y)];
    if (zeroLeft !== zeroRight) return false;
    if (zeroLeft) continue;
    const here: Numeric | null =
      isExact(x) && isExact(y) ? Q.divide(x, y) : C.divide(approximate(x), approximate(y));
    if (here === null || (ratio !== null && !isClose(here, ratio, bits))) return false;
    ratio = here;
    compared++;
  }
  return compared >= 3;
}

/** The expression times all that it divides by. */
function withoutDenominators(expression: Expression): Expression {
  let cleared = expression;
  const visit = (part: Expression) => {
    if (part.kind === 'power' && part.exponent.kind === 'number' && part.exponent.value.n < 0n)
      cleared = product(cleared, power(part.base, minus(part.exponent)));
    if (part.kind === 'sum' || part.kind === 'product') part.terms.forEach(visit);
  };
  visit(expression);
  return cleared;
}

/** Whether no real number solves it: there is no letter, or it keeps away from zero on one side wherever it is tried. */
function isUnsolvable(expression: Expression, names: readonly string[]): boolean {
  const [name] = names;
  if (name === undefined) return true;
  const points = Array.from({ length: 81 }, (_, at) => Q.fraction(BigInt(at - 40) ** 3n, 16n));
  const far = [-1e15, -1e9, 1e9, 1e15].map(Q.integer);
  const signs = new Set<number | null>();
  for (const point of [...points, ...far]) {
    const value = evaluate(expression, new Map([[name, point]]));
    if (value) signs.add(isZero(value) ? 0 : signOf(value));
  }
  const [sign] = signs;
  return signs.size === 1 && (sign === 1 || sign === -1) && isPolynomial(expression);
}
const isPolynomial = (value: Expression): boolean =>
  value.kind === 'number' ||
  value.kind === 'symbol' ||
  ((value.kind === 'sum' || value.kind === 'product') && value.terms.every(isPolynomial)) ||
  (value.kind === 'power' &&
    isWhole(value.exponent) &&
    value.exponent.value.n > 0n &&
    isPolynomial(value.base));
const isZero = (value: Numeric): boolean => (isExact(value) ? value.n === 0n : C.order(value) < -150);
