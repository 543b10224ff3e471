import { describe, expect, test } from 'vitest';
import { encodeJpeg } from '@/lib/world/jpeg';
import { encodePng } from '@/lib/world/png';
import { PictureError, readHeader } from './picture-file';

const picture = (width: number, height: number) => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3),
});
const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
  );

/** A PNG's first chunk: all that tells its size. */
function png(width: number, height: number): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return bytes('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', [...size], [8, 2, 0, 0, 0]);
}

const problem = (file: Uint8Array, name = 'picture.png'): string => {
  try {
    readHeader(file, name);
  } catch (reason) {
    if (reason instanceof PictureError) return reason.message;
    throw reason;
  }
  return 'opened';
};

describe('pictures that are opened, with their size', () => {
  test('PNG and JPEG as our own encoders write them', () => {
    expect(readHeader(encodePng(picture(30, 20)), 'a')).toEqual({ type: 'PNG', width: 30, height: 20 });
    expect(readHeader(encodeJpeg(picture(30, 20), 90), 'a')).toEqual({ type: 'JPEG', width: 30, height: 20 });
  });

  test('a JPEG whose frame stands behind long segments and fill bytes', () => {
    const file = bytes(
      [0xff, 0xd8, 0xff, 0xe1, 0x20, 0x00],
      new Array<number>(0x1ffe).fill(0xc0),
      [0xff, 0xff, 0xc2, 0, 17, 8, 0x01, 0x2c, 0x01, 0x90, 3],
    );
    expect(readHeader(file, 'a')).toEqual({ type: 'JPEG', width: 400, height: 300 });
  });

  test('GIF, and the three kinds of WebP', () => {
    expect(readHeader(bytes('GIF89a', [0x2c, 1, 0xc8, 0, 0, 0, 0]), 'a')).toMatchObject({
      width: 300,
      height: 200,
    });
    const riff = (chunk: string, data: number[]) => bytes('RIFF\0\0\0\0WEBP', chunk, [0, 0, 0, 0], data);
    const lossy = riff('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x2c, 0x01, 0xc8, 0x00]);
    const lossless = riff('VP8L', [0x2f, 0x2b, 0xc1, 0x31, 0, 0, 0, 0, 0, 0]);
    const extended = riff('VP8X', [0, 0, 0, 0, 0x2b, 1, 0, 0xc7, 0, 0]);
    for (const file of [lossy, lossless, extended])
      expect(readHeader(file, 'a')).toEqual({ type: 'WebP', width: 300, height: 200 });
  });

  test('a JPEG that calls itself PNG: the bytes say what it is', () => {
    expect(readHeader(encodeJpeg(picture(8, 8), 90), 'photo.png').type).toBe('JPEG');
  });
});

describe('what is not opened is told in a sentence', () => {
  test.each([
    [
      'an SVG with a script',
      bytes('<?xml version="1.0"?><!-- x --><svg><script>alert(1)</script></svg>'),
      'is an SVG',
    ],
    ['HEIC', bytes('\0\0\0\x18ftypheic\0\0\0\0'), 'is a HEIC'],
    ['AVIF', bytes('\0\0\0\x18ftypavif\0\0\0\0'), 'is an AVIF'],
    ['a film', bytes('\0\0\0\x18ftypisom\0\0\0\0'), 'is a film'],
    ['a PDF', bytes('%PDF-1.7'), 'is a PDF'],
    ['a page of text', bytes('<!doctype html><p>'), 'is not a picture, whatever its name says'],
    ['nothing', bytes(), 'is empty'],
    ['a PNG of 30,000 pixels a side', png(30_000, 30_000), '30,000 × 30,000 pixels. At most 16,000 a side'],
    ['one of 10,000 a side', png(10_000, 10_000), 'At most 16,000 a side and 50 million in all'],
    ['a line', png(15_000, 10), 'more than 200 times as long as wide'],
    ['a PNG of no size', png(0, 5), 'is no whole PNG'],
    ['half a PNG', png(5, 5).subarray(0, 12), 'breaks off'],
    ['half a JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff]), 'breaks off'],
    ['half a WebP', bytes('RIFF\0\0\0\0WEBPVP8 '), 'breaks off'],
  ])('%s', (_, file, sentence) => {
    expect(problem(file)).toContain(sentence);
  });
});
