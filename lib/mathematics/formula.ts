import { Cursor, REFUSED } from '@/lib/mathematics/cursor';
import { evaluate, isExact, NOWHERE } from '@/lib/mathematics/evaluate';
import {
  call,
  constant,
  type Expression,
  float,
  isWhole,
  MINUS_ONE,
  minus,
  number,
  percent,
  power,
  product,
  quotient,
  sum,
} from '@/lib/mathematics/expression';
import { bitsOfNumeral } from '@/lib/mathematics/float';
import { determinant } from '@/lib/mathematics/matrix';
import { add, decimal, negative } from '@/lib/mathematics/rational';
import { accented, symbol } from '@/lib/mathematics/symbols';
import type { Token, TokenType } from '@/lib/mathematics/tokens';

/** Sums, products, powers, and what they are made of. */
export abstract class Formula extends Cursor {
  /** Where an integrand must end. */
  protected stop = -1;

  /** A function and its argument, or a letter applied to something. */
  protected abstract function(): Expression | null;
  protected abstract derivative(numerator: string, differential: Token): Expression;

  protected readonly braced = (): Expression | null => this.enclosed('{', this.expression, '}');
  protected readonly expression = (): Expression | null => {
    let left = this.factors('any');
    while (left !== null) {
      const sign = this.type();
      if (sign !== '+' && sign !== '-') break;
      const right = this.attempt(() => (this.take(sign) ? this.factors('any') : null));
      if (right === null) break;
      left = sum(left, sign === '+' ? right : subtrahend(right));
    }
    return left;
  };

  /** Products and quotients. After a function's name, further functions end its argument. */
  protected factors(functions: 'any' | 'first only'): Expression | null {
    let left = this.signed(functions);
    while (left !== null) {
      const sign = this.type();
      if (sign !== '*' && sign !== ':' && sign !== 'mod') break;
      const right = this.attempt(() => (this.take(sign) ? this.signed(functions) : null));
      if (right === null) break;
      if (sign === '*') left = product(left, right);
      else if (sign === ':') left = quotient(left, right);
      else left = call('mod', left, right);
    }
    return left;
  }
  protected signed(functions: 'any' | 'first only'): Expression | null {
    let minuses = 0;
    while (this.type() === '+' || this.type() === '-') if (this.tokens[this.at++]?.type === '-') minuses++;
    const items: Expression[] = [];
    for (;;) {
      const item = this.attempt(() => this.postfix(functions === 'any' || items.length === 0));
      if (item === null) break;
      items.push(item);
    }
    let value = items.pop();
    if (value === undefined) return null;
    if (isOperator(value)) return REFUSED;
    for (let item = items.pop(); item; item = items.pop())
      value = isOperator(item) ? call('derivative', value, ...item.parts) : side(item, value);
    for (; minuses > 0; minuses--) value = minus(value);
    return value;
  }
  protected postfix(functions: boolean): Expression | null {
    let value = this.component(functions);
    while (value !== null && this.type() === '^') {
      const exponent = this.attempt(() => (this.take('^') ? (this.braced() ?? this.atom()) : null));
      if (exponent === null) break;
      this.attempt(() => this.subscript());
      value = power(value, exponent);
    }
    while (value !== null) {
      if (this.take('!')) value = call('factorial', value);
      else if (this.type() === 'transpose') {
        this.at++;
        if (value.kind === 'matrix') value = transposed(value.rows);
      } else if (this.type() === '|' && this.roles.get(this.at) === 'evaluate') {
        value = this.attempt(() => this.evaluation());
      } else if (!this.take('degree')) break;
    }
    return value;
  }
  protected evaluation(): Expression | null {
    this.at++;
    while (this.type() === '^' || this.type() === '_') {
      this.at++;
      if (
        !this.enclosed(
          '{',
          () => this.expression() && (this.take('=', '==') ? this.expression() : MINUS_ONE),
          '}',
        )
      )
        return null;
    }
    return REFUSED;
  }

