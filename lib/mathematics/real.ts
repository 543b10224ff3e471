import { spend, Undecided } from '@/lib/mathematics/budget';
import type { Rational } from '@/lib/mathematics/rational';
import { bits } from '@/lib/mathematics/rational';

/** A floating-point number m·2^e with about `PRECISION` bits, so that equal expressions differ by no more than rounding. */
export interface Real {
  readonly m: bigint;
  readonly e: number;
}

export const PRECISION = 256;
const MAX_EXPONENT = 1 << 24;
/** Inside a function: bits after the binary point. */
const FIXED = PRECISION + 64;
const FIXED_SHIFT = BigInt(FIXED);
const FIXED_ONE = 1n << FIXED_SHIFT;

export const zero: Real = { m: 0n, e: 0 };
export const one: Real = { m: 1n, e: 0 };

export function real(m: bigint, e: number): Real {
  if (m === 0n) return zero;
  const size = bits(m);
  if (Math.abs(e + size) > MAX_EXPONENT) throw new Undecided('a number is too large');
  spend(1);
  return size <= PRECISION ? { m, e } : { m: m >> BigInt(size - PRECISION), e: e + size - PRECISION };
}

export const fromInteger = (n: bigint): Real => real(n, 0);
export function fromRational({ n, d }: Rational): Real {
  if (d === 1n) return real(n, 0);
  const shift = Math.max(0, PRECISION + 8 + bits(d) - bits(n));
  return real((n << BigInt(shift)) / d, -shift);
}
export function toRational({ m, e }: Real): Rational {
  if (Math.abs(e) > 4096) throw new Undecided('a number is too large or too small to be rounded');
  if (e >= 0) return { n: m << BigInt(e), d: 1n };
  return { n: m, d: 1n << BigInt(-e) };
}

/** The binary order of magnitude: |x| < 2^order; -Infinity for zero. */
export const order = ({ m, e }: Real): number => (m === 0n ? -Infinity : e + bits(m));
export const sign = ({ m }: Real): number => (m > 0n ? 1 : m < 0n ? -1 : 0);
export const negate = ({ m, e }: Real): Real => ({ m: -m, e });

export function add(a: Real, b: Real): Real {
  if (a.m === 0n) return b;
  if (b.m === 0n) return a;
  const [high, low] = a.e >= b.e ? [a, b] : [b, a];
  if (order(high) - order(low) > PRECISION + 16) return high;
  if (order(low) - order(high) > PRECISION + 16) return low;
  return real((high.m << BigInt(high.e - low.e)) + low.m, low.e);
}
export const subtract = (a: Real, b: Real): Real => add(a, negate(b));
export const multiply = (a: Real, b: Real): Real => real(a.m * b.m, a.e + b.e);
/** @param b not zero */
export function divide(a: Real, b: Real): Real {
  const shift = Math.max(0, PRECISION + 8 + bits(b.m) - bits(a.m));
  return real((a.m << BigInt(shift)) / b.m, a.e - b.e - shift);
}
export const compare = (a: Real, b: Real): number => sign(subtract(a, b));

function integerSqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((bits(n) + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}
/** @param x not negative */
export function sqrt({ m, e }: Real): Real {
  spend(8);
  let shift = Math.max(0, 2 * PRECISION + 16 - bits(m));
  if ((e - shift) % 2 !== 0) shift++;
  return real(integerSqrt(m << BigInt(shift)), (e - shift) / 2);
}

const toFixed = ({ m, e }: Real): bigint => {
  const shift = e + FIXED;
  if (shift > 4 * FIXED) throw new Undecided('a number is too large');
  return shift >= 0 ? m << BigInt(shift) : m >> BigInt(Math.min(-shift, 1 << 24));
};
const fromFixed = (n: bigint): Real => real(n, -FIXED);

/** arctan(1/n)·2^FIXED */
function arctanInverse(n: bigint): bigint {
  let power = FIXED_ONE / n;
  let sum = power;
  for (let k = 3n, odd = true; power !== 0n; k += 2n, odd = !odd) {
    power /= n * n;
    sum += odd ? -power / k : power / k;
  }
  return sum;
}
const PI_FIXED = 4n * (4n * arctanInverse(5n) - arctanInverse(239n));
/** ln 2 = 2·artanh(1/3) */
const LN2_FIXED = (() => {
  let power = FIXED_ONE / 3n;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n, power /= 9n) sum += power / k;
  return 2n * sum;
})();
export const PI = fromFixed(PI_FIXED);
export const HALF_PI: Real = { m: PI.m, e: PI.e - 1 };

