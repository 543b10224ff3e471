import { spend } from '@/lib/mathematics/budget';
import { REFUSED } from '@/lib/mathematics/cursor';
import {
  call,
  constant,
  type Expression,
  holds,
  isExpression,
  power,
  quotient,
  type Value,
  whole,
} from '@/lib/mathematics/expression';
import { folded } from '@/lib/mathematics/fold';
import { CLOSERS, differentialOf, Formula } from '@/lib/mathematics/formula';
import { lettersOf } from '@/lib/mathematics/letters';
import { determinant, trace } from '@/lib/mathematics/matrix';
import { isInteger } from '@/lib/mathematics/rational';
import { symbol } from '@/lib/mathematics/symbols';
import type { Token } from '@/lib/mathematics/tokens';

/** Functions by name and letters applied, roots, series, limits and integrals. */
export abstract class Functions extends Formula {
  /** The value of a part that upstream reads by itself. */
  protected abstract readPart(latex: string): Value | null;

  protected function(): Expression | null {
    switch (this.type()) {
      case 'letter':
      case 'greek':
      case 'other':
      case 'accent':
        return this.application();
      case 'e': {
        this.at++;
        const exponent = this.attempt(() => this.superscript());
        return exponent ? exponential(exponent) : constant('e');
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
        return this.namedFunction();
      default:
        return null;
    }
  }
  /** `f(x)`, where one atom stands in the parentheses or a comma: any other `f(…)` is a product. */
  protected application(): Expression | null {
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
      .map((part) => this.readPart(part));
    if (!parts.every((part) => part !== null && isExpression(part))) return REFUSED;
    const applied = call(`${name}()`, ...(parts as Expression[]));
    return exponent ? power(applied, exponent) : applied;
  }
  /** Whether a comma stands before the bracket that closes here. */
  protected commaAhead(): boolean {
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
  protected root(): Expression | null {
    this.at++;
    const degree = this.enclosed('[', this.expression, ']');
    const radicand = this.braced();
    if (radicand === null) return null;
    return power(radicand, degree ? quotient(whole(1), degree) : quotient(whole(1), whole(2)));
  }
  protected namedFunction(): Expression | null {
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
            : name === 'det'
              ? determinant(part)
              : name === 'trace' || name === 'tr'
                ? trace(part)
                : FUNCTIONS.has(name)
                  ? call(FUNCTIONS.get(name) ?? name, part)
                  : REFUSED;
    return exponent ? power(value, exponent) : value;
  }
  protected series(): Expression | null {
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
  protected limit(): Expression | null {
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
  protected integral(): Expression | null {
    this.at++;
    let upper = this.exponentBeforeSubscript() ?? this.attempt(() => this.superscript());
    const lower = this.subscriptBeforeExponent() ?? this.attempt(() => this.subscript());
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

  /** `\frac{d x^2}{dx}`; `\frac{d}{dx}` is of what follows. */
  protected derivative(numerator: string, differential: Token): Expression {
    const by = symbol(differentialOf(differential.text), this.real);
    if (numerator === '') return call('d/d', by);
    const inside = this.readPart(numerator);
    return inside && isExpression(inside) ? call('derivative', inside, by) : REFUSED;
  }
}

/** `e^x`, which upstream evaluates as it reads it: of a logarithm, whatever its base, it is what that is taken of. */
function exponential(exponent: Expression): Expression {
  if (exponent.kind === 'number' && exponent.value.n === 0n) return whole(1);
  if (exponent.kind === 'number' && exponent.value.n === 1n && isInteger(exponent.value))
    return constant('e');
  const factors = exponent.kind === 'product' ? exponent.terms : [exponent];
  const [logarithm, another] = factors.filter(
    (factor) => factor.kind === 'function' && factor.name === 'log',
  );
  const rest = factors.filter((factor) => factor !== logarithm);
  if (logarithm?.kind !== 'function' || another || rest.some((factor) => lettersOf(factor).size > 0))
    return power(constant('e'), exponent);
  const [inside = exponent] = logarithm.parts;
  const [only] = rest;
  if (only === undefined) return inside;
  const value = power(inside, rest.length === 1 ? only : { kind: 'product', terms: rest });
  // Without decimals upstream leaves it as it is written: 5**(1/2), which it does not take for a root.
  return holds(value, ({ kind }) => kind === 'decimal') ? folded(value) : value;
}

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
  'sin cos tan csc sec cot asin acos atan acsc asec acot sinh cosh tanh asinh acosh atanh floor rank'
    .split(' ')
    .map((name) => [name, name]),
).set('ceil', 'ceiling');