  protected component(functions: boolean): Expression | null {
    const type = this.type();
    switch (type) {
      case '(':
      case '[':
      case '\\{':
      case 'lgroup':
      case 'lbrace':
      case 'lbrack':
        return this.enclosed(type, this.expression, CLOSING[type]);
      case '{':
        return this.enclosed('{', this.chosen, '}');
      case 'boxed':
      case 'phantom':
        return this.attempt(() => (this.take('boxed', 'phantom') ? this.braced() : null));
      case 'norm':
        return this.enclosed('norm', this.expression, 'norm') && REFUSED;
      case '|':
        return this.absolute();
      case 'lvert':
        return wrapped('abs', this.enclosed('lvert', this.expression, 'rvert'));
      case 'vert':
        return wrapped('abs', this.enclosed('vert', this.expression, 'vert'));
      case 'langle':
        return this.enclosed('langle', this.expression, 'rangle') && REFUSED;
      case 'lfloor':
        return wrapped('floor', this.enclosed('lfloor', this.expression, 'rfloor'));
      case 'llcorner':
        return wrapped('floor', this.enclosed('llcorner', this.expression, 'lrcorner'));
      case 'lceil':
        return wrapped('ceiling', this.enclosed('lceil', this.expression, 'rceil'));
      case 'ulcorner':
        return wrapped('ceiling', this.enclosed('ulcorner', this.expression, 'urcorner'));
      case 'frac':
        return this.fraction();
      case 'binom':
        return this.attempt(() => {
          this.at++;
          const top = this.braced();
          const bottom = top && this.braced();
          return top && bottom && binomial(top, bottom);
        });
      case 'matrix':
        return this.matrix('matrix', 'end matrix');
      case 'array':
        return this.matrix('array', 'end array');
      case 'det': {
        const matrix = this.matrix('det', 'end det');
        return matrix && determinant(matrix);
      }
      default:
        return (functions ? this.attempt(() => this.function()) : null) ?? this.atom();
    }
  }
  protected readonly chosen = (): Expression | null => {
    const top = this.expression();
    if (top === null || !this.take('choose')) return top;
    const bottom = this.expression();
    return bottom && binomial(top, bottom);
  };
  protected absolute(): Expression | null {
    if (this.roles.get(this.at) !== 'open') return null;
    return this.attempt(() => {
      const inside = this.enclosed('|', this.expression, '|');
      return inside && this.roles.get(this.at - 1) === 'close' ? call('abs', inside) : null;
    });
  }
  protected fraction(): Expression | null {
    return this.attempt(() => {
      this.at++;
      const from = this.at + 1;
      const top = this.braced();
      const to = this.at - 1;
      const bottom = top && this.braced();
      if (!top || !bottom) return null;
      const differential = this.tokens[to + 2];
      if (
        differential?.type === 'differential' &&
        this.at === to + 4 &&
        this.text(from, to).startsWith('d')
      ) {
        return this.derivative(this.text(from, to).slice(1), differential);
      }
      return quotient(top, bottom);
    });
  }
  protected matrix(open: TokenType, close: TokenType): Expression | null {
    const rows = this.enclosed(
      open,
      () => {
        const read: Expression[][] = [];
        do {
          if (read.length > 0 && this.type() === close) break;
          const row: Expression[] = [];
          do {
            const entry = this.expression();
            if (entry === null) return null;
            row.push(entry);
          } while (this.take('&'));
          read.push(row);
        } while (this.take('row'));
        return read;
      },
      close,
    );
    if (rows === null) return null;
    return rows.every((row) => row.length === rows[0]?.length) ? { kind: 'matrix', rows } : REFUSED;
  }

  /* ---- atoms */

  protected atom(): Expression | null {
    const token = this.tokens[this.at];
    switch (token?.type) {
      case 'letter':
      case 'greek':
      case 'other':
      case 'accent':
        return this.letter();
      case 'symbol':
        this.at++;
        return token.text.startsWith('\\infty') ? constant('∞') : REFUSED;
      case 'number':
        this.at++;
        this.attempt(() => this.subscript());
        return this.numeral(token.text);
      case 'scientific':
        this.at++;
        return this.numeral(token.text, 'decimal');
      case 'percent number':
        this.at++;
        return percent(this.numeral(token.text.replace(/[ \t\r\n]?\\?%$/, '')));
      case 'E':
        this.at++;
        return { kind: 'symbol', name: 'e', real: this.real };
      case 'differential':
        if (this.at === this.stop) return null;
        this.at++;
        return { kind: 'symbol', name: `d${differentialOf(token.text)}`, real: this.real };
      default:
        return null;
    }
  }
  protected numeral(text: string, kind: 'number' | 'decimal' = 'number'): Expression {
    const value = decimal(text);
    if (value === null) return REFUSED;
    return kind === 'number' && !text.includes('.') ? number(value) : float(value, bitsOfNumeral(text));
  }

