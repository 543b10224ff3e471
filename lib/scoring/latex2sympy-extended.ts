import { READING, refill, Undecided } from '@/lib/mathematics/budget';
import { call, type Expression, holds, number, power, type Value } from '@/lib/mathematics/expression';
import { readFormula } from '@/lib/mathematics/grammar';
import { basicLatex } from '@/lib/mathematics/normalise';
import { add, negative } from '@/lib/mathematics/rational';
import { exponential } from '@/lib/scoring/sympy-evaluate';
import { binomial, determinant, ofSeveral, trace } from '@/lib/scoring/sympy-numbers';

/**
 * latex2sympy2_extended 1.10.2: what lib/mathematics reads, with what SymPy computes at once. It reads what is boxed. Null
 * where it cannot be read or that takes too long.
 */
export function latex2sympyExtended(latex: string): Value | null {
  refill(READING);
  try {
    const text = basicLatex(latex, 'all');
    const formula = readFormula(text.replace(AT, ''));
    // (What a letter stands for there is not put into a formula that has it.)
    if (formula === null || (AT.test(text) && holds(formula, ({ kind }) => kind === 'symbol'))) return null;
    return new Builder(latex).built(formula);
  } catch (error) {
    if (error instanceof Undecided) return null;
    throw error;
  }
}

/** `5|_{x=3}` is 5. */
const AT = /\|\s*[_^]\s*\{[^{}|]*\}(?!\s*[_^])/;

/** What may be a number once it is computed, beside a whole number, and behind a sign for a product. */
const COMPUTED = String.raw`(?:[({e]|\\left|\\[dt]?(?:binom|frac)|\\begin|\\(?:max|min|det)|\\operatorname)`;
const BESIDE = new RegExp(String.raw`\d\s*${COMPUTED}`);
const BEHIND_SIGN = new RegExp(String.raw`(?:\\cdot|\\times|\*)\s*${COMPUTED}`);
const NAMES: Readonly<Record<string, string>> = { abs: 'Abs', mod: 'Mod' };

class Builder {
  /** `\\exp` is not computed, and is read as a power of e. */
  private readonly isExp: boolean;
  /** 2e^0 is 3, for a whole number before a fraction is a mixed number. (A product with a sign reads the same.) */
  private readonly isMixed: boolean;

  constructor(latex: string) {
    this.isExp = latex.includes('\\exp');
    this.isMixed = BESIDE.test(latex) && !BEHIND_SIGN.test(latex);
  }

  built(value: Value): Value {
    switch (value.kind) {
      case 'relation':
        return { ...value, left: this.built(value.left), right: this.built(value.right) };
      case 'sum':
      case 'product':
      case 'power':
      case 'function':
        return this.expression(value);
      default:
        return value;
    }
  }
  private readonly expression = (value: Expression): Expression => {
    switch (value.kind) {
      case 'sum':
        return { kind: 'sum', terms: value.terms.map(this.expression) };
      case 'product':
        return this.product(value.terms);
      case 'power': {
        const [base, exponent] = [this.expression(value.base), this.expression(value.exponent)];
        if (base.kind !== 'constant' || base.name !== 'e') return power(base, exponent);
        return this.isExp ? call('exp', exponent) : exponential(exponent);
      }
      case 'function':
        return applied(value.name, value.parts.map(this.expression));
      default:
        return value;
    }
  };
  private product(terms: readonly Expression[]): Expression {
    const factors: Expression[] = [];
    let isComputed = false;
    for (const term of terms.toReversed()) {
      const factor = this.expression(term);
      const [right] = factors;
      const isWhole = factor.kind === 'number' && factor.value.d === 1n;
      if (this.isMixed && isComputed && isWhole && right?.kind === 'number' && right.value.n > 0n)
        factors[0] = number(add(factor.value, factor.value.n < 0n ? negative(right.value) : right.value));
      else {
        factors.unshift(factor);
        isComputed = factor.kind === 'number' && term.kind !== 'number';
      }
    }
    const [only] = factors;
    return factors.length === 1 && only !== undefined ? only : { kind: 'product', terms: factors };
  }
}

function applied(name: string, parts: readonly Expression[]): Expression {
  const [first, second] = parts;
  const written = call(NAMES[name] ?? name, ...parts);
  if (first === undefined) return written;
  switch (name) {
    case 'binomial':
      return (second && binomial(first, second)) ?? written;
    case 'det':
      return (first.kind === 'matrix' ? determinant(first.rows) : null) ?? written;
    case 'trace':
      return (first.kind === 'matrix' ? trace(first.rows) : null) ?? written;
    case 'gcd':
    case 'lcm':
    case 'max':
    case 'min':
      return ofSeveral(name, parts);
    default:
      return written;
  }
}
