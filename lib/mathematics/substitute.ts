import { type Expression, keyOf, type Relation, type Value } from '@/lib/mathematics/expression';
import { lettersOf } from '@/lib/mathematics/letters';

/** The value with its letters called as those of `model`, where there are as many; both in alphabetical order. */
export function renamed(value: Value, model: Value): Value {
  const from = [...lettersOf(value)].sort();
  const to = [...lettersOf(model)].sort();
  if (from.length !== to.length) return value;
  const letters = from.map(
    (name, index) => [name, { kind: 'symbol', name: to[index] ?? name, real: true }] as const,
  );
  return substituted(value, new Map(letters));
}

/** The value with expressions in place of letters. */
export function substituted<T extends Value>(value: T, expressions: ReadonlyMap<string, Expression>): T {
  return replaced(value, expressions) as T;
}

const replaced = (value: Value, expressions: ReadonlyMap<string, Expression>): Value =>
  value.kind === 'symbol'
    ? (expressions.get(value.name) ?? value)
    : mapped(value, (part) => replaced(part, expressions));

/** The value with its parts changed by the rule, which makes expressions of expressions. */
export function mapped(value: Value, rule: (part: Value) => Value): Value {
  const one = <T extends Value>(part: T): T => rule(part) as T;
  const all = <T extends Value>(parts: readonly T[]): T[] => parts.map(one);
  switch (value.kind) {
    case 'sum':
    case 'product':
      return { ...value, terms: all<Expression>(value.terms) };
    case 'power':
      return { ...value, base: one(value.base), exponent: one(value.exponent) };
    case 'function':
      return { ...value, parts: all(value.parts) };
    case 'matrix':
      return { ...value, rows: value.rows.map((row) => all(row)) };
    case 'relation':
      return { ...value, left: one(value.left), right: one(value.right) };
    case 'chain':
      return { ...value, relations: all(value.relations) };
    case 'interval':
      return { ...value, start: one(value.start), end: one(value.end) };
    case 'set':
      return { ...value, written: all(value.written), elements: all(value.elements) };
    case 'tuple':
      return { ...value, elements: all(value.elements) };
    case 'union':
    case 'intersection':
    case 'difference':
      return { ...value, sets: all(value.sets) };
    default:
      return value;
  }
}

/** `unwrap_fcs`: the relation with letters in place of applied functions. */
export const withLetters = (relation: Relation): Relation => unwrapped(relation) as Relation;

function unwrapped(value: Value): Value {
  if (value.kind === 'function' && value.name.endsWith('()'))
    return { kind: 'symbol', name: keyOf(value), real: true };
  return mapped(value, unwrapped);
}
