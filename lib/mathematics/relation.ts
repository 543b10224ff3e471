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
import { folded, isNumber, difference as less } from '@/lib/mathematics/fold';
import { lettersOf } from '@/lib/mathematics/letters';
import { marked } from '@/lib/mathematics/mark';
import * as Q from '@/lib/mathematics/rational';
import { mapped } from '@/lib/mathematics/substitute';

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

/**
 * Whether no real number solves it: there is no letter, or it is a quotient of polynomials in one unknown that keeps away from zero on
 * one side for whatever values that can have. The unknown is the letter, or its sine, its root and the like.
 */
function isUnsolvable(expression: Expression, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  const unknowns = new Map<string, readonly Q.Rational[]>();
  if (!isPolynomial(expression, unknowns)) return false;
  const [[unknown, values] = ['', []], ...others] = unknowns;
  if (others.length > 0) return false;
  const inUnknown = (value: Value): Value => (keyOf(value) === unknown ? UNKNOWN : mapped(value, inUnknown));
  const quotient = inUnknown(expression);
  const polynomial = isExpression(quotient) ? withoutDenominators(quotient) : UNKNOWN;
  const signs = new Set<number | null>();
  for (const value of values) {
    const result = evaluate(polynomial, new Map([[UNKNOWN.name, value]]));
    if (result) signs.add(isZero(result) ? 0 : signOf(result));
  }
  const [sign] = signs;
  return signs.size === 1 && (sign === 1 || sign === -1);
}
const UNKNOWN = { kind: 'symbol', name: 'unknown', real: true } as const;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
const cubes = (points: readonly number[]) => points.map((at) => Q.fraction(BigInt(at) ** 3n, 16n));
const FAR = [1e9, 1e15];
const POSITIVE = [...cubes(range(1, 40)), ...FAR.map(Q.integer)];
const REAL = [...cubes(range(-40, 40)), ...FAR.flatMap((far) => [-far, far]).map(Q.integer)];
const TO_ONE = range(-40, 40).map((at) => Q.fraction(BigInt(at), 40n));

/** Whether it is a quotient of polynomials, and in which unknowns, with values of each. */
function isPolynomial(value: Expression, unknowns: Map<string, readonly Q.Rational[]>): boolean {
  if (lettersOf(value).size === 0) return true;
  const of = (values: readonly Q.Rational[]) => unknowns.set(keyOf(value), values) !== undefined;
  const all = (parts: readonly Expression[]) => parts.every((part) => isPolynomial(part, unknowns));
  switch (value.kind) {
    case 'symbol':
      return of(REAL);
    case 'sum':
    case 'product':
      return all(value.terms);
    case 'power': {
      const { base, exponent } = value;
      if (isWhole(exponent)) return all([base]);
      if (keyOf(exponent) === '1/2') return isLinear(base) && of([Q.ZERO, ...POSITIVE]);
      const isFixed = (isNumber(base) && base.value.n > 0n) || keyOf(base) === 'e';
      return isFixed && isLinear(exponent) && of(POSITIVE);
    }
    case 'function': {
      const [inside] = value.parts;
      if (inside === undefined || value.parts.length > 1 || !isLinear(inside)) return false;
      if (value.name === 'abs') return of([Q.ZERO, ...POSITIVE]);
      return (value.name === 'sin' || value.name === 'cos') && of(TO_ONE);
    }
    default:
      return false;
  }
}
/** Whether it is the letter, with its factor and a number beside it. */
const isLinear = (value: Expression): boolean =>
  value.kind === 'symbol' ||
  lettersOf(value).size === 0 ||
  (value.kind === 'sum' && value.terms.every(isLinear)) ||
  (value.kind === 'product' &&
    value.terms.every(isLinear) &&
    value.terms.filter((term) => lettersOf(term).size > 0).length === 1);

const isZero = (value: Numeric): boolean => (isExact(value) ? value.n === 0n : C.order(value) < -150);
