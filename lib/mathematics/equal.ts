import { calculated } from '@/lib/mathematics/calculus';
import { cancels } from '@/lib/mathematics/cancel';
import * as C from '@/lib/mathematics/complex';
import {
  approximate,
  evaluate,
  isExact,
  NOWHERE,
  type Numeric,
  type Point,
} from '@/lib/mathematics/evaluate';
import {
  type Expression,
  holds,
  keyOf,
  partsOf,
  percentOf,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { bitsFor, DOUBLE } from '@/lib/mathematics/float';
import { difference, exactly, folded, isNumber } from '@/lib/mathematics/fold';
import { infinite } from '@/lib/mathematics/interval';
import { kindsOfLetters, lettersOf } from '@/lib/mathematics/letters';
import { marked, turned } from '@/lib/mathematics/mark';
import { determined } from '@/lib/mathematics/matrix';
import * as Q from '@/lib/mathematics/rational';
import { fromRational } from '@/lib/mathematics/real';
import { roundedTo } from '@/lib/mathematics/round';

/** Upstream's arguments of `verify`. */
export interface Precision {
  /** Decimal places to which a decimal is compared. */
  floatRounding: number;
  /** Significant digits to which other numbers are compared. */
  numericPrecision: number;
}

/** By which step two expressions are equal: entry by entry, as infinities, as numbers, or as identities. */
export type ExpressionStep = 'matrices' | 'infinities' | 'numbers' | 'identity';

/** `sympy_numeric_eq` and then `sympy_symbolic_eq`; null where neither says that they are equal. */
export function equalExpressions(a: Expression, b: Expression, precision: Precision): ExpressionStep | null {
  const [x, y] = [determined(calculated(a)), determined(calculated(b))];
  if (x.kind === 'matrix' || y.kind === 'matrix') {
    if (x.kind !== 'matrix' || y.kind !== 'matrix') return null;
    const [left, right] = [x.rows.flat(), y.rows.flat()];
    if (x.rows.length !== y.rows.length || left.length !== right.length) return null;
    const equal = left.every((entry, at) => equalExpressions(entry, right[at] ?? entry, precision) !== null);
    return equal ? 'matrices' : null;
  }
  if (infinite(x) !== 0 || infinite(y) !== 0) return infinite(x) === infinite(y) ? 'infinities' : null;
  if (equalNumbers(x, y, precision)) return 'numbers';
  return isZeroEverywhere(x, y) ? 'identity' : null;
}

const isAtomic = (value: Expression, test: (value: Expression) => boolean): boolean => {
  const of = percentOf(value);
  return test(value) || (of !== null && test(of));
};

function equalNumbers(a: Expression, b: Expression, { floatRounding, numericPrecision }: Precision): boolean {
  const [p, q] = [folded(a), folded(b)];
  if (isAtomic(a, isNumber) || isAtomic(b, isNumber)) {
    if (isAtomic(a, isDecimal) || isAtomic(b, isDecimal)) {
      const rounded = roundedTo(p, floatRounding);
      return rounded !== null && rounded === roundedTo(q, floatRounding);
    }
    return keyOf(p) === keyOf(q);
  }
  return cancels(a, b, bitsFor(numericPrecision));
}
const isDecimal = (value: Value): boolean => value.kind === 'decimal';

/* ---------------------------------------------------------------- identities */

/** Bits below the size of the compared values from which a difference is rounding. */
const EXACT_BITS = 180;

/** The sizes of the letters' values, in turn; those under a factorial get whole ones. */
const SIZES: readonly (readonly [bigint, bigint])[] = [
  [17n, 7n],
  [23n, 11n],
  [5n, 13n],
  [3n, 19n],
  [101n, 29n],
  [37n, 3n],
  [11n, 17n],
  [59n, 31n],
];
/** All combinations of signs of so many letters are tried. */
const SIGNED = 4;
const ENOUGH = 4;

/**
 * Points at which letters of the same name have the same value, the same for every call: real ones of both signs, in all
 * combinations, and for letters that are not taken for real complex ones at every other point.
 */
export function pointsFor(letters: ReadonlyMap<string, boolean>, counting: ReadonlySet<string>): Point[] {
  const names = [...letters.keys()].sort();
  if (names.length === 0) return [NOWHERE];
  const complex = [...letters.values()].includes(false) ? 1 : 0;
  return Array.from({ length: (8 << complex) * (names.length > 3 ? 2 : 1) }, (_, round) => {
    const signs = round >> complex;
    return new Map(
      names.map((name, index): [string, Numeric] => {
        if (counting.has(name)) return [name, Q.integer(4 + ((round * 3 + index * 5) % 17))];
        const [n, d] = SIZES[(3 * signs + index) % SIZES.length] ?? [1n, 1n];
        const turn = BigInt(signs * 2 + Math.floor(index / SIZES.length) * 16);
        const negative = (signs >> (index % SIGNED)) & 1;
        const value = Q.fraction(negative ? -n : n, d + turn);
        if (complex === 0 || round % 2 === 0 || letters.get(name) !== false) return [name, value];
        return [name, { re: fromRational(value), im: fromRational(Q.fraction(d, n + turn)) }];
      }),
    );
  });
}

/** Letters under factorials and the like, which are tried as whole numbers. */
export function countingLetters(...values: readonly Value[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const value of values)
    holds(value, (part) => {
      if (part.kind === 'function' && /^(?:factorial|binomial|series|product series)$/.test(part.name))
        for (const name of lettersOf(part)) names.add(name);
      return false;
    });
  return names;
}

/** Whether the expressions have the same value wherever both have one, as far as some points show. */
export function isZeroEverywhere(given: Expression, other: Expression): boolean {
  if (!sameKindsOfLetters(given, other)) return false;
  const left = difference(given, other);
  if (isNumber(left)) return left.value.n === 0n;
  const fractions = left.kind === 'sum' && holds(left, isDecimal) ? exactly(left) : null;
  if (fractions && lettersOf(left).size > 0) return agree(fractions, whole(0));
  const [a, b] = [folded(given), folded(other)];
  if (!agree(marked(a), marked(b))) return false;
  const [x, y] = [turned(a), turned(b)];
  return (x === null && y === null) || agree(marked(x ?? a), marked(y ?? b));
}

function agree(a: Expression, b: Expression): boolean {
  const counting = countingLetters(a, b);
  const letters = new Map([...kindsOfLetters(a), ...kindsOfLetters(b)]);
  let compared = 0;
  for (const point of pointsFor(letters, counting)) {
    const [x, y] = [evaluate(a, point), evaluate(b, point)];
    // Factorials and their like have no value at some of the whole numbers that are tried.
    if ((x === null && y === null) || (counting.size > 0 && (x === null || y === null))) continue;
    if (x === null || y === null || !isClose(x, y, EXACT_BITS)) return false;
    compared++;
  }
  return compared >= (letters.size === 0 ? 1 : ENOUGH);
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
  if (isExact(x) && isExact(y) && bits > DOUBLE) return Q.equal(x, y);
  const [p, q] = [approximate(x), approximate(y)];
  return C.order(C.subtract(p, q)) < Math.max(C.order(p), C.order(q), -40) - bits;
}
