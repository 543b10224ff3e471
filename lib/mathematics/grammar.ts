import { READING, refill, spend, Undecided } from '@/lib/mathematics/budget';
import {
  call,
  constant,
  type Expression,
  finiteSet,
  holds,
  isExpression,
  isOfSymbols,
  isWhole,
  MINUS_ONE,
  minus,
  number,
  percent,
  power,
  product,
  quotient,
  type Relation,
  type RelationSign,
  sum,
  UNREADABLE,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { interval } from '@/lib/mathematics/interval';
import { add, decimal, isInteger, negative } from '@/lib/mathematics/rational';
import { accented, COMPLEX, symbol } from '@/lib/mathematics/symbols';
import { type Token, type TokenType, tokenise } from '@/lib/mathematics/tokens';

/** Longer formulas and deeper ones are not read; no answer is. */
const MAX_TOKENS = 2_000;
const MAX_DEPTH = 100;

/** What the grammar reads and upstream's conversion refuses. */
const REFUSED = call('refused');
const refused = (part: Value): boolean =>
  part.kind === 'unreadable' || (part.kind === 'function' && part.name === 'refused');

const COMMA_NUMBER = /^\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*$/;

/**
 * latex2sympy2_extended 1.10.2 (0873506): its grammar (PS.g4) and its conversion (latex2sympy.py) in one. Where the
 * grammar is ambiguous the first alternative wins that lets the whole be read, as ANTLR has it.
 * @returns null where it cannot be read
 */
export const readFormula = (latex: string): Value | null => new Grammar(latex).read();

/** The same for a formula by itself, with a budget of its own. Never throws. */
export function readLatex(latex: string): Value | null {
  refill(READING);
  try {
    return readFormula(latex);
  } catch (error) {
    if (error instanceof Undecided) return null;
    throw error;
  }
}

type Role = 'open' | 'close' | 'evaluate';

class Grammar {
  private readonly tokens: readonly Token[];
  private readonly real: boolean;
  private at = 0;
  private depth = 0;
  private roles = new Map<number, Role>();
  /** Where an integrand must end. */
  private stop = -1;

  constructor(private readonly latex: string) {
    this.tokens = tokenise(latex, MAX_TOKENS) ?? [];
    this.real = !COMPLEX.test(latex);
  }

  read(): Value | null {
    if (this.tokens.length === 0) return null;
    for (const roles of barRoles(this.tokens)) {
      this.roles = roles;
      const value = this.whole();
      if (value !== null) return holds(value, refused) ? null : value;
    }
    return null;
  }

  private whole(): Value | null {
    for (const rule of [this.listOfOne, this.list, this.setRelation]) {
      this.at = 0;
      this.depth = 0;
      const value = rule.call(this);
      if (value === null || this.type() !== 'end') continue;
      if (rule !== this.list || !COMMA_NUMBER.test(this.latex)) return value;
      const text = this.latex.trim();
      return this.numeral(/^0/.test(text) ? text.replaceAll(',', '.') : text.replaceAll(',', ''));
    }
    return null;
  }

  /* ---- tokens */

  private type(ahead = 0): TokenType {
    return this.tokens[this.at + ahead]?.type ?? 'end';
  }
  private take(...types: readonly TokenType[]): Token | null {
    const token = this.tokens[this.at];
    if (token === undefined || !types.includes(token.type)) return null;
    this.at++;
    return token;
  }
  /** What `rule` reads, or nothing read at all. */
  private attempt<T>(rule: () => T | null): T | null {
    spend(1);
    const { at } = this;
    const result = rule();
    if (result === null) this.at = at;
    return result;
  }
  private enclosed<T>(open: TokenType, rule: () => T | null, ...close: readonly TokenType[]): T | null {
    return this.attempt(() => {
      if (!this.take(open) || this.depth >= MAX_DEPTH) return null;
      this.depth++;
      const inside = rule();
      this.depth--;
      return inside !== null && this.take(...close) ? inside : null;
    });
  }
  private readonly braced = (): Expression | null => this.enclosed('{', this.expression, '}');
  private text(from: number, to: number): string {
    return this.tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  }

  /* ---- lists, sets and relations */

  /** `x = 1, 2, 3`: one equation whose right side is a list. */
  private listOfOne(): Value | null {
    const left = this.attempt(this.letters);
    if (left === null || !this.take('in', '=')) return null;
    const groups = this.groups('no relations');
    return groups && equation(left, setOrOne(groups));
  }
  private list(): Value | null {
    const groups = this.groups('relations');
    return groups && setOrOne(groups);
  }
  private readonly letters = (): Value | null => {
    if (this.type() !== '(') return this.letter();
    return this.enclosed(
      '(',
      () => {
        const elements: Expression[] = [];
        do {
          const letter = this.letter();
          if (letter === null) return null;
          elements.push(letter);
        } while (this.take(','));
        const [only] = elements;
        return elements.length === 1 && only ? only : { kind: 'tuple', elements };
      },
      ')',
    );
  };

  /** Elements between commas, in groups between semicolons. */
  private groups(relations: 'relations' | 'no relations'): Value[][] | null {
    const groups: Value[][] = [];
    do {
      const group: Value[] = [];
      do {
        const element = this.element(relations);
        if (element === null) return null;
        group.push(...element);
      } while (this.take(','));
      groups.push(group);
    } while (this.take(';'));
    return groups;
  }
  private element(relations: 'relations' | 'no relations'): Value[] | null {
    const start = this.at;
    if (this.take('±')) {
      const expression = this.expression();
      return expression && [negated(expression), expression];
    }
    const left = this.attempt(this.expression);
    const end = this.at;
    if (left && this.take('±')) {
      const right = this.expression();
      return (
        right && [
          { kind: 'sum', terms: [left, right] },
          { kind: 'sum', terms: [left, negated(right)] },
        ]
      );
    }
    this.at = start;
    const set = this.attempt(() => {
      const atom = this.setAtom();
      return atom !== null && CLOSERS.has(this.type()) ? atom : null;
    });
    if (set !== null) return [set];
    if (left === null) return null;
    this.at = end;
    const value = relations === 'relations' ? this.relation(left) : left;
    return value && [value];
  }
  private relation(first: Expression): Value | null {
    let left: Value = first;
    for (;;) {
      const sign = this.attempt(() => this.take('in', '=', '==', '≈', '<', '≤', '>', '≥', '≠'));
      if (sign === null) return left;
      const right = this.expression();
      if (right === null) return null;
      if (sign.type === 'in') left = UNREADABLE;
      else if (sign.type === '≈') left = isOfSymbols(left) ? right : left;
      else left = related(left, sign.type === '==' ? '=' : (sign.type as RelationSign), right);
    }
  }

  private setRelation(): Value | null {
    const equal = this.attempt(() => {
      const left = this.letters();
      const sign = left && this.take('in', 'notin', '=');
      if (!left || !sign) return null;
      const right = this.setRelation();
      if (right === null) return null;
      return sign.type === 'notin' ? UNREADABLE : equation(left, right);
    });
    const set = equal ?? this.difference();
    if (set === null || !this.take('subset', 'supset')) return set;
    return this.setRelation() && UNREADABLE;
  }
  private readonly difference = (): Value | null =>
    this.chained('setminus', 'difference', () =>
      this.chained('cup', 'union', () => this.chained('cap', 'intersection', this.setGroup)),
    );
  private chained(
    sign: TokenType,
    kind: 'union' | 'intersection' | 'difference',
    rule: () => Value | null,
  ): Value | null {
    let left = rule();
    while (left !== null && this.take(sign)) {
      const right = rule();
      if (right === null) return null;
      const sets = [left, right].map((set) =>
        set.kind === 'tuple' && kind !== 'difference' ? finiteSet(set.elements) : set,
      );
      left = { kind, sets };
    }
    return left;
  }
  private readonly setGroup = (): Value | null =>
    this.enclosed('(', this.difference, ')') ?? this.attempt(() => this.setAtom());

  private setAtom(): Value | null {
    const open = this.type();
    const named = this.take('named set');
    if (named) return NAMED_SETS[named.text] ?? UNREADABLE;
    const between = INTERVAL_OPEN.has(open) && this.attempt(() => this.interval());
    if (between) return between;
    const elements = (from: TokenType, to: TokenType) =>
      this.enclosed(from, () => this.groups('relations'), to);
    const tuple = elements('(', ')') ?? elements('\\(', '\\)') ?? elements('[', ']');
    if (tuple) {
      const [first] = tuple[0] ?? [];
      return tuple.length === 1 && tuple[0]?.length === 1 && first
        ? first
        : { kind: 'tuple', elements: tuple.flat() };
    }
    if (open === '{' && this.type(1) === '}') {
      this.at += 2;
      return { kind: 'named set', name: '∅' };
    }
    const set = elements('{', '}') ?? elements('\\{', '\\}');
    if (set) return finiteSet(set.flat());
    const boxed = this.attempt(() => (this.take('boxed') ? elements('{', '}') : null));
    return boxed && setOrOne(boxed);
  }
  private interval(): Value | null {
    const open = this.tokens[this.at];
    this.at++;
    if (this.depth >= MAX_DEPTH) return null;
    this.depth++;
    const start = this.expression();
    const end = start && this.take(',') ? this.expression() : null;
    this.depth--;
    if (!open || !start || !end) return null;
    const close = this.take(']', ')', '\\)', 'rbrack', 'rgroup');
    return close && interval(start, end, OPEN_ENDS.has(open.type), OPEN_ENDS.has(close.type));
  }

  /* ---- expressions */

  readonly expression = (): Expression | null => {
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
  private factors(functions: 'any' | 'first only'): Expression | null {
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
  private signed(functions: 'any' | 'first only'): Expression | null {
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
    for (let item = items.pop(); item; item = items.pop()) value = side(item, value);
    for (; minuses > 0; minuses--) value = minus(value);
    return value;
  }
  private postfix(functions: boolean): Expression | null {
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
  private evaluation(): Expression | null {
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

  private component(functions: boolean): Expression | null {
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
        return this.attempt(() => (this.take('boxed') ? this.braced() : null));
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
          return top && bottom && call('binomial', top, bottom);
        });
      case 'matrix':
        return this.matrix('matrix', 'end matrix');
      case 'array':
        return this.matrix('array', 'end array');
      case 'det': {
        const matrix = this.matrix('det', 'end det');
        return matrix && call('det', matrix);
      }
      default:
        return (functions ? this.attempt(() => this.function()) : null) ?? this.atom();
    }
  }
  private readonly chosen = (): Expression | null => {
    const top = this.expression();
    if (top === null || !this.take('choose')) return top;
    const bottom = this.expression();
    return bottom && call('binomial', top, bottom);
  };
  private absolute(): Expression | null {
    if (this.roles.get(this.at) !== 'open') return null;
    return this.attempt(() => {
      const inside = this.enclosed('|', this.expression, '|');
      return inside && this.roles.get(this.at - 1) === 'close' ? call('abs', inside) : null;
    });
  }
  private fraction(): Expression | null {
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
        const inside = new Grammar(this.text(from, to).slice(1)).read();
        return inside && isExpression(inside) ? call('derivative', inside, bottom) : REFUSED;
      }
      return quotient(top, bottom);
    });
  }
  private matrix(open: TokenType, close: TokenType): Expression | null {
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

  private atom(): Expression | null {
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
  private numeral(text: string, kind: 'number' | 'decimal' = 'number'): Expression {
    const value = decimal(text);
    if (value === null) return REFUSED;
    return kind === 'number' && !text.includes('.') ? number(value) : { kind: 'decimal', value };
  }

  /** A letter with what stands below and above it; what is below belongs to its name. */
  private letter(): Expression | null {
    const token = this.take('letter', 'greek', 'other', 'accent');
    if (token === null) return null;
    let exponent = this.attempt(() => this.superscript());
    const subscript = this.attempt(() => this.subscript());
    exponent ??= subscript && this.attempt(() => this.superscript());
    // Upstream forgets what stands at the imaginary unit.
    if (token.text === 'I') return constant('i');
    const base = this.named(token, subscript?.text ?? null);
    return exponent ? power(base, exponent) : base;
  }
  private named(token: Token, subscript: string | null): Expression {
    const name = token.type === 'accent' ? accented(token.text) : token.text;
    if (subscript === null) return symbol(name, this.real);
    return symbol(`${name.trim()}_${subscript.length > 1 ? `{${subscript}}` : subscript}`, this.real);
  }
  private subscript(): { text: string; value: Expression | null } | null {
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
  private superscript(): Expression | null {
    return this.take('^') ? (this.braced() ?? this.atom()) : null;
  }
  private commaSeparated(): Expression[] | null {
    const list: Expression[] = [];
    do {
      const expression = this.expression();
      if (expression === null) return null;
      list.push(expression);
    } while (this.take(','));
    return list;
  }

  /* ---- functions */

  private function(): Expression | null {
    switch (this.type()) {
      case 'letter':
      case 'greek':
      case 'other':
      case 'accent':
        return this.application();
      case 'e': {
        this.at++;
        const exponent = this.attempt(() => this.superscript());
        return exponent ? power(constant('e'), exponent) : constant('e');
      }
      case 'sqrt':
        return this.root();
      case 'sum':
        return this.series();
      case 'lim':
        return this.limit();
      case 'int':
        return this.integral();
      case 'function':
      case 'functions':
      case 'operatorname':
        return this.named_function();
      default:
        return null;
    }
  }
  /** `f(x)`, where one atom stands in the parentheses or a comma: any other `f(…)` is a product. */
  private application(): Expression | null {
    const from = this.at;
    this.at++;
    this.attempt(() => this.subscript());
    const name = this.text(from, this.at);
    const exponent = this.attempt(() => this.superscript());
    const inside = () => {
      const start = this.at;
      const atom = this.attempt(() => {
        const only = this.atom();
        return only && CLOSERS.has(this.type()) && this.type() !== ',' ? only : null;
      });
      if (atom) return this.text(start, this.at);
      if (!this.commaAhead() || !this.expression() || !this.take(',')) return null;
      if (!CLOSERS.has(this.type()) && !this.commaSeparated()) return null;
      return this.text(start, this.at);
    };
    const parenthesised = () => this.enclosed('(', inside, ')') ?? this.enclosed('[', inside, ']');
    const text = parenthesised() ?? this.enclosed('{', parenthesised, '}');
    if (text === null) return null;
    const parts = text
      .replace(/,$/, '')
      .split(',')
      .map((part) => new Grammar(part).read());
    if (!parts.every((part) => part !== null && isExpression(part))) return REFUSED;
    const applied = call(`${name}()`, ...(parts as Expression[]));
    return exponent ? power(applied, exponent) : applied;
  }
  /** Whether a comma stands before the bracket that closes here. */
  private commaAhead(): boolean {
    let depth = 0;
    for (let at = this.at; depth >= 0 && at < this.tokens.length; at++) {
      const { type } = this.tokens[at] ?? { type: 'end' };
      if (type === ',' && depth === 0) return true;
      if (type === '(' || type === '[' || type === '{') depth++;
      if (type === ')' || type === ']' || type === '}') depth--;
      if ((at & 15) === 0) spend(1);
    }
    return false;
  }
  private root(): Expression | null {
    this.at++;
    const degree = this.enclosed('[', this.expression, ']');
    const radicand = this.braced();
    if (radicand === null) return null;
    return power(radicand, degree ? quotient(whole(1), degree) : quotient(whole(1), whole(2)));
  }
  private named_function(): Expression | null {
    let name = this.tokens[this.at]?.text.slice(1) ?? '';
    let several = this.type() === 'functions';
    this.at++;
    if (name === 'operatorname') {
      const given = this.enclosed('{', () => this.take('name'), '}');
      if (given === null) return null;
      name = given.text;
      several =
        ['gcd', 'lcm', 'zeros', 'ones', 'diag', 'hstack', 'vstack'].includes(name) || name.startsWith('orth');
    }
    let exponent = this.attempt(() => this.superscript());
    const subscript = this.attempt(() => this.subscript());
    exponent ??= this.attempt(() => this.superscript());
    if (several) {
      const parts = this.enclosed('(', () => this.commaSeparated(), ')');
      if (parts === null) return this.factors('first only') && REFUSED;
      const value = ['gcd', 'lcm', 'max', 'min'].includes(name) ? call(name, ...parts) : REFUSED;
      return exponent ? power(value, exponent) : value;
    }
    const part = this.enclosed('(', this.expression, ')') ?? this.factors('first only');
    if (part === null) return null;
    name = name.replace(/^ar[cs](?=sinh|cosh|tanh)|^ar(?=sinh|cosh|tanh)|^arc/, 'a');
    if (
      exponent?.kind === 'number' &&
      exponent.value.n === -1n &&
      isInteger(exponent.value) &&
      INVERTIBLE.has(name)
    ) {
      name = `a${name}`;
      exponent = null;
    }
    const value =
      name === 'log'
        ? call('log', part, subscript ? (subscript.value ?? REFUSED) : whole(10))
        : name === 'ln'
          ? call('log', part, subscript ? (subscript.value ?? REFUSED) : constant('e'))
          : name === 'exp'
            ? power(constant('e'), part)
            : FUNCTIONS.has(name)
              ? call(FUNCTIONS.get(name) ?? name, part)
              : REFUSED;
    return exponent ? power(value, exponent) : value;
  }
  private series(): Expression | null {
    const name = this.tokens[this.at]?.text === '\\sum' ? 'series' : 'product series';
    this.at++;
    let to = this.attempt(() => this.superscript());
    const from = this.attempt(() => {
      if (!this.take('_')) return null;
      return this.enclosed(
        '{',
        () => {
          const variable = this.expression();
          const start = variable && this.take('=', '==') ? this.expression() : null;
          return variable && start && { variable, start };
        },
        '}',
      );
    });
    to ??= this.attempt(() => this.superscript());
    const term = from && to && this.factors('any');
    if (!term || !from || !to) return null;
    return from.variable.kind === 'symbol' ? call(name, term, from.variable, from.start, to) : REFUSED;
  }
  private limit(): Expression | null {
    this.at++;
    if (!this.take('_')) return null;
    const target = this.enclosed(
      '{',
      () => {
        const variable = this.take('letter', 'greek', 'other');
        const value = variable && this.take('to') ? this.expression() : null;
        if (!variable || !value) return null;
        const from = this.attempt(() =>
          this.take('^') ? this.enclosed('{', () => this.take('+', '-'), '}') : null,
        );
        return { variable: this.named(variable, null), value, from: from?.type === '-' ? -1 : 1 };
      },
      '}',
    );
    const term = target && this.factors('any');
    return target && term && call('limit', term, target.variable, target.value, whole(target.from));
  }
  private integral(): Expression | null {
    this.at++;
    let upper = this.attempt(() => this.superscript());
    const lower = this.attempt(() => this.subscript());
    upper ??= this.attempt(() => this.superscript());
    if ((lower === null) !== (upper === null)) return null;
    const start = this.at;
    const bounds = lower?.value && upper ? [lower.value, upper] : [];
    const outer = this.stop;
    for (let stop = this.tokens.length - 1; stop >= start; stop--) {
      const differential = this.tokens[stop];
      if (differential?.type !== 'differential') continue;
      this.at = start;
      this.stop = stop;
      const integrand = stop === start ? whole(1) : this.expression();
      this.stop = outer;
      if (integrand === null || this.at !== stop) continue;
      this.at++;
      const variable = symbol(differentialOf(differential.text), this.real);
      return call('integral', integrand, variable, ...bounds);
    }
    this.at = start;
    const integrand = this.expression();
    return integrand && call('integral', integrand, symbol('x', this.real), ...bounds);
  }
}

const CLOSERS: ReadonlySet<TokenType> = new Set([
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
const INTERVAL_OPEN: ReadonlySet<TokenType> = new Set(['[', '(', '\\(', 'lbrack', 'lgroup']);
const OPEN_ENDS: ReadonlySet<TokenType> = new Set(['(', '\\(', 'lgroup', ')', '\\)', 'rgroup']);
const CLOSING = {
  '(': ')',
  '[': ']',
  '\\{': '\\}',
  lgroup: 'rgroup',
  lbrace: 'rbrace',
  lbrack: 'rbrack',
} as const;
const INVERTIBLE: ReadonlySet<string> = new Set([
  'sin',
  'cos',
  'tan',
  'csc',
  'sec',
  'cot',
  'sinh',
  'cosh',
  'tanh',
]);
const FUNCTIONS = new Map(
  'sin cos tan csc sec cot asin acos atan acsc asec acot sinh cosh tanh asinh acosh atanh floor det rank trace'
    .split(' ')
    .map((name) => [name, name]),
)
  .set('ceil', 'ceiling')
  .set('tr', 'trace');
const NAMED_SETS: Record<string, Value> = Object.fromEntries(
  Object.entries({
    ℕ: '\\mathbb{N} ℕ',
    ℤ: '\\mathbb{Z} ℤ',
    ℚ: '\\mathbb{Q} ℚ',
    ℝ: '\\mathbb{R} ℝ',
    ℂ: '\\mathbb{C} ℂ',
    '∅': '\\emptyset ∅ \\{\\} \\lbrace\\rbrace',
  }).flatMap(([name, texts]) =>
    texts.split(' ').map((text) => [text, { kind: 'named set', name: name as 'ℕ' }] as const),
  ),
);

const wrapped = (name: string, inside: Expression | null): Expression | null => inside && call(name, inside);
const equation = (left: Value, right: Value): Relation => ({ kind: 'relation', sign: '=', left, right });
const differentialOf = (text: string): string => text.slice(1).trim().replace(/^\\/, '');
const transposed = (rows: readonly (readonly Expression[])[]): Expression => ({
  kind: 'matrix',
  rows: (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? REFUSED)),
});

const negated = (value: Expression): Expression =>
  value.kind === 'number' ? number(negative(value.value)) : { kind: 'product', terms: [MINUS_ONE, value] };
const subtrahend = (value: Expression): Expression =>
  value.kind === 'number' || value.kind === 'decimal' ? minus(value) : product(MINUS_ONE, value);

/** Side by side: a product, but a whole number before a fraction is a mixed number, even if it is whole (`2 3` is 5). */
function side(left: Expression, right: Expression): Expression {
  if (!isWhole(left) || right.kind !== 'number' || right.value.n <= 0n) return product(left, right);
  return number(add(left.value, left.value.n < 0n ? negative(right.value) : right.value));
}

function related(left: Value, sign: RelationSign, right: Value): Value {
  if (left.kind === 'chain') {
    const last = left.relations.at(-1);
    return last
      ? { kind: 'chain', relations: [...left.relations, { kind: 'relation', sign, left: last.right, right }] }
      : left;
  }
  if (left.kind === 'relation')
    return { kind: 'chain', relations: [left, { kind: 'relation', sign, left: left.right, right }] };
  return { kind: 'relation', sign, left, right };
}

function setOrOne(groups: readonly (readonly Value[])[]): Value {
  const [first = []] = groups;
  if (groups.length === 1) {
    const [only] = first;
    return first.length === 1 && only ? only : finiteSet(first);
  }
  if (groups.every((group) => group.length === 1)) return finiteSet(groups.flat());
  return finiteSet(groups.map((elements) => ({ kind: 'tuple', elements }) as const));
}

/** More bars than this are read as pairs, one after another. */
const MAX_BARS = 10;

/** The ways in which bars can open, close, or mark an evaluation; as ANTLR would try them. */
function barRoles(tokens: readonly Token[]): readonly Map<number, Role>[] {
  const bars = tokens.flatMap(({ type }, index) => (type === '|' ? [index] : []));
  if (bars.length === 0) return [new Map()];
  if (bars.length > MAX_BARS) return [new Map(bars.map((bar, index) => [bar, index % 2 ? 'close' : 'open']))];
  const ways: Map<number, Role>[] = [];
  const assign = (index: number, open: number, roles: readonly Role[]) => {
    const bar = bars[index];
    if (bar === undefined) {
      if (open === 0) ways.push(new Map(roles.map((role, which) => [bars[which] ?? 0, role])));
      return;
    }
    const next = tokens[bar + 1]?.type;
    if ((next === '^' || next === '_') && tokens[bar + 2]?.type === '{')
      assign(index + 1, open, [...roles, 'evaluate']);
    if (bars.length - index > open) assign(index + 1, open + 1, [...roles, 'open']);
    if (open > 0) assign(index + 1, open - 1, [...roles, 'close']);
  };
  assign(0, 0, []);
  return ways;
}
