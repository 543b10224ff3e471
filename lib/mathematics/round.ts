import { evaluate, isExact, NOWHERE } from '@/lib/mathematics/evaluate';
import { type Expression, holds, isWhole } from '@/lib/mathematics/expression';
import { bitsFor, DOUBLE, digitsOf, toBinary } from '@/lib/mathematics/float';
import * as Q from '@/lib/mathematics/rational';
import { type Rational, rounded } from '@/lib/mathematics/rational';
import { toRational } from '@/lib/mathematics/real';

/**
 * `round` of SymPy 1.14, told as a text: equal texts for what it rounds to equal numbers. Integers stay apart from
 * decimals; a decimal is equal only to one of as many digits, which number follows its size (0.1 and 0.0999999999 differ).
 * @param value as it is after `folded`
 * @returns null where there is no number to round
 */
export function roundedTo(value: Expression, places: number): string | null {
  if (value.kind === 'number' && isWhole(value)) return `${value.value.n}`;
  const size = evaluate(value, NOWHERE);
  if (size === null) return null;
  let bits = 0;
  holds(value, (part) => {
    if (part.kind === 'decimal') bits = Math.max(bits, part.bits);
    return false;
  });
  const digits = bits === 0 ? null : digitsOf(bits);
  if (isExact(size)) return roundedReal(size, places, digits);
  const [re, im] = [toRational(size.re), toRational(size.im)];
  return im.n === 0n
    ? roundedReal(re, places, digits)
    : `${roundedReal(re, places, digits)} + ${roundedReal(im, places, digits)}i`;
}

function roundedReal(value: Rational, places: number, known: number | null): string {
  if (value.n === 0n) return known === null ? '0' : `0 in ${bitsFor(known)}`;
  const before = magnitude(value);
  let allowed = before + places;
  const digits = known ?? Math.max(15, allowed);
  allowed = Math.min(allowed, digits);
  const shift = digits - before;
  const figures = rounded(value, shift);
  const surplus = shift - places;
  const kept = surplus > 0 ? rounded(Q.fraction(figures, 10n ** BigInt(surplus)), 0) : figures;
  const last = Math.min(shift, places);
  const result = last >= 0 ? Q.fraction(kept, 10n ** BigInt(last)) : Q.integer(kept * 10n ** BigInt(-last));
  if (!Q.isInteger(result) && allowed === 0 && Q.compare(result, value) > 0) allowed++;
  const bits = bitsFor(Q.isInteger(result) ? digits : allowed);
  const { n, d } = toBinary(result, bits);
  return `${n}/${d} in ${bits}`;
}

/** The number of digits before the point: 2 of 12, -1 of 0.012. */
function magnitude(value: Rational): number {
  const size = toBinary(value.n < 0n ? Q.negative(value) : value, DOUBLE);
  const tenTo = (n: number) =>
    toBinary(n < 0 ? Q.fraction(1n, 10n ** BigInt(-n)) : Q.integer(10n ** BigInt(n)), DOUBLE);
  let digits = Math.floor((Q.bits(size.n) - Q.bits(size.d)) * Math.log10(2)) - 1;
  while (Q.compare(toBinary(Q.divide(size, tenTo(digits)), DOUBLE), Q.ONE) >= 0) digits++;
  return digits;
}
