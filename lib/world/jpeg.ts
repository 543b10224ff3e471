import { cos, PI } from './maths';
import type { Picture } from './picture';

/**
 * Baseline JPEG (ITU-T T.81, with its example tables of Annex K) in a JFIF file. The colour is not subsampled: a thing
 * of 15 pixels keeps its own. Pure functions, so every engine writes the same bytes.
 */

/** Annex K.1 and K.2, row by row: luminance, chrominance. */
const QUANTISATION = [
  [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
  ],
  [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  ],
] as const;

/** A Huffman table as a file carries it: how many codes there are of 1 to 16 bits, and the symbols in order. */
interface HuffmanSpec {
  /** Class (0 DC, 1 AC) in the upper half, destination (0 luminance, 1 chrominance) in the lower. */
  id: number;
  counts: readonly number[];
  symbols: readonly number[];
}
const DC_SYMBOLS = Array.from({ length: 12 }, (_, category) => category);
const fromHex = (hex: string): number[] => (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));

/** Annex K.3 to K.6. */
const HUFFMAN: readonly HuffmanSpec[] = [
  { id: 0x00, counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], symbols: DC_SYMBOLS },
  { id: 0x01, counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], symbols: DC_SYMBOLS },
  {
    id: 0x10,
    counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
    symbols: fromHex(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a' +
        '3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a929394' +
        '95969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8' +
        'e9eaf1f2f3f4f5f6f7f8f9fa',
    ),
  },
  {
    id: 0x11,
    counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
    symbols: fromHex(
      '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728' +
        '292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a9293' +
        '9495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8' +
        'e9eaf2f3f4f5f6f7f8f9fa',
    ),
  },
];

/** Code and length in bits of every symbol: codes of one length count up, and a longer one goes on from a shorter. */
const CODES = HUFFMAN.map(({ counts, symbols }) => {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let code = 0;
  let at = 0;
  counts.forEach((count, i) => {
    for (const symbol of symbols.slice(at, at + count)) {
      codes[symbol] = code++;
      lengths[symbol] = i + 1;
    }
    at += count;
    code <<= 1;
  });
  return { codes, lengths };
});

/** Positions in a block (8 y + x) along its diagonals, up and down in turn. */
const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => alongZigzag(a) - alongZigzag(b));
function alongZigzag(position: number): number {
  const x = position % 8;
  const y = (position - x) / 8;
  return (x + y) * 8 + ((x + y) % 2 === 1 ? y : x);
}

/** The cosine transform of eight samples as a matrix: [8 frequency + sample]. */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const sample = i % 8;
  const frequency = (i - sample) / 8;
  return (cos(((2 * sample + 1) * frequency * PI) / 16) * (frequency === 0 ? Math.sqrt(0.5) : 1)) / 2;
});

