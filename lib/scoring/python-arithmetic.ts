/**
 * Arithmetic as Python computes it, and the texts that `eval` would take for it. Where upstream evaluates what a model
 * wrote, here numbers, operators and parentheses are read and nothing else is; nothing is evaluated as code.
 */

/** A Python number: a bigint is an int, a number a float. */
export type Value = number | bigint;

class NotANumber extends Error {}
export const notANumber = (): never => {
  throw new NotANumber();
};

/** Null where `compute` gave up with `notANumber`. */
export function numberOrNull(compute: () => Value): Value | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof NotANumber) return null;
    throw error;
  }
}

export const finite = (value: number): number => (Number.isFinite(value) ? value : notANumber());

/** Powers and factorials stop at so many binary digits; Python goes on until memory ends. */
const MAX_BITS = 20_000;
const bitsOf = (value: bigint): number => value.toString(16).length * 4;

const both = <T>(
  a: Value,
  b: Value,
  ints: (a: bigint, b: bigint) => T,
  floats: (a: number, b: number) => T,
): T => (typeof a === 'bigint' && typeof b === 'bigint' ? ints(a, b) : floats(Number(a), Number(b)));

export const plus = (a: Value, b: Value): Value =>
  both<Value>(
    a,
    b,
    (x, y) => x + y,
    (x, y) => finite(x + y),
  );
export const negated = (a: Value): Value => -a;

export function times(a: Value, b: Value): Value {
  return both<Value>(
    a,
    b,
    (x, y) => (bitsOf(x) + bitsOf(y) > MAX_BITS ? notANumber() : x * y),
    (x, y) => finite(x * y),
  );
}

/** True division, of ints too: of large ones with 128 binary digits of the quotient. */
export function over(a: Value, b: Value): Value {
  if (Number(b) === 0) return notANumber();
  return both(
    a,
    b,
    (x, y) => {
      const shift = BigInt(Math.max(0, bitsOf(y) - bitsOf(x) + 128));
      const isSmall = bitsOf(x) <= 52 && bitsOf(y) <= 52;
      return finite(isSmall ? Number(x) / Number(y) : Number((x << shift) / y) / 2 ** Number(shift));
    },
    (x, y) => finite(x / y),
  );
}

export function power(base: Value, exponent: Value): Value {
  if (typeof base === 'bigint' && typeof exponent === 'bigint' && exponent >= 0n) {
    const isSmall = base >= -1n && base <= 1n;
    if (!isSmall && bitsOf(base) * Number(exponent) > MAX_BITS) return notANumber();
    return isSmall
      ? base ** (exponent % 2n === 0n && exponent > 0n ? 2n : exponent === 0n ? 0n : 1n)
      : base ** exponent;
  }
  const [a, b] = [Number(base), Number(exponent)];
  // Python's result is complex there.
  if ((a === 0 && b < 0) || (a < 0 && !Number.isInteger(b))) return notANumber();
  return finite(a ** b);
}

export function factorial(value: Value): Value {
  if (typeof value === 'number' || value < 0n || value > 1_000n) return notANumber();
  let product = 1n;
  for (let factor = 2n; factor <= value; factor++) product *= factor;
  return product;
}

/** `abs(a - b) < 1e-6` */
export const isClose = (a: Value, b: Value): boolean =>
  both(
    a,
    b,
    (x, y) => x === y,
    (x, y) => Math.abs(x - y) < 1e-6,
  );

const MAX_LENGTH = 2_000;
const MAX_DEPTH = 90;
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['|'],
  ['^'],
  ['&'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const TOKEN =
  /[ \t\f]*(?:((?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:e[+-]?\d+)?|\d(?:_?\d)*\.?(?:e[+-]?\d+)?)|(\*\*|\/\/|[-+*/%|&^()]|(?:or|and)(?!\w))|([a-z_]\w*)|(?:#.*)?$)/iy;

/**
 * `eval(text)` where that is a number: digits, `+ - * / // % ** | & ^`, parentheses, `or` and `and`, and the letter `a` where it stands
 * for something. Null for all else.
 */
export function pythonArithmetic(text: string, a?: Value): Value | null {
  return text.length > MAX_LENGTH ? null : numberOrNull(() => new Reader(text, a).whole());
}

class Reader {
  private at = 0;
  private depth = 0;
  private token: { number?: string | undefined; sign?: string | undefined; name?: string | undefined } = {};

  constructor(
    private readonly text: string,
    private readonly a: Value | undefined,
  ) {
    this.take();
  }

  private take(): void {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text) ?? notANumber();
    this.at = TOKEN.lastIndex;
    this.token = { number: match[1], sign: match[2], name: match[3] };
  }

  whole(): Value {
    const value = this.binary(0);
    const { number, sign, name } = this.token;
    return (number ?? sign ?? name) ? notANumber() : value;
  }

  private binary(level: number): Value {
    const signs = LEVELS[level];
    if (signs === undefined) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const { sign } = this.token;
      if (sign === undefined || !signs.includes(sign)) return value;
      this.take();
      value = applied(sign, value, this.binary(level + 1));
    }
  }

  private unary(): Value {
    if (++this.depth > MAX_DEPTH) return notANumber();
    const { sign } = this.token;
    let value: Value;
    if (sign === '+' || sign === '-') {
      this.take();
      value = sign === '-' ? negated(this.unary()) : this.unary();
    } else {
      value = this.atom();
      if (this.token.sign === '**') {
        this.take();
        value = power(value, this.unary());
      }
    }
    this.depth--;
    return value;
  }

  private atom(): Value {
    const { number, sign, name } = this.token;
    this.take();
    if (number !== undefined) return literal(number.replaceAll('_', ''));
    if (name === 'a' && this.a !== undefined) return this.a;
    if (sign !== '(') return notANumber();
    const value = this.binary(0);
    if (this.token.sign !== ')') return notANumber();
    this.take();
    return value;
  }
}

/** Python refuses zeros in front of an int. */
const literal = (digits: string): Value =>
  /^\d+$/.test(digits)
    ? /^(?:0+|[1-9]\d*)$/.test(digits)
      ? BigInt(digits)
      : notANumber()
    : finite(Number(digits));

function applied(sign: string, a: Value, b: Value): Value {
  switch (sign) {
    case 'or':
      return Number(a) === 0 ? b : a;
    case 'and':
      return Number(a) === 0 ? a : b;
    case '+':
      return plus(a, b);
    case '-':
      return plus(a, negated(b));
    case '*':
      return times(a, b);
    case '/':
      return over(a, b);
    case '//':
    case '%':
      return divided(sign, a, b);
    default:
      return both<Value>(a, b, (x, y) => (sign === '|' ? x | y : sign === '&' ? x & y : x ^ y), notANumber);
  }
}

/** Floor division and its remainder, which has the sign of the divisor. */
function divided(sign: '//' | '%', a: Value, b: Value): Value {
  if (Number(b) === 0) return notANumber();
  return both<Value>(
    a,
    b,
    (x, y) => {
      const remainder = ((x % y) + y) % y;
      return sign === '%' ? remainder : (x - remainder) / y;
    },
    (x, y) => finite(sign === '%' ? x - y * Math.floor(x / y) : Math.floor(x / y)),
  );
}
