import type { Value } from '@/lib/mathematics/expression';
import { compare, type Rational } from '@/lib/mathematics/rational';
import { factorial, finite, notANumber, type PythonNumber } from '@/lib/python/arithmetic';
import { type Names, type PythonFunction, pythonExpression } from '@/lib/python/expression';
import { latex2sympy } from '@/lib/scoring/latex2sympy';
import { exactValue } from '@/lib/scoring/sympy-evaluate';
import { sympyText } from '@/lib/scoring/sympy-text';

/**
 * The number that upstream gets out of a piece of LaTeX: `eval(str(latex2sympy(text)))`. What SymPy writes is read as Python's
 * arithmetic with the names that upstream's module has; a letter or a name that it has not is no number. Nothing is
 * evaluated as code.
 */

const float =
  (compute: (x: number) => number): PythonFunction =>
  (x, ...more) =>
    x === undefined || more.length > 0 ? notANumber() : finite(compute(Number(x)));

/** Of the names that `from math import *` gives, those that SymPy writes. */
export const MATH: Names = new Map<string, PythonNumber | PythonFunction>([
  ['pi', Math.PI],
  ['tau', 2 * Math.PI],
  ['sqrt', float(Math.sqrt)],
  ['exp', float(Math.exp)],
  ['sin', float(Math.sin)],
  ['cos', float(Math.cos)],
  ['tan', float(Math.tan)],
  ['asin', float(Math.asin)],
  ['acos', float(Math.acos)],
  ['atan', float(Math.atan)],
  ['sinh', float(Math.sinh)],
  ['cosh', float(Math.cosh)],
  ['tanh', float(Math.tanh)],
  ['asinh', float(Math.asinh)],
  ['acosh', float(Math.acosh)],
  ['atanh', float(Math.atanh)],
  ['log', logarithm],
  ['floor', (x, ...more) => (x === undefined || more.length > 0 ? notANumber() : floor(x))],
  ['factorial', (x, ...more) => (x === undefined || more.length > 0 ? notANumber() : factorial(x))],
]);
const floor = (x: PythonNumber): PythonNumber => (typeof x === 'bigint' ? x : BigInt(Math.floor(x)));
function logarithm(x?: PythonNumber, base?: PythonNumber, ...more: PythonNumber[]): PythonNumber {
  if (x === undefined || more.length > 0) return notANumber();
  return finite(base === undefined ? Math.log(Number(x)) : Math.log(Number(x)) / Math.log(Number(base)));
}

/** Null where it is not a (real, finite) number. */
export function latexValue(latex: string, names: Names = MATH): PythonNumber | null {
  const formula = latex2sympy(latex);
  return formula && pythonExpression(sympyText(formula), names);
}

/** Whether two formulas are exactly equal as rational numbers, or differ by less than 1e-6. */
export function areExactlyClose(a: Value, b: Value): boolean {
  const [x, y] = [exactValue(a), exactValue(b)];
  if (x === null || y === null) return false;
  const below: Rational = { n: y.n * 1_000_000n - y.d, d: y.d * 1_000_000n };
  const above: Rational = { n: y.n * 1_000_000n + y.d, d: y.d * 1_000_000n };
  return compare(x, below) > 0 && compare(x, above) < 0;
}