/** @param quality 1 to 100, as libjpeg scales the tables by it. */
export function encodeJpeg({ width, height, rgb }: Picture, quality: number): Uint8Array {
  if (rgb.length !== width * height * 3)
    throw new RangeError(
      `a picture of ${width} x ${height} has ${width * height * 3} bytes, not ${rgb.length}`,
    );
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const [luminance, chrominance] = QUANTISATION.map((table) =>
    Uint8Array.from(table, (value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100)))),
  ) as [Uint8Array, Uint8Array];

  const out: number[] = [];
  const segment = (marker: number, body: readonly number[]) =>
    out.push(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body);
  out.push(0xff, 0xd8);
  // JFIF 1.1: square pixels, no thumbnail.
  segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  const inZigzag = (table: Uint8Array) => ZIGZAG.map((position) => table[position] as number);
  segment(0xdb, [0, ...inZigzag(luminance), 1, ...inZigzag(chrominance)]);
  // Three components, each with its number, no subsampling, and its quantisation table.
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  segment(0xc0, [8, ...sides, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
  segment(
    0xc4,
    HUFFMAN.flatMap(({ id, counts, symbols }) => [id, ...counts, ...symbols]),
  );
  segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
  scan({ width, height, rgb }, [luminance, chrominance, chrominance], out);
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}

/** All blocks, row by row, with their three components in turn. */
function scan(
  { width, height, rgb }: Picture,
  quantisation: readonly [Uint8Array, Uint8Array, Uint8Array],
  out: number[],
): void {
  let held = 0;
  let heldBits = 0;
  const put = (value: number, bits: number) => {
    held = (held << bits) | value;
    heldBits += bits;
    while (heldBits >= 8) {
      heldBits -= 8;
      const byte = (held >> heldBits) & 255;
      out.push(byte);
      // A byte that would start a marker is told from one by a zero behind it.
      if (byte === 255) out.push(0);
    }
    held &= (1 << heldBits) - 1;
  };

  const planes = [new Float64Array(64), new Float64Array(64), new Float64Array(64)] as const;
  const coefficients = new Int16Array(64);
  const before = [0, 0, 0];
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        // Beyond the edge the last row and column go on.
        const x = Math.min(left + (i & 7), width - 1);
        const y = Math.min(top + (i >> 3), height - 1);
        const at = (y * width + x) * 3;
        const r = rgb[at] as number;
        const g = rgb[at + 1] as number;
        const b = rgb[at + 2] as number;
        planes[0][i] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
        planes[1][i] = -0.168736 * r - 0.331264 * g + 0.5 * b;
        planes[2][i] = 0.5 * r - 0.418688 * g - 0.081312 * b;
      }
      for (let component = 0; component < 3; component++) {
        transform(planes[component] as Float64Array, quantisation[component] as Uint8Array, coefficients);
        const table = component === 0 ? 0 : 1;
        const mean = coefficients[0] as number;
        putCoefficient(mean - (before[component] as number), 0, CODES[table] as Codes, put);
        before[component] = mean;
        putRest(coefficients, CODES[2 + table] as Codes, put);
      }
    }
  }
  // The last byte is filled up with ones.
  if (heldBits > 0) put((1 << (8 - heldBits)) - 1, 8 - heldBits);
}
type Codes = (typeof CODES)[number];
type Put = (value: number, bits: number) => void;

const half = new Float64Array(64);

/** The cosine transform of a block in both directions, divided by the table and rounded, in zigzag order. */
function transform(samples: Float64Array, quantisation: Uint8Array, coefficients: Int16Array): void {
  for (let y = 0; y < 64; y += 8) {
    for (let u = 0; u < 64; u += 8) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += (BASIS[u + x] as number) * (samples[y + x] as number);
      half[y + (u >> 3)] = sum;
    }
  }
  for (let k = 0; k < 64; k++) {
    const position = ZIGZAG[k] as number;
    const u = position & 7;
    const v = position - u;
    let sum = 0;
    for (let y = 0; y < 8; y++) sum += (BASIS[v + y] as number) * (half[8 * y + u] as number);
    coefficients[k] = Math.round(sum / (quantisation[position] as number));
  }
}

/** All but the first coefficient: how many zeros come before each, a code for sixteen, and one for "only zeros left". */
function putRest(coefficients: Int16Array, codes: Codes, put: Put): void {
  let last = 63;
  while (last > 0 && coefficients[last] === 0) last--;
  let zeros = 0;
  for (let k = 1; k <= last; k++) {
    const value = coefficients[k] as number;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros >= 16; zeros -= 16) put(codes.codes[0xf0] as number, codes.lengths[0xf0] as number);
    putCoefficient(value, zeros, codes, put);
    zeros = 0;
  }
  if (last < 63) put(codes.codes[0] as number, codes.lengths[0] as number);
}

/** A value as its number of bits, with the zeros before it, by Huffman code, and then the bits; negative ones less one. */
function putCoefficient(value: number, zeros: number, { codes, lengths }: Codes, put: Put): void {
  const bits = 32 - Math.clz32(Math.abs(value));
  const symbol = (zeros << 4) | bits;
  put(codes[symbol] as number, lengths[symbol] as number);
  if (bits > 0) put(value > 0 ? value : value + (1 << bits) - 1, bits);
}
