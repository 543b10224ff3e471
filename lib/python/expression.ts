import {
  both,
  divided,
  finite,
  negated,
  notANumber,
  numberOrNull,
  over,
  type PythonNumber,
  plus,
  power,
  times,
} from '@/lib/python/arithmetic';
import { roundHalfEven } from '@/lib/python/numbers';

/**
 * The texts that Python's `eval` would take for a number. Where upstream evaluates what a model wrote, here numbers,
 * operators, parentheses and calls of the functions given are read and nothing else is; nothing is evaluated as code.
 */

export type PythonFunction = (...values: PythonNumber[]) => PythonNumber;
export type Names = ReadonlyMap<string, PythonNumber | PythonFunction>;

/** Longer texts are not read: no answer is, and the time stays small. */
const MAX_LENGTH = 4_000;
const MAX_DEPTH = 90;
const TOKEN =
  /[ \t\f]*(?:(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d(?:_?\d)*)?)|(\*\*|\/\/|<<|>>|[<>=!]=|[-+*/%|&^()[\]<>~,]|(?:or|and|not|if|else)(?![\p{L}\p{N}_]))|([a-zA-Z_]\w*)|(?:#.*)?$)/uy;
/** From the loosest; those of one row are read from the left. */
const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const COMPARISONS: Readonly<Record<string, (a: PythonNumber, b: PythonNumber) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  // (`==` compares a bigint with a number by value.)
  '==': (a, b) => a >= b && a <= b,
  '!=': (a, b) => a < b || a > b,
};

/** Of Python's own functions those from numbers to a number. */
const BUILTINS: ReadonlyMap<string, PythonFunction> = new Map<string, PythonFunction>([
  ['abs', (a, ...more) => (more.length > 0 ? notANumber() : magnitude(a ?? notANumber()))],
  ['float', (a = 0n, ...more) => (more.length > 0 ? notANumber() : finite(Number(a)))],
  ['int', (a = 0n, ...more) => (more.length > 0 ? notANumber() : truncated(a))],
  ['bool', (a = 0n, ...more) => (more.length > 0 ? notANumber() : BigInt(Number(a) !== 0))],
  ['max', (...values) => furthest(values, (a, b) => a > b)],
  ['min', (...values) => furthest(values, (a, b) => a < b)],
  ['pow', (a, b, ...more) => (b === undefined || more.length > 0 ? notANumber() : power(a ?? 0n, b))],
  ['round', rounded],
]);
/** And those from one list of numbers. */
const OF_LISTS: ReadonlyMap<string, PythonFunction> = new Map<string, PythonFunction>([
  ['sum', (...values) => values.reduce(plus, 0n)],
  ['len', (...values) => BigInt(values.length)],
  ['max', (...values) => furthest([...values, ...values.slice(0, 1)], (a, b) => a > b)],
  ['min', (...values) => furthest([...values, ...values.slice(0, 1)], (a, b) => a < b)],
]);
const furthest = (
  values: readonly PythonNumber[],
  isFurther: (a: PythonNumber, b: PythonNumber) => boolean,
): PythonNumber =>
  values.length < 2 ? notANumber() : values.reduce((best, value) => (isFurther(value, best) ? value : best));
const truncated = (a: PythonNumber): PythonNumber => (typeof a === 'bigint' ? a : BigInt(Math.trunc(a)));
const magnitude = (a: PythonNumber): PythonNumber => (Number(a) < 0 ? negated(a) : a);
function rounded(a?: PythonNumber, digits?: PythonNumber, ...more: PythonNumber[]): PythonNumber {
  if (a === undefined || more.length > 0) return notANumber();
  if (digits === undefined) return typeof a === 'bigint' ? a : BigInt(roundHalfEven(a, 0));
  if (typeof digits === 'number' || digits < 0n) return notANumber();
  return typeof a === 'bigint' ? a : roundHalfEven(a, Number(digits));
}

/** The value of `eval(text)` where that is a number; null for all else. `names` stand before Python's own. */
export function pythonExpression(text: string, names: Names = new Map()): PythonNumber | null {
  return text.length > MAX_LENGTH ? null : numberOrNull(() => new Reader(text, names).whole()());
}

/** What is read is computed once the whole is read, and a part that Python passes over never is. */
type Lazy = () => PythonNumber;

class Reader {
  private at = 0;
  private depth = 0;
  private token: { number?: string | undefined; sign?: string | undefined; name?: string | undefined } = {};

  constructor(
    private readonly text: string,
    private readonly names: Names,
  ) {
    this.take();
  }

