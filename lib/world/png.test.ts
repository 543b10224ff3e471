import { unzlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { encodePng } from './png';

const noise = (n: number): number => Math.imul(n + 1, 2654435761) >>> 24;

/** A reader of its own: checks the chunks' order and undoes the filters as the standard words them. */
function decode(png: Uint8Array): { width: number; height: number; rgb: Uint8Array } {
  const view = new DataView(png.buffer, png.byteOffset);
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; at += view.getUint32(at) + 12) {
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    chunks.set(type, png.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? new Uint8Array();
  const sides = new DataView(header.buffer, header.byteOffset);
  const [width, height] = [sides.getUint32(0), sides.getUint32(4)];
  expect([...header.subarray(8)]).toEqual([8, 2, 0, 0, 0]);
  const data = unzlibSync(chunks.get('IDAT') ?? new Uint8Array());
  const row = width * 3;
  const rgb = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (row + 1)];
    for (let i = 0; i < row; i++) {
      const a = i < 3 ? 0 : (rgb[y * row + i - 3] ?? 0);
      const b = y === 0 ? 0 : (rgb[(y - 1) * row + i] ?? 0);
      const c = i < 3 || y === 0 ? 0 : (rgb[(y - 1) * row + i - 3] ?? 0);
      const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0] ?? 0;
      const guess = [0, a, b, Math.floor((a + b) / 2), nearest][filter ?? 0] ?? 0;
      rgb[y * row + i] = (data[y * (row + 1) + 1 + i] ?? 0) + guess;
    }
  }
  return { width, height, rgb };
}

test('what is written can be read back, byte by byte', () => {
  const smooth = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i % 120) + Math.floor(i / 120));
  const rough = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => noise(i));
  for (const picture of [
    { width: 40, height: 30, rgb: smooth },
    { width: 7, height: 5, rgb: rough },
    { width: 1, height: 1, rgb: new Uint8Array([1, 2, 3]) },
  ]) {
    expect(decode(encodePng(picture))).toEqual(picture);
  }
});

test('checksums are those of the standard: an empty IEND ends in AE 42 60 82', () => {
  const png = encodePng({ width: 1, height: 1, rgb: new Uint8Array(3) });
  expect([...png.subarray(-4)]).toEqual([0xae, 0x42, 0x60, 0x82]);
});

test('bytes that do not fill the picture are refused', () => {
  expect(() => encodePng({ width: 2, height: 2, rgb: new Uint8Array(11) })).toThrow(
    'a picture of 2 x 2 has 12 bytes, not 11',
  );
});
