import { evaluate, minus, NOWHERE, signOf } from '@/lib/mathematics/evaluate';
import {
  type Expression,
  finiteSet,
  holds,
  keyOf,
  UNREADABLE,
  type Value,
} from '@/lib/mathematics/expression';
import { difference } from '@/lib/mathematics/fold';
import { lettersOf } from '@/lib/mathematics/letters';

/** -1, 0 or 1 as `a` lies below, at or above `b`; `complex` where one is no real number, null where letters decide. */
export function order(a: Expression, b: Expression): number | 'complex' | null {
  const [low, high] = [infinite(a), infinite(b)];
  if (low !== 0 || high !== 0) return low === high ? 0 : low < high ? -1 : 1;
  const [x, y] = [evaluate(a, NOWHERE), evaluate(b, NOWHERE)];
  if ((x && signOf(x) === null) || (y && signOf(y) === null)) return 'complex';
  if (x === null || y === null) return orderOfLetters(a, b);
  const sign = signOf(minus(x, y));
  return sign ?? 'complex';
}

/** Of letters that are real: where they go out of the difference, it is a number. */
function orderOfLetters(a: Expression, b: Expression): number | null {
  if (keyOf(a) === keyOf(b)) return 0;
  const apart = difference(a, b);
  const real = !holds(apart, (part) => part.kind === 'symbol' && !part.real);
  const value = real && lettersOf(apart).size === 0 ? evaluate(apart, NOWHERE) : null;
  return value && signOf(value);
}

/** 1 or -1 where the value is infinite in that direction, else 0. */
export function infinite(value: Expression): number {
  switch (value.kind) {
    case 'constant':
      return value.name === '∞' ? 1 : value.name === '-∞' ? -1 : 0;
    case 'sum': {
      const signs = new Set(value.terms.map(infinite).filter((sign) => sign !== 0));
      return signs.size === 1 ? ([...signs][0] ?? 0) : 0;
    }
    case 'product': {
      if (!value.terms.some((term) => infinite(term) !== 0)) return 0;
      return value.terms.reduce((sign, term) => {
        const finite = infinite(term) === 0 ? evaluate(term, NOWHERE) : null;
        return sign * (infinite(term) || ((finite && signOf(finite)) ?? 0));
      }, 1);
    }
    default:
      return 0;
  }
}

/** Two numbers in parentheses or brackets. What would be empty is a pair instead; infinity is never reached. */
export function interval(start: Expression, end: Expression, startOpen: boolean, endOpen: boolean): Value {
  const compared = order(start, end);
  if (compared === 'complex') return UNREADABLE;
  // `2` and `2.0` are not the same: they are the ends of an interval.
  const isSame = keyOf(start) === keyOf(end);
  if (compared !== null) {
    if ((startOpen && endOpen && compared >= 0) || (!startOpen && !endOpen && compared > 0))
      return { kind: 'tuple', elements: [start, end] };
    if (compared > 0 || (isSame && (startOpen || endOpen))) return { kind: 'named set', name: '∅' };
    if (isSame) return finiteSet([end]);
  }
  return {
    kind: 'interval',
    start,
    end,
    startOpen: startOpen || infinite(start) === -1,
    endOpen: endOpen || infinite(end) === 1,
  };
}
