import { cos, PI, sin } from './maths';
import type { Picture } from './picture';
import { Random } from './random';
import { characterMiddles, textStrokes, textWidth } from './stroke-font';

/** A flat picture as a list of marks, in hundredths of the picture's side: x to the right, y down, (0, 0) the top left. */
export interface Drawing {
  paper: Rgb;
  /** Unevenness of the paper in sRGB steps, as a photograph or a scan has. */
  grain: number;
  marks: readonly Mark[];
}

export type Rgb = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];

export interface Line {
  kind: 'line';
  points: readonly Point[];
  width: number;
  colour: Rgb;
}

export interface Area {
  kind: 'area';
  points: readonly Point[];
  colour: Rgb;
  /** What the area stands for, e.g. the bar of a category. */
  means?: string;
}

export interface Text {
  kind: 'text';
  text: string;
  /** The baseline's begin, middle or end, after `anchor`. */
  at: Point;
  anchor: 'start' | 'middle' | 'end';
  /** Height of capitals. */
  height: number;
  /** Width of the pen. */
  weight: number;
  colour: Rgb;
  /** Sideways shift of the top a height: italics. */
  slant: number;
  /** Turn about `at`, radians, clockwise. */
  turn: number;
  /** Narrower than 1, or wider. */
  stretch: number;
  /** How far a hand shakes, in capitals' heights; 0 is print. */
  shake: number;
  /** For the shaking. */
  seed: number;
}

export type Mark = Line | Area | Text;

export const BLACK: Rgb = [24, 24, 28];
export const WHITE: Rgb = [255, 255, 255];

export function line(points: readonly Point[], width = 0.7, colour: Rgb = BLACK): Line {
  return { kind: 'line', points, width, colour };
}

export function area(points: readonly Point[], colour: Rgb, means?: string): Area {
  return means === undefined ? { kind: 'area', points, colour } : { kind: 'area', points, colour, means };
}

export function text(
  content: string,
  at: Point,
  height: number,
  style: Partial<Omit<Text, 'kind' | 'text' | 'at' | 'height'>> = {},
): Text {
  return {
    kind: 'text',
    text: content,
    at,
    height,
    anchor: 'middle',
    weight: height * 0.13,
    colour: BLACK,
    slant: 0,
    turn: 0,
    stretch: 1,
    shake: 0,
    seed: 0,
    ...style,
  };
}

export function arc(centre: Point, radius: number, from: number, to: number): Point[] {
  const steps = Math.max(4, Math.ceil((Math.abs(to - from) * 24) / PI));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = from + ((to - from) * i) / steps;
    return [centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)];
  });
}

/** Width of a text mark in hundredths. */
export const widthOf = (mark: Pick<Text, 'text' | 'height' | 'stretch'>): number =>
  textWidth(mark.text) * mark.height * mark.stretch;

/** How far a text's begin is from where it is anchored, in capitals' heights. */
const shiftOf = ({ anchor, text }: Text): number =>
  anchor === 'start' ? 0 : (anchor === 'middle' ? -1 / 2 : -1) * textWidth(text);

/** From the text's own frame, x along the baseline and y down from it, to the sheet. */
function turned({ at, turn }: Text): (x: number, y: number) => Point {
  const [c, s] = [cos(turn), sin(turn)];
  return (x, y) => [at[0] + x * c - y * s, at[1] + x * s + y * c];
}

/** The words of a text mark, each with the middles of its first and of its last character, in hundredths. */
export function writtenWords(mark: Text): { word: string; from: Point; to: Point }[] {
  const [shift, place, middles] = [shiftOf(mark), turned(mark), characterMiddles(mark.text)];
  const middle = (char: number): Point => {
    const x = ((middles[char] ?? 0) + shift) * mark.stretch + mark.slant / 2;
    return place(x * mark.height, -mark.height / 2);
  };
  return [...mark.text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    word,
    from: middle(index),
    to: middle(index + word.length - 1),
  }));
}

