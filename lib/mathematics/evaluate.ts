import { spend, Undecided } from '@/lib/mathematics/budget';
import type { Complex } from '@/lib/mathematics/complex';
import * as C from '@/lib/mathematics/complex';
import { type Expression, keyOf } from '@/lib/mathematics/expression';
import type { Rational } from '@/lib/mathematics/rational';
import * as Q from '@/lib/mathematics/rational';
import * as R from '@/lib/mathematics/real';

/** Exact as long as it is a modest fraction, else to about 256 bits. */
export type Numeric = Rational | Complex;
/** Values of letters, by name. */
export type Point = ReadonlyMap<string, Numeric>;
export const NOWHERE: Point = new Map();

const MAX_FACTORIAL = 5_000n;
const MAX_TERMS = 2_000n;
/** A sum that is smaller than its terms by so many bits is zero: what is left of it is rounding. */
const CANCELLED = 200;

export const isExact = (value: Numeric): value is Rational => 'n' in value;
export const approximate = (value: Numeric): Complex =>
  isExact(value) ? C.of(R.fromRational(value)) : value;
const modest = (value: Rational): Numeric => (Q.isModest(value) ? value : approximate(value));

/** Rounding alone makes no number complex. */
function clean({ re, im }: Complex): Complex {
  if (im.m !== 0n && R.order(im) < R.order(re) - CANCELLED) return C.of(re);
  if (re.m !== 0n && R.order(re) < R.order(im) - CANCELLED) return { re: R.zero, im };
  return { re, im };
}

/**
 * The value of the expression where its letters have the values of `point`; null where it has none: a division by zero,
 * infinity, a letter without a value, a matrix.
 */
export function evaluate(expression: Expression, point: Point): Numeric | null {
  spend(1);
  switch (expression.kind) {
    case 'number':
    case 'decimal':
      return expression.value;
    case 'constant':
      switch (expression.name) {
        case 'pi':
          return C.of(R.PI);
        case 'e':
          return C.of(R.E);
        case 'i':
          return C.i;
        default:
          return null;
      }
    case 'symbol':
      return point.get(expression.name) ?? null;
    case 'sum':
      return total(expression.terms, point);
    case 'product': {
      let value: Numeric = Q.ONE;
      for (const term of expression.terms) {
        const factor = evaluate(term, point);
        if (factor === null) return null;
        value = times(value, factor);
      }
      return value;
    }
    case 'power': {
      const base = evaluate(expression.base, point);
      const exponent = base && evaluate(expression.exponent, point);
      return base && exponent && raised(base, exponent);
    }
    case 'function':
      return applied(expression.name, expression.parts, expression, point);
    case 'matrix':
      return null;
  }
}

function times(a: Numeric, b: Numeric): Numeric {
  if (isExact(a) && isExact(b)) return modest(Q.multiply(a, b));
  return clean(C.multiply(approximate(a), approximate(b)));
}

export function minus(a: Numeric, b: Numeric): Numeric {
  return plus(a, isExact(b) ? Q.negative(b) : C.negate(b));
}
function plus(a: Numeric, b: Numeric): Numeric {
  if (isExact(a) && isExact(b)) return modest(Q.add(a, b));
  const [x, y] = [approximate(a), approximate(b)];
  const sum = C.add(x, y);
  return C.order(sum) < Math.max(C.order(x), C.order(y)) - CANCELLED ? Q.ZERO : clean(sum);
}

function total(terms: readonly Expression[], point: Point): Numeric | null {
  let exact = Q.ZERO;
  let rest: Complex | null = null;
  let largest = -Infinity;
  for (const term of terms) {
    const value = evaluate(term, point);
    if (value === null) return null;
    if (isExact(value)) exact = Q.add(exact, value);
    else {
      rest = rest ? C.add(rest, value) : value;
      largest = Math.max(largest, C.order(value));
    }
    if (!Q.isModest(exact)) {
      rest = C.add(rest ?? C.zero, approximate(exact));
      exact = Q.ZERO;
    }
  }
  if (rest === null) return exact;
  const fixed = approximate(exact);
  const sum = C.add(rest, fixed);
  return C.order(sum) < Math.max(largest, C.order(fixed)) - CANCELLED ? Q.ZERO : clean(sum);
}

