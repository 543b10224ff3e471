import { decimalDigits, strip } from '@/lib/python/text';

/** Numbers as Python reads, rounds and writes them. Checked against CPython 3.11. */

const FLOAT =
  /^([+-]?)(?:(\p{Nd}+(?:_\p{Nd}+)*)?(?:\.(\p{Nd}+(?:_\p{Nd}+)*)?)?(?:[eE]([+-]?\p{Nd}+(?:_\p{Nd}+)*))?|(inf|infinity|nan))$/iu;
const INT = /^([+-]?)(\p{Nd}+(?:_\p{Nd}+)*)$/u;

const digitsOf = (text: string | undefined): string =>
  text === undefined ? '' : [...text.replaceAll('_', '')].map(decimalDigits).join('');

/** `float(text)`; null where Python raises ValueError. */
export function pythonFloat(text: string): number | null {
  const [whole, sign = '', integer, fraction, exponent, named] = FLOAT.exec(strip(text)) ?? [];
  if (whole === undefined) return null;
  const signed = sign === '-' ? -1 : 1;
  if (named !== undefined)
    return named.toLowerCase() === 'nan' ? Number.NaN : signed * Number.POSITIVE_INFINITY;
  if (integer === undefined && fraction === undefined) return null;
  const power =
    exponent === undefined
      ? '0'
      : exponent.replace(/\p{Nd}.*/u, '') + digitsOf(exponent.replace(/^[+-]/, ''));
  return signed * Number(`${digitsOf(integer) || '0'}.${digitsOf(fraction) || '0'}e${power}`);
}

/** `int(text)`; null where Python raises ValueError. (Python 3.11 refuses more than 4,300 digits too.) */
export function pythonInt(text: string): bigint | null {
  const [whole, sign = '', digits] = INT.exec(strip(text)) ?? [];
  if (whole === undefined || digits === undefined || digits.length > 4_300) return null;
  const value = BigInt(digitsOf(digits));
  return sign === '-' ? -value : value;
}

/** `round(value, digits)` of a float: to the nearest decimal of the exact binary value, ties to even. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 53 || digits > 22) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    return roundHalfEven(value / unit, 0) * unit;
  }
  const rounded = Number(value.toFixed(digits));
  // A tie is exact: its distance to both neighbours is the same power of ten's half, and only ties are written shorter.
  const exact = value.toFixed(Math.min(100, digits + 60));
  const tail = exact.slice(exact.indexOf('.') + 1 + digits);
  if (!/^50*$/.test(tail)) return rounded;
  const unit = 10 ** digits;
  const below = Math.floor(Math.abs(value) * unit);
  return (Math.sign(value) * (below % 2 === 0 ? below : below + 1)) / unit;
}

/** `str(value)` of a float. */
export function pythonStr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4))
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
