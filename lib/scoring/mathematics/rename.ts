import { lettersOf } from '@/lib/scoring/mathematics/equal';
import type { Expression, Value } from '@/lib/scoring/mathematics/expression';

/** The value with its letters called as those of `model`, where there are as many; both in alphabetical order. */
export function renamed(value: Value, model: Value): Value {
  const from = [...lettersOf(value)].sort();
  const to = [...lettersOf(model)].sort();
  if (from.length !== to.length || from.length === 0) return value;
  const names = new Map(from.map((name, index) => [name, to[index] ?? name]));
  const rename = <T extends Value>(part: T): T => replaced(part, names) as T;
  return rename(value);
}

function replaced(value: Value, names: ReadonlyMap<string, string>): Value {
  const one = <T extends Value>(part: T): T => replaced(part, names) as T;
  const all = <T extends Value>(parts: readonly T[]): T[] => parts.map(one);
  switch (value.kind) {
    case 'symbol':
      return { ...value, name: names.get(value.name) ?? value.name };
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