  /** A letter with what stands below and above it; what is below belongs to its name. */
  protected letter(): Expression | null {
    const token = this.take('letter', 'greek', 'other', 'accent');
    if (token === null) return null;
    let exponent = this.exponentBeforeSubscript() ?? this.attempt(() => this.superscript());
    const subscript = this.subscriptBeforeExponent() ?? this.attempt(() => this.subscript());
    exponent ??= subscript && this.attempt(() => this.superscript());
    // Upstream forgets what stands at the imaginary unit.
    if (token.text === 'I') return constant('i');
    const base = this.named(token, subscript?.text ?? null);
    return exponent ? power(base, exponent) : base;
  }
  /** The `2` of `x^2_0`, whose 0 belongs to the x. */
  protected exponentBeforeSubscript(): Expression | null {
    const token = this.tokens[this.at + 1];
    if (token === undefined || this.type() !== '^' || this.type(2) !== '_') return null;
    const isNumber = token.type === 'number';
    if (!isNumber && !LETTERS.has(token.type)) return null;
    this.at += 2;
    return isNumber ? this.numeral(token.text) : this.named(token, null);
  }
  /** The `i` of `x_i^n`, whose n belongs to the x. */
  protected subscriptBeforeExponent(): { text: string; value: Expression } | null {
    const token = this.tokens[this.at + 1];
    if (token === undefined || this.type() !== '_' || this.type(2) !== '^') return null;
    if (!LETTERS.has(token.type)) return null;
    this.at += 2;
    return { text: token.text, value: this.named(token, null) };
  }
  protected named(token: Token, subscript: string | null): Expression {
    const name = token.type === 'accent' ? accented(token.text) : token.text;
    if (subscript === null) return symbol(name, this.real);
    return symbol(`${name.trim()}_${subscript.length > 1 ? `{${subscript}}` : subscript}`, this.real);
  }
  protected subscript(): { text: string; value: Expression | null } | null {
    if (!this.take('_')) return null;
    const from = this.at;
    const atom = this.attempt(() => this.atom());
    if (atom) return { text: this.text(from, this.at), value: atom };
    const inside = this.enclosed('{', () => this.commaSeparated(), '}');
    const [only] = inside ?? [];
    return (
      inside && { text: this.text(from + 1, this.at - 1), value: inside.length === 1 && only ? only : null }
    );
  }
  protected superscript(): Expression | null {
    return this.take('^') ? (this.braced() ?? this.atom()) : null;
  }
  protected commaSeparated(): Expression[] | null {
    const list: Expression[] = [];
    do {
      const expression = this.expression();
      if (expression === null) return null;
      list.push(expression);
    } while (this.take(','));
    return list;
  }
}

const LETTERS: ReadonlySet<TokenType> = new Set(['letter', 'greek', 'other', 'accent']);
export const CLOSERS: ReadonlySet<TokenType> = new Set([
  ',',
  ';',
  ')',
  ']',
  '}',
  '\\)',
  '\\}',
  'rbrack',
  'rgroup',
  'end',
]);
const CLOSING = {
  '(': ')',
  '[': ']',
  '\\{': '\\}',
  lgroup: 'rgroup',
  lbrace: 'rbrace',
  lbrack: 'rbrack',
} as const;

const wrapped = (name: string, inside: Expression | null): Expression | null => inside && call(name, inside);
export const differentialOf = (text: string): string => text.slice(1).trim().replace(/^\\/, '');
const transposed = (rows: readonly (readonly Expression[])[]): Expression => ({
  kind: 'matrix',
  rows: (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? REFUSED)),
});
const subtrahend = (value: Expression): Expression =>
  value.kind === 'number' || value.kind === 'decimal' ? minus(value) : product(MINUS_ONE, value);

const isOperator = (value: Expression): value is Extract<Expression, { kind: 'function' }> =>
  value.kind === 'function' && value.name === 'd/d';

/** Side by side: a product, but a whole number before a fraction is a mixed number, even if it is whole (`2 3` is 5). */
function side(left: Expression, right: Expression): Expression {
  if (!isWhole(left) || right.kind !== 'number' || right.value.n <= 0n) return product(left, right);
  return number(add(left.value, left.value.n < 0n ? negative(right.value) : right.value));
}

const MAX_CHOSEN = 2_000n;
/** SymPy carries out a binomial coefficient of whole numbers even where it is told to leave it. */
function binomial(top: Expression, bottom: Expression): Expression {
  const left = call('binomial', top, bottom);
  if (!isWhole(top) || !isWhole(bottom) || bottom.value.n > MAX_CHOSEN) return left;
  const value = evaluate(left, NOWHERE);
  return value !== null && isExact(value) ? number(value) : left;
}
