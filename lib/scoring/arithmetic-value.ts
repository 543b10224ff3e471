import { READING, refill, Undecided } from '@/lib/mathematics/budget';
import { type Expression, isExpression } from '@/lib/mathematics/expression';
import { readFormula } from '@/lib/mathematics/grammar';
import { basicLatex } from '@/lib/mathematics/normalise';
import {
  notANumber,
  numberOrNull,
  over,
  plus,
  power,
  pythonArithmetic,
  times,
  type Value,
} from '@/lib/scoring/python-arithmetic';

/**
 * The number that Python gets out of a piece of LaTeX by `eval(str(latex2sympy(text)))` of latex2sympy2_extended 1.10.2
 * where no function and no constant has a name: of numbers, sums, products and powers alone, and of the letter `a` where
 * it stands for something. Null for all else.
 */
export function arithmeticValue(latex: string, a?: Value): Value | null {
  refill(READING);
  try {
    const value = readFormula(basicLatex(latex, 'all'));
    return value && isExpression(value) ? numberOrNull(() => evaluated(value, a)) : null;
  } catch (error) {
    if (error instanceof Undecided) return null;
    throw error;
  }
}

function evaluated(expression: Expression, a: Value | undefined): Value {
  switch (expression.kind) {
    case 'number': {
      const { n, d } = expression.value;
      return d === 1n ? n : over(n, d);
    }
    case 'decimal':
      return over(expression.value.n, expression.value.d);
    case 'symbol':
      // (`\text{13}` is a symbol of the name 13.)
      return pythonArithmetic(textOf(expression.name), a) ?? notANumber();
    case 'sum':
      return expression.terms.map((term) => evaluated(term, a)).reduce(plus);
    case 'product':
      return productOf(expression.terms, a);
    case 'power':
      return isRoot(expression.exponent)
        ? notANumber()
        : power(evaluated(expression.base, a), evaluated(expression.exponent, a));
    default:
      return notANumber();
  }
}

const textOf = (name: string): string => /^\\text\{(.*)\}$/.exec(name)?.[1] ?? name;

/** Written as a fraction, so that large numbers are divided as a whole. */
function productOf(terms: readonly Expression[], a: Value | undefined): Value {
  let [top, bottom]: [Value, Value] = [1n, 1n];
  for (const term of terms) {
    if (term.kind === 'power' && isMinusOne(term.exponent)) bottom = times(bottom, evaluated(term.base, a));
    else top = times(top, evaluated(term, a));
  }
  return bottom === 1n ? top : over(top, bottom);
}

const isMinusOne = (exponent: Expression): boolean =>
  exponent.kind === 'number' && exponent.value.n === -1n && exponent.value.d === 1n;

/** sympy writes these with the name `sqrt`. */
const isRoot = (exponent: Expression): boolean =>
  exponent.kind === 'number' &&
  exponent.value.d === 2n &&
  (exponent.value.n === 1n || exponent.value.n === -1n);
