import { type Constant, type Expression, isWhole } from '@/lib/mathematics/expression';
import { digitsOf } from '@/lib/mathematics/float';
import { type Rational, rounded } from '@/lib/mathematics/rational';

const CONSTANTS: Partial<Record<Constant, string>> = { pi: 'pi', e: 'E', i: 'I', '∞': 'oo', '-∞': '-oo' };

/**
 * `str` of SymPy, where it prints neither a space nor a parenthesis: no symbol that is read from LaTeX has those in its
 * name. Null for everything else.
 */
export function printed(value: Expression): string | null {
  switch (value.kind) {
    case 'number':
      return isWhole(value) ? `${value.value.n}` : `${value.value.n}/${value.value.d}`;
    case 'decimal':
      return printedDecimal(value.value, digitsOf(value.bits));
    case 'constant':
      return CONSTANTS[value.name] ?? null;
    case 'symbol':
      return value.name;
    case 'product':
      return printedProduct(value.terms);
    default:
      return null;
  }
}

/** `-x`, `3*x`, `a/b`; longer ones are told by no symbol. */
function printedProduct(terms: readonly Expression[]): string | null {
  const [first, second] = terms;
  if (!first || !second || terms.length > 2) return null;
  const left = atom(first);
  if (second.kind === 'power') {
    const under =
      second.exponent.kind === 'number' && isWhole(second.exponent) && second.exponent.value.n === -1n;
    const right = atom(second.base);
    return under && left !== null && right !== null ? `${left}/${right}` : null;
  }
  const right = atom(second);
  if (left === null || right === null) return null;
  return left === '-1' && second.kind !== 'number' ? `-${right}` : `${left}*${right}`;
}
const atom = (value: Expression): string | null =>
  value.kind === 'product' || (value.kind === 'number' && !isWhole(value)) ? null : printed(value);

/** To so many significant digits, trailing zeros kept. */
function printedDecimal(value: Rational, digits: number): string | null {
  const sign = value.n < 0n ? '-' : '';
  const size = value.n < 0n ? { n: -value.n, d: value.d } : value;
  if (size.n === 0n) return null;
  for (let before = digits; before > -5; before--) {
    const figures = rounded(size, digits - before).toString();
    if (figures.length !== digits) continue;
    if (before <= 0) return `${sign}0.${'0'.repeat(-before)}${figures}`;
    return before === digits ? null : `${sign}${figures.slice(0, before)}.${figures.slice(before)}`;
  }
  return null;
}
