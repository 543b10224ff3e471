import {
  call,
  type Expression,
  float,
  MINUS_ONE,
  number,
  power,
  product,
  sum,
  whole,
} from '@/lib/mathematics/expression';
import { bitsOfNumeral } from '@/lib/mathematics/float';
import { decimal } from '@/lib/mathematics/rational';

const MAX_DEPTH = 90;
const TOKEN = /\*\*|\/\/|[-+*/^()]|(?:\d+\.?\d*|\.\d+)|[^\t\n\f\r ]/g;
const NUMERAL = /^(?:0+|[1-9]\d*|\d+\.\d*|\.\d+)$/;

/** Numbers and signs as Python reads them, `^` for `**` (`parse_expr(text, evaluate=False)`); null where it does not. */
export function readArithmetic(text: string): Expression | null {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  let depth = 0;
  const take = (...wanted: string[]): string | null => {
    const token = tokens[at];
    if (token === undefined || !wanted.includes(token)) return null;
    at++;
    return token;
  };
  const unary = (): Expression | null => {
    let minuses = 0;
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) if (sign === '-') minuses++;
    let value = raised();
    for (; value && minuses > 0; minuses--) value = product(MINUS_ONE, value);
    return value;
  };
  const raised = (): Expression | null => {
    const base = atom();
    if (!base || !take('**', '^')) return base;
    if (++depth > MAX_DEPTH) return null;
    const exponent = unary();
    depth--;
    return exponent && power(base, exponent);
  };
  const atom = (): Expression | null => {
    if (take('(')) {
      if (++depth > MAX_DEPTH) return null;
      const inside = total();
      depth--;
      return inside && take(')') ? inside : null;
    }
    const token = tokens[at++] ?? '';
    const value = NUMERAL.test(token) ? decimal(token) : null;
    return value && (token.includes('.') ? float(value, bitsOfNumeral(token)) : number(value));
  };
  const factors = (): Expression | null => {
    let left = unary();
    for (let sign = take('*', '/', '//'); left && sign; sign = take('*', '/', '//')) {
      const right = unary();
      if (!right) return null;
      if (sign === '*') left = product(left, right);
      else if (sign === '/') left = product(left, power(right, MINUS_ONE));
      else left = call('floor', product(left, power(right, MINUS_ONE)));
    }
    return left;
  };
  const total = (): Expression | null => {
    let left = factors();
    for (let sign = take('+', '-'); left && sign; sign = take('+', '-')) {
      const right = factors();
      if (!right) return null;
      left = sum(left, sign === '+' ? right : product(whole(-1), right));
    }
    return left;
  };
  const value = total();
  return value && at === tokens.length ? value : null;
}
