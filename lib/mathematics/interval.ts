import { evaluate, minus, NOWHERE, signOf } from '@/lib/mathematics/evaluate';
import { type Expression, finiteSet, UNREADABLE, type Value } from '@/lib/mathematics/expression';

/** -1, 0 or 1 as `a` lies below, at or above `b`; `complex` where one is no real number, null where letters decide. */
export function order(a: Expression, b: Expression): number | 'complex' | null {
  const [low, high] = [infinite(a), infinite(b)];
  if (low !== 0 || high !== 0) return low === high ? 0 : low < high ? -1 : 1;
  const [x, y] = [evaluate(a, NOWHERE), evaluate(b, NOWHERE)];
  if ((x && signOf(x) === null) || (y && signOf(y) === null)) return 'complex';
  if (x === null || y === null) return null;
  const sign = signOf(minus(x, y));
  return sign ?? 'complex';
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
  if (compared !== null) {
    if ((startOpen && endOpen && compared >= 0) || (!startOpen && !endOpen && compared > 0))
      return { kind: 'tuple', elements: [start, end] };
    if (compared > 0 || (compared === 0 && (startOpen || endOpen))) return { kind: 'named set', name: '∅' };
    if (compared === 0) return finiteSet([end]);
  }
  return {
    kind: 'interval',
    start,
    end,
    startOpen: startOpen || infinite(start) === -1,
    endOpen: endOpen || infinite(end) === 1,
  };
}
