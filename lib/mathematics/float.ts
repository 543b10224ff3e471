import * as Q from '@/lib/mathematics/rational';
import { type Rational, bits as sizeOf } from '@/lib/mathematics/rational';

/**
 * SymPy's Float: a binary number of so many digits, to which every sum, product and power of numbers is rounded. A numeral
 * of more than 15 digits has more than the 53 of a double.
 */
export const DOUBLE = 53;
const BITS_A_DIGIT = 3.3219280948873626;

/** `dps_to_prec` and `prec_to_dps` of mpmath */
export const bitsFor = (digits: number): number => Math.max(1, Math.round((digits + 1) * BITS_A_DIGIT));
export const digitsOf = (bits: number): number => Math.max(1, Math.round(bits / BITS_A_DIGIT) - 1);

/** The binary digits that SymPy gives a numeral. */
export function bitsOfNumeral(text: string): number {
  const [mantissa = ''] = text.split(/e/i);
  const digits = mantissa.replace(/[^0-9]/g, '').replace(/^0+/, '').length;
  return bitsFor(Math.max(15, digits));
}

/** The nearest binary number of so many digits, ties to even. */
export function toBinary(value: Rational, bits: number): Rational {
  const { n, d } = value;
  if (n === 0n || (sizeOf(n) <= bits && (d & (d - 1n)) === 0n)) return value;
  const shift = bits - (sizeOf(n) - sizeOf(d));
  // The quotient has `bits` or one more binary digit: then it is done again with one less.
  for (const by of [shift, shift - 1]) {
    const [top, bottom] = by >= 0 ? [n << BigInt(by), d] : [n, d << BigInt(-by)];
    const size = top < 0n ? -top : top;
    const down = size / bottom;
    if (sizeOf(down) > bits) continue;
    const rest = 2n * (size - down * bottom);
    const near = rest > bottom || (rest === bottom && (down & 1n) === 1n) ? down + 1n : down;
    const signed = n < 0n ? -near : near;
    return by >= 0 ? Q.fraction(signed, 1n << BigInt(by)) : Q.integer(signed << BigInt(-by));
  }
  return value;
}
