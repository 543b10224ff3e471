import sharp from 'sharp';
import { Problem } from '../problem';

/** Pictures that visitors send: decoded and written anew, so that nothing goes on but pixels. */

export interface Picture {
  mediaType: 'image/png' | 'image/jpeg';
  bytes: Uint8Array;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Decoded, this many are 64 MB. */
const MAX_PIXELS = 16_777_216;
const PATIENCE_SECONDS = 10;
/** Larger than this a PNG is a photo or noise, and is written as a JPEG. */
const MAX_PNG_BYTES = 2_000_000;

/**
 * Decodes a PNG, JPEG or WebP picture, turns it upright, lays it on white and writes it without metadata.
 * @param sizeOf the size to resize it to, given its own; it may throw a RangeError, in a sentence.
 * @throws Problem
 */
export async function rewritten(url: string, sizeOf: (own: Size) => Size): Promise<Picture> {
  const given = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  const kind = kindOf(given);
  if (kind === null)
    throw new Problem('refused', 'A picture is not a PNG, JPEG or WebP file. Save it as one of these first.');
  try {
    const upright = sharp(given, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
    const { autoOrient } = await upright.metadata();
    const { width, height } = sizeOf(autoOrient);
    const made = upright
      .autoOrient()
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .timeout({ seconds: PATIENCE_SECONDS });
    if (kind === 'png') {
      const bytes = await made.clone().png().toBuffer();
      if (bytes.length <= MAX_PNG_BYTES) return { mediaType: 'image/png', bytes, width, height };
    }
    const bytes = await made.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
    return { mediaType: 'image/jpeg', bytes, width, height };
  } catch (error) {
    if (error instanceof RangeError)
      throw new Problem('refused', `A picture cannot be used: ${error.message}`);
    throw new Problem('refused', sentenceOf(error));
  }
}

/** By its first bytes, whatever it is called. The libraries behind sharp also open programs and documents: SVG, PDF. */
function kindOf(bytes: Buffer): 'png' | 'jpeg' | 'webp' | null {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('RIFF') && start.startsWith('WEBP', 8)) return 'webp';
  return null;
}

function sentenceOf(error: unknown): string {
  const why = error instanceof Error ? error.message : '';
  if (why.includes('pixel limit')) return 'A picture has more than 16 million pixels. Make it smaller first.';
  if (why.includes('timeout')) return 'A picture took too long to open. Save it anew, or make it smaller.';
  return 'A picture could not be read: its file is damaged or cut off.';
}
