import * as C from '@/lib/mathematics/complex';
import {
  approximate,
  evaluate,
  isExact,
  minus,
  NOWHERE,
  type Numeric,
  type Point,
} from '@/lib/mathematics/evaluate';
import { type Expression, holds, partsOf, percentOf, type Value } from '@/lib/mathematics/expression';
import { infinite } from '@/lib/mathematics/interval';
import { determined } from '@/lib/mathematics/matrix';
import type { Rational } from '@/lib/mathematics/rational';
import * as Q from '@/lib/mathematics/rational';
import { toRational } from '@/lib/mathematics/real';

/** Upstream's arguments of `verify`. */
export interface Precision {
  /** Decimal places to which a decimal is compared. */
  floatRounding: number;
  /** Significant digits to which other numbers are compared. */
  numericPrecision: number;
}

/** `sympy_numeric_eq` and then `sympy_symbolic_eq`. */
export function equalExpressions(a: Expression, b: Expression, precision: Precision): boolean {
  const [x, y] = [determined(a), determined(b)];
  if (x.kind === 'matrix' || y.kind === 'matrix') {
    if (x.kind !== 'matrix' || y.kind !== 'matrix') return false;
    const [left, right] = [x.rows.flat(), y.rows.flat()];
    if (x.rows.length !== y.rows.length || left.length !== right.length) return false;
    return left.every((entry, at) => equalExpressions(entry, right[at] ?? entry, precision));
  }
  if (infinite(x) !== 0 || infinite(y) !== 0) return infinite(x) === infinite(y);
  return equalNumbers(x, y, precision) || isZeroEverywhere(x, y);
}

const isNumber = (value: Value): boolean => value.kind === 'number' || value.kind === 'decimal';
const isAtomic = (value: Expression, test: (value: Expression) => boolean): boolean => {
  const of = percentOf(value);
  return test(value) || (of !== null && test(of as Expression));
};

function equalNumbers(a: Expression, b: Expression, { floatRounding, numericPrecision }: Precision): boolean {
  const [x, y] = [evaluate(a, NOWHERE), evaluate(b, NOWHERE)];
  if (x === null || y === null) return false;
  if (isAtomic(a, isNumber) || isAtomic(b, isNumber)) {
    const decimals = isAtomic(a, isDecimal) || isAtomic(b, isDecimal);
    if (!decimals) return isExact(x) && isExact(y) && Q.equal(x, y);
    // SymPy 1.14 rounds a whole number to itself, and no decimal equals one unless it is one.
    const whole = (side: Expression, value: Numeric) =>
      isExact(value) && Q.isInteger(value) && !holds(side, isDecimal);
    if (whole(a, x) || whole(b, y)) return isExact(x) && isExact(y) && Q.equal(x, y);
    return equalRounded(x, y, floatRounding);
  }
  const difference = minus(x, y);
  if (isExact(difference) && difference.n === 0n) return true;
  // `evalf(chop=True, n)` takes what is smaller than this for zero.
  const bits = Math.round((numericPrecision + 1) * Math.log2(10));
  return C.order(approximate(difference)) < -bits;
}
const isDecimal = (value: Value): boolean => value.kind === 'decimal';

function equalRounded(x: Numeric, y: Numeric, places: number): boolean {
  const right = partsOfComplex(y);
  return partsOfComplex(x).every(
    (part, at) => Q.rounded(part, places) === Q.rounded(right[at] ?? Q.ZERO, places),
  );
}
const partsOfComplex = (value: Numeric): Rational[] =>
  isExact(value) ? [value, Q.ZERO] : [toRational(value.re), toRational(value.im)];

/* ---------------------------------------------------------------- identities */

/** Bits below the size of the compared values from which a difference is rounding; with decimals in them, far fewer. */
const EXACT_BITS = 180;
const DECIMAL_BITS = 51;

/** Letters get these values, in turn; those under a factorial the whole ones. */
const VALUES: readonly (readonly [bigint, bigint])[] = [
  [17n, 7n],
  [-23n, 11n],
  [5n, 13n],
  [-3n, 19n],
  [101n, 29n],
  [-37n, 3n],
  [11n, 17n],
  [-59n, 31n],
];
const POINTS = 7;
const ENOUGH = 4;

/** The names of the letters, bound ones of series and integrals aside. */
export function lettersOf(value: Value): Set<string> {
  const names = new Set<string>();
  const collect = (part: Value) => {
    if (part.kind === 'symbol') names.add(part.name);
    if (part.kind === 'function' && /^(?:series|product series|integral|limit)$/.test(part.name)) {
      const [term, variable, ...bounds] = part.parts;
      for (const name of term ? lettersOf(term) : [])
        if (variable?.kind !== 'symbol' || name !== variable.name) names.add(name);
      bounds.forEach(collect);
    } else partsOf(part).forEach(collect);
  };
  collect(value);
  return names;
}

/** Points at which letters of the same name have the same value, the same for every call. */
export function pointsFor(names: readonly string[], counting: ReadonlySet<string>): Point[] {
  return Array.from(
    { length: POINTS },
    (_, round) =>
      new Map(
        names.map((name, index) => {
          const [n, d] = VALUES[(3 * round + index) % VALUES.length] ?? [1n, 1n];
          const turn = BigInt(round * 2 + Math.floor(index / VALUES.length) * 16);
          const value = counting.has(name)
            ? Q.integer(4 + ((round * 3 + index * 5) % 17))
            : Q.fraction(n, d + turn);
          return [name, value];
        }),
      ),
  );
}

function countingLetters(value: Value, names: Set<string>): void {
  if (value.kind === 'function' && /^(?:factorial|binomial|series|product series)$/.test(value.name))
    for (const name of lettersOf(value)) names.add(name);
  for (const part of partsOf(value)) countingLetters(part, names);
}

/** Whether the expressions have the same value wherever both have one, as far as some points show. */
export function isZeroEverywhere(a: Expression, b: Expression): boolean {
  const names = [...new Set([...lettersOf(a), ...lettersOf(b)])].sort();
  if (!sameKindsOfLetters(a, b)) return false;
  const bits = [a, b].some((side) => holds(side, (part) => part.kind === 'decimal'))
    ? DECIMAL_BITS
    : EXACT_BITS;
  const counting = new Set<string>();
  countingLetters(a, counting);
  countingLetters(b, counting);
  let compared = 0;
  for (const point of names.length === 0 ? [NOWHERE] : pointsFor(names, counting)) {
    const [x, y] = [evaluate(a, point), evaluate(b, point)];
    if (x === null && y === null) continue;
    if (x === null || y === null || !isClose(x, y, bits)) return false;
    compared++;
  }
  return compared >= Math.min(ENOUGH, names.length === 0 ? 1 : ENOUGH);
}

/** A letter that upstream takes for real is not the same as one that it takes for complex. */
function sameKindsOfLetters(a: Expression, b: Expression): boolean {
  const kinds = new Map<string, boolean>();
  let same = true;
  const visit = (part: Value) => {
    if (part.kind === 'symbol') {
      if ((kinds.get(part.name) ?? part.real) !== part.real) same = false;
      kinds.set(part.name, part.real);
    }
    partsOf(part).forEach(visit);
  };
  visit(a);
  visit(b);
  return same;
}

export function isClose(x: Numeric, y: Numeric, bits: number): boolean {
  if (isExact(x) && isExact(y) && bits === EXACT_BITS) return Q.equal(x, y);
  const [p, q] = [approximate(x), approximate(y)];
  return C.order(C.subtract(p, q)) < Math.max(C.order(p), C.order(q), -40) - bits;
}
