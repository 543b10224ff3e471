import { type Expression, float, keyOf, power } from '@/lib/mathematics/expression';
import { toBinary } from '@/lib/mathematics/float';
import { combined, folded, is, isNumber, type Num, productOf, split, ZERO } from '@/lib/mathematics/fold';
import * as Q from '@/lib/mathematics/rational';

/**
 * `a - b` of what is not evaluated, as SymPy's Add and Mul build it: numbers that stand in the sums are added, and a term
 * that is a number times one root comes to a number; the factors of a longer product, and what is inside of sums that
 * are factors, of roots and of functions, stand as they are written.
 */
export const standingDifference = (a: Expression, b: Expression): Expression =>
  sum([inBinary(a), opposite(inBinary(b))]);

/** `-b`: a sum has its signs changed, a product its number. */
function opposite(value: Expression): Expression {
  if (value.kind === 'sum') return sum(value.terms.map(opposite));
  const [factor, rest] = isNumber(value) ? [value, null] : split(value);
  const negative = combined(MINUS, factor, Q.multiply);
  return rest === null ? negative : times(negative, rest);
}
const MINUS: Num = { kind: 'number', value: Q.integer(-1n) };

function times(factor: Num, rest: Expression): Expression {
  if (is(factor, 1n)) return rest;
  return { kind: 'product', terms: [factor, ...(rest.kind === 'product' ? rest.terms : [rest])] };
}

/** `Add` */
function sum(given: readonly Expression[]): Expression {
  const terms = given.filter((term) => !(isNumber(term) && is(term, 0n)));
  const [first, second] = terms;
  if (terms.length === 2 && (isNumberAndProduct(first, second) || isNumberAndProduct(second, first)))
    return { kind: 'sum', terms };
  let constant: Num = ZERO;
  const like = new Map<string, { factor: Num; rest: Expression }>();
  // The terms of a sum in a sum come after all others.
  const queue = [...terms];
  for (const term of queue) {
    const carried = isQuotient(term) ? folded(term) : term;
    if (isNumber(term)) constant = combined(constant, term, Q.add);
    else if (isNumber(carried)) queue.push(carried);
    else if (term.kind === 'sum') queue.push(...term.terms);
    else {
      const [factor, rest] = split(term);
      const key = keyOf(rest);
      const known = like.get(key);
      like.set(key, { factor: known ? combined(known.factor, factor, Q.add) : factor, rest });
    }
  }
  const others: Expression[] = [];
  const numbers: Num[] = [];
  for (const { factor, rest } of like.values()) {
    if (is(factor, 0n)) continue;
    const isKept = is(factor, 1n) || rest.kind === 'product' || rest.kind === 'sum';
    const term = isKept ? times(factor, rest) : productOf([factor, root(rest)]);
    if (isNumber(term)) numbers.push(term);
    else others.push(term);
  }
  numbers.sort(inOrder);
  const all = [...(is(constant, 0n) ? [] : [constant]), ...numbers, ...others];
  const [only = ZERO] = all;
  return all.length > 1 ? { kind: 'sum', terms: all } : only;
}

/** What SymPy's sum of two leaves as it is. */
const isNumberAndProduct = (a: Expression | undefined, b: Expression | undefined): boolean =>
  a?.kind === 'number' && b?.kind === 'product';

/** A power of a number, or a root in a denominator, which are carried out wherever they stand as a term. */
const isQuotient = (term: Expression): boolean =>
  term.kind === 'power' &&
  isNumber(term.base) &&
  term.exponent.kind === 'number' &&
  (Q.isInteger(term.exponent.value) || term.exponent.value.n < 0n);

/** Roots of numbers and of their products, which are carried out beside a number. */
const root = (value: Expression): Expression =>
  value.kind === 'power' && value.base.kind !== 'sum' && isNumber(folded(value.base)) ? folded(value) : value;

/** SymPy's order of decimals: by sign, then by the digits of the binary number. */
const inOrder = (a: Num, b: Num): number => {
  const negative = Number(a.value.n < 0n) - Number(b.value.n < 0n);
  if (negative !== 0) return negative;
  const [x, y] = [digits(a.value.n), digits(b.value.n)];
  return x < y ? -1 : x > y ? 1 : 0;
};
function digits(n: bigint): bigint {
  let odd = n < 0n ? -n : n;
  while (odd !== 0n && (odd & 1n) === 0n) odd >>= 1n;
  return odd;
}

/** Decimals as the binary numbers that they are. */
function inBinary(value: Expression): Expression {
  switch (value.kind) {
    case 'decimal':
      return float(toBinary(value.value, value.bits), value.bits);
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map(inBinary) };
    case 'power':
      return power(inBinary(value.base), inBinary(value.exponent));
    case 'function':
      return { ...value, parts: value.parts.map(inBinary) };
    default:
      return value;
  }
}
