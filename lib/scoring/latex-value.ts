import { skipSpaces } from '@/lib/scoring/python';
import {
  factorial,
  finite,
  negated,
  notANumber,
  numberOrNull,
  over,
  plus,
  power,
  times,
  type Value,
} from '@/lib/scoring/python-arithmetic';

/**
 * The number that MATH-V's evaluation gets out of a piece of LaTeX: `eval(str(latex2sympy(text)))` with the names of
 * Python's `math` module (mathllm/MATH-V at a1f5cc3, evaluation/utils.py; latex2sympy2 1.9.1, PS.g4). What is not a number
 * there has none here: letters, relations between letters, degrees, |x|, ln, sums, matrices. Its accidents are kept: a
 * text is read up to the first thing that cannot go on ("3)" is 3, "12 trees" is 12, for `tr` is a trace), e alone is no
 * number, and 3 < 4 is 1. Not kept: sympy 1.14 writes a difference like 6 - 3/(2π) without its parentheses, so that Python
 * computes another number; and a binomial with a fraction below. Nothing is evaluated as code.
 */

/** Longer texts are not read: no answer is, and the time stays small. */
const MAX_LENGTH = 2_000;
const MAX_DEPTH = 60;

/** Commands that the grammar knows as more than an unknown character, by what they do to a number. */
const COMMANDS: Readonly<Record<string, string>> = {
  '\\over': '/',
  '\\times': '*',
  '\\cdot': '*',
  '\\div': '/',
  '\\mod': 'mod',
  '\\frac': 'frac',
  '\\binom': 'binom',
  '\\tbinom': 'binom',
  '\\dbinom': 'binom',
  '\\choose': 'choose',
  '\\sqrt': 'sqrt',
  '\\pi': 'pi',
  '\\tau': 'tau',
  '\\lgroup': 'open',
  '\\{': 'open',
  '\\lbrace': 'open',
  '\\lbrack': 'open',
  '\\rgroup': 'close',
  '\\}': 'close',
  '\\rbrace': 'close',
  '\\rbrack': 'close',
  '\\left': 'left',
  '\\mleft': 'left',
  '\\right': 'right',
  '\\mright': 'right',
  '\\lfloor': 'open-floor',
  '\\llcorner': 'open-floor',
  '\\rfloor': 'close-floor',
  '\\lrcorner': 'close-floor',
  '\\le': '<=',
  '\\leq': '<=',
  '\\leqslant': '<=',
  '\\ge': '>=',
  '\\geq': '>=',
  '\\geqslant': '>=',
};
/** Functions of one number that Python's `math` has under the name that sympy prints. */
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  arsinh: Math.asinh,
  arcosh: Math.acosh,
  artanh: Math.atanh,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
  exp: Math.exp,
  log: Math.log10,
};
/** `\sin^{-1}`: sympy's names, of which Python has these. */
const INVERSES: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.asin,
  cos: Math.acos,
  tan: Math.atan,
  sinh: Math.asinh,
  cosh: Math.acosh,
  tanh: Math.atanh,
};
/** What the grammar knows and nothing can follow a number: reading stops before it. */
const STOPS =
  /\\(?:to|rightarrow|Rightarrow|longrightarrow|Longrightarrow|xrightarrow|xRightarrow|leftrightarrow|Leftrightarrow|rvert|rceil|urcorner)(?![a-z])|\\end\{(?:matrix|pmatrix|bmatrix|vmatrix)\}|\\\\|<->|<=>|(?:gcd|lcm|floor|ceil|eye|zeros|ones|cols|rows|diag(?:onalize)?|norm|rank|tr(?:ace)?|rref|[hv]stack|orth(?:o(?:gonal(?:ize)?)?)?|nullspace|eig(?:en(?:vals|values|vects|vectors)?)?|svd|ar(?:c)?(?:sin|cos|tan)h|[pbv]?matrix)|[.&_]/y;
