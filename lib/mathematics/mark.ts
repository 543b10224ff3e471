import {
  call,
  type Expression,
  float,
  holds,
  isWhole,
  MINUS_ONE,
  number,
  power,
  product,
  sum,
  type Value,
} from '@/lib/mathematics/expression';
import { hasLetters, lettersOf } from '@/lib/mathematics/letters';
import * as Q from '@/lib/mathematics/rational';

/**
 * Identities that hold and that SymPy does not see: what it takes for different things is moved apart here, by so little
 * that it stays equal to itself alone.
 */
const NUDGE: Q.Rational = { n: (1n << 80n) + 1n, d: 1n << 80n };

/**
 * In functions of letters and as a whole exponent SymPy takes `1.0` for another thing than `1`, and inverse functions of
 * letters it knows nothing of.
 */
export function marked(value: Expression): Expression {
  if (!hasLetters(value)) return value;
  switch (value.kind) {
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map(marked) };
    case 'power': {
      const ofE = value.base.kind === 'constant';
      // (Powers of sines and the like it takes for polynomials.)
      const ofSine = value.base.kind === 'function' && TRIGONOMETRIC.test(value.base.name);
      const wholeExponent = !ofSine && value.exponent.kind === 'decimal' && Q.isInteger(value.exponent.value);
      return power(
        marked(value.base),
        ofE || wholeExponent ? nudged(value.exponent) : marked(value.exponent),
      );
    }
    case 'function': {
      const [inside] = value.parts;
      const apart =
        !/^(?:log|abs|series|product series)$/.test(value.name) ||
        (inside?.kind === 'sum' && value.parts.length < 3);
      const decimals = value.name.endsWith('()') && holds(value, ({ kind }) => kind === 'decimal');
      const kept: Expression = {
        ...value,
        name: decimals ? `.${value.name}` : value.name,
        parts: value.parts.map((part) =>
          TRIGONOMETRIC.test(value.name) && isInverse(part)
            ? part
            : apart
              ? marked(nudged(part))
              : marked(part),
        ),
      };
      if (isInverse(value)) return product(number(NUDGE), kept);
      // Neither does it take the one of these for the other, or for a letter that is tried as a whole number.
      const step = ['floor', 'ceiling'].indexOf(value.name);
      return step < 0 ? kept : sum(kept, number(Q.fraction(BigInt(step + 1), 1n << 80n)));
    }
    default:
      return value;
  }
}
const TRIGONOMETRIC = /^(?:sin|cos|tan|csc|sec|cot)$/;
const isInverse = (value: Expression): boolean =>
  value.kind === 'function' && /^a(?:sin|cos|tan|csc|sec|cot)$/.test(value.name);

function nudged(value: Expression): Expression {
  switch (value.kind) {
    case 'decimal':
      return float(Q.multiply(value.value, NUDGE), value.bits);
    case 'sum':
    case 'product':
      return { ...value, terms: value.terms.map(nudged) };
    case 'power':
      return power(nudged(value.base), nudged(value.exponent));
    default:
      return value;
  }
}

/**
 * The expression with the other sign of every absolute value of which SymPy cannot tell how it goes on: of a sum that has
 * no sign by its form, and in a logarithm. What it takes for equal is equal then too. Null where there is none such.
 */
export function turned(value: Expression): Expression | null {
  let any = false;
  const turn = (part: Expression, inLogarithm: boolean): Expression => {
    switch (part.kind) {
      case 'sum':
      case 'product':
        return { ...part, terms: part.terms.map((term) => turn(term, inLogarithm)) };
      case 'power':
        return power(turn(part.base, inLogarithm), turn(part.exponent, inLogarithm));
      case 'function': {
        const kept: Expression = {
          ...part,
          parts: part.parts.map((each) => turn(each, inLogarithm || part.name === 'log')),
        };
        const [inside] = part.parts;
        if (part.name !== 'abs' || !inside || lettersOf(inside).size === 0) return kept;
        const unsure = (inside.kind === 'sum' && !hasSign(inside)) || isCounting(inside);
        if (!inLogarithm && !unsure) return kept;
        any = true;
        return product(MINUS_ONE, kept);
      }
      default:
        return part;
    }
  };
  const result = turn(value, false);
  return any ? result : null;
}

/** Whether it is never negative, or never positive, by its form. */
export const hasSign = (value: Expression): boolean => isNever(value, -1) || isNever(value, 1);
function isNever(value: Expression, sign: number): boolean {
  switch (value.kind) {
    case 'number':
    case 'decimal':
      return sign < 0 ? value.value.n >= 0n : value.value.n <= 0n;
    case 'constant':
      return sign < 0 && (value.name === 'pi' || value.name === 'e');
    case 'sum':
      return value.terms.every((term) => isNever(term, sign));
    case 'product': {
      const rest = value.terms.filter((term) => !isNever(term, -1));
      return sign < 0 ? rest.length === 0 : rest.length === 1 && rest.every((term) => isNever(term, 1));
    }
    case 'power': {
      const real = !holds(value, (part) => part.kind === 'symbol' && !part.real);
      const even =
        value.exponent.kind === 'number' &&
        value.exponent.value.d === 1n &&
        value.exponent.value.n % 2n === 0n;
      return sign < 0 && real && (even || isNever(value.base, -1));
    }
    case 'function':
      return sign < 0 && value.name === 'abs';
    default:
      return false;
  }
}

/** `√(u²)` of real letters is `|u|` at once, also in a product. */
export function rootOfSquares(base: Expression): Expression | null {
  const squares: Expression[] = [];
  const rest: Expression[] = [];
  for (const factor of base.kind === 'product' ? base.terms : [base]) {
    const { exponent } = factor.kind === 'power' ? factor : { exponent: null };
    const half =
      exponent?.kind === 'number' && exponent.value.d === 1n && exponent.value.n > 0n ? exponent.value.n : 1n;
    if (factor.kind === 'power' && half % 2n === 0n && isReal(factor.base))
      squares.push(power(call('abs', factor.base), number(Q.integer(half / 2n))));
    else rest.push(factor);
  }
  if (squares.length === 0) return null;
  const [only] = rest;
  if (only === undefined) return { kind: 'product', terms: squares };
  const left: Expression = rest.length === 1 ? only : { kind: 'product', terms: rest };
  return { kind: 'product', terms: [...squares, power(left, number(Q.fraction(1n, 2n)))] };
}

/** Whether it is real by its form, whatever its letters are. */
export function isReal(value: Expression): boolean {
  switch (value.kind) {
    case 'symbol':
      return value.real;
    case 'constant':
      return value.name === 'pi' || value.name === 'e';
    case 'sum':
    case 'product':
      return value.terms.every(isReal);
    case 'power': {
      const ofE = value.base.kind === 'constant' && isReal(value.base);
      return ofE ? isReal(value.exponent) : isReal(value.base) && isWhole(value.exponent);
    }
    case 'function':
      return (
        /^(?:abs|sin|cos|tan|atan|sinh|cosh|tanh|floor|ceiling)$/.test(value.name) &&
        value.parts.every(isReal)
      );
    default:
      return value.kind !== 'matrix';
  }
}

const isCounting = (part: Value): boolean =>
  part.kind === 'function' && /^(?:factorial|binomial)$/.test(part.name);
