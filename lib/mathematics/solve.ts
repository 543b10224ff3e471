import { isZeroEverywhere, lettersOf } from '@/lib/mathematics/equal';
import { evaluate, isExact, NOWHERE, signOf } from '@/lib/mathematics/evaluate';
import {
  constant,
  type Expression,
  finiteSet,
  isExpression,
  minus,
  number,
  product,
  quotient,
  type Relation,
  type RelationSign,
  sum,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { interval } from '@/lib/mathematics/interval';
import { substituted } from '@/lib/mathematics/substitute';

/** `as_set`: what relations leave of their one letter, in which each is linear; null for any others. */
export function solutionsOf(relations: readonly Relation[]): Value | null {
  const names = new Set(relations.flatMap((relation) => [...lettersOf(relation)]));
  const [name] = names;
  if (name === undefined || names.size > 1) return null;
  const sets = relations.map((relation) => solutions(relation, name));
  if (!sets.every((set) => set !== null)) return null;
  const [only] = sets;
  if (sets.length === 1 && only) return only;
  return narrowed(sets) ?? { kind: 'intersection', sets };
}

/** `a < x < b` as one interval. */
function narrowed(sets: readonly Value[]): Value | null {
  const [first, second] = sets;
  if (sets.length !== 2 || first?.kind !== 'interval' || second?.kind !== 'interval') return null;
  const [low, high] = isRay(first.start) ? [second, first] : [first, second];
  if (!isRay(low.end) || !isRay(high.start)) return null;
  return interval(low.start, high.end, low.startOpen, high.endOpen);
}
const isRay = (end: Expression): boolean => end.kind === 'constant';

const FLIPPED: Partial<Record<RelationSign, RelationSign>> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' };

function solutions({ sign, left, right }: Relation, name: string): Value | null {
  if (!isExpression(left) || !isExpression(right)) return null;
  const difference = sum(left, minus(right));
  const at = (n: number) => substituted(difference, new Map([[name, whole(n)]]));
  const slope = sum(at(1), minus(at(0)));
  const rising = sizeOf(slope);
  const straight = [2, -7].every((n) => isZeroEverywhere(at(n), sum(at(0), product(whole(n), slope))));
  if (rising === null || rising === 0 || !straight) return null;

  const solved = quotient(minus(at(0)), slope);
  const value = evaluate(solved, NOWHERE);
  const root = value && isExact(value) ? number(value) : solved;
  const real = rising > 0 ? sign : (FLIPPED[sign] ?? sign);
  const below = interval(constant('-∞'), root, true, real !== '≤');
  const above = interval(root, constant('∞'), real !== '≥', true);
  if (real === '=') return finiteSet([root]);
  if (real === '≠') return { kind: 'union', sets: [below, above] };
  return real === '<' || real === '≤' ? below : above;
}

const sizeOf = (expression: Expression): number | null => {
  const value = evaluate(expression, NOWHERE);
  return value && signOf(value);
};