const NUMBER = /(?:\d*(?:,\d{3})*\.\d+|\d+(?:,\d{3})*)(\\%)?/y;
const COMMAND = /\\(?:[a-zA-Z]+|[{}])/y;
const CLOSERS: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '\\{': '\\}',
  '\\lgroup': '\\rgroup',
  '\\lbrace': '\\rbrace',
  '\\lbrack': '\\rbrack',
  '\\lfloor': '\\rfloor',
  '\\llcorner': '\\lrcorner',
};

/** What Python has a name for where the text that sympy prints is evaluated. */
export interface Namespace {
  /** The names of the `math` module: sqrt, pi, sin, … */
  math: boolean;
  /** What the letter `a` stands for. */
  a?: Value;
}

/** Null where it is not a (real, finite) number. */
export const latexValue = (latex: string, namespace: Namespace = { math: true }): Value | null =>
  latex.length > MAX_LENGTH ? null : numberOrNull(() => relationOf(prepared(latex), namespace));

const prepared = (latex: string): string =>
  latex
    .replaceAll('\\dfrac', '\\frac')
    .replaceAll('\\tfrac', '\\frac')
    .replace(/\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\}/g, '\\frac{($1)!}{(($1)-($2))!}')
    .replace(/\\displaystyle|\\quad|\\qquad|~|\\,|\$/g, ' ');

interface Token {
  kind: string;
  text: string;
  end: number;
}

/** Comparisons are read from the left: `3 < 4` is Python's True, which is 1. */
function relationOf(text: string, namespace: Namespace): Value {
  const reader = new Reader(text, namespace);
  let value = reader.sum();
  for (;;) {
    const { kind } = reader.peek();
    if (kind === 'relation' || kind === 'list') return notANumber();
    if (!/^[<>]=?$/.test(kind)) return value;
    reader.take();
    const right = reader.sum();
    const holds =
      kind === '<'
        ? value < right
        : kind === '<='
          ? value <= right
          : kind === '>'
            ? value > right
            : value >= right;
    value = holds ? 1n : 0n;
  }
}

/** By the falling factorial; of a fractional `k`, which sympy takes too, nobody asks. */
function binomial(n: Value, k: Value): Value {
  if (typeof k === 'number') return notANumber();
  if (k < 0n || (typeof n === 'bigint' && n >= 0n && k > n)) return 0n;
  if (k > 1_000n) return notANumber();
  let top: Value = 1n;
  for (let i = 0n; i < k; i++) top = times(top, plus(n, -i));
  const bottom = factorial(k);
  return typeof top === 'bigint' && typeof bottom === 'bigint' ? top / bottom : over(top, bottom);
}

/** A descent through the grammar that gives up where something has no number. */
class Reader {
  private at = 0;
  private depth = 0;
  private token: Token | null = null;

  constructor(
    private readonly text: string,
    private readonly namespace: Namespace,
  ) {}

  peek(): Token {
    this.token ??= this.next();
    return this.token;
  }

  take(): Token {
    const token = this.peek();
    this.at = token.end;
    this.token = null;
    return token;
  }

