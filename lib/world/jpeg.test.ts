import { decode } from 'jpeg-js';
import { expect, test } from 'vitest';
import { encodeJpeg } from './jpeg';
import type { Picture } from './picture';
import { TASKS } from './question';
import { hash32 } from './random';
import { seedIn } from './scene';
import { ask, render } from './world';

/** Root of the mean squared difference of a byte between a picture and what a decoder of others makes of its JPEG. */
function error(picture: Picture, quality: number): number {
  const decoded = decode(encodeJpeg(picture, quality), { useTArray: true, formatAsRGBA: false });
  expect([decoded.width, decoded.height]).toEqual([picture.width, picture.height]);
  let sum = 0;
  picture.rgb.forEach((byte, i) => {
    sum += (byte - (decoded.data[i] ?? Number.NaN)) ** 2;
  });
  return Math.sqrt(sum / picture.rgb.length);
}

test.each(TASKS)('a decoder of others sees the picture of %s', (task) => {
  const picture = render(ask(task, seedIn('val', 3), 112).scene, 112);
  expect(error(picture, 100)).toBeLessThan(1);
  expect(error(picture, 90)).toBeLessThan(6);
});

test.each([
  [1, 1],
  [7, 9],
  [97, 101],
])('sides of %i and %i need not be multiples of eight', (width, height) => {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) % 251);
  expect(error({ width, height, rgb }, 100)).toBeLessThan(2);
});

test('the largest steps from block to block are kept', () => {
  // Whole blocks of black and white in turn: the largest differences of means.
  const rgb = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((pixel >> 3) + (pixel >> 9)) % 2 === 0 ? 0 : 255;
  });
  expect(error({ width: 64, height: 64, rgb }, 100)).toBeLessThan(1);
  // Pixels of black and white in turn: the largest coefficients at the end of a block.
  const fine = rgb.map((_, i) => ((Math.floor(i / 3) + (Math.floor(i / 3) >> 6)) % 2 === 0 ? 0 : 255));
  expect(error({ width: 64, height: 64, rgb: fine }, 100)).toBeLessThan(2);
});

test('lower quality is fewer bytes', () => {
  const picture = render(ask('counting', seedIn('val', 3), 112).scene, 112);
  const lengths = [100, 95, 75, 50, 25, 1].map((quality) => encodeJpeg(picture, quality).length);
  expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
});

test('the same picture gives the same bytes for ever', () => {
  const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 7) % 256);
  expect(hash32(encodeJpeg({ width: 16, height: 16, rgb }, 90).join(','))).toBe(1478673166);
});

test('bytes that are no such picture are refused', () => {
  expect(() => encodeJpeg({ width: 2, height: 2, rgb: new Uint8Array(11) }, 90)).toThrow(/12 bytes, not 11/);
});
