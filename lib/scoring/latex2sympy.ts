import { REFUSED } from '@/lib/mathematics/cursor';
import {
  call,
  constant,
  type Expression,
  holds,
  isExpression,
  MINUS_ONE,
  minus,
  number,
  power,
  product,
  sum,
  type Value,
} from '@/lib/mathematics/expression';
import { decimal, divide, integer, type Rational } from '@/lib/mathematics/rational';
import {
  applied,
  isNumber,
  isSymbol,
  isZero,
  quotient,
  replaced,
  subtrahend,
} from '@/lib/scoring/latex2sympy-built';
import { Cursor, Unreadable, unreadable } from '@/lib/scoring/latex2sympy-cursor';
import type { TokenType } from '@/lib/scoring/latex2sympy-tokens';
import { exactValue, exponential } from '@/lib/scoring/sympy-evaluate';
import { binomial, determinant, ofSeveral } from '@/lib/scoring/sympy-numbers';

/**
 * latex2sympy2 1.9.1 (OrangeX4/latex2sympy: PS.g4 and latex2sympy2.py), as far as a number can come of it: what is read, in
 * lower case, as SymPy builds it with `evaluate=False`. Its accidents are kept: a text is read up to the first word that
 * cannot go on ("3)" is 3, "12 trees" is 12, for `tr` is a trace), and `x = 16` is 16. Upstream remembers such an x for
 * the rows that follow; here every reading starts anew.
 */

/** Longer texts are not read: no answer is, and the time stays small. */
const MAX_LENGTH = 2_000;
/** Arguments of gcd and the like are read twice, and theirs four times: so many readings in all. */
const MAX_READINGS = 60;

/** Null where it cannot be read or is refused. */
export const latex2sympy = (latex: string): Value | null => read(latex, { left: MAX_READINGS });

