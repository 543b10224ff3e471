import * as C from '@/lib/mathematics/complex';
import { approximate, evaluate, NOWHERE, type Numeric } from '@/lib/mathematics/evaluate';
import {
  type Expression,
  float,
  isWhole,
  keyOf,
  MINUS_ONE,
  number,
  power,
  product,
  whole,
} from '@/lib/mathematics/expression';
import { DOUBLE, toBinary } from '@/lib/mathematics/float';
import { difference, folded, isNumber } from '@/lib/mathematics/fold';
import { hasLetters } from '@/lib/mathematics/letters';
import * as Q from '@/lib/mathematics/rational';
import { order, toRational } from '@/lib/mathematics/real';
import { standingDifference } from '@/lib/mathematics/standing';

/**
 * `(a - b).evalf(chop=True, n) == 0`: what is smaller than the last of so many bits is zero. Letters have to go, by
 * themselves or with their factors rounded to doubles (√2·x and 1.4142135623730951x).
 */
export function cancels(a: Expression, b: Expression, bits: number): boolean {
  const lettered = hasLetters(a) || hasLetters(b);
  const left = lettered ? difference(a, b) : standingDifference(a, b);
  if (hasLetters(left)) return cancelsRounded(folded(a), folded(product(MINUS_ONE, b)));
  const kept =
    left.kind === 'sum' ? { ...left, terms: left.terms.map((term) => chopped(term, bits + 10)) } : left;
  const value = evaluate(chopped(kept, bits), NOWHERE);
  return value !== null && C.order(approximate(value)) < -bits;
}

/** A product is lost where a factor is that small, whatever the others: 100!/98! and 100!/97! are both zero. */
const chopped = (value: Expression, bits: number): Expression =>
  value.kind === 'product' && value.terms.some((factor) => factor.kind !== 'sum' && isSmall(factor, bits))
    ? whole(0)
    : value;
function isSmall(factor: Expression, bits: number): boolean {
  const value = evaluate(factor, NOWHERE);
  return value !== null && C.order(approximate(value)) < -bits;
}

function cancelsRounded(a: Expression, b: Expression): boolean {
  const sums = new Map<string, Q.Rational>();
  for (const term of [a, b].flatMap((side) => (side.kind === 'sum' ? side.terms : [side]))) {
    const factors = term.kind === 'product' ? term.terms : [term];
    const lettered = factors.filter(hasLetters);
    const plain = factors.filter((factor) => !hasLetters(factor));
    const value = plain.length === 0 ? Q.ONE : evaluate({ kind: 'product', terms: plain }, NOWHERE);
    const factor = value && realOf(value);
    if (factor === null) return false;
    const key = lettered.map((each) => keyOf(rounded(each))).join('·');
    sums.set(key, toBinary(Q.add(sums.get(key) ?? Q.ZERO, toBinary(factor, DOUBLE)), DOUBLE));
  }
  return [...sums.values()].every(({ n }) => n === 0n);
}
const realOf = (value: Numeric): Q.Rational | null => {
  if ('n' in value) return value;
  return C.isReal(value) && Math.abs(order(value.re)) < 4096 ? toRational(value.re) : null;
};

/** Numbers beside letters in sums, products, roots and powers as doubles; in functions as they stand. */
function rounded(value: Expression): Expression {
  switch (value.kind) {
    case 'number':
    case 'decimal':
      return number(toBinary(value.value, DOUBLE));
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map(rounded) };
    case 'power': {
      const exponent = isWhole(value.exponent) || isE(value.base) ? value.exponent : rounded(value.exponent);
      return power(
        rounded(value.base),
        isNumber(exponent) && value.exponent.kind === 'decimal' ? float(exponent.value, DOUBLE) : exponent,
      );
    }
    default:
      return value;
  }
}
const isE = (value: Expression): boolean => value.kind === 'constant' && value.name === 'e';
