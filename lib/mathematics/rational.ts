import { MAX_BITS, spend } from '@/lib/mathematics/budget';

/** An exact fraction in lowest terms; `d` is positive. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };
export const integer = (n: bigint | number): Rational => ({ n: BigInt(n), d: 1n });

export function bits(n: bigint): number {
  const hex = (n < 0n ? -n : n).toString(16);
  return hex === '0' ? 0 : (hex.length - 1) * 4 + 32 - Math.clz32(Number.parseInt(hex[0] ?? '0', 16));
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

export function gcd(a: bigint, b: bigint): bigint {
  let x = magnitude(a);
  let y = magnitude(b);
  if (x > 0xffff_ffff_ffff_ffffn || y > 0xffff_ffff_ffff_ffffn) spend((bits(x) + bits(y)) >> 3);
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** @param d not zero */
export function fraction(n: bigint, d: bigint): Rational {
  if (d === 1n) return { n, d };
  const divisor = gcd(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / divisor, d: d / divisor };
}

export const isInteger = ({ d }: Rational): boolean => d === 1n;
export const negative = ({ n, d }: Rational): Rational => ({ n: -n, d });
export const add = (a: Rational, b: Rational): Rational => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => fraction(a.n * b.n, a.d * b.d);
/** @param b not zero */
export const divide = (a: Rational, b: Rational): Rational => fraction(a.n * b.d, a.d * b.n);
export const equal = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d;
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Whether the numbers are small enough to go on with exactly. */
export const isModest = ({ n, d }: Rational): boolean => bits(n) + bits(d) <= MAX_BITS;

/** The power, null where it would be too large or is a division by zero. */
export function power(base: Rational, exponent: bigint): Rational | null {
  if (exponent < 0n) return base.n === 0n ? null : power(divide(ONE, base), -exponent);
  const size = bits(base.n) + bits(base.d);
  if (size > 2 && exponent * BigInt(size) > BigInt(MAX_BITS)) return null;
  if (size <= 2) {
    // -1, 0 and 1
    if (base.n === 0n) return exponent === 0n ? ONE : ZERO;
    if (base.d === 1n && magnitude(base.n) === 1n) return base.n > 0n || exponent % 2n === 0n ? ONE : base;
    if (exponent > BigInt(MAX_BITS)) return null;
  }
  return { n: base.n ** exponent, d: base.d ** exponent };
}

/** The exact `k`-th root, null where there is none. @param k positive */
export function root({ n, d }: Rational, k: bigint): Rational | null {
  const top = integerRoot(n, k);
  const bottom = integerRoot(d, k);
  return top === null || bottom === null ? null : { n: top, d: bottom };
}

function integerRoot(n: bigint, k: bigint): bigint | null {
  if (n < 0n) return null;
  if (n < 2n) return n;
  if (k > BigInt(bits(n))) return null;
  spend(bits(n) >> 3);
  let low = 1n << (BigInt(bits(n) - 1) / k);
  let high = low << 1n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** k <= n) low = middle;
    else high = middle - 1n;
  }
  return low ** k === n ? low : null;
}

/** A decimal numeral (`12`, `.5`, `1.50`, `2E-3`) as the fraction that it states; null where its exponent is excessive. */
export function decimal(text: string): Rational | null {
  const [, sign, whole = '', places = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined || (whole === '' && places === '') || whole.length + places.length > MAX_BITS / 4)
    return null;
  const shift = Number(exponent) - places.length;
  if (Math.abs(shift) > MAX_BITS / 4) return null;
  const digits = BigInt(`${whole}${places}`) * (sign === '-' ? -1n : 1n);
  return shift >= 0 ? integer(digits * 10n ** BigInt(shift)) : fraction(digits, 10n ** BigInt(-shift));
}

/** To the nearest multiple of 10^-places, ties to even, as a count of such multiples. */
export function rounded({ n, d: under }: Rational, places: number): bigint {
  const scaled = places > 0 ? n * 10n ** BigInt(places) : n;
  const d = places < 0 ? under * 10n ** BigInt(-places) : under;
  const down = scaled >= 0n ? scaled / d : -((-scaled + d - 1n) / d);
  const rest = 2n * (scaled - down * d);
  return rest > d || (rest === d && down % 2n !== 0n) ? down + 1n : down;
}
