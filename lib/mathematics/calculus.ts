import { spend } from '@/lib/mathematics/budget';
import { approximate, evaluate, isExact, NOWHERE, type Numeric } from '@/lib/mathematics/evaluate';
import {
  call,
  constant,
  type Expression,
  isWhole,
  minus,
  number,
  power,
  product,
  sum,
  whole,
} from '@/lib/mathematics/expression';
import { infinite } from '@/lib/mathematics/interval';
import { ratioOf } from '@/lib/mathematics/polynomial';
import * as Q from '@/lib/mathematics/rational';
import { toDouble } from '@/lib/mathematics/real';
import { mapped, substituted } from '@/lib/mathematics/substitute';

/**
 * What `doit` makes of derivatives, of integrals of the commonest functions, and of limits that are simple numbers. All
 * others stay as they stand, equal to themselves alone.
 */
export function calculated(value: Expression): Expression {
  const inside = mapped(value, (part) => calculated(part as Expression)) as Expression;
  if (inside.kind !== 'function') return inside;
  const [term, variable, ...bounds] = inside.parts;
  if (!term || variable?.kind !== 'symbol') return inside;
  switch (inside.name) {
    case 'derivative':
      return derivative(term, variable.name) ?? inside;
    case 'integral':
      return integral(term, variable.name, bounds) ?? inside;
    case 'limit':
      return limit(term, variable.name, bounds) ?? inside;
    case 'series':
      return geometric(term, variable.name, bounds) ?? inside;
    default:
      return inside;
  }
}

const has = (value: Expression, name: string): boolean => {
  const stack: Expression[] = [value];
  for (let part = stack.pop(); part; part = stack.pop()) {
    spend(1);
    if (part.kind === 'symbol' && part.name === name) return true;
    if (part.kind === 'sum' || part.kind === 'product') stack.push(...part.terms);
    else if (part.kind === 'power') stack.push(part.base, part.exponent);
    else if (part.kind === 'function') stack.push(...part.parts);
    else if (part.kind === 'matrix') stack.push(...part.rows.flat());
  }
  return false;
};
const many = (kind: 'sum' | 'product', terms: readonly Expression[]): Expression => {
  const [only] = terms;
  return only && terms.length === 1 ? only : { kind, terms };
};
const log = (value: Expression): Expression => call('log', value, constant('e'));
const inverse = (value: Expression): Expression => power(value, whole(-1));
const square = (value: Expression): Expression => power(value, whole(2));

/** Steps for each part that is derived: what comes of it is larger, and is gone through more than once. */
const DERIVED = 20;

/** f' for f, by the name of f. */
const SLOPES: Record<string, (x: Expression) => Expression> = {
  sin: (x) => call('cos', x),
  cos: (x) => minus(call('sin', x)),
  tan: (x) => sum(whole(1), square(call('tan', x))),
  sinh: (x) => call('cosh', x),
  cosh: (x) => call('sinh', x),
  asin: (x) => power(sum(whole(1), minus(square(x))), number(Q.fraction(-1n, 2n))),
  acos: (x) => minus(power(sum(whole(1), minus(square(x))), number(Q.fraction(-1n, 2n)))),
  atan: (x) => inverse(sum(whole(1), square(x))),
};

function derivative(value: Expression, name: string): Expression | null {
  spend(DERIVED);
  if (!has(value, name)) return whole(0);
  switch (value.kind) {
    case 'symbol':
      return whole(1);
    case 'sum':
    case 'product': {
      const terms = value.terms.flatMap((term, at) => {
        if (!has(term, name)) return [];
        const slope = derivative(term, name);
        return [slope && value.kind === 'product' ? many('product', value.terms.with(at, slope)) : slope];
      });
      return terms.every((term) => term !== null) ? many('sum', terms) : null;
    }
    case 'power': {
      const { base, exponent } = value;
      const [below, above] = [derivative(base, name), derivative(exponent, name)];
      if (!below || !above) return null;
      if (!has(exponent, name))
        return many('product', [exponent, power(base, sum(exponent, whole(-1))), below]);
      const growth = many('product', [above, log(base)]);
      const change = has(base, name)
        ? sum(growth, many('product', [exponent, below, inverse(base)]))
        : growth;
      return product(value, change);
    }
    case 'function': {
      const [inside, base] = value.parts;
      const slope = inside && derivative(inside, name);
      if (!slope) return null;
      if (value.name === 'log' && base && !has(base, name))
        return many('product', [slope, inverse(inside), inverse(log(base))]);
      const outer = SLOPES[value.name];
      return outer && value.parts.length === 1 ? product(outer(inside), slope) : null;
    }
    default:
      return null;
  }
}

function integral(value: Expression, name: string, bounds: readonly Expression[]): Expression | null {
  const whole = antiderivative(value, name);
  const [from, to] = bounds;
  if (whole === null || !from || !to) return whole;
  const [low, high] = [from, to].map((end) =>
    infinite(end) === 0 ? substituted(whole, new Map([[name, end]])) : limit(whole, name, [end]),
  );
  return low && high ? sum(high, minus(low)) : null;
}

