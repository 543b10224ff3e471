/**
 * A stroke font of our own. A glyph is a list of strokes; a stroke is pairs of base-36 digits, x then y, on a grid where
 * the baseline is 4, small letters reach 12, capitals 16 and descenders 0. `~` marks a stroke that is drawn round.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  A: '044g84 1878',
  B: '040g 0g4g ~4g6f7d6b4a 0a4a ~4a79877544 0444',
  C: '~8d6f4g1e0a16446587',
  D: '040g 0g3g ~3g7e8a7634 0434',
  E: '8g0g0484 0a6a',
  F: '8g0g04 0a6a',
  G: '~8d6f4g1e0a16446586 868a5a',
  H: '040g 848g 0a8a',
  I: '444g 2g6g 2464',
  J: '6g67 ~6755341507',
  K: '040g 8g09 3b84',
  L: '0g0484',
  M: '040g478g84',
  N: '040g848g',
  O: '~4g7e8a7644160a1e4g',
  P: '040g 0g4g ~4g7f8d7b4a 0a4a',
  Q: '~4g7e8a7644160a1e4g 5783',
  R: '040g 0g4g ~4g7f8d7b4a 0a4a 4a84',
  S: '~8d6f4g1f1c4a7875442507',
  T: '0g8g 4g44',
  U: '0g08 ~0815447588 888g',
  V: '0g448g',
  W: '0g244c648g',
  X: '048g 0g84',
  Y: '0g4a8g 4a44',
  Z: '0g8g0484',
  a: '~695b3c1b0815345567 6c64',
  b: '0g04 ~091b3c5b6855341507',
  c: '~6a5b3c1b0815345566',
  d: '~695b3c1b0815345567 6g64',
  e: '0868 ~685b3c1b0815345566',
  f: '~6f4g2e2c 2c24 0c5c',
  g: '~695b3c1b0815345567 6c62 ~62503001',
  h: '0g04 ~091b3c5b69 6964',
  i: '3c34 3f3g',
  j: '3c32 ~322000 3f3g',
  k: '0g04 5c08 2964',
  l: '3g36 ~364554',
  m: '0c04 ~0a2c4c5a 5a54 ~5a7c9caa aaa4',
  n: '0c04 ~091b3c5b69 6964',
  o: '~3c5b68553415081b3c',
  p: '0c00 ~091b3c5b6855341507',
  q: '~695b3c1b0815345567 6c60',
  r: '0c04 ~091b3c5c',
  s: '~6b3c1b193867653405',
  t: '3g36 ~364554 0c6c',
  u: '0c07 ~0715345567 6c64',
  v: '0c346c',
  w: '0c244a648c',
  x: '046c 0c64',
  y: '0c34 6c20',
  z: '0c6c0464',
  '0': '~3g5f6a5534150a1f3g',
  '1': '1d4g44',
  '2': '~0d1f3g5f6d5a 5a0464',
  '3': '~0e1f3g5f6d5b3a ~3a596755341506',
  '4': '5g0878 5g54',
  '5': '6g1g0a ~0a3b5a6855341506',
  '6': '~5g2e0a07153455675a3b1a07',
  '7': '0g6g24',
  '8': '~3g5f6d5b3a1b0d1f3g ~3a596755341507193a',
  '9': '~14466a6d5f3g1f0d1a395a6d',
  '.': '1415',
  ',': '2513',
  ':': '1516 1a1b',
  '-': '1959',
  '+': '1969 3c36',
  '=': '1b6b 1767',
  '°': '~2g4e2c0e2g',
  $: '~8d6f4g1f1c4a7875442507 4h43',
  '%': '046g ~1g2e1c0e1g ~5867545658',
  '/': '046g',
  '(': '~3h1d1733',
  ')': '~1h3d3713',
  '!': '2g28 2425',
  '?': '~0d1f3g5f6d5b39 3937 3435',
  "'": '1g1d',
  ' ': '',
};

export type Stroke = readonly (readonly [x: number, y: number])[];

interface Glyph {
  strokes: readonly Stroke[];
  /** From 0 to the next glyph's 0, before spacing, in capitals' heights. */
  width: number;
}

/** Capitals are this many grid units high, above a baseline at 4. */
const CAP = 12;
const SPACING = 3.2 / CAP;

/** Points along a Catmull-Rom curve through the given points. */
function rounded(points: Stroke): Stroke {
  const out: [number, number][] = [];
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last) return points;
  const closed = points.length > 3 && first[0] === last[0] && first[1] === last[1];
  const at = (i: number): readonly [number, number] => {
    if (i < 0) return (closed ? points[points.length - 2] : first) ?? first;
    if (i >= points.length) return (closed ? points[1] : last) ?? last;
    return points[i] ?? last;
  };
  const steps = 6;
  for (let i = 0; i + 1 < points.length; i++) {
    const [p, q, r, s] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 0; k < steps; k++) {
      const t = k / steps;
      const blend = (a: number, b: number, c: number, d: number): number =>
        0.5 * (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d))));
      out.push([blend(p[0], q[0], r[0], s[0]), blend(p[1], q[1], r[1], s[1])]);
    }
  }
  out.push([last[0], last[1]]);
  return out;
}

function parse(code: string): Glyph {
  const drawn = code.split(' ').filter((stroke) => stroke !== '');
  const firstX = (stroke: string): number[] => {
    const digits = stroke.replace('~', '');
    return Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits[2 * i] ?? '0', 36));
  };
  const left = Math.min(8, ...drawn.flatMap(firstX));
  const strokes: Stroke[] = [];
  let width = 0;
  for (const stroke of drawn) {
    const digits = stroke.startsWith('~') ? stroke.slice(1) : stroke;
    const points: [number, number][] = [];
    for (let i = 0; i + 1 < digits.length; i += 2) {
      const x = Number.parseInt(digits[i] ?? '0', 36) - left;
      const y = Number.parseInt(digits[i + 1] ?? '0', 36);
      width = Math.max(width, x);
      points.push([x / CAP, (y - 4) / CAP]);
    }
    strokes.push(stroke.startsWith('~') ? rounded(points) : points);
  }
  return { strokes, width: (code === '' ? 4 : width) / CAP };
}

const FONT = new Map(Object.entries(GLYPHS).map(([char, code]) => [char, parse(code)]));

/** @throws RangeError naming a character that the font lacks. */
function glyph(char: string): Glyph {
  const found = FONT.get(char);
  if (!found) throw new RangeError(`the stroke font has no "${char}"`);
  return found;
}

/** Width of a line of text in capitals' heights. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += glyph(char).width + SPACING;
  return Math.max(0, width - SPACING);
}

/** The strokes of a line of text from (0, 0), the baseline's begin, in capitals' heights, y upwards. */
export function textStrokes(text: string): { char: number; stroke: Stroke }[] {
  const out: { char: number; stroke: Stroke }[] = [];
  let x = 0;
  let index = 0;
  for (const char of text) {
    const { strokes, width } = glyph(char);
    for (const stroke of strokes) out.push({ char: index, stroke: stroke.map(([px, py]) => [px + x, py]) });
    x += width + SPACING;
    index++;
  }
  return out;
}

/** Where the middle of each character is along the baseline, in capitals' heights. */
export function characterMiddles(text: string): number[] {
  let x = 0;
  return [...text].map((char) => {
    const { width } = glyph(char);
    const middle = x + width / 2;
    x += width + SPACING;
    return middle;
  });
}

export const hasGlyphs = (text: string): boolean => [...text].every((char) => FONT.has(char));