/** The pen's way for a text mark. */
function strokesOf(mark: Text): Point[][] {
  const random = mark.shake > 0 ? new Random(mark.seed, 'hand') : null;
  const [shift, place] = [shiftOf(mark), turned(mark)];
  const lifts = new Map<number, number>();
  return textStrokes(mark.text).map(({ char, stroke }) => {
    const lift = lifts.get(char) ?? (random ? random.range(-1, 1) * mark.shake : 0);
    lifts.set(char, lift);
    // A hand drifts over a stroke: three random shifts, and the way between them.
    const drift = [0, 1, 2].map((): Point => {
      return random ? [random.range(-1, 1) * mark.shake, random.range(-1, 1) * mark.shake] : [0, 0];
    });
    return stroke.map(([x, y], i): Point => {
      const along = stroke.length > 1 ? (2 * i) / (stroke.length - 1) : 0;
      const from = drift[along < 1 ? 0 : 1] ?? [0, 0];
      const upTo = drift[along < 1 ? 1 : 2] ?? [0, 0];
      const t = along < 1 ? along : along - 1;
      const dx = from[0] + (upTo[0] - from[0]) * t;
      const dy = from[1] + (upTo[1] - from[1]) * t;
      const px = ((x + shift + dx) * mark.stretch + (y + lift) * mark.slant) * mark.height;
      const py = -(y + dy + lift) * mark.height;
      return place(px, py);
    });
  });
}

/** The rectangle [x1, y1, x2, y2] in hundredths that a mark touches. */
export function extentOf(mark: Mark): [number, number, number, number] {
  const points = mark.kind === 'text' ? strokesOf(mark).flat() : mark.points;
  const pen = mark.kind === 'area' ? 0 : (mark.kind === 'line' ? mark.width : mark.weight) / 2;
  const box: [number, number, number, number] = [1e9, 1e9, -1e9, -1e9];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x - pen);
    box[1] = Math.min(box[1], y - pen);
    box[2] = Math.max(box[2], x + pen);
    box[3] = Math.max(box[3], y + pen);
  }
  return box;
}