  private next(): Token {
    const { text } = this;
    while (/[ \t\r\n]/.test(text[this.at] ?? '')) this.at++;
    const start = this.at;
    const character = text[start] ?? '';
    const token = (kind: string, length = 1): Token => ({
      kind,
      text: text.slice(start, start + length),
      end: start + length,
    });
    if (character === '') return token('end', 0);
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(text);
    if (number) return token('number', number[0].length);
    STOPS.lastIndex = start;
    if (STOPS.test(text)) return token('stop', STOPS.lastIndex - start);
    if (character === '\\') return this.command(start);
    if (/[+\-*/^!']/.test(character)) {
      if (/^!==?/.test(text.slice(start, start + 2))) return token('relation');
      return token(character);
    }
    if (character === ':') return token('/');
    if (character === ',' || character === ';') return token('list');
    if (character === '=') return token('relation');
    if (character === '<' || character === '>') return token(character);
    if (/[([{]/.test(character)) return token('open');
    if (/[)\]}]/.test(character)) return token('close');
    if (character === 'e') return token('e');
    if (character === 'a' && this.namespace.a !== undefined) return token('a');
    return notANumber();
  }

  private command(start: number): Token {
    COMMAND.lastIndex = start;
    const [word = ''] = COMMAND.exec(this.text) ?? [];
    // The longest command that the word begins with; what is left of it are letters.
    for (let length = word.length; length > 1; length--) {
      const text = word.slice(0, length);
      const name = text.slice(1);
      const kind = COMMANDS[text] ?? (Object.hasOwn(FUNCTIONS, name) || name === 'floor' ? 'function' : null);
      if (kind !== null) return { kind, text, end: start + length };
    }
    return notANumber();
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) notANumber();
    const result = read();
    this.depth--;
    return result;
  }

  sum(): Value {
    return this.nested(() => {
      let sum = this.product(false);
      for (;;) {
        const { kind } = this.peek();
        if (kind !== '+' && kind !== '-') return sum;
        this.take();
        const term = this.product(false);
        sum = plus(sum, kind === '+' ? term : negated(term));
      }
    });
  }

  /** @param plain without functions after the first factor: what stands behind `\sin` without parentheses. */
  private product(plain: boolean): Value {
    let product = this.signed(plain);
    for (;;) {
      const { kind } = this.peek();
      if (kind !== '*' && kind !== '/') return kind === 'mod' ? notANumber() : product;
      this.take();
      const factor = this.signed(plain);
      product = kind === '*' ? times(product, factor) : over(product, factor);
    }
  }

  private signed(plain: boolean): Value {
    let sign = 1;
    for (;;) {
      const { kind } = this.peek();
      if (kind !== '+' && kind !== '-') break;
      this.take();
      if (kind === '-') sign = -sign;
    }
    let product = this.postfixed();
    while (this.startsFactor(plain)) product = times(product, this.postfixed());
    return sign < 0 ? negated(product) : product;
  }

  private startsFactor(plain: boolean): boolean {
    const { kind } = this.peek();
    if (/^(?:number|pi|tau|a|open|left|open-floor|frac|binom)$/.test(kind)) return true;
    return !plain && /^(?:sqrt|function|e)$/.test(kind);
  }

  private postfixed(): Value {
    let value = this.raised();
    for (;;) {
      const { kind } = this.peek();
      if (kind === '!') value = this.named(factorial(value));
      else if (kind !== "'") return value;
      this.take();
    }
  }

  private raised(): Value {
    let value = this.atom();
    while (this.peek().kind === '^') value = power(value, this.exponent());
    return value;
  }

  private exponent(): Value {
    this.take();
    const exponent = this.scriptArgument();
    if (this.peek().text === '_') {
      this.take();
      this.scriptArgument();
    }
    return exponent;
  }

  /** A value that Python computes by a name of its `math` module. */
  private named(value: Value): Value {
    return this.namespace.math ? value : notANumber();
  }

  /** A number or `{…}`. */
  private scriptArgument(): Value {
    const { kind, text } = this.peek();
    if (text === '{') return this.group(this.take());
    return kind === 'number' || kind === 'pi' || kind === 'tau' ? this.atom() : notANumber();
  }

  private braced(): Value {
    return this.peek().text === '{' ? this.group(this.take()) : notANumber();
  }

  /** What stands up to the bracket that closes the one that was taken. */
  private group({ text }: Token): Value {
    const inner = this.sum();
    const end = this.take();
    if (text === '{' && end.kind === 'choose') {
      const bottom = this.sum();
      return this.take().text === '}' ? binomial(inner, bottom) : notANumber();
    }
    return end.text === CLOSERS[text] ? inner : notANumber();
  }

