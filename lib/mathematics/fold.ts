import { MAX_BITS, spend, Undecided } from '@/lib/mathematics/budget';
import * as C from '@/lib/mathematics/complex';
import { approximate, evaluate, isExact, NOWHERE } from '@/lib/mathematics/evaluate';
import {
  call,
  constant,
  type Expression,
  float,
  holds,
  keyOf,
  number,
  power,
  whole,
} from '@/lib/mathematics/expression';
import { toBinary } from '@/lib/mathematics/float';
import { lettersOf } from '@/lib/mathematics/letters';
import { isReal, rootOfSquares } from '@/lib/mathematics/mark';
import * as Q from '@/lib/mathematics/rational';
import { order, toRational } from '@/lib/mathematics/real';

export type Num = Extract<Expression, { kind: 'number' | 'decimal' }>;

export const isNumber = (value: Expression): value is Num =>
  value.kind === 'number' || value.kind === 'decimal';

/**
 * What SymPy makes of an expression where it evaluates it (`doit`, or any sum and product that it builds): numbers are
 * carried out, from left to right, exactly or in binary as soon as there is a decimal among them, and terms that differ
 * by a factor alone are added. Everything else stands as it stood.
 */
export function folded(value: Expression): Expression {
  spend(1);
  switch (value.kind) {
    case 'decimal':
      return float(toBinary(value.value, value.bits), value.bits);
    case 'sum':
      return sumOf(value.terms);
    case 'product':
      return productOf(value.terms.map(folded));
    case 'power':
      return powerOf(folded(value.base), folded(value.exponent));
    case 'function':
      return applied(value, value.parts.map(folded));
    case 'matrix':
      return { ...value, rows: value.rows.map((row) => row.map(folded)) };
    default:
      return value;
  }
}

/** The largest denominator of a fraction that SymPy takes a double for where it cancels. */
const MOST = 2n ** 53n / 200n;
const NEAR = 2n ** 50n;

/** `to_rational` of its real field: the decimals of a sum of quotients of polynomials as simple fractions. */
export function exactly(value: Expression): Expression | null {
  switch (value.kind) {
    case 'symbol':
    case 'number':
      return value;
    case 'decimal':
      return number(simplest(toBinary(value.value, value.bits)));
    case 'sum':
    case 'product': {
      const terms = value.terms.map(exactly);
      return terms.every((term) => term !== null) ? { ...value, terms } : null;
    }
    case 'power': {
      const base = exactly(value.base);
      return base && value.exponent.kind === 'number' && Q.isInteger(value.exponent.value)
        ? power(base, value.exponent)
        : null;
    }
    default:
      return null;
  }
}
function simplest(value: Q.Rational): Q.Rational {
  if (value.d <= MOST) return value;
  let [p, q, p1, q1] = [0n, 1n, 1n, 0n];
  let [n, d] = [value.n, value.d];
  for (;;) {
    const a = n >= 0n ? n / d : -((-n + d - 1n) / d);
    if (q + a * q1 > MOST) break;
    [p, q, p1, q1] = [p1, q1, p + a * p1, q + a * q1];
    [n, d] = [d, n - a * d];
  }
  const fraction = Q.fraction(p1, q1);
  const off = Q.add(value, Q.negative(fraction));
  // Further off than by rounding it is another number.
  return (off.n < 0n ? -off.n : off.n) * value.d * NEAR > (value.n < 0n ? -value.n : value.n) * off.d
    ? value
    : fraction;
}

/**
 * `a - b` as SymPy builds it of what is not evaluated yet: numbers that stand in the sums are added at once, those of
 * a sum last; a product or a power in it that comes to a number stays beside them.
 */
export function difference(a: Expression, b: Expression): Expression {
  return gathered([a, negative(b)], true);
}
const negative = (value: Expression): Expression => productOf([whole(-1), folded(value)]);

const bitsOf = (value: Num): number => (value.kind === 'decimal' ? value.bits : 0);

/** The result of the rule, exact or in as many binary digits as the longer of the two has. */
export function combined(a: Num, b: Num, rule: (a: Q.Rational, b: Q.Rational) => Q.Rational): Num {
  const bits = Math.max(bitsOf(a), bitsOf(b));
  if (bits === 0) {
    const exact = rule(a.value, b.value);
    const size = Q.bits(exact.n) + Q.bits(exact.d);
    spend(size >> 8);
    if (size > 4 * MAX_BITS) throw new Undecided('a number is too large');
    return { kind: 'number', value: exact };
  }
  const value = toBinary(rule(toBinary(a.value, bits), toBinary(b.value, bits)), bits);
  return value.n === 0n ? { kind: 'number', value } : { kind: 'decimal', value, bits };
}

export const ZERO: Num = { kind: 'number', value: Q.ZERO };
export const ONE: Num = { kind: 'number', value: Q.ONE };
export const is = (value: Expression, n: bigint): boolean =>
  value.kind === 'number' && value.value.d === 1n && value.value.n === n;

const sumOf = (terms: readonly Expression[]): Expression => gathered(terms, false);

