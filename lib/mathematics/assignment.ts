import { isOfSymbols, type Relation, type Value } from '@/lib/mathematics/expression';

export const relationsOf = (value: Value): readonly Relation[] =>
  value.kind === 'relation' ? [value] : value.kind === 'chain' ? value.relations : [];
export const isRelation = (value: Value): boolean => value.kind === 'relation' || value.kind === 'chain';
export const isEquation = (value: Value): boolean =>
  isRelation(value) && relationsOf(value).every(({ sign }) => sign === '=');
/** `x = 1`, and `x = … = 1` */
export const isAssignment = (value: Value): boolean => {
  const [first] = relationsOf(value);
  return first !== undefined && isEquation(value) && isOfSymbols(first.left);
};
/** An assignment without what stands between its sides. */
export const shortened = (value: Value): Value => {
  const relations = relationsOf(value);
  const [first, last] = [relations[0], relations.at(-1)];
  return first && last ? { kind: 'relation', sign: '=', left: first.left, right: last.right } : value;
};
export const lastSide = (value: Value): Value => relationsOf(value).at(-1)?.right ?? value;

/** The right side of an assignment, which stands for it where it is sorted. */
export const assigned = (value: Value): Value => (isAssignment(value) ? lastSide(value) : value);
