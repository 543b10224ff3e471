import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldens, patterned, TINY } from '@/e2e/models';
import { readModelConfig } from './model-config';
import { gridOf, patchesOf, seenSize } from './patches';
import { resizeBicubic, smartResize } from './resize';

const sha256 = (values: Uint8Array | Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
const json = (name: string) => JSON.parse(readFileSync(join(TINY, name), 'utf8'));
const { image: settings } = readModelConfig({
  config: json('config.json'),
  generation: json('generation_config.json'),
  processor: null,
  preprocessor: json('preprocessor_config.json'),
});

describe('pictures are those of Pillow and of the trainer, bit by bit', () => {
  for (const { width, height, resized, grid, patches } of goldens().pictures) {
    test(`${width} x ${height}`, () => {
      const image = patterned(width, height, 1);
      expect(seenSize(image, settings)).toEqual({ width: resized.width, height: resized.height });
      expect(gridOf(image, settings)).toEqual(grid);
      const rgb = Uint8Array.from(image.rgba.filter((_, at) => at % 4 < 3));
      expect(sha256(resizeBicubic({ width, height, rgb }, resized.width, resized.height).rgb)).toBe(
        resized.sha256,
      );
      expect(sha256(patchesOf(image, settings).pixels)).toBe(patches);
    });
  }
});

describe('the size that the model sees', () => {
  const bounds = { least: 56 * 56, most: 28 * 28 * 1280 };

  test('rounds halves to the even multiple, as Python does', () => {
    expect(smartResize(98, 70, 28, { least: 1, most: 10 ** 6 })).toEqual({ width: 112, height: 56 });
  });

  test('stays within the bounds at the same proportion', () => {
    expect(smartResize(4000, 3000, 28, bounds)).toEqual({ width: 1148, height: 840 });
    expect(smartResize(30, 20, 28, bounds)).toEqual({ width: 84, height: 56 });
  });

  test('a picture that is a line is refused in a sentence', () => {
    expect(() => smartResize(4020, 20, 28, bounds)).toThrow(/4020 x 20 pixels are more than 200 times/);
    expect(() => seenSize({ ...patterned(1, 1, 1), width: 300, height: 1 }, settings)).toThrow(/200 times/);
  });
});

test('a picture that lacks bytes, has no pixels or too many is refused', () => {
  const image = patterned(8, 8, 1);
  expect(() => patchesOf({ ...image, rgba: image.rgba.slice(4) }, settings)).toThrow(/did not come whole/);
  expect(() => patchesOf({ ...image, width: 0 }, settings)).toThrow(/no pixels/);
  expect(() => patchesOf({ ...image, width: 30_000, height: 30_000 }, settings)).toThrow(
    /smaller than 100 million/,
  );
});

test('transparency is dropped', () => {
  const image = patterned(16, 16, 1);
  const clear = { ...image, rgba: image.rgba.map((byte, at) => (at % 4 === 3 ? 0 : byte)) };
  expect(patchesOf(clear, settings).pixels).toEqual(patchesOf(image, settings).pixels);
});