  private atom(): Value {
    const token = this.take();
    switch (token.kind) {
      case 'number':
        return numberOf(token.text);
      case 'pi':
        return this.named(Math.PI);
      case 'tau':
        return this.named(2 * Math.PI);
      case 'a':
        return this.namespace.a ?? notANumber();
      case 'open':
        return this.group(token);
      case 'open-floor':
        return this.named(floor(this.group(token)));
      case 'left': {
        const open = this.take();
        const isFloor = open.kind === 'open-floor';
        if (open.kind !== 'open' && !isFloor) notANumber();
        const inner = this.sum();
        if (this.take().text !== token.text.replace('left', 'right')) notANumber();
        if (this.take().text !== CLOSERS[open.text]) notANumber();
        return isFloor ? this.named(floor(inner)) : inner;
      }
      case 'frac': {
        const top = this.braced();
        return over(top, this.braced());
      }
      case 'binom': {
        const top = this.braced();
        return binomial(top, this.braced());
      }
      case 'sqrt': {
        const index = this.peek().text === '[' ? this.group(this.take()) : null;
        const base = this.braced();
        if (index === null) return this.named(finite(Math.sqrt(Number(base))));
        return power(base, over(1n, index));
      }
      case 'e':
        return this.exponential();
      case 'function':
        return this.function(token.text.slice(1));
      default:
        return notANumber();
    }
  }

  /** `e^x`; sympy writes e itself as E, a name that Python does not have. */
  private exponential(): Value {
    if (this.peek().kind !== '^') return notANumber();
    const exponent = this.exponent();
    return exponent === 1n
      ? notANumber()
      : exponent === 0n
        ? 1n
        : this.named(finite(Math.exp(Number(exponent))));
  }

  /** `(…)`, with `\\left` and `\\right` or one of them, or a product without further functions. */
  private argument(): Value {
    const { kind, end } = this.peek();
    const isLeft = kind === 'left' && this.text[skipSpaces(this.text, end)] === '(';
    if (isLeft) this.take();
    if (this.peek().text !== '(') return this.product(true);
    this.take();
    const argument = this.sum();
    if (this.peek().kind === 'right') this.take();
    return this.take().text === ')' ? argument : notANumber();
  }

  private function(name: string): Value {
    this.named(0n);
    let base: Value | null = null;
    let exponent: Value | null = null;
    for (;;) {
      const { text } = this.peek();
      if (text === '_' && base === null) {
        this.take();
        base = this.scriptArgument();
      } else if (text === '^' && exponent === null) {
        this.take();
        exponent = this.scriptArgument();
      } else break;
    }
    const argument = this.nested(() => this.argument());
    const x = Number(argument);
    const inverse = exponent === -1n ? INVERSES[name] : undefined;
    if (inverse !== undefined) return finite(inverse(x));
    const value = name === 'floor' ? floor(argument) : finite(functionValue(name, x, base));
    return exponent === null ? value : power(value, exponent);
  }
}

const floor = (value: Value): Value => (typeof value === 'bigint' ? value : BigInt(Math.floor(value)));

function functionValue(name: string, x: number, base: Value | null): number {
  if (name === 'log' && base !== null) return Math.log(x) / Math.log(Number(base));
  // sympy writes exp(1) as E too.
  return name === 'exp' && x === 1 ? notANumber() : (FUNCTIONS[name]?.(x) ?? Number.NaN);
}

function numberOf(text: string): Value {
  const isPercent = text.endsWith('\\%');
  const digits = (isPercent ? text.slice(0, -2) : text).replaceAll(',', '');
  const [integer = '', fraction = ''] = digits.split('.');
  // A Python float of more digits than a double holds is rounded once, and so is this.
  const value = /^0*$/.test(fraction) ? BigInt(integer || '0') : finite(Number(digits));
  return isPercent ? fraction100(value) : value;
}

const fraction100 = (value: Value): Value =>
  typeof value === 'bigint' && value % 100n === 0n ? value / 100n : over(value, 100n);