function raised(base: Numeric, exponent: Numeric): Numeric | null {
  if (isExact(exponent) && isExact(base)) {
    if (Q.isInteger(exponent)) {
      if (base.n === 0n && exponent.n < 0n) return null;
      const value = Q.power(base, exponent.n);
      if (value !== null) return value;
    } else if (base.n >= 0n && exponent.d <= 64n) {
      if (base.n === 0n) return exponent.n > 0n ? Q.ZERO : null;
      const root = Q.root(base, exponent.d);
      const value = root && Q.power(root, exponent.n);
      if (value) return value;
    }
  }
  if (isExact(base) && base.n === 0n && isExact(exponent) && exponent.n < 0n) return null;
  const value = C.power(approximate(base), approximate(exponent));
  return value && clean(value);
}

/** The whole number that a value is, or is but for rounding. */
function wholeOf(value: Numeric): bigint | null {
  if (isExact(value)) return Q.isInteger(value) ? value.n : null;
  if (!C.isReal(value)) return null;
  const nearest = R.floor(R.add(value.re, { m: 1n, e: -1 }));
  const off = R.order(R.subtract(value.re, R.fromInteger(nearest)));
  return off < Math.max(0, R.order(value.re)) - CANCELLED ? nearest : null;
}

function floor(value: Numeric): Numeric | null {
  const whole = wholeOf(value);
  if (whole !== null) return Q.integer(whole);
  if (isExact(value))
    return Q.integer(value.n >= 0n ? value.n / value.d : -((-value.n + value.d - 1n) / value.d));
  return C.isReal(value) ? Q.integer(R.floor(value.re)) : null;
}
const negative = (value: Numeric): Numeric => (isExact(value) ? Q.negative(value) : C.negate(value));

/** The sign of a real value; null for a complex one. */
export function signOf(value: Numeric): number | null {
  if (isExact(value)) return value.n > 0n ? 1 : value.n < 0n ? -1 : 0;
  return C.isReal(value) ? R.sign(value.re) : null;
}

const ANALYTIC: Record<string, (z: Complex) => Complex | null> = {
  sin: C.sin,
  cos: C.cos,
  tan: (z) => quotient(C.sin(z), C.cos(z)),
  csc: (z) => quotient(C.one, C.sin(z)),
  sec: (z) => quotient(C.one, C.cos(z)),
  cot: (z) => quotient(C.cos(z), C.sin(z)),
  asin: C.asin,
  acos: C.acos,
  atan: C.atan,
  acsc: (z) => inverse(z, C.asin),
  asec: (z) => inverse(z, C.acos),
  acot: (z) => (C.isZero(z) ? C.of(R.HALF_PI) : inverse(z, C.atan)),
  sinh: C.sinh,
  cosh: C.cosh,
  tanh: (z) => quotient(C.sinh(z), C.cosh(z)),
  asinh: C.asinh,
  acosh: C.acosh,
  atanh: C.atanh,
};
function quotient(top: Complex, bottom: Complex): Complex | null {
  return C.order(bottom) < C.order(top) - CANCELLED ? null : C.divide(top, bottom);
}
function inverse(z: Complex, f: (z: Complex) => Complex | null): Complex | null {
  const other = C.divide(C.one, z);
  return other && f(other);
}

function applied(
  name: string,
  parts: readonly Expression[],
  expression: Expression,
  point: Point,
): Numeric | null {
  if (name === 'series' || name === 'product series') return series(name, parts, expression, point);
  if (name === 'limit' || name === 'integral' || name === 'derivative') return anyOf(keyOf(expression));
  const values: Numeric[] = [];
  for (const part of parts) {
    const value = evaluate(part, point);
    if (value === null) return null;
    values.push(value);
  }
  const [x, y] = values;
  if (x === undefined) return null;
  const analytic = ANALYTIC[name];
  if (analytic) {
    const value = analytic(approximate(x));
    if (value === null) return null;
    const result = clean(value);
    return C.order(result) < -CANCELLED ? Q.ZERO : result;
  }
  switch (name) {
    case 'abs':
      if (isExact(x)) return x.n < 0n ? Q.negative(x) : x;
      return C.of(C.abs(x));
    case 'floor':
      return floor(x);
    case 'ceiling': {
      const down = floor(negative(x));
      return down && negative(down);
    }
    case 'log': {
      if (y === undefined) return null;
      if (isExact(x) && x.n === x.d) return Q.ZERO;
      const top = C.ln(approximate(x));
      const bottom = C.ln(approximate(y));
      return top && bottom && C.divide(top, bottom);
    }
    case 'factorial':
      return factorial(x);
    case 'binomial':
      return y === undefined ? null : binomial(x, y);
    case 'mod': {
      if (y === undefined || (isExact(y) && y.n === 0n)) return null;
      const inverted = raised(y, Q.integer(-1));
      const wholes = inverted && floor(times(x, inverted));
      return wholes && minus(x, times(wholes, y));
    }
    case 'gcd':
    case 'lcm': {
      let result = 0n;
      for (const value of values) {
        const whole = wholeOf(value);
        if (whole === null) return null;
        if (name === 'gcd' || result === 0n) result = name === 'gcd' ? Q.gcd(result, whole) : whole;
        else result = whole === 0n ? 0n : (result * whole) / Q.gcd(result, whole);
      }
      return Q.integer(result < 0n ? -result : result);
    }
    case 'max':
    case 'min': {
      let best = x;
      for (const value of values) {
        const sign = signOf(minus(value, best));
        if (sign === null) return null;
        if (sign * (name === 'max' ? 1 : -1) > 0) best = value;
      }
      return best;
    }
    default:
      // An unknown function: some number that depends on its name and arguments alone.
      return name.endsWith('()') ? anyComplex(`${name}${values.map(shortly).join()}`) : null;
  }
}

