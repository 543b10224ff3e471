/** Arithmetic as Python computes it, with its ints and floats. Checked against CPython 3.11. */

/** A Python number: a bigint is an int, a number a float. */
export type PythonNumber = number | bigint;

class NotANumber extends Error {}
export const notANumber = (): never => {
  throw new NotANumber();
};

/** Null where `compute` gave up with `notANumber`. */
export function numberOrNull(compute: () => PythonNumber): PythonNumber | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof NotANumber) return null;
    throw error;
  }
}

export const finite = (value: number): number => (Number.isFinite(value) ? value : notANumber());

/** Powers and factorials stop at so many binary digits; Python goes on until memory ends. */
const MAX_BITS = 20_000;
const bitsOf = (value: bigint): number => value.toString(16).length * 4;

export const both = <T>(
  a: PythonNumber,
  b: PythonNumber,
  ints: (a: bigint, b: bigint) => T,
  floats: (a: number, b: number) => T,
): T => (typeof a === 'bigint' && typeof b === 'bigint' ? ints(a, b) : floats(Number(a), Number(b)));

export const plus = (a: PythonNumber, b: PythonNumber): PythonNumber =>
  both<PythonNumber>(
    a,
    b,
    (x, y) => x + y,
    (x, y) => finite(x + y),
  );
export const negated = (a: PythonNumber): PythonNumber => -a;

export function times(a: PythonNumber, b: PythonNumber): PythonNumber {
  return both<PythonNumber>(
    a,
    b,
    (x, y) => (bitsOf(x) + bitsOf(y) > MAX_BITS ? notANumber() : x * y),
    (x, y) => finite(x * y),
  );
}

/** True division, of ints too: of large ones with 128 binary digits of the quotient. */
export function over(a: PythonNumber, b: PythonNumber): PythonNumber {
  if (Number(b) === 0) return notANumber();
  return both(
    a,
    b,
    (x, y) => {
      const shift = BigInt(Math.max(0, bitsOf(y) - bitsOf(x) + 128));
      const isSmall = bitsOf(x) <= 52 && bitsOf(y) <= 52;
      return finite(isSmall ? Number(x) / Number(y) : Number((x << shift) / y) / 2 ** Number(shift));
    },
    (x, y) => finite(x / y),
  );
}

export function power(base: PythonNumber, exponent: PythonNumber): PythonNumber {
  if (typeof base === 'bigint' && typeof exponent === 'bigint' && exponent >= 0n) {
    const isSmall = base >= -1n && base <= 1n;
    if (!isSmall && bitsOf(base) * Number(exponent) > MAX_BITS) return notANumber();
    return isSmall
      ? base ** (exponent % 2n === 0n && exponent > 0n ? 2n : exponent === 0n ? 0n : 1n)
      : base ** exponent;
  }
  const [a, b] = [Number(base), Number(exponent)];
  // Python's result is complex there.
  if ((a === 0 && b < 0) || (a < 0 && !Number.isInteger(b))) return notANumber();
  return finite(a ** b);
}

export function factorial(value: PythonNumber): PythonNumber {
  if (typeof value === 'number' || value < 0n || value > 1_000n) return notANumber();
  let product = 1n;
  for (let factor = 2n; factor <= value; factor++) product *= factor;
  return product;
}

/** `abs(a - b) < 1e-6` */
export const isClose = (a: PythonNumber, b: PythonNumber): boolean =>
  both(
    a,
    b,
    (x, y) => x === y,
    (x, y) => Math.abs(x - y) < 1e-6,
  );

/** Floor division and its remainder, which has the sign of the divisor. */
export function divided(sign: '//' | '%', a: PythonNumber, b: PythonNumber): PythonNumber {
  if (Number(b) === 0) return notANumber();
  return both<PythonNumber>(
    a,
    b,
    (x, y) => {
      const remainder = ((x % y) + y) % y;
      return sign === '%' ? remainder : (x - remainder) / y;
    },
    (x, y) => finite(sign === '%' ? x - y * Math.floor(x / y) : Math.floor(x / y)),
  );
}