export function exp(x: Real): Real {
  spend(40);
  if (order(x) > 26) {
    if (sign(x) < 0) return zero;
    throw new Undecided('a number is too large');
  }
  const fixed = x.e + FIXED >= 0 ? x.m << BigInt(x.e + FIXED) : x.m >> BigInt(-(x.e + FIXED));
  const k = fixed / LN2_FIXED;
  const rest = (fixed - k * LN2_FIXED) >> 8n;
  let term = FIXED_ONE;
  let sum = FIXED_ONE;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = (term * rest) >> FIXED_SHIFT;
    term /= n;
    sum += term;
  }
  for (let n = 0; n < 8; n++) sum = (sum * sum) >> FIXED_SHIFT;
  return real(sum, Number(k) - FIXED);
}
export const E = exp(one);

/** @param x positive */
export function ln(x: Real): Real {
  spend(120);
  // x = f·2^k with f near 1; ln f by Newton on exp, from the double's logarithm.
  const k = order(x);
  const f = real(x.m, x.e - k);
  let y = fromDouble(Math.log(toDouble(f)));
  for (let pass = 0; pass < 3; pass++) {
    const e = exp(y);
    y = add(y, divide({ ...scale(subtract(f, e), 1) }, add(f, e)));
  }
  return add(y, multiply(fromInteger(BigInt(k)), fromFixed(LN2_FIXED)));
}
const scale = ({ m, e }: Real, by: number): Real => ({ m, e: m === 0n ? 0 : e + by });

export function toDouble(x: Real): number {
  const size = bits(x.m);
  const drop = Math.max(0, size - 60);
  return Number(x.m >> BigInt(drop)) * 2 ** Math.max(-1100, Math.min(1100, x.e + drop));
}
function fromDouble(x: number): Real {
  if (x === 0) return zero;
  const exponent = Math.floor(Math.log2(Math.abs(x))) - 52;
  return real(BigInt(Math.round(x / 2 ** exponent)), exponent);
}

/** Both at once. */
export function sinCos(x: Real): { sin: Real; cos: Real } {
  spend(80);
  if (order(x) > 200) throw new Undecided('an angle is too large');
  const fixed = toFixed(x);
  const half = PI_FIXED >> 1n;
  let quarter = fixed / half;
  let rest = fixed - quarter * half;
  if (rest < 0n) {
    rest += half;
    quarter -= 1n;
  }
  const square = (rest * rest) >> FIXED_SHIFT;
  let sine = rest;
  let cosine = FIXED_ONE;
  let s = rest;
  let c = FIXED_ONE;
  for (let n = 1n; s !== 0n || c !== 0n; n += 2n) {
    c = -((c * square) >> FIXED_SHIFT) / (n * (n + 1n));
    s = -((s * square) >> FIXED_SHIFT) / ((n + 1n) * (n + 2n));
    cosine += c;
    sine += s;
  }
  const [a, b] = [fromFixed(sine), fromFixed(cosine)];
  switch (((quarter % 4n) + 4n) % 4n) {
    case 0n:
      return { sin: a, cos: b };
    case 1n:
      return { sin: b, cos: negate(a) };
    case 2n:
      return { sin: negate(a), cos: negate(b) };
    default:
      return { sin: negate(b), cos: a };
  }
}

/** The angle of the point (x, y), in (-π, π]; zero for the origin. */
export function atan2(y: Real, x: Real): Real {
  spend(160);
  if (y.m === 0n) return sign(x) >= 0 ? zero : PI;
  if (x.m === 0n) return sign(y) > 0 ? HALF_PI : negate(HALF_PI);
  if (order(y) > order(x)) {
    const rest = atan2(x, y.m < 0n ? negate(y) : y);
    const angle = subtract(HALF_PI, rest);
    return y.m < 0n ? negate(angle) : angle;
  }
  const t = divide(y, x);
  // Newton on tan from the double's arctangent: a += (t·cos a − sin a)/(cos a + t·sin a)
  let a = fromDouble(Math.atan(toDouble(t)));
  if (order(t) < -500) a = t;
  else
    for (let pass = 0; pass < 3; pass++) {
      const { sin, cos } = sinCos(a);
      a = add(a, divide(subtract(multiply(t, cos), sin), add(cos, multiply(t, sin))));
    }
  if (sign(x) > 0) return a;
  return add(a, sign(y) >= 0 ? PI : negate(PI));
}

/** The greatest integer not above x. */
export function floor({ m, e }: Real): bigint {
  if (e >= 0) {
    if (e > 4096) throw new Undecided('a number is too large');
    return m << BigInt(e);
  }
  return m >> BigInt(-e);
}