const shortly = (value: Numeric): string => {
  const { re, im } = approximate(value);
  return `${R.toDouble(re).toPrecision(12)},${R.toDouble(im).toPrecision(12)}`;
};
function anyOf(key: string): Rational {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < key.length; at++)
    hash = ((hash ^ BigInt(key.charCodeAt(at))) * 0x100000001b3n) & 0xffff_ffff_ffff_ffffn;
  return Q.fraction((hash >> 34n) + 1n, (hash & 0xffffn) + 7n);
}

/** Upstream takes no unknown function for real: some number of any sign and angle. */
function anyComplex(key: string): Complex {
  const [re, im] = [anyOf(`${key}re`), anyOf(`${key}im`)];
  const sign = re.n & 1n ? re : Q.negative(re);
  const turned = Q.add(im, Q.integer(im.n & 1n ? 4n : -9n));
  return { re: R.fromRational(Q.fraction(sign.n % 8191n, sign.d)), im: R.fromRational(turned) };
}

function factorial(x: Numeric): Numeric | null {
  const n = wholeOf(x);
  // Of no whole number: some number that depends on it alone.
  if (n === null) return anyOf(`!${shortly(x)}`);
  if (n < 0n) return null;
  if (n > MAX_FACTORIAL) throw new Undecided('a factorial is too large');
  let product = 1n;
  for (let k = 2n; k <= n; k++) product *= k;
  spend(Number(n) / 4);
  return modest(Q.integer(product));
}
function binomial(x: Numeric, y: Numeric): Numeric | null {
  const [n, below] = [wholeOf(x), wholeOf(y)];
  if (below === null) return null;
  const above = n === null || n < 0n ? null : n - below;
  if (below < 0n || (above !== null && above < 0n)) return Q.ZERO;
  const k = above !== null && above < below ? above : below;
  if (k > MAX_FACTORIAL) throw new Undecided('a binomial coefficient is too large');
  let value: Numeric = Q.ONE;
  for (let step = 0n; step < k; step++) {
    spend(2);
    value = times(value, times(minus(x, Q.integer(step)), Q.fraction(1n, step + 1n)));
  }
  return value;
}

function series(
  name: 'series' | 'product series',
  parts: readonly Expression[],
  expression: Expression,
  point: Point,
): Numeric | null {
  const [term, variable, from, to] = parts;
  const [first, last] = [from && evaluate(from, point), to && evaluate(to, point)];
  if (!term || variable?.kind !== 'symbol') return null;
  // Upstream makes other functions of such products than of factorials.
  if (name === 'product series' && [from, to].some((bound) => bound && bound.kind !== 'number'))
    return anyOf(keyOf(expression));
  const [start, end] = [first && wholeOf(first), last && wholeOf(last)];
  if (start == null || end == null) return anyOf(keyOf(expression));
  if (end - start > MAX_TERMS) throw new Undecided('a series is too long');
  let value: Numeric = name === 'series' ? Q.ZERO : Q.ONE;
  for (let index = start; index <= end; index++) {
    spend(10);
    const next = evaluate(term, new Map([...point, [variable.name, Q.integer(index)]]));
    if (next === null) return null;
    value = name === 'series' ? plus(value, next) : times(value, next);
  }
  return value;
}
