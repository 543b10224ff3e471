/** Pictures resized as Qwen2-VL's image processor does it, to the byte: which size, and Pillow's bicubic filter. */

/** Interleaved RGB bytes, row by row from the top left. */
export interface RgbPicture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** How many pixels a picture may have after resizing. */
export interface PixelBounds {
  least: number;
  most: number;
}

const LARGEST_RATIO = 200;

/** As Python rounds: halves to the even neighbour. */
function round(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/**
 * Width and height as multiples of `factor`, within the bounds, near the given proportion (`smart_resize` of
 * transformers' Qwen2-VL processor). Both can exceed the upper bound where one side is a single factor.
 *
 * @throws RangeError for a picture more than 200 times as long as wide.
 */
export function smartResize(
  width: number,
  height: number,
  factor: number,
  { least, most }: PixelBounds,
): { width: number; height: number } {
  if (Math.max(height, width) / Math.min(height, width) > LARGEST_RATIO) {
    throw new RangeError(
      `${width} x ${height} pixels are more than ${LARGEST_RATIO} times as long as wide; cut the picture to the part that matters.`,
    );
  }
  const rounded = { width: round(width / factor) * factor, height: round(height / factor) * factor };
  if (rounded.width * rounded.height > most) {
    const scale = Math.sqrt((height * width) / most);
    const fitted = (side: number) => Math.max(factor, Math.floor(side / scale / factor) * factor);
    return { width: fitted(width), height: fitted(height) };
  }
  if (rounded.width * rounded.height < least) {
    const scale = Math.sqrt(least / (height * width));
    const fitted = (side: number) => Math.ceil((side * scale) / factor) * factor;
    return { width: fitted(width), height: fitted(height) };
  }
  return rounded;
}

/** Keys' cubic with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

/** Bits after the point of Pillow's weights for 8-bit channels. */
const PRECISION = 22;

/** For each output place its first input place, how many there are, and their weights. */
interface Taps {
  first: Int32Array;
  count: Int32Array;
  /** `most` a place. */
  weights: Int32Array;
  most: number;
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (src/libImaging/Resample.c). */
function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  // When shrinking the filter is stretched over all that falls into a pixel: that is the antialiasing.
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const most = Math.ceil(support) * 2 + 1;
  const taps = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * most),
    most,
  };
  const raw = new Float64Array(most);
  for (let place = 0; place < to; place++) {
    const center = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = cubic((k + first - center + 0.5) * (1 / stretch));
      raw[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) {
      const weight = (raw[k] ?? 0) / sum;
      taps.weights[place * most + k] = Math.trunc(weight * 2 ** PRECISION + (weight < 0 ? -0.5 : 0.5));
    }
    taps.first[place] = first;
    taps.count[place] = count;
  }
  return taps;
}

const clamped = (sum: number): number => Math.min(255, Math.max(0, sum >> PRECISION));

function resizeWidth({ width, height, rgb }: RgbPicture, to: number): RgbPicture {
  const { first, count, weights, most } = tapsOf(width, to);
  const out = new Uint8Array(to * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      let red = 1 << (PRECISION - 1);
      let green = red;
      let blue = red;
      let from = (y * width + (first[x] as number)) * 3;
      const start = x * most;
      const end = start + (count[x] as number);
      for (let k = start; k < end; k++, from += 3) {
        const weight = weights[k] as number;
        red += (rgb[from] as number) * weight;
        green += (rgb[from + 1] as number) * weight;
        blue += (rgb[from + 2] as number) * weight;
      }
      const at = (y * to + x) * 3;
      out[at] = clamped(red);
      out[at + 1] = clamped(green);
      out[at + 2] = clamped(blue);
    }
  }
  return { width: to, height, rgb: out };
}

function resizeHeight({ width, height, rgb }: RgbPicture, to: number): RgbPicture {
  const { first, count, weights, most } = tapsOf(height, to);
  const row = width * 3;
  const out = new Uint8Array(row * to);
  for (let y = 0; y < to; y++) {
    const start = y * most;
    const end = start + (count[y] as number);
    for (let x = 0; x < row; x++) {
      let sum = 1 << (PRECISION - 1);
      let from = (first[y] as number) * row + x;
      for (let k = start; k < end; k++, from += row) sum += (rgb[from] as number) * (weights[k] as number);
      out[y * row + x] = clamped(sum);
    }
  }
  return { width, height: to, rgb: out };
}

/**
 * `Image.resize((width, height), BICUBIC)` of Pillow 13: across, then down, rounded to bytes in between; first down where
 * that takes away more than twice as many rows as columns are taken away (so by its outputs).
 */
export function resizeBicubic(picture: RgbPicture, width: number, height: number): RgbPicture {
  const rows = picture.height - height;
  const across = (from: RgbPicture) => (from.width === width ? from : resizeWidth(from, width));
  const down = (from: RgbPicture) => (from.height === height ? from : resizeHeight(from, height));
  return rows > 0 && rows > 2 * (picture.width - width) ? across(down(picture)) : down(across(picture));
}