function read(latex: string, readings: { left: number }): Value | null {
  if (latex.length > MAX_LENGTH || readings.left-- <= 0) return null;
  try {
    const value = new Reader(prepared(latex), readings).relation();
    return holds(value, (part) => part === REFUSED) ? null : value;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

const prepared = (latex: string): string =>
  latex
    .replaceAll('\\dfrac', '\\frac')
    .replaceAll('\\tfrac', '\\frac')
    .replaceAll('\\mathrm{d}', 'd')
    .replaceAll('{\\rm d}', 'd')
    .replaceAll('\\left[\\begin{matrix}', '\\begin{bmatrix}')
    .replaceAll('\\end{matrix}\\right]', '\\end{bmatrix}')
    .replace(/\(([a-zA-Z0-9+\-*/\\ ]+?)\)_\{([a-zA-Z0-9+\-*/\\ ]+?)\}/g, '\\frac{($1)!}{(($1)-($2))!}')
    .replace(/\\displaystyle|\\quad|\\qquad|~|\\,|\$/g, ' ');

const CLOSERS: Partial<Record<TokenType, TokenType>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '\\{': '\\}',
  lgroup: 'rgroup',
  lbrace: 'rbrace',
  lbrack: 'rbrack',
  'floor open': 'floor close',
  'corner open': 'corner close',
  'ceil open': 'ceil close',
  'ucorner open': 'ucorner close',
};
const WRAPPERS: Partial<Record<TokenType, string>> = {
  'floor open': 'floor',
  'corner open': 'floor',
  'ceil open': 'ceiling',
  'ucorner open': 'ceiling',
};
const COMPARISONS = { '<': '<', '<=': '≤', '>': '>', '>=': '≥', '==': '=', '!=': '≠' } as const;
const isComparison = (type: TokenType): type is keyof typeof COMPARISONS => Object.hasOwn(COMPARISONS, type);

/** What begins a factor; a function among them only where `functions`. */
const FACTORS: ReadonlySet<TokenType> = new Set<TokenType>([
  ...(Object.keys(CLOSERS) as TokenType[]),
  'left',
  'mleft',
  'bar',
  'number',
  'percent number',
  'letter',
  'greek',
  'other',
  'accent',
  'differential',
  'symbol',
  'frac',
  'binom',
  'matrix',
  'det',
]);
const FUNCTIONS: ReadonlySet<TokenType> = new Set<TokenType>([
  'function',
  'functions',
  'operatorname',
  'sqrt',
  'e',
  'numberless',
]);
const LETTERS: ReadonlySet<TokenType> = new Set<TokenType>(['letter', 'greek', 'other', 'accent']);
const INVERTIBLE = /^(?:sin|cos|tan|csc|sec|cot|sinh|cosh|tanh)$/;

/** A descent through the grammar that gives up where something cannot be read. */
class Reader extends Cursor {
  /** Once it has read a dx, upstream has lost the table in which it would note an `x = 16`. */
  private hasDifferential = false;

  constructor(
    text: string,
    private readonly readings: { left: number },
  ) {
    super(text);
  }

  relation(): Value {
    let left: Value = this.expression();
    for (;;) {
      const { type } = this.token;
      // A list, of which no number comes.
      if (type === ',' || type === ';' || type === 'numberless') return unreadable();
      if (type !== '=' && !isComparison(type)) return left;
      this.take();
      const right = this.expression();
      if (type !== '=') left = { kind: 'relation', sign: COMPARISONS[type], left, right };
      // Upstream solves any other equation, or writes it as one: no number comes of it.
      else left = left.kind === 'symbol' && !this.hasDifferential ? right : REFUSED;
    }
  }

  private expression(): Expression {
    return this.nested(() => {
      let left = this.factors(true);
      for (;;) {
        const { type } = this.token;
        if (type !== '+' && type !== '-') return left;
        this.take();
        const right = this.factors(true);
        left = sum(left, type === '+' ? right : subtrahend(right));
      }
    });
  }
  /** @param functions whether a function may stand behind another factor: not in an argument without parentheses. */
  private factors(functions: boolean): Expression {
    let left = this.signed(functions);
    for (;;) {
      const { type } = this.token;
      if (type !== '*' && type !== '/' && type !== 'mod') return left;
      this.take();
      const right = this.signed(functions);
      if (type === '*') left = product(left, right);
      else left = type === '/' ? quotient(left, right) : call('Mod', left, right);
    }
  }
  private signed(functions: boolean): Expression {
    const { type } = this.token;
    if (type === '+' || type === '-') {
      this.take();
      const value = this.nested(() => this.signed(functions));
      return type === '+' ? value : minus(value);
    }
    const factors = [this.postfixed()];
    while (FACTORS.has(this.token.type) || (functions && FUNCTIONS.has(this.token.type)))
      factors.push(this.postfixed());
    return factors.reduceRight((right, left) => product(left, right));
  }
  private postfixed(): Expression {
    let value = this.raised();
    for (;;) {
      if (this.taken('!')) value = call('factorial', value);
      else if (this.token.type === 'bar' && /[_^]/.test(this.next(this.token.end).type))
        value = this.evaluatedAt(value);
      else if (!this.taken('transpose')) return value;
    }
  }
  /** `x^2|_{x=3}`, `x^2|^{x=3}_{x=1}` */
  private evaluatedAt(value: Expression): Expression {
    this.take();
    const upper = this.taken('^') ? this.substituted(value) : null;
    const lower = this.taken('_') ? this.substituted(value) : null;
    if (upper === null) return lower ?? unreadable();
    return lower === null ? upper : sum(upper, product(lower, MINUS_ONE));
  }
  private substituted(value: Expression): Expression {
    this.expect('{');
    const left = this.expression();
    const right = this.taken('=', '==') ? this.expression() : null;
    this.expect('}');
    if (right === null || left.kind !== 'symbol' || !holds(value, isSymbol)) return value;
    const exact = exactValue(replaced(value, left.name, right));
    return exact === null ? REFUSED : number(exact);
  }
  private raised(): Expression {
    let value = this.component();
    while (this.taken('^')) {
      value = power(value, this.script());
      if (this.token.type === '_') this.subscript();
    }
    return value;
  }
  /** `{…}` or an atom. */
  private script(): Expression {
    if (this.token.type !== '{') return this.atom();
    this.take();
    const value = this.expression();
    this.expect('}');
    return value;
  }
  /** What stands below; null where it is a list. */
  private subscript(): { text: string; value: Expression | null } {
    const { start } = this.expect('_');
    if (this.token.type !== '{') {
      const value = this.atom();
      return { text: this.textFrom(start), value };
    }
    this.take();
    let value: Expression | null = this.expression();
    while (this.taken(',')) {
      this.expression();
      value = null;
    }
    this.expect('}');
    return { text: this.textFrom(start), value };
  }
  private textFrom(start: number): string {
    return this.text.slice(start, this.token.start);
  }

  private component(): Expression {
    const { token } = this;
    switch (token.type) {
      case 'left':
      case 'mleft':
        return this.between();
      case 'frac': {
        this.take();
        const top = this.braced();
        return quotient(top, this.braced());
      }
      case 'binom': {
        this.take();
        const top = this.braced();
        return binomial(top, this.braced()) ?? REFUSED;
      }
      case 'matrix':
        return { kind: 'matrix', rows: this.matrix('end matrix') };
      case 'det': {
        const rows = this.matrix('end det');
        return determinant(rows) ?? REFUSED;
      }
      case 'sqrt':
        return this.root();
      case 'e':
        this.take();
        return this.taken('^') ? exponential(this.script()) : constant('e');
      case 'function':
      case 'operatorname':
      case 'functions':
        return this.function();
      default:
        if (CLOSERS[token.type] !== undefined) return this.group();
        return LETTERS.has(token.type) ? this.letter(true) : this.atom();
    }
  }
  private braced(): Expression {
    this.expect('{');
    const value = this.expression();
    this.expect('}');
    return value;
  }
  private group(): Expression {
    const open = this.take();
    const inner = this.expression();
    if (open.type === '{' && this.taken('choose')) {
      const bottom = this.expression();
      this.expect('}');
      return binomial(inner, bottom) ?? REFUSED;
    }
    this.expect(CLOSERS[open.type] ?? unreadable());
    const wrapper = WRAPPERS[open.type];
    return wrapper === undefined ? inner : call(wrapper, inner);
  }
  /** `\left( … \right)` */
  private between(): Expression {
    const side = this.take();
    const open = this.take();
    const close = CLOSERS[open.type] ?? unreadable();
    const inner = this.expression();
    this.expect(side.type === 'left' ? 'right' : 'mright');
    this.expect(close);
    const wrapper = WRAPPERS[open.type];
    return wrapper === undefined ? inner : call(wrapper, inner);
  }
  private root(): Expression {
    this.take();
    let degree: Rational = integer(2);
    if (this.taken('[')) {
      degree = exactValue(this.expression()) ?? unreadable();
      this.expect(']');
    }
    const radicand = this.braced();
    return degree.n === 0n ? REFUSED : power(radicand, number(divide(integer(1), degree)));
  }
  private matrix(close: TokenType): Expression[][] {
    this.take();
    const rows: Expression[][] = [];
    do {
      if (rows.length > 0 && this.token.type === close) break;
      const row = [this.expression()];
      while (this.taken('&')) row.push(this.expression());
      rows.push(row);
    } while (this.taken('row'));
    this.expect(close);
    return rows;
  }

  private function(): Expression {
    const { type, text } = this.take();
    let name = text.slice(1);
    let isOfSeveral = type === 'functions';
    if (type === 'operatorname') {
      this.expect('{');
      name = this.expect('name').text;
      this.expect('}');
      isOfSeveral = /^(?:gcd|lcm|zeros|ones|diag|hstack|vstack|orth)/.test(name);
    }
    let exponent: Expression | null = null;
    let base: Expression | null = null;
    for (let scripts = 0; scripts < 2; scripts++) {
      if (this.token.type === '_' && base === null) base = this.subscript().value ?? REFUSED;
      else if (exponent === null && this.taken('^')) exponent = this.script();
      else break;
    }
    if (isOfSeveral) {
      const value = this.severalArguments(name);
      return isZero(exponent) || exponent === null ? value : power(value, exponent);
    }
    const argument = this.nested(() => this.argument());
    name = name.replace(/^ar[cs](?=sinh|cosh|tanh)|^ar(?=sinh|cosh|tanh)|^arc/, 'a');
    if (exponent !== null && INVERTIBLE.test(name) && exactValue(exponent)?.n === -1n && isNumber(exponent)) {
      name = `a${name}`;
      exponent = null;
    }
    const value = applied(name, argument, base);
    return isZero(exponent) || exponent === null ? value : power(value, exponent);
  }
  /** `(…)`, with `\left` and `\right` or one of them, or a product without further functions. */
  private argument(): Expression {
    const { token } = this;
    const isSided = token.type === 'left' || token.type === 'mleft';
    const open = isSided ? this.next(token.end) : token;
    if (open.type !== '(') return this.factors(false);
    if (isSided) this.take();
    this.take();
    const argument = this.expression();
    this.taken(token.type === 'mleft' ? 'mright' : 'right');
    this.expect(')');
    return argument;
  }
  /** Upstream cuts the text of the arguments at its commas and reads each piece by itself. */
  private severalArguments(name: string): Expression {
    const { token } = this;
    const isSided = token.type === 'left' || token.type === 'mleft';
    if (isSided) this.take();
    const open = this.expect('(');
    do this.expression();
    while (this.taken(','));
    const inside = this.textFrom(open.end);
    this.taken(token.type === 'mleft' ? 'mright' : 'right');
    this.expect(')');
    if (name !== 'gcd' && name !== 'lcm' && name !== 'max' && name !== 'min') return REFUSED;
    const parts = inside.split(',').map((part) => read(part, this.readings));
    if (!parts.every((part) => part !== null)) return unreadable();
    if (!parts.every((part) => isExpression(part))) return REFUSED;
    return ofSeveral(name, parts);
  }

  private atom(): Expression {
    const token = this.take();
    switch (token.type) {
      case 'number':
        return number(decimal(token.text.replaceAll(',', '')) ?? unreadable());
      case 'percent number':
        return number(
          divide(decimal(token.text.slice(0, -2).replaceAll(',', '')) ?? unreadable(), integer(100)),
        );
      case 'symbol':
        if (token.text === '\\pi') return constant('pi');
        return token.text.startsWith('\\infty') ? constant('∞') : unreadable();
      case 'differential':
        this.hasDifferential = true;
        return { kind: 'symbol', name: `d${token.text.slice(1).trim().replace(/^\\/, '')}`, real: false };
      default:
        this.token = token;
        return LETTERS.has(token.type) ? this.letter(false) : unreadable();
    }
  }
  /** A letter with what stands below and above it. @param applied whether it may be a function, `f(2)` */
  private letter(applied: boolean): Expression {
    const { type, text } = this.take();
    let name = type === 'greek' ? text.slice(1).trim() : text;
    if (type === 'accent') {
      this.expect('{');
      const { start } = this.token;
      this.expression();
      name = `${text}{${this.textFrom(start)}}`;
      this.expect('}');
    }
    let exponent: Expression | null = null;
    let isBelow = false;
    for (let scripts = 0; scripts < 2; scripts++) {
      if (this.token.type === '_' && !isBelow) {
        name += this.subscript().text;
        isBelow = true;
      } else if (exponent === null && this.taken('^')) exponent = this.script();
      else break;
    }
    if (applied && this.isApplication()) return REFUSED;
    const symbol: Expression = { kind: 'symbol', name, real: false };
    return exponent === null ? symbol : power(symbol, exponent);
  }
  /** Whether one atom stands in the parentheses that follow, or a comma. Any other `a(…)` is a product. */
  private isApplication(): boolean {
    const inside = /[([]\s*(?:[\d.,]+(?:\\%)?|[a-z]|\\[a-z]+)\s*[)\]]/y;
    inside.lastIndex = this.token.start;
    return inside.test(this.text);
  }
}