function antiderivative(value: Expression, name: string): Expression | null {
  const x: Expression = { kind: 'symbol', name, real: true };
  if (!has(value, name)) return product(value, x);
  if (value.kind === 'sum') {
    const terms = value.terms.map((term) => antiderivative(term, name));
    return terms.every((term) => term !== null) ? { kind: 'sum', terms } : null;
  }
  if (value.kind === 'product') {
    const rest = value.terms.filter((term) => has(term, name));
    const [only] = rest;
    if (only && rest.length < value.terms.length) {
      const inside = antiderivative(many('product', rest), name);
      const factors = value.terms.filter((term) => !has(term, name));
      return inside && many('product', [...factors, inside]);
    }
  }
  const ratio = ratioOf(value, name);
  if (ratio?.bottom.length === 1 && ratio.bottom[0]) {
    const by = ratio.bottom[0];
    return {
      kind: 'sum',
      terms: ratio.top.map((coefficient, degree) =>
        product(
          number(Q.divide(coefficient, Q.multiply(by, Q.integer(degree + 1)))),
          power(x, whole(degree + 1)),
        ),
      ),
    };
  }
  if (value.kind === 'power' && !has(value.exponent, name)) {
    const slope = derivative(value.base, name);
    if (!slope || has(slope, name)) return null;
    const raised = sum(value.exponent, whole(1));
    const order = evaluate(raised, NOWHERE);
    if (order && isExact(order) && order.n === 0n) return product(log(value.base), inverse(slope));
    return many('product', [power(value.base, raised), inverse(raised), inverse(slope)]);
  }
  const inside =
    value.kind === 'power' ? value.exponent : value.kind === 'function' ? value.parts[0] : undefined;
  const slope = inside && derivative(inside, name);
  if (!inside || !slope || has(slope, name)) return null;
  if (value.kind === 'power' && !has(value.base, name))
    return many('product', [value, inverse(log(value.base)), inverse(slope)]);
  const outer: Partial<Record<string, Expression>> = {
    sin: minus(call('cos', inside)),
    cos: call('sin', inside),
    sinh: call('cosh', inside),
    cosh: call('sinh', inside),
  };
  const whole_ = value.kind === 'function' ? outer[value.name] : undefined;
  return whole_ ? product(whole_, inverse(slope)) : null;
}

/** How near the point a limit is looked at, and from where on a value counts as infinite: powers of two. */
const NEAR = 64n;
const FAR = 2 ** 50;

function limit(value: Expression, name: string, [target, side]: readonly Expression[]): Expression | null {
  if (!target) return null;
  const from = side && evaluate(side, NOWHERE);
  const direction = from && isExact(from) && from.n < 0n ? -1n : 1n;
  const far = infinite(target);
  if (far === 0) {
    const there = substituted(value, new Map([[name, target]]));
    if (evaluate(there, NOWHERE) !== null) return there;
  }
  const at = far === 0 ? evaluate(target, NOWHERE) : Q.integer(BigInt(far) << NEAR);
  if (!at) return null;
  const beside: Numeric =
    far !== 0 ? at : 'n' in at ? Q.add(at, Q.fraction(direction, 1n << NEAR)) : { re: at.re, im: at.im };
  const near = evaluate(value, new Map([[name, beside]]));
  return near && recognised(near);
}

const MAX_DENOMINATOR = 1000;
const TOLERANCE = 1e-11;

/** A fraction, a multiple of π, a power of e, or infinity, where the value is that but for rounding. */
function recognised(value: Numeric): Expression | null {
  const { re, im } = approximate(value);
  const size = toDouble(re);
  if (Math.abs(toDouble(im)) > TOLERANCE) return null;
  if (Math.abs(size) > FAR) return constant(size > 0 ? '∞' : '-∞');
  const plain = fractionNear(size);
  if (plain) return number(plain);
  const ofPi = fractionNear(size / Math.PI);
  if (ofPi) return product(number(ofPi), constant('pi'));
  const ofE = size > 0 ? fractionNear(Math.log(size)) : null;
  return ofE && power(constant('e'), number(ofE));
}
function fractionNear(value: number): Q.Rational | null {
  for (let bottom = 1; bottom <= MAX_DENOMINATOR; bottom++) {
    const top = Math.round(value * bottom);
    if (Math.abs(value - top / bottom) < TOLERANCE) return Q.fraction(BigInt(top), BigInt(bottom));
  }
  return null;
}

/** A sum without end of terms in a constant ratio; null for any other. */
function geometric(term: Expression, name: string, [from, to]: readonly Expression[]): Expression | null {
  if (!from || !to || infinite(to) !== 1 || !isWhole(from)) return null;
  const terms = [0n, 1n, 2n, 3n].map((step) => {
    const value = evaluate(term, new Map([[name, Q.integer(from.value.n + step)]]));
    return value && isExact(value) && value.n !== 0n ? value : null;
  });
  const [first, second, ...others] = terms;
  if (!first || !second) return null;
  const ratio = Q.divide(second, first);
  let last = second;
  for (const next of others) {
    if (!next || !Q.equal(Q.divide(next, last), ratio)) return null;
    last = next;
  }
  const rest = Q.add(Q.ONE, Q.negative(ratio));
  return ratio.n < ratio.d && -ratio.n < ratio.d ? number(Q.divide(first, rest)) : null;
}