/** Draws the marks one over another, with edges softened over a pixel. */
export function renderDrawing(drawing: Drawing, seed: number, size: number): Picture {
  const scale = size / 100;
  const rgb = new Uint8Array(size * size * 3);
  const colours = new Float64Array(size * size * 3);
  for (let i = 0; i < colours.length; i++) colours[i] = drawing.paper[i % 3] ?? 0;
  const mask = new Float64Array(size * size);

  /** Lays a colour where the mask is, and clears the mask. */
  const lay = (colour: Rgb, box: readonly [number, number, number, number]): void => {
    const [x1, y1, x2, y2] = box;
    for (let y = y1; y <= y2; y++) {
      for (let x = x1; x <= x2; x++) {
        const at = y * size + x;
        const cover = mask[at] ?? 0;
        if (cover <= 0) continue;
        mask[at] = 0;
        for (let k = 0; k < 3; k++) {
          const under = colours[at * 3 + k] ?? 0;
          colours[at * 3 + k] = under + ((colour[k] ?? 0) - under) * cover;
        }
      }
    }
  };

  const within = (low: number, high: number): [number, number] => [
    Math.max(0, Math.floor(low)),
    Math.min(size - 1, Math.ceil(high)),
  ];

  const strokePath = (points: readonly Point[], half: number): [number, number, number, number] => {
    const box: [number, number, number, number] = [size, size, -1, -1];
    const count = Math.max(1, points.length - 1);
    for (let i = 0; i < count; i++) {
      const p = points[i];
      const q = points[i + 1] ?? p;
      if (!p || !q) continue;
      const [ax, ay] = [p[0] * scale, p[1] * scale];
      const [dx, dy] = [q[0] * scale - ax, q[1] * scale - ay];
      const d2 = dx * dx + dy * dy;
      const [x1, x2] = within(Math.min(ax, ax + dx) - half - 1, Math.max(ax, ax + dx) + half + 1);
      const [y1, y2] = within(Math.min(ay, ay + dy) - half - 1, Math.max(ay, ay + dy) + half + 1);
      for (let y = y1; y <= y2; y++) {
        for (let x = x1; x <= x2; x++) {
          const px = x + 0.5 - ax;
          const py = y + 0.5 - ay;
          let t = d2 > 0 ? (px * dx + py * dy) / d2 : 0;
          t = t < 0 ? 0 : Math.min(t, 1);
          const ex = px - t * dx;
          const ey = py - t * dy;
          // A pen thinner than a pixel leaves a paler line, not a broken one.
          const pen = Math.max(half, 0.5);
          let cover = pen + 0.5 - Math.sqrt(ex * ex + ey * ey);
          if (cover <= 0) continue;
          if (cover > 1) cover = 1;
          if (half < 0.5) cover *= 0.45 + 1.1 * half;
          const at = y * size + x;
          if (cover > (mask[at] ?? 0)) mask[at] = cover;
        }
      }
      box[0] = Math.min(box[0], x1);
      box[1] = Math.min(box[1], y1);
      box[2] = Math.max(box[2], x2);
      box[3] = Math.max(box[3], y2);
    }
    return box;
  };

  const fillPath = (points: readonly Point[]): [number, number, number, number] => {
    const xs = points.map(([x]) => x * scale);
    const ys = points.map(([, y]) => y * scale);
    const [y1, y2] = within(Math.min(...ys), Math.max(...ys));
    const [x1, x2] = within(Math.min(...xs), Math.max(...xs));
    const SUB = 4;
    for (let y = y1; y <= y2; y++) {
      for (let k = 0; k < SUB; k++) {
        const sy = y + (k + 0.5) / SUB;
        const crossings: number[] = [];
        for (let i = 0; i < points.length; i++) {
          const j = (i + 1) % points.length;
          const [ay, by] = [ys[i] ?? 0, ys[j] ?? 0];
          if (ay <= sy !== by <= sy) {
            crossings.push((xs[i] ?? 0) + ((sy - ay) / (by - ay)) * ((xs[j] ?? 0) - (xs[i] ?? 0)));
          }
        }
        crossings.sort((a, b) => a - b);
        for (let i = 0; i + 1 < crossings.length; i += 2) {
          const from = crossings[i] ?? 0;
          const upTo = crossings[i + 1] ?? 0;
          const [c1, c2] = within(from, upTo);
          for (let x = c1; x <= c2; x++) {
            const cover = Math.min(upTo, x + 1) - Math.max(from, x);
            const at = y * size + x;
            if (cover > 0) mask[at] = Math.min(1, (mask[at] ?? 0) + cover / SUB);
          }
        }
      }
    }
    return [x1, y1, x2, y2];
  };

  for (const mark of drawing.marks) {
    if (mark.kind === 'area') lay(mark.colour, fillPath(mark.points));
    else if (mark.kind === 'line') lay(mark.colour, strokePath(mark.points, (mark.width * scale) / 2));
    else {
      const box: [number, number, number, number] = [size, size, -1, -1];
      for (const stroke of strokesOf(mark)) {
        const [x1, y1, x2, y2] = strokePath(stroke, (mark.weight * scale) / 2);
        box[0] = Math.min(box[0], x1);
        box[1] = Math.min(box[1], y1);
        box[2] = Math.max(box[2], x2);
        box[3] = Math.max(box[3], y2);
      }
      lay(mark.colour, box);
    }
  }
  const random = new Random(seed, 'grain');
  for (let i = 0; i < size * size; i++) {
    const noise = drawing.grain > 0 ? random.range(-drawing.grain, drawing.grain) : 0;
    for (let k = 0; k < 3; k++) {
      const value = Math.round((colours[i * 3 + k] ?? 0) + noise);
      rgb[i * 3 + k] = value < 0 ? 0 : Math.min(value, 255);
    }
  }
  return { width: size, height: size, rgb };
}
