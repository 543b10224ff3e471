import { lettersOf } from '@/lib/mathematics/equal';
import type { Expression, Value } from '@/lib/mathematics/expression';

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

function replaced(value: Value, expressions: ReadonlyMap<string, Expression>): Value {
  const one = <T extends Value>(part: T): T => replaced(part, expressions) as T;
  const all = <T extends Value>(parts: readonly T[]): T[] => parts.map(one);
  switch (value.kind) {
    case 'symbol':
      return expressions.get(value.name) ?? value;
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
