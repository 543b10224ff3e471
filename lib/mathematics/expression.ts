import { DOUBLE } from '@/lib/mathematics/float';
import { divide, integer, isInteger, negative, type Rational } from '@/lib/mathematics/rational';

/**
 * What is read from LaTeX or arithmetic, as it stands: upstream builds SymPy's objects with `evaluate=False`, and some of
 * its rules look at their form. `decimal` is SymPy's Float, `number` its Integer and Rational.
 */
export type Expression =
  | { readonly kind: 'number'; readonly value: Rational }
  /** The number as it is written; SymPy computes with the nearest one of `bits` binary digits. */
  | { readonly kind: 'decimal'; readonly value: Rational; readonly bits: number }
  | { readonly kind: 'constant'; readonly name: Constant }
  | { readonly kind: 'symbol'; readonly name: string; readonly real: boolean }
  | { readonly kind: 'sum' | 'product'; readonly terms: readonly Expression[] }
  | { readonly kind: 'power'; readonly base: Expression; readonly exponent: Expression }
  | { readonly kind: 'function'; readonly name: string; readonly parts: readonly Expression[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Expression[])[] };
export type Constant = 'pi' | 'e' | 'i' | '∞' | '-∞' | 'complex ∞' | 'undefined';

export type RelationSign = '=' | '≠' | '<' | '≤' | '>' | '≥';
export interface Relation {
  readonly kind: 'relation';
  readonly sign: RelationSign;
  readonly left: Value;
  readonly right: Value;
}
export interface Interval {
  readonly kind: 'interval';
  readonly start: Expression;
  readonly end: Expression;
  readonly startOpen: boolean;
  readonly endOpen: boolean;
}
export type Value =
  | Expression
  | Relation
  /** `a < b < c`: two relations or more. */
  | { readonly kind: 'chain'; readonly relations: readonly Relation[] }
  | Interval
  /** In the order written; `elements` without those that are written alike. */
  | { readonly kind: 'set'; readonly written: readonly Value[]; readonly elements: readonly Value[] }
  | { readonly kind: 'tuple'; readonly elements: readonly Value[] }
  | { readonly kind: 'union' | 'intersection' | 'difference'; readonly sets: readonly Value[] }
  | { readonly kind: 'named set'; readonly name: 'ℕ' | 'ℤ' | 'ℚ' | 'ℝ' | 'ℂ' | '∅' }
  /** What relations that contradict each other by their form come to; equal to itself alone. */
  | { readonly kind: 'false' }
  /** Upstream cannot convert it, though its grammar reads it; or does so to something that is equal to nothing. */
  | { readonly kind: 'unreadable' };

export const UNREADABLE: Value = { kind: 'unreadable' };

export const isExpression = (value: Value): value is Expression =>
  value.kind === 'number' ||
  value.kind === 'decimal' ||
  value.kind === 'constant' ||
  value.kind === 'symbol' ||
  value.kind === 'sum' ||
  value.kind === 'product' ||
  value.kind === 'power' ||
  value.kind === 'function' ||
  value.kind === 'matrix';

export const isSet = (value: Value): boolean =>
  value.kind === 'interval' ||
  value.kind === 'set' ||
  value.kind === 'union' ||
  value.kind === 'intersection' ||
  value.kind === 'difference' ||
  value.kind === 'named set';

export const number = (value: Rational): Expression => ({ kind: 'number', value });
export const float = (value: Rational, bits: number): Expression => ({ kind: 'decimal', value, bits });
export const whole = (n: bigint | number): Expression => number(integer(n));
export const constant = (name: Constant): Expression => ({ kind: 'constant', name });
export const MINUS_ONE = whole(-1);
const HUNDREDTH: Expression = number({ n: 1n, d: 100n });

export const isWhole = (value: Expression): value is { kind: 'number'; value: Rational } =>
  value.kind === 'number' && isInteger(value.value);

const flat = (kind: 'sum' | 'product', left: Expression, right: Expression): Expression => ({
  kind,
  terms: [...(left.kind === kind ? left.terms : [left]), ...(right.kind === kind ? right.terms : [right])],
});
export const sum = (left: Expression, right: Expression): Expression => flat('sum', left, right);
export const product = (left: Expression, right: Expression): Expression => flat('product', left, right);
export const power = (base: Expression, exponent: Expression): Expression => ({
  kind: 'power',
  base,
  exponent,
});
export const call = (name: string, ...parts: Expression[]): Expression => ({ kind: 'function', name, parts });