  private take(): void {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text) ?? notANumber();
    this.at = TOKEN.lastIndex;
    this.token = { number: match[1], sign: match[2], name: match[3] };
  }
  private taken(sign: string): boolean {
    if (this.token.sign !== sign) return false;
    this.take();
    return true;
  }

  whole(): Lazy {
    const value = this.conditional();
    const { number, sign, name } = this.token;
    return (number ?? sign ?? name) ? notANumber() : value;
  }

  private conditional(): Lazy {
    if (++this.depth > MAX_DEPTH) return notANumber();
    let value = this.either();
    if (this.taken('if')) {
      const [yes, condition] = [value, this.either()];
      if (!this.taken('else')) return notANumber();
      const no = this.conditional();
      value = () => (Number(condition()) === 0 ? no() : yes());
    }
    this.depth--;
    return value;
  }
  private either(): Lazy {
    let value = this.all();
    while (this.taken('or')) {
      const [a, b] = [value, this.all()];
      value = () => {
        const first = a();
        return Number(first) === 0 ? b() : first;
      };
    }
    return value;
  }
  private all(): Lazy {
    let value = this.negation();
    while (this.taken('and')) {
      const [a, b] = [value, this.negation()];
      value = () => {
        const first = a();
        return Number(first) === 0 ? first : b();
      };
    }
    return value;
  }
  private negation(): Lazy {
    let isOdd = false;
    let isNegated = false;
    for (; this.taken('not'); isNegated = true) isOdd = !isOdd;
    const value = this.comparison();
    return isNegated ? () => BigInt((Number(value()) === 0) === isOdd) : value;
  }
  /** `1 < 2 < 3` is `1 < 2 and 2 < 3`. */
  private comparison(): Lazy {
    const first = this.binary(0);
    const others: [compare: (a: PythonNumber, b: PythonNumber) => boolean, value: Lazy][] = [];
    for (;;) {
      const compare = COMPARISONS[this.token.sign ?? ''];
      if (compare === undefined) break;
      this.take();
      others.push([compare, this.binary(0)]);
    }
    if (others.length === 0) return first;
    return () => {
      let left = first();
      for (const [compare, value] of others) {
        const right = value();
        if (!compare(left, right)) return 0n;
        left = right;
      }
      return 1n;
    };
  }
  private binary(level: number): Lazy {
    const signs = LEVELS[level];
    if (signs === undefined) return this.unary();
    let value = this.binary(level + 1);
    for (;;) {
      const { sign } = this.token;
      if (sign === undefined || !signs.includes(sign)) return value;
      this.take();
      const [a, b] = [value, this.binary(level + 1)];
      value = () => applied(sign, a(), b());
    }
  }
  private unary(): Lazy {
    if (++this.depth > MAX_DEPTH) return notANumber();
    const { sign } = this.token;
    let value: Lazy;
    if (sign === '+' || sign === '-' || sign === '~') {
      this.take();
      const inner = this.unary();
      value = sign === '+' ? inner : () => (sign === '-' ? negated(inner()) : inverted(inner()));
    } else {
      value = this.atom();
      if (this.taken('**')) {
        const [base, exponent] = [value, this.unary()];
        value = () => power(base(), exponent());
      }
    }
    this.depth--;
    return value;
  }
  private atom(): Lazy {
    const { number, name } = this.token;
    if (number !== undefined) {
      this.take();
      const value = literal(number.replaceAll('_', ''));
      return () => value;
    }
    if (name !== undefined) {
      this.take();
      const given = this.names.get(name);
      if (this.token.sign !== '(')
        return () => (typeof given === 'function' ? notANumber() : (given ?? notANumber()));
      if (given !== undefined && typeof given !== 'function') return notANumber();
      this.take();
      const isList = this.taken('[');
      const values = this.values(isList ? ']' : ')');
      if (isList && !this.taken(')')) return notANumber();
      const named = isList ? OF_LISTS.get(name) : (given ?? BUILTINS.get(name));
      return () => (named ?? notANumber())(...values.map((value) => value()));
    }
    if (!this.taken('(')) return notANumber();
    const value = this.conditional();
    return this.taken(')') ? value : notANumber();
  }
  private values(close: ')' | ']'): Lazy[] {
    const values: Lazy[] = [];
    while (!this.taken(close)) {
      values.push(this.conditional());
      if (!this.taken(',') && this.token.sign !== close) return notANumber();
    }
    return values;
  }
}

/** Python refuses zeros in front of an int. */
const literal = (digits: string): PythonNumber =>
  /^(?:0[xob].*|0+|[1-9]\d*)$/i.test(digits)
    ? BigInt(digits)
    : /^\d+$/.test(digits)
      ? notANumber()
      : finite(Number(digits));

const inverted = (a: PythonNumber): PythonNumber => (typeof a === 'bigint' ? ~a : notANumber());

function applied(sign: string, a: PythonNumber, b: PythonNumber): PythonNumber {
  switch (sign) {
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
    case '<<':
    case '>>':
      return both<PythonNumber>(
        a,
        b,
        (x, y) => (y < 0n || y > 10_000n ? notANumber() : sign === '<<' ? x << y : x >> y),
        notANumber,
      );
    default:
      return both<PythonNumber>(
        a,
        b,
        (x, y) => (sign === '|' ? x | y : sign === '&' ? x & y : x ^ y),
        notANumber,
      );
  }
}
