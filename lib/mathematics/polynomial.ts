import { spend } from '@/lib/mathematics/budget';
import {
  type Expression,
  isWhole,
  number,
  power,
  product,
  quotient,
  sum,
  whole,
} from '@/lib/mathematics/expression';
import { toBinary } from '@/lib/mathematics/float';
import type { Rational } from '@/lib/mathematics/rational';
import * as Q from '@/lib/mathematics/rational';

/** Coefficients from the constant up; the last is not zero. Empty for zero. */
export type Polynomial = readonly Rational[];

const MAX_DEGREE = 12n;
/** Larger constant and leading coefficients are not searched for rational roots. */
const MAX_COEFFICIENT = 1_000_000n;

const trimmed = (coefficients: readonly Rational[]): Polynomial => {
  let length = coefficients.length;
  while (length > 0 && coefficients[length - 1]?.n === 0n) length--;
  return coefficients.slice(0, length);
};
const plus = (a: Polynomial, b: Polynomial): Polynomial =>
  trimmed(
    Array.from({ length: Math.max(a.length, b.length) }, (_, at) => Q.add(a[at] ?? Q.ZERO, b[at] ?? Q.ZERO)),
  );
function times(a: Polynomial, b: Polynomial): Polynomial {
  spend(a.length * b.length);
  const result = new Array<Rational>(Math.max(0, a.length + b.length - 1)).fill(Q.ZERO);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      result[i + j] = Q.add(result[i + j] ?? Q.ZERO, Q.multiply(x, y));
    });
  });
  return trimmed(result);
}

/** The expression as a quotient of polynomials in the letter; null where it is none with rational coefficients. */
export function ratioOf(value: Expression, letter: string): { top: Polynomial; bottom: Polynomial } | null {
  switch (value.kind) {
    case 'number':
      return { top: trimmed([value.value]), bottom: [Q.ONE] };
    case 'decimal':
      return { top: trimmed([toBinary(value.value, value.bits)]), bottom: [Q.ONE] };
    case 'symbol':
      return value.name === letter ? { top: [Q.ZERO, Q.ONE], bottom: [Q.ONE] } : null;
    case 'sum':
    case 'product': {
      let result = {
        top: value.kind === 'sum' ? ([] as Polynomial) : [Q.ONE],
        bottom: [Q.ONE] as Polynomial,
      };
      for (const term of value.terms) {
        const ratio = ratioOf(term, letter);
        if (ratio === null) return null;
        const bottom = times(result.bottom, ratio.bottom);
        const top =
          value.kind === 'sum'
            ? plus(times(result.top, ratio.bottom), times(ratio.top, result.bottom))
            : times(result.top, ratio.top);
        if (BigInt(Math.max(top.length, bottom.length)) > MAX_DEGREE + 1n) return null;
        result = { top, bottom };
      }
      return result;
    }
    case 'power': {
      const base = ratioOf(value.base, letter);
      if (base === null || !isWhole(value.exponent)) return null;
      const { n } = value.exponent.value;
      if (n > MAX_DEGREE || n < -MAX_DEGREE) return null;
      const [top, bottom] = n < 0n ? [base.bottom, base.top] : [base.top, base.bottom];
      if (
        bottom.length === 0 ||
        BigInt(Math.max(top.length, bottom.length) - 1) * (n < 0n ? -n : n) > MAX_DEGREE
      )
        return null;
      let result: { top: Polynomial; bottom: Polynomial } = { top: [Q.ONE], bottom: [Q.ONE] };
      for (let step = n < 0n ? -n : n; step > 0n; step--)
        result = { top: times(result.top, top), bottom: times(result.bottom, bottom) };
      return result;
    }
    default:
      return null;
  }
}

function valueAt(polynomial: Polynomial, x: Rational): Rational {
  return polynomial.reduceRight((value, coefficient) => Q.add(Q.multiply(value, x), coefficient), Q.ZERO);
}
/** The quotient by x - root, a root of the polynomial. */
function without(polynomial: Polynomial, root: Rational): Polynomial {
  const result: Rational[] = [];
  let carry = Q.ZERO;
  for (let at = polynomial.length - 1; at > 0; at--) {
    carry = Q.add(Q.multiply(carry, root), polynomial[at] ?? Q.ZERO);
    result[at - 1] = carry;
  }
  return result;
}

