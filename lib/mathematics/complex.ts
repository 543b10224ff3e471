import type { Real } from '@/lib/mathematics/real';
import * as R from '@/lib/mathematics/real';

export interface Complex {
  readonly re: Real;
  readonly im: Real;
}

export const of = (re: Real): Complex => ({ re, im: R.zero });
export const zero = of(R.zero);
export const one = of(R.one);
export const i: Complex = { re: R.zero, im: R.one };

export const isReal = ({ im }: Complex): boolean => im.m === 0n;
export const isZero = ({ re, im }: Complex): boolean => re.m === 0n && im.m === 0n;
/** The binary order of magnitude. */
export const order = ({ re, im }: Complex): number => Math.max(R.order(re), R.order(im));

export const negate = ({ re, im }: Complex): Complex => ({ re: R.negate(re), im: R.negate(im) });
export const add = (a: Complex, b: Complex): Complex => ({ re: R.add(a.re, b.re), im: R.add(a.im, b.im) });
export const subtract = (a: Complex, b: Complex): Complex => add(a, negate(b));
export function multiply(a: Complex, b: Complex): Complex {
  if (isReal(a) && isReal(b)) return of(R.multiply(a.re, b.re));
  return {
    re: R.subtract(R.multiply(a.re, b.re), R.multiply(a.im, b.im)),
    im: R.add(R.multiply(a.re, b.im), R.multiply(a.im, b.re)),
  };
}
const squares = ({ re, im }: Complex): Real => R.add(R.multiply(re, re), R.multiply(im, im));
/** null where `b` is zero */
export function divide(a: Complex, b: Complex): Complex | null {
  if (isZero(b)) return null;
  if (isReal(b)) return { re: R.divide(a.re, b.re), im: R.divide(a.im, b.re) };
  const top = multiply(a, { re: b.re, im: R.negate(b.im) });
  const bottom = squares(b);
  return { re: R.divide(top.re, bottom), im: R.divide(top.im, bottom) };
}
export const abs = (a: Complex): Real =>
  isReal(a) ? (R.sign(a.re) < 0 ? R.negate(a.re) : a.re) : R.sqrt(squares(a));

export function exp({ re, im }: Complex): Complex {
  const size = R.exp(re);
  if (im.m === 0n) return of(size);
  const { sin, cos } = R.sinCos(im);
  return { re: R.multiply(size, cos), im: R.multiply(size, sin) };
}
/** The principal value; null for zero. */
export function ln(a: Complex): Complex | null {
  if (isZero(a)) return null;
  return { re: R.ln(abs(a)), im: R.atan2(a.im, a.re) };
}
/** The principal value. */
export function sqrt(a: Complex): Complex {
  if (isReal(a)) return R.sign(a.re) >= 0 ? of(R.sqrt(a.re)) : { re: R.zero, im: R.sqrt(R.negate(a.re)) };
  return exp(multiply({ re: { m: 1n, e: -1 }, im: R.zero }, ln(a) ?? zero));
}

/** Whole powers by squaring. null for a division by zero. */
export function wholePower(base: Complex, exponent: bigint): Complex | null {
  let result = one;
  let square = base;
  for (let rest = exponent < 0n ? -exponent : exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square);
    if (rest > 1n) square = multiply(square, square);
  }
  return exponent < 0n ? divide(one, result) : result;
}

/** The principal value; null where it is undefined. */
export function power(base: Complex, exponent: Complex): Complex | null {
  if (isZero(exponent)) return one;
  if (isReal(exponent)) {
    const { m, e } = exponent.re;
    if (e >= 0 || (m & ((1n << BigInt(Math.min(-e, 4096))) - 1n)) === 0n) {
      const whole = R.floor(exponent.re);
      if (whole < 1n << 24n && whole > -(1n << 24n)) return wholePower(base, whole);
    }
    if (m === 1n && e === -1) return sqrt(base);
  }
  if (isZero(base)) return isReal(exponent) && R.sign(exponent.re) > 0 ? zero : null;
  const logarithm = ln(base);
  return logarithm && exp(multiply(exponent, logarithm));
}

const half = (a: Complex): Complex => ({
  re: { m: a.re.m, e: a.re.e - 1 },
  im: { m: a.im.m, e: a.im.e - 1 },
});
const timesI = ({ re, im }: Complex): Complex => ({ re: R.negate(im), im: re });

export function sin(a: Complex): Complex {
  if (isReal(a)) return of(R.sinCos(a.re).sin);
  const forward = exp(timesI(a));
  const back = exp(negate(timesI(a)));
  return negate(timesI(half(subtract(forward, back))));
}
export function cos(a: Complex): Complex {
  if (isReal(a)) return of(R.sinCos(a.re).cos);
  const forward = exp(timesI(a));
  return half(add(forward, exp(negate(timesI(a)))));
}
export const sinh = (a: Complex): Complex => half(subtract(exp(a), exp(negate(a))));
export const cosh = (a: Complex): Complex => half(add(exp(a), exp(negate(a))));

/** arcsin z = −i·ln(iz + √(1−z²)) */
export function asin(a: Complex): Complex | null {
  if (isReal(a) && R.compare(abs(a), R.one) <= 0) {
    const other = R.sqrt(R.subtract(R.one, R.multiply(a.re, a.re)));
    return of(R.atan2(a.re, other));
  }
  const inner = ln(add(timesI(a), sqrt(subtract(one, multiply(a, a)))));
  return inner && negate(timesI(inner));
}
export function acos(a: Complex): Complex | null {
  const arc = asin(a);
  return arc && subtract(of(R.HALF_PI), arc);
}
/** arctan z = (i/2)·(ln(1−iz) − ln(1+iz)) */
export function atan(a: Complex): Complex | null {
  if (isReal(a)) return of(R.atan2(a.re, R.one));
  const down = ln(subtract(one, timesI(a)));
  const up = ln(add(one, timesI(a)));
  return down && up && half(timesI(subtract(down, up)));
}
export function asinh(a: Complex): Complex | null {
  return ln(add(a, sqrt(add(multiply(a, a), one))));
}
export function acosh(a: Complex): Complex | null {
  return ln(add(a, multiply(sqrt(add(a, one)), sqrt(subtract(a, one)))));
}
export function atanh(a: Complex): Complex | null {
  const up = ln(add(one, a));
  const down = ln(subtract(one, a));
  return up && down && half(subtract(up, down));
}
