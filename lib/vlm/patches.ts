import type { ImageSettings } from './model-config';
import { resizeBicubic, smartResize } from './resize';
import { VlmError, type VlmImage } from './types';

/** In patches: time (1 for a still), rows, columns. */
export type Grid = readonly [t: number, h: number, w: number];

/** A picture as the vision tower takes it. */
export interface Patches {
  /** N x (3 x temporal x patch x patch), block by block of merge x merge patches. */
  pixels: Float32Array;
  grid: Grid;
}

/** Tokens that the text sees for a grid. */
export const tokensOf = ([t, h, w]: Grid, merge: number): number => t * (h / merge) * (w / merge);

/** A picture of more is refused, as the trainer refuses it. */
const MOST_PIXELS = 100_000_000;

/** The side in pixels of the frame that the model sees; boxes are in it. @throws VlmError */
export function seenSize(image: VlmImage, settings: ImageSettings): { width: number; height: number } {
  const { width, height } = image;
  if (!(width >= 1 && height >= 1)) throw new VlmError('picture', 'The picture has no pixels.');
  if (width * height > MOST_PIXELS) {
    throw new VlmError(
      'picture',
      `The picture has ${width} x ${height} pixels; make it smaller than ${MOST_PIXELS / 1e6} million.`,
    );
  }
  try {
    return smartResize(width, height, settings.patchSize * settings.mergeSize, settings.bounds);
  } catch (error) {
    throw new VlmError('picture', (error as RangeError).message, { cause: error });
  }
}

export function gridOf(image: VlmImage, settings: ImageSettings): Grid {
  const { width, height } = seenSize(image, settings);
  return [1, height / settings.patchSize, width / settings.patchSize];
}

/**
 * Resized, normalised, cut: equal to the trainer's `patches_of` and so to Hugging Face's Qwen2-VL processor (PIL
 * version). Transparency is dropped, as Pillow's `convert('RGB')` drops it. @throws VlmError
 */
export function patchesOf(image: VlmImage, settings: ImageSettings): Patches {
  const { patchSize, temporalPatchSize, mergeSize } = settings;
  const { width, height } = seenSize(image, settings);
  if (image.rgba.length !== image.width * image.height * 4)
    throw new VlmError('picture', 'The picture did not come whole; choose it again.');
  const rgb = new Uint8Array(image.width * image.height * 3);
  for (let from = 0, to = 0; from < image.rgba.length; from += 4, to += 3) {
    rgb[to] = image.rgba[from] as number;
    rgb[to + 1] = image.rgba[from + 1] as number;
    rgb[to + 2] = image.rgba[from + 2] as number;
  }
  const resized = resizeBicubic({ width: image.width, height: image.height, rgb }, width, height);

  const levels = normalisedLevels(settings);
  const rows = height / patchSize;
  const columns = width / patchSize;
  const frame = patchSize * patchSize;
  const pixels = new Float32Array(rows * columns * 3 * temporalPatchSize * frame);
  let at = 0;
  for (let blockRow = 0; blockRow < rows; blockRow += mergeSize)
    for (let blockColumn = 0; blockColumn < columns; blockColumn += mergeSize)
      for (let inside = 0; inside < mergeSize * mergeSize; inside++) {
        const top = (blockRow + Math.floor(inside / mergeSize)) * patchSize;
        const left = (blockColumn + (inside % mergeSize)) * patchSize;
        for (let channel = 0; channel < 3; channel++) {
          for (let y = top; y < top + patchSize; y++)
            for (let x = left; x < left + patchSize; x++)
              pixels[at++] = levels[
                channel * 256 + (resized.rgb[(y * width + x) * 3 + channel] as number)
              ] as number;
          // A still is a film of the same frame.
          for (let again = 1; again < temporalPatchSize; again++, at += frame)
            pixels.copyWithin(at, at - frame, at);
        }
      }
  return { pixels, grid: [1, rows, columns] };
}

/** What each byte of each channel becomes, with numpy's rounding to float32 at every step. */
function normalisedLevels({ rescale, mean, std }: ImageSettings): Float32Array {
  const f = Math.fround;
  const levels = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++)
    for (let byte = 0; byte < 256; byte++) {
      const centred = f(f(byte * f(rescale)) - f(mean[channel] as number));
      levels[channel * 256 + byte] = f(centred / f(std[channel] as number));
    }
  return levels;
}
