import {
  call,
  constant,
  type Expression,
  holds,
  keyOf,
  number,
  product,
  sum,
  whole,
} from '@/lib/mathematics/expression';
import {
  add,
  divide,
  fraction,
  gcd,
  integer,
  isInteger,
  isModest,
  multiply,
  negative,
  ONE,
  type Rational,
} from '@/lib/mathematics/rational';
import { exactTerms, exactValue, UNEVALUATED } from '@/lib/scoring/sympy-evaluate';

/** Binomials, greatest common divisors and determinants, which SymPy 1.14 computes at once. */

/** `binomial(n, k)` of a number and a whole number, by the falling factorial; null for all else. */
export function binomial(top: Expression, bottom: Expression): Expression | null {
  const [n, k] = [exactValue(top), exactValue(bottom)];
  if (k === null) return null;
  if (n !== null && n.n >= 0n && keyOf(number(n)) === keyOf(number(k))) return whole(1);
  if (!isInteger(k) || k.n > 1_000n) return null;
  if (k.n < 0n || (n !== null && isInteger(n) && n.n >= 0n && k.n > n.n)) return whole(0);
  if (k.n === 0n) return whole(1);
  if (k.n === 1n) return top;
  return n === null ? fallingProduct(top, Number(k.n)) : rationalBinomial(n, k.n);
}
function rationalBinomial(n: Rational, k: bigint): Expression | null {
  let result: Rational = ONE;
  for (let i = 0n; i < k; i++) {
    result = multiply(result, multiply(add(n, integer(-i)), fraction(1n, i + 1n)));
    if (!isModest(result)) return null;
  }
  return number(result);
}
function fallingProduct(n: Expression, k: number): Expression | null {
  if (k > 50 || holds(n, ({ kind }) => kind === 'symbol' || kind === 'matrix')) return null;
  let result: Expression = n;
  for (let i = 1; i < k; i++)
    result = product(product(result, sum(n, whole(-i))), number(fraction(1n, BigInt(i + 1))));
  return result;
}

/** `gcd` and `lcm` are computed; `max` and `min` keep what is written, each part once. */
export function ofSeveral(name: 'gcd' | 'lcm' | 'max' | 'min', parts: readonly Expression[]): Expression {
  if (name === 'gcd' || name === 'lcm') {
    const common = commonOf(name, parts);
    return common === null ? call(name, ...parts) : call(UNEVALUATED, common);
  }
  const [first, ...others] = parts;
  const isOne = first !== undefined && others.every((part) => keyOf(part) === keyOf(first));
  return isOne ? first : call(name === 'max' ? 'Max' : 'Min', ...parts);
}

/** A rational number times what is none, each as a letter: for SymPy gcd(4, 2π) is that of polynomials in π. */
interface Monomial {
  coefficient: Rational;
  letters: ReadonlyMap<string, Expression>;
}
function monomialOf(value: Expression): Monomial | null {
  let coefficient: Rational = ONE;
  const letters = new Map<string, Expression>();
  for (const factor of value.kind === 'product' ? value.terms : [value]) {
    const exact = exactValue(factor);
    const key = keyOf(factor);
    if (exact !== null) coefficient = multiply(coefficient, exact);
    else if (factor.kind === 'sum' || letters.has(key)) return null;
    else letters.set(key, factor);
    if (!isModest(coefficient)) return null;
  }
  return { coefficient, letters };
}

function commonOf(name: 'gcd' | 'lcm', parts: readonly Expression[]): Expression | null {
  const monomials: Monomial[] = [];
  for (const part of parts) {
    const monomial = monomialOf(part);
    if (monomial === null) return null;
    monomials.push(monomial);
  }
  const [first, ...others] = monomials;
  if (first === undefined) return null;
  // (Of polynomials with fractions for coefficients the common one is 1.)
  const isPlain = monomials.every(({ letters }) => letters.size === 0);
  const isMonic = !isPlain && monomials.some(({ coefficient }) => !isInteger(coefficient));
  let coefficient = positive(first.coefficient);
  let letters = new Map(first.letters);
  for (const other of others) {
    // SymPy stops at the first 1: gcd(2, 27, 1/2) is 1.
    if (isPlain && name === 'gcd' && coefficient.n === 1n && isInteger(coefficient)) break;
    coefficient = common(name, coefficient, other.coefficient);
    letters =
      name === 'lcm'
        ? new Map([...letters, ...other.letters])
        : new Map([...letters].filter(([key]) => other.letters.has(key)));
  }
  return [...letters.values()].reduce(product, number(isMonic ? ONE : coefficient));
}
const positive = (value: Rational): Rational => (value.n < 0n ? negative(value) : value);
function common(name: 'gcd' | 'lcm', a: Rational, b: Rational): Rational {
  const divisor = fraction(gcd(a.n * b.d, b.n * a.d), a.d * b.d);
  if (name === 'gcd') return divisor;
  return divisor.n === 0n ? integer(0) : positive(divide(multiply(a, b), divisor));
}

const MAX_SIDE = 12;
type Rows = readonly (readonly Expression[])[];

/** The trace of a matrix of rational numbers; null for all else. */
export function trace(rows: Rows): Expression | null {
  const value = exactTerms(
    rows.map((row, at) => row[at] ?? constant('undefined')),
    add,
  );
  return value && number(value);
}

/** The determinant of a matrix of rational numbers; null for all else. */
export function determinant(rows: Rows): Expression | null {
  const matrix = rows.map((row) => row.map(exactValue));
  if (rows.length > MAX_SIDE || matrix.some((row) => row.length !== rows.length)) return null;
  if (!matrix.every((row): row is Rational[] => row.every((value) => value !== null))) return null;
  let result: Rational = ONE;
  const left = matrix.map((row) => [...row]);
  for (let column = 0; column < left.length; column++) {
    const at = left.findIndex((row, index) => index >= column && row[column]?.n !== 0n);
    const pivotRow = left[at];
    const pivot = pivotRow?.[column];
    if (pivotRow === undefined || pivot === undefined) return number(integer(0));
    if (at !== column) {
      left[at] = left[column] ?? [];
      left[column] = pivotRow;
      result = negative(result);
    }
    result = multiply(result, pivot);
    for (const row of left.slice(column + 1)) {
      const factor = divide(row[column] ?? integer(0), pivot);
      for (let i = column; i < row.length; i++)
        row[i] = add(row[i] ?? integer(0), negative(multiply(factor, pivotRow[i] ?? integer(0))));
    }
    if (!isModest(result)) return null;
  }
  return number(result);
}
