import {
  call,
  constant,
  type Expression,
  keyOf,
  number,
  power,
  product,
  sum,
  type Value,
} from '@/lib/mathematics/expression';
import {
  add,
  compare,
  fraction,
  integer,
  isInteger,
  isModest,
  multiply,
  negative,
  ONE,
  type Rational,
  power as rationalPower,
  root,
} from '@/lib/mathematics/rational';

/** What SymPy 1.14 computes at once, although upstream builds its expressions with `evaluate=False`. */

/** SymPy's UnevaluatedExpr, in which upstream keeps a gcd: it is written as what it holds. */
export const UNEVALUATED = 'UnevaluatedExpr';

/** The exact value where it is rational and small; null for all else. */
export function exactValue(value: Value): Rational | null {
  switch (value.kind) {
    case 'number':
    case 'decimal':
      return value.value;
    case 'sum':
      return exactTerms(value.terms, add);
    case 'product':
      return exactTerms(value.terms, multiply);
    case 'power':
      return exactPower(value);
    case 'function':
      return exactFunction(value.name, value.parts);
    default:
      return null;
  }
}

export function exactTerms(
  terms: readonly Expression[],
  rule: (a: Rational, b: Rational) => Rational,
): Rational | null {
  let result: Rational | null = null;
  for (const term of terms) {
    const value = exactValue(term);
    if (value === null) return null;
    result = result === null ? value : rule(result, value);
    if (!isModest(result)) return null;
  }
  return result;
}

export function exactPower({ base, exponent }: { base: Expression; exponent: Expression }): Rational | null {
  const [b, e] = [exactValue(base), exactValue(exponent)];
  if (b === null || e === null) return null;
  if (isInteger(e)) return rationalPower(b, e.n);
  if (e.d > 1_000n) return null;
  const rooted = root(b, e.d);
  return rooted && rationalPower(rooted, e.n);
}

function exactFunction(name: string, parts: readonly Expression[]): Rational | null {
  const values = parts.map(exactValue);
  const [value] = values;
  if (value === null || value === undefined) return null;
  switch (name) {
    case UNEVALUATED:
      return value;
    case 'Abs':
      return value.n < 0n ? negative(value) : value;
    case 'floor':
      return integer(floored(value));
    case 'ceiling':
      return integer(-floored(negative(value)));
    case 'factorial':
      return isInteger(value) && value.n >= 0n && value.n <= 1_000n ? integer(productTo(value.n)) : null;
    default:
      return null;
  }
}
const floored = ({ n, d }: Rational): bigint => (n >= 0n ? n / d : -((-n + d - 1n) / d));
function productTo(n: bigint): bigint {
  let result = 1n;
  for (let factor = 2n; factor <= n; factor++) result *= factor;
  return result;
}

/** `exp(x)`: 1 for 0, x for the logarithm of x to whatever base, and the like inside sums and products. */
export function exponential(exponent: Expression): Expression {
  if (exponent.kind === 'number') {
    if (exponent.value.n === 0n) return number(ONE);
    return compare(exponent.value, ONE) === 0 ? constant('e') : call('exp', exponent);
  }
  if (exponent.kind === 'decimal') {
    const value = Math.exp(Number(exponent.value.n) / Number(exponent.value.d));
    return Number.isFinite(value)
      ? { ...exponent, value: fraction(BigInt(Math.round(value * 2 ** 40)), 2n ** 40n) }
      : call('exp', exponent);
  }
  const logarithm = logarithmOf(exponent);
  if (logarithm !== null) return logarithm;
  if (exponent.kind === 'product') {
    const at = exponent.terms.findIndex((term) => logarithmOf(term) !== null);
    const base = logarithmOf(exponent.terms[at] ?? number(ONE));
    const others = exponent.terms.filter((_, index) => index !== at);
    if (base !== null && others.every(isConstant)) return evaluatedPower(base, others);
  }
  if (exponent.kind === 'sum') {
    const outside: Expression[] = [];
    const inside: Expression[] = [];
    for (const term of exponent.terms) {
      const value = exponential(term);
      const isLeft = (value.kind === 'function' && value.name === 'exp') || value.kind === 'constant';
      if (isLeft) inside.push(term);
      else outside.push(value);
    }
    if (outside.length > 0) {
      const factors = inside.length > 0 ? [...outside, call('exp', inside.reduce(sum))] : outside;
      return evaluated(factors.reduce(product));
    }
  }
  const value = exactValue(exponent);
  return value !== null && value.n === 0n ? number(ONE) : call('exp', exponent);
}

const logarithmOf = (value: Expression): Expression | null =>
  value.kind === 'function' && value.name === 'log' ? (value.parts[0] ?? null) : null;

/** A real number, whatever its form; a further logarithm is none that SymPy would take. */
const isConstant = (value: Expression): boolean =>
  exactValue(value) !== null ||
  (value.kind === 'constant' && value.name === 'pi') ||
  (value.kind === 'power' && isConstant(value.base) && isConstant(value.exponent));

const evaluated = (value: Expression): Expression => {
  const exact = exactValue(value);
  return exact === null ? value : number(exact);
};
/** One exponent alone stays as it is written: e^{ln(9)/2} is 9**(1/2), and no root by name. */
function evaluatedPower(base: Expression, exponents: readonly Expression[]): Expression {
  const others = exponents.filter((exponent) => keyOf(exponent) !== keyOf(number(ONE)));
  const [only = number(ONE)] = others;
  return others.length < 2 && only.kind !== 'number'
    ? power(evaluated(base), only)
    : evaluated(power(evaluated(base), evaluated(others.reduce(product, number(ONE)))));
}