/**
 * All real roots: fractions, and of what is left a quadratic's; null where a factor of a higher degree is left that may
 * have some.
 */
export function realRoots(polynomial: Polynomial): readonly Expression[] | null {
  const roots: Expression[] = [];
  let rest = polynomial;
  if (rest.length === 0) return null;
  while (rest.length > 1 && rest[0]?.n === 0n) {
    if (roots.length === 0) roots.push(whole(0));
    rest = rest.slice(1);
  }
  while (rest.length > 3 || rest.length === 2) {
    const root = rationalRoot(rest);
    if (root === null) break;
    roots.push(number(root));
    rest = without(rest, root);
    while (rest.length > 1 && valueAt(rest, root).n === 0n) rest = without(rest, root);
  }
  const [c, b, a] = rest;
  if (rest.length <= 1 || !c || !b) return roots;
  if (rest.length > 3 || !a) {
    const pure = pureRoots(rest);
    return pure ? [...roots, ...pure] : keepsItsSign(rest) ? roots : null;
  }
  const discriminant = Q.add(Q.multiply(b, b), Q.multiply(Q.integer(-4), Q.multiply(a, c)));
  if (discriminant.n < 0n) return roots;
  const root = Q.root(discriminant, 2n);
  const spread = root ? number(root) : power(number(discriminant), number(Q.fraction(1n, 2n)));
  const twice = number(Q.multiply(Q.integer(2), a));
  for (const sign of discriminant.n === 0n ? [1] : [1, -1]) {
    const top = sum(number(Q.negative(b)), product(whole(sign), spread));
    roots.push(
      root
        ? number(
            Q.divide(Q.add(Q.negative(b), Q.multiply(Q.integer(sign), root)), Q.multiply(Q.integer(2), a)),
          )
        : quotient(top, twice),
    );
  }
  return roots;
}

/** Those of `a xⁿ + c`; null where there are other powers. */
function pureRoots(polynomial: Polynomial): readonly Expression[] | null {
  const [first, last] = [polynomial[0], polynomial.at(-1)];
  if (!first || !last || polynomial.slice(1, -1).some(({ n }) => n !== 0n)) return null;
  const value = Q.divide(Q.negative(first), last);
  const degree = polynomial.length - 1;
  if (value.n < 0n && degree % 2 === 0) return [];
  const size = number(value.n < 0n ? Q.negative(value) : value);
  const root = power(size, number(Q.fraction(1n, BigInt(degree))));
  if (degree % 2 === 0) return [root, product(whole(-1), root)];
  return [value.n < 0n ? product(whole(-1), root) : root];
}

/** Even powers with coefficients of one sign. */
const keepsItsSign = (polynomial: Polynomial): boolean =>
  polynomial.every(({ n }, power) => n === 0n || power % 2 === 0) &&
  new Set(polynomial.filter(({ n }) => n !== 0n).map(({ n }) => n > 0n)).size === 1;

function rationalRoot(polynomial: Polynomial): Rational | null {
  const shared = polynomial.reduce((d, coefficient) => (d * coefficient.d) / Q.gcd(d, coefficient.d), 1n);
  const [first, last] = [polynomial[0], polynomial.at(-1)].map((each) =>
    each ? (each.n * shared) / each.d : 0n,
  );
  if (first === undefined || last === undefined) return null;
  if (polynomial.length === 2) return Q.fraction(-first, last);
  for (const bottom of divisors(last)) {
    for (const top of divisors(first)) {
      spend(polynomial.length);
      for (const root of [Q.fraction(top, bottom), Q.fraction(-top, bottom)])
        if (valueAt(polynomial, root).n === 0n) return root;
    }
  }
  return null;
}
function divisors(n: bigint): readonly bigint[] {
  const size = n < 0n ? -n : n;
  if (size > MAX_COEFFICIENT) return [1n];
  const found: bigint[] = [];
  for (let d = 1n; d * d <= size; d++) if (size % d === 0n) found.push(d, size / d);
  spend(Number(size) ** 0.5 / 8);
  return found;
}
