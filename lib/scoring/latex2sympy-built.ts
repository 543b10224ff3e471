import { REFUSED } from '@/lib/mathematics/cursor';
import {
  call,
  constant,
  type Expression,
  MINUS_ONE,
  minus,
  power,
  product,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { exponential } from '@/lib/scoring/sympy-evaluate';
import { determinant, trace } from '@/lib/scoring/sympy-numbers';

/** What latex2sympy2 1.9.1 builds of the parts that it has read. */

export const isSymbol = (value: Value): boolean => value.kind === 'symbol';
export function replaced(value: Expression, name: string, by: Expression): Expression {
  switch (value.kind) {
    case 'symbol':
      return value.name === name ? by : value;
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map((term) => replaced(term, name, by)) };
    case 'power':
      return power(replaced(value.base, name, by), replaced(value.exponent, name, by));
    default:
      return value;
  }
}
export const isNumber = (value: Expression): boolean => value.kind === 'number';
export const isZero = (value: Expression | null): boolean => value?.kind === 'number' && value.value.n === 0n;
export const quotient = (top: Expression, bottom: Expression): Expression => ({
  kind: 'product',
  terms: [top, power(bottom, MINUS_ONE)],
});
export const subtrahend = (value: Expression): Expression =>
  value.kind === 'number' ? minus(value) : product(MINUS_ONE, value);

export function applied(name: string, argument: Expression, base: Expression | null): Expression {
  if (name === 'log') return call('log', argument, base ?? whole(10));
  if (name === 'ln') return call('log', argument, base ?? constant('e'));
  if (name === 'exp') return exponential(argument);
  if (name === 'ceil') return call('ceiling', argument);
  if (argument.kind !== 'matrix') return name === 'det' ? REFUSED : call(name, argument);
  if (name === 'det') return determinant(argument.rows) ?? REFUSED;
  return (name === 'tr' || name === 'trace' ? trace(argument.rows) : null) ?? REFUSED;
}