export function minus(value: Expression): Expression {
  if (value.kind === 'number' || value.kind === 'decimal') return { ...value, value: negative(value.value) };
  if (value.kind === 'constant' && value.name === '∞') return constant('-∞');
  if (value.kind === 'constant' && value.name === '-∞') return constant('∞');
  return product(MINUS_ONE, value);
}

/** A quotient of whole numbers is a fraction at once; any other is a product with a power of -1. */
export function quotient(top: Expression, bottom: Expression): Expression {
  if (isWhole(top) && isWhole(bottom)) {
    if (bottom.value.n !== 0n) return number(divide(top.value, bottom.value));
    return constant(top.value.n === 0n ? 'undefined' : 'complex ∞');
  }
  return { kind: 'product', terms: [top, power(bottom, MINUS_ONE)] };
}

export const percent = (value: Expression): Expression => ({ kind: 'product', terms: [value, HUNDREDTH] });

/** `x%`, by its form: a product with just 1/100. */
export const percentOf = (value: Value): Expression | null => {
  if (value.kind !== 'product' || value.terms.length !== 2) return null;
  const [first, second] = value.terms;
  return first && second?.kind === 'number' && second.value.n === 1n && second.value.d === 100n
    ? first
    : null;
};

/** Equal keys: written alike, sets in whatever order. */
export function keyOf(value: Value): string {
  switch (value.kind) {
    case 'number':
      return `${value.value.n}/${value.value.d}`;
    case 'decimal':
      return `${value.value.n}/${value.value.d}.${value.bits === DOUBLE ? '' : value.bits}`;
    case 'constant':
      return value.name;
    case 'symbol':
      return `${value.real ? 'x' : 'z'}"${value.name}"`;
    case 'sum':
    case 'product':
      return `${value.kind}(${value.terms.map(keyOf).join()})`;
    case 'power':
      return `power(${keyOf(value.base)},${keyOf(value.exponent)})`;
    case 'function':
      return `function"${value.name}"(${value.parts.map(keyOf).join()})`;
    case 'matrix':
      return `matrix(${value.rows.map((row) => row.map(keyOf).join()).join(';')})`;
    case 'relation':
      return `(${keyOf(value.left)}${value.sign}${keyOf(value.right)})`;
    case 'chain':
      return `chain(${value.relations.map(keyOf).sort().join()})`;
    case 'interval':
      return `interval(${value.startOpen}${keyOf(value.start)},${keyOf(value.end)}${value.endOpen})`;
    case 'set':
      return `set(${value.elements.map(keyOf).sort().join()})`;
    case 'tuple':
      return `tuple(${value.elements.map(keyOf).join()})`;
    case 'union':
    case 'intersection':
      return `${value.kind}(${value.sets.map(keyOf).sort().join()})`;
    case 'difference':
      return `difference(${value.sets.map(keyOf).join()})`;
    case 'named set':
      return value.name;
    case 'false':
    case 'unreadable':
      return value.kind;
  }
}

export function finiteSet(written: readonly Value[]): Value {
  if (written.length === 0) return { kind: 'named set', name: '∅' };
  const byKey = new Map(written.map((element) => [keyOf(element), element]));
  return { kind: 'set', written, elements: [...byKey.values()] };
}

/** The parts of a value, in the order of writing. */
export function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'sum':
    case 'product':
      return value.terms;
    case 'power':
      return [value.base, value.exponent];
    case 'function':
      return value.parts;
    case 'matrix':
      return value.rows.flat();
    case 'relation':
      return [value.left, value.right];
    case 'chain':
      return value.relations;
    case 'interval':
      return [value.start, value.end];
    case 'set':
    case 'tuple':
      return value.elements;
    case 'union':
    case 'intersection':
    case 'difference':
      return value.sets;
    default:
      return [];
  }
}

/** Whether any part of the value, itself included, is such. */
export const holds = (value: Value, wanted: (part: Value) => boolean): boolean =>
  wanted(value) || partsOf(value).some((part) => holds(part, wanted));

/** `is_expr_of_only_symbols`: letters, their products and the like, but no number. `A/S` is one. */
export function isOfSymbols(value: Value): boolean {
  if (value.kind === 'symbol') return true;
  if (value.kind === 'power' && value.exponent.kind === 'number' && keyOf(value.exponent) === '-1/1') {
    const { base } = value;
    if (base.kind === 'symbol' || partsOf(base).every(isOfSymbols)) return true;
  }
  const parts = partsOf(value);
  return parts.length > 0 && parts.every(isOfSymbols);
}
