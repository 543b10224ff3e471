import type { Point } from './drawing';
import { cos, radians, sin } from './maths';
import type { Difficulty } from './question';
import type { Random } from './random';

/**
 * Figures of plane geometry with one question each, built so that the answer is the wished whole number. Every figure is
 * true to scale: a figure with lengths is laid out in their unit, so what is asked can be measured in it.
 */

export type Triple = readonly [string, string, string];

/** A magnitude that a figure gives or asks for. */
export type Magnitude =
  | { of: 'angle'; at: Triple; value: number }
  | { of: 'length'; ends: readonly [string, string]; value: number }
  | { of: 'area'; ring: readonly string[]; value: number };

export interface Figure {
  kind: string;
  difficulty: Difficulty;
  /** Natural coordinates, y up. */
  points: Readonly<Record<string, Point>>;
  segments: readonly (readonly [string, string])[];
  circles: readonly { centre: string; radius: number }[];
  rightAngles: readonly Triple[];
  /** Pairs of segments ticked as equal. */
  ticks: readonly (readonly [string, string])[];
  /** What is said of the figure beyond its magnitudes, as clauses. */
  facts: readonly string[];
  given: readonly Magnitude[];
  asked: Magnitude;
  steps: readonly string[];
}

export const angle = (a: string, b: string, c: string, value: number): Magnitude => ({
  of: 'angle',
  at: [a, b, c],
  value,
});
export const length = (a: string, b: string, value: number): Magnitude => ({
  of: 'length',
  ends: [a, b],
  value,
});

/** A point at an angle (degrees, anticlockwise from +x) and distance from another. */
export const polar = (from: Point, at: number, distance: number): Point => [
  from[0] + distance * cos(radians(at)),
  from[1] + distance * sin(radians(at)),
];
export const sinDeg = (x: number): number => sin(radians(x));
export const ORIGIN: Point = [0, 0];

/** A triangle with angles a at the first corner and b at the second, its base 1 on the x axis. */
export function triangle(a: number, b: number): [Point, Point, Point] {
  const side = sinDeg(b) / sinDeg(180 - a - b);
  return [ORIGIN, [1, 0], polar(ORIGIN, a, side)];
}

/** Right triangles with whole sides, the hypotenuse last, up to 60. */
export const TRIPLES: readonly (readonly [number, number, number])[] = (() => {
  const out: [number, number, number][] = [];
  for (let a = 3; a <= 58; a++)
    for (let b = a; b <= 59; b++) {
      const c = Math.round(Math.sqrt(a * a + b * b));
      // Flat ones are left out: their labels would not fit.
      if (c <= 60 && a * a + b * b === c * c && a * 3.2 > b) out.push([a, b, c]);
    }
  return out;
})();

export interface FigureKind {
  kind: string;
  difficulty: Difficulty;
  /** Whether the answer can be this whole number. */
  can(answer: number): boolean;
  /** Null where these random choices give no good figure: then it is tried again. */
  build(random: Random, answer: number, n: readonly string[]): Omit<Figure, 'kind' | 'difficulty'> | null;
}

export const between = (low: number, high: number) => (x: number) => x >= low && x <= high;
export const evenBetween = (low: number, high: number) => (x: number) => x % 2 === 0 && x >= low && x <= high;

export const bare = { circles: [], rightAngles: [], ticks: [], facts: [] } as const;
export const ring = (names: readonly string[]): [string, string][] =>
  names.map((name, i) => [name, names[(i + 1) % names.length] ?? name]);

/** Names by letters in the order of `n`. */
export function take(n: readonly string[]): [string, string, string, string, string, string, string] {
  const [a = 'A', b = 'B', c = 'C', d = 'D', e = 'E', f = 'F', g = 'G'] = n;
  return [a, b, c, d, e, f, g];
}

export const circumcentre = (p: Point, q: Point, r: Point): Point => {
  const d = 2 * (p[0] * (q[1] - r[1]) + q[0] * (r[1] - p[1]) + r[0] * (p[1] - q[1]));
  const [p2, q2, r2] = [p, q, r].map(([x, y]) => x * x + y * y);
  return [
    ((p2 ?? 0) * (q[1] - r[1]) + (q2 ?? 0) * (r[1] - p[1]) + (r2 ?? 0) * (p[1] - q[1])) / d,
    ((p2 ?? 0) * (r[0] - q[0]) + (q2 ?? 0) * (p[0] - r[0]) + (r2 ?? 0) * (q[0] - p[0])) / d,
  ];
};

export const distance = (p: Point, q: Point): number =>
  Math.sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]));

/** The letter of a circle's centre is O, unless the figure has other points. */
export const CENTRE = 'O';
