/** Half-precision numbers (IEEE 754 binary16) as 16-bit patterns: not every browser has Float16Array. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounded to the nearest, of two the even; beyond the range infinite. */
function toHalf(value: number): number {
  float[0] = value;
  const all = bits[0] as number;
  const sign = (all >>> 16) & 0x8000;
  const exponent = ((all >>> 23) & 0xff) - 112;
  const mantissa = all & 0x7fffff;
  if (exponent >= 31) return sign | (exponent === 143 && mantissa !== 0 ? 0x7e00 : 0x7c00);
  if (exponent < -10) return sign;
  // A subnormal's leading one is written out.
  const [base, shift] =
    exponent > 0 ? [(exponent << 23) | mantissa, 13] : [mantissa | 0x800000, 14 - exponent];
  const down = base >>> shift;
  const rest = base & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  // Rounding up may carry into the exponent, which gives the right number.
  return sign | (down + Number(rest > middle || (rest === middle && (down & 1) === 1)));
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

export const toHalves = (values: Float32Array): Uint16Array => Uint16Array.from(values, toHalf);
export const fromHalves = (halves: Uint16Array): Float32Array => Float32Array.from(halves, fromHalf);
