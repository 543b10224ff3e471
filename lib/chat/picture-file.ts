/**
 * What a file is, by its first bytes and before anything decodes it: a name and a declared type prove nothing, and a
 * small file may unfold to gigabytes of pixels.
 */

export const MAX_FILE_BYTES = 25_000_000;
const MAX_SIDE = 16_000;
const MAX_PIXELS = 50_000_000;
/** As the processor of Qwen2.5-VL refuses it. */
const MAX_RATIO = 200;

/** Its message is a sentence for the visitor. */
export class PictureError extends Error {
  override readonly name = 'PictureError';
}

export interface PictureHeader {
  type: 'PNG' | 'JPEG' | 'WebP' | 'GIF';
  /** As the file says; a JPEG may be turned when it is shown. */
  width: number;
  height: number;
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

const utf8 = new TextDecoder();

/**
 * The header of a picture that may be decoded.
 * @throws PictureError where it may not, and what to do.
 */
export function readHeader(bytes: Uint8Array, name: string): PictureHeader {
  if (bytes.length === 0) throw new PictureError(`“${name}” is empty.`);
  const header = headerOf(bytes, name);
  const { type, width, height } = header;
  const size = `${width.toLocaleString('en-GB')} × ${height.toLocaleString('en-GB')} pixels`;
  if (width === 0 || height === 0)
    throw new PictureError(`“${name}” is no whole ${type}: it says that it is ${size}.`);
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS)
    throw new PictureError(
      `“${name}” is ${size}. At most ${MAX_SIDE.toLocaleString('en-GB')} a side and ${MAX_PIXELS / 1e6} million in all are opened: make it smaller first.`,
    );
  if (Math.max(width, height) / Math.min(width, height) > MAX_RATIO)
    throw new PictureError(
      `“${name}” is ${size}: more than ${MAX_RATIO} times as long as wide. Cut out the part that matters.`,
    );
  return header;
}

function headerOf(bytes: Uint8Array, name: string): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header =
    pngHeader(bytes, view) ?? jpegHeader(bytes, view) ?? gifHeader(bytes, view) ?? webpHeader(bytes, view);
  if (header === 'broken')
    throw new PictureError(`“${name}” begins like a picture and then breaks off: it cannot be opened.`);
  if (header !== null) return header;
  throw new PictureError(`“${name}” ${otherKind(bytes)}`);
}

type Found = PictureHeader | 'broken' | null;

function pngHeader(bytes: Uint8Array, view: DataView): Found {
  if (!startsWith(bytes, '\x89PNG\r\n\x1a\n')) return null;
  if (bytes.length < 24 || !startsWith(bytes, 'IHDR', 12)) return 'broken';
  return { type: 'PNG', width: view.getUint32(16), height: view.getUint32(20) };
}

function gifHeader(bytes: Uint8Array, view: DataView): Found {
  if (!startsWith(bytes, 'GIF8')) return null;
  if (bytes.length < 10) return 'broken';
  return { type: 'GIF', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** RIFF with a lossy (VP8), lossless (VP8L) or extended (VP8X) first chunk (RFC 9649). */
function webpHeader(bytes: Uint8Array, view: DataView): Found {
  if (!startsWith(bytes, 'RIFF') || !startsWith(bytes, 'WEBP', 8)) return null;
  if (bytes.length < 30) return 'broken';
  const chunk = utf8.decode(bytes.subarray(12, 16));
  const of = (width: number, height: number): Found => ({ type: 'WebP', width, height });
  if (chunk === 'VP8 ') return of(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return of((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  if (chunk === 'VP8X')
    return of((view.getUint32(24, true) & 0xffffff) + 1, (view.getUint32(26, true) >>> 8) + 1);
  return 'broken';
}

/** Walks the segments to the frame header (ITU T.81, B.2.2): SOF0 to SOF15 without DHT, JPG and DAC. */
function jpegHeader(bytes: Uint8Array, view: DataView): Found {
  if (!startsWith(bytes, '\xff\xd8\xff')) return null;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return 'broken';
    const marker = bytes[at + 1] ?? 0;
    // A marker may have any number of fill bytes before it.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { type: 'JPEG', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return 'broken';
}

/** What else people bring, and what to do about it. */
function otherKind(bytes: Uint8Array): string {
  const beginning = utf8
    .decode(bytes.subarray(0, 512))
    .replace(/^\ufeff/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype svg|<svg)/.test(beginning))
    return 'is an SVG, a drawing made of instructions. Save it as PNG or JPEG first.';
  if (startsWith(bytes, 'ftyp', 4)) {
    const brand = utf8.decode(bytes.subarray(8, 12));
    if (/^(heic|heix|hevc|mif1|msf1|heim|heis)$/.test(brand))
      return 'is a HEIC, which browsers cannot open. Save it as JPEG first; on an iPhone, Settings › Camera › Formats › Most Compatible makes JPEGs.';
    if (/^avi[fs]$/.test(brand)) return 'is an AVIF. Save it as PNG or JPEG first.';
    return 'is a film, not a picture. Take a still of it first.';
  }
  if (startsWith(bytes, '%PDF')) return 'is a PDF, not a picture. Take a picture of the page first.';
  return 'is not a picture, whatever its name says: PNG, JPEG, WebP and GIF are opened.';
}