/** The sum with its numbers and like terms added; what comes to a number may stay beside those that are written. */
function gathered(given: readonly Expression[], apart: boolean): Expression {
  let constant: Num = ZERO;
  const beside: Num[] = [];
  const rest = new Map<string, { factor: Num; term: Expression }>();
  // The terms of a sum in a sum come after all others.
  const queue = [...given];
  for (const term of queue) {
    if (term.kind === 'sum') {
      queue.push(...term.terms);
      continue;
    }
    const value = folded(term);
    if (value.kind === 'sum') queue.push(...value.terms);
    else if (isNumber(value)) {
      if (apart && !isNumber(term)) beside.push(value);
      else constant = combined(constant, value, Q.add);
    } else {
      const [factor, other] = split(value);
      const key = keyOf(other);
      const known = rest.get(key);
      rest.set(key, { factor: known ? combined(known.factor, factor, Q.add) : factor, term: other });
    }
  }
  const left = [...rest.values()]
    .filter(({ factor }) => !is(factor, 0n))
    .map(({ factor, term }) => (is(factor, 1n) ? term : productOf([factor, term])));
  if (left.length === 0) return beside.reduce((sum, value) => combined(sum, value, Q.add), constant);
  const all = [constant, ...beside].filter((value) => !is(value, 0n));
  const [only] = left;
  return all.length > 0 || left.length > 1 ? { kind: 'sum', terms: [...all, ...left] } : (only ?? ZERO);
}

/** A term as its number and what that stands before. */
export function split(term: Expression): [factor: Num, rest: Expression] {
  const [first, ...others] = term.kind === 'product' ? term.terms : [];
  const [second] = others;
  if (!first || !second || !isNumber(first)) return [ONE, term];
  return [first, others.length === 1 ? second : { kind: 'product', terms: others }];
}

export function productOf(factors: readonly Expression[]): Expression {
  let constant: Num = ONE;
  // Powers of the same base, by it.
  const powers = new Map<string, Expression>();
  for (const factor of factors.flatMap((each) => (each.kind === 'product' ? each.terms : [each]))) {
    if (isNumber(factor)) {
      constant = combined(constant, factor, Q.multiply);
      continue;
    }
    const [base, exponent] = factor.kind === 'power' ? [factor.base, factor.exponent] : [factor, ONE];
    const key = lettersOf(base).size === 0 || !isNumber(exponent) ? `${powers.size}` : keyOf(base);
    const known = powers.get(key);
    const before = known?.kind === 'power' ? known.exponent : ONE;
    const raised = known && isNumber(before) && isNumber(exponent) ? combined(before, exponent, Q.add) : null;
    if (raised === null) powers.set(key, factor);
    else if (is(raised, 0n)) powers.delete(key);
    else powers.set(key, is(raised, 1n) ? base : power(base, raised));
  }
  const rest = [...powers.values()];
  const [only] = rest;
  if (only === undefined) return constant;
  if (is(constant, 0n) && !rest.some((each) => holds(each, (part) => part.kind === 'constant'))) return ZERO;
  if (is(constant, 1n)) return rest.length === 1 ? only : { kind: 'product', terms: rest };
  if (rest.length === 1 && only.kind === 'sum' && constant.kind === 'number')
    return sumOf(only.terms.map((term) => productOf([constant, term])));
  return { kind: 'product', terms: [constant, ...rest] };
}

function powerOf(base: Expression, exponent: Expression): Expression {
  if (is(exponent, 1n)) return base;
  if (base.kind === 'power' && isNumber(base.exponent) && isNumber(exponent) && Q.isInteger(exponent.value))
    return powerOf(base.base, combined(base.exponent, exponent, Q.multiply));
  const ofE = base.kind === 'power' && base.base.kind === 'constant' && base.base.name === 'e';
  if (ofE && isNumber(exponent) && isReal(base.exponent))
    return power(base.base, productOf([exponent, base.exponent]));
  const kept = power(base, exponent);
  if (!isNumber(base) || !isNumber(exponent)) {
    const isRoot = exponent.kind === 'number' && exponent.value.n === 1n && exponent.value.d === 2n;
    const squares = isRoot && lettersOf(base).size > 0 ? rootOfSquares(base) : null;
    return squares ?? kept;
  }
  const bits = Math.max(bitsOf(base), bitsOf(exponent));
  if (bits > 0) return numerically(kept, bits) ?? kept;
  const value = evaluate(kept, NOWHERE);
  return value && isExact(value) ? number(value) : kept;
}

function applied(value: Expression & { kind: 'function' }, parts: readonly Expression[]): Expression {
  const kept: Expression = { ...value, parts };
  if (!parts.every(isNumber) || UNKNOWN.test(value.name)) return kept;
  const bits = Math.max(...parts.map((part) => (isNumber(part) ? bitsOf(part) : 0)));
  if (bits > 0 && !WHOLE.test(value.name)) {
    const [inside, base] = parts;
    if (value.name !== 'log' || !inside || !base) return numerically(kept, bits) ?? kept;
    const logarithm = numerically(call('log', inside, constant('e')), bits);
    return logarithm ? productOf([logarithm, power(call('log', base, constant('e')), whole(-1))]) : kept;
  }
  const result = evaluate(kept, NOWHERE);
  return result && isExact(result) ? number(result) : kept;
}
const UNKNOWN = /^(?:series|product series|limit|integral|derivative|refused|.*\(\))$/;
const WHOLE = /^(?:floor|ceiling|gcd|lcm)$/;

/** The value in so many binary digits; null where it is no real number. */
function numerically(value: Expression, bits: number): Num | null {
  const result = evaluate(value, NOWHERE);
  if (result === null) return null;
  if (isExact(result)) return { kind: 'decimal', value: toBinary(result, bits), bits };
  if (!C.isReal(result) || Math.abs(order(result.re)) > 4096) return null;
  return { kind: 'decimal', value: toBinary(toRational(approximate(result).re), bits), bits };
}
