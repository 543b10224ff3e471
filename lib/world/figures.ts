import type { Point } from './drawing';
import { atan2, cos, degrees, radians, sin } from './maths';
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

const angle = (a: string, b: string, c: string, value: number): Magnitude => ({
  of: 'angle',
  at: [a, b, c],
  value,
});
const length = (a: string, b: string, value: number): Magnitude => ({ of: 'length', ends: [a, b], value });

/** A point at an angle (degrees, anticlockwise from +x) and distance from another. */
const polar = (from: Point, at: number, distance: number): Point => [
  from[0] + distance * cos(radians(at)),
  from[1] + distance * sin(radians(at)),
];
const sinDeg = (x: number): number => sin(radians(x));
const ORIGIN: Point = [0, 0];

/** A triangle with angles a at the first corner and b at the second, its base 1 on the x axis. */
function triangle(a: number, b: number): [Point, Point, Point] {
  const side = sinDeg(b) / sinDeg(180 - a - b);
  return [ORIGIN, [1, 0], polar(ORIGIN, a, side)];
}

/** Right triangles with whole sides, the hypotenuse last, up to 60. */
const TRIPLES: readonly (readonly [number, number, number])[] = (() => {
  const out: [number, number, number][] = [];
  for (let a = 3; a <= 58; a++)
    for (let b = a; b <= 59; b++) {
      const c = Math.round(Math.sqrt(a * a + b * b));
      // Flat ones are left out: their labels would not fit.
      if (c <= 60 && a * a + b * b === c * c && a * 3.2 > b) out.push([a, b, c]);
    }
  return out;
})();

interface FigureKind {
  kind: string;
  difficulty: Difficulty;
  /** Whether the answer can be this whole number. */
  can(answer: number): boolean;
  /** Null where these random choices give no good figure: then it is tried again. */
  build(random: Random, answer: number, n: readonly string[]): Omit<Figure, 'kind' | 'difficulty'> | null;
}

const between = (low: number, high: number) => (x: number) => x >= low && x <= high;
const evenBetween = (low: number, high: number) => (x: number) => x % 2 === 0 && x >= low && x <= high;

const bare = { circles: [], rightAngles: [], ticks: [], facts: [] } as const;
const ring = (names: readonly string[]): [string, string][] =>
  names.map((name, i) => [name, names[(i + 1) % names.length] ?? name]);

/** Names by letters in the order of `n`. */
function take(n: readonly string[]): [string, string, string, string, string, string, string] {
  const [a = 'A', b = 'B', c = 'C', d = 'D', e = 'E', f = 'F', g = 'G'] = n;
  return [a, b, c, d, e, f, g];
}

const circumcentre = (p: Point, q: Point, r: Point): Point => {
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
const CENTRE = 'O';

export const FIGURE_KINDS: readonly FigureKind[] = [
  {
    kind: 'triangle-sum',
    difficulty: 1,
    can: between(20, 120),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const a = random.int(25, 155 - answer);
      const b = 180 - answer - a;
      if (b < 25) return null;
      const [pa, pb, pc] = triangle(a, b);
      return {
        ...bare,
        points: { [A]: pa, [B]: pb, [C]: pc },
        segments: ring([A, B, C]),
        given: [angle(B, A, C, a), angle(A, B, C, b)],
        asked: angle(A, C, B, answer),
        steps: [`The angles of a triangle add up to 180°.`, `180 - ${a} - ${b} = ${answer}.`],
      };
    },
  },
  {
    kind: 'isosceles-apex',
    difficulty: 2,
    can: evenBetween(24, 124),
    build(_, answer, n) {
      const [A, B, C] = take(n);
      const base = (180 - answer) / 2;
      const [pb, pc, pa] = triangle(base, base);
      return {
        ...bare,
        points: { [A]: pa, [B]: pb, [C]: pc },
        segments: ring([A, B, C]),
        ticks: [
          [A, B],
          [A, C],
        ],
        facts: [`${A}${B} = ${A}${C}`],
        given: [angle(A, B, C, base)],
        asked: angle(B, A, C, answer),
        steps: [
          `${A}${B} = ${A}${C}, so ∠${A}${C}${B} = ∠${A}${B}${C} = ${base}°.`,
          `180 - ${base} - ${base} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'isosceles-base',
    difficulty: 2,
    can: between(28, 76),
    build(_, answer, n) {
      const [A, B, C] = take(n);
      const apex = 180 - 2 * answer;
      const [pb, pc, pa] = triangle(answer, answer);
      return {
        ...bare,
        points: { [A]: pa, [B]: pb, [C]: pc },
        segments: ring([A, B, C]),
        ticks: [
          [A, B],
          [A, C],
        ],
        facts: [`${A}${B} = ${A}${C}`],
        given: [angle(B, A, C, apex)],
        asked: angle(A, B, C, answer),
        steps: [
          `${A}${B} = ${A}${C}, so the angles at ${B} and ${C} are equal.`,
          `(180 - ${apex}) / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'exterior-angle',
    difficulty: 2,
    can: between(55, 150),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const a = random.int(25, answer - 25);
      const b = answer - a;
      // Base BC on the axis, A above, D beyond C.
      const [pb, pc, pa] = triangle(b, 180 - answer);
      return {
        ...bare,
        points: { [A]: pa, [B]: pb, [C]: pc, [D]: [1.6, 0] },
        segments: [
          [A, B],
          [A, C],
          [B, D],
        ],
        facts: [`${D} lies on the extension of ${B}${C} beyond ${C}`],
        given: [angle(B, A, C, a), angle(A, B, C, b)],
        asked: angle(A, C, D, answer),
        steps: [
          `∠${A}${C}${D} is an exterior angle of triangle ${A}${B}${C}, so it equals ∠${B}${A}${C} + ∠${A}${B}${C}.`,
          `${a} + ${b} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'parallel-lines',
    difficulty: 2,
    can: between(35, 145),
    build(random, answer, n) {
      const [A, B, C, D, E, F, G] = take(n);
      const H = 'H';
      const relation = random.pick(['corresponding', 'alternate', 'co-interior'] as const);
      // The transversal rises to the right: ∠EGB = ∠GHD.
      const steep = answer;
      const pg: Point = [0, 1];
      const ph: Point = polar(pg, 180 + steep, 1 / sinDeg(steep));
      const points: Record<string, Point> = {
        [A]: [Math.min(pg[0], ph[0]) - 0.9, 1],
        [B]: [Math.max(pg[0], ph[0]) + 0.9, 1],
        [C]: [Math.min(pg[0], ph[0]) - 0.9, 0],
        [D]: [Math.max(pg[0], ph[0]) + 0.9, 0],
        [G]: pg,
        [H]: ph,
        [E]: polar(pg, steep, 0.7),
        [F]: polar(ph, 180 + steep, 0.7),
      };
      const given =
        relation === 'corresponding'
          ? angle(E, G, B, answer)
          : relation === 'alternate'
            ? angle(A, G, H, answer)
            : angle(B, G, H, 180 - answer);
      return {
        ...bare,
        points,
        segments: [
          [A, B],
          [C, D],
          [E, F],
        ],
        facts: [`${A}${B} is parallel to ${C}${D}`, `${E}${F} meets them at ${G} and ${H}`],
        given: [given],
        asked: angle(G, H, D, answer),
        steps:
          relation === 'co-interior'
            ? [
                `${A}${B} is parallel to ${C}${D}, so ∠${B}${G}${H} and ∠${G}${H}${D} add up to 180°.`,
                `180 - ${180 - answer} = ${answer}.`,
              ]
            : [
                `${A}${B} is parallel to ${C}${D}, and the two angles are ${relation} angles, so they are equal.`,
                `∠${G}${H}${D} = ${answer}°.`,
              ],
      };
    },
  },
  {
    kind: 'parallel-bend',
    difficulty: 3,
    can: between(55, 140),
    build(random, answer, n) {
      const [A, B, C, D, E] = take(n);
      const a = random.int(22, answer - 22);
      const b = answer - a;
      if (a > 80 || b > 80) return null;
      const pe: Point = ORIGIN;
      const pb = polar(pe, 180 - a, random.range(0.9, 1.2));
      const pd = polar(pe, 180 + b, random.range(0.9, 1.2));
      const right = Math.max(pb[0], pd[0]) + 1.3;
      return {
        ...bare,
        points: { [A]: [right, pb[1]], [B]: pb, [C]: [right, pd[1]], [D]: pd, [E]: pe },
        segments: [
          [A, B],
          [C, D],
          [B, E],
          [E, D],
        ],
        facts: [`${A}${B} is parallel to ${C}${D}`],
        given: [angle(A, B, E, a), angle(C, D, E, b)],
        asked: angle(B, E, D, answer),
        steps: [
          `Draw a line through ${E} parallel to ${A}${B}; it splits ∠${B}${E}${D} into alternate angles of ${a}° and ${b}°.`,
          `${a} + ${b} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'inscribed-angle',
    difficulty: 2,
    can: between(25, 75),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const start = random.range(0, 360);
      const central = 2 * answer;
      const c = start + central + (360 - central) * random.range(0.35, 0.65);
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + central, 1),
          [C]: polar(ORIGIN, c, 1),
        },
        segments: [
          [CENTRE, A],
          [CENTRE, B],
          [A, C],
          [B, C],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`${A}, ${B} and ${C} lie on the circle with centre ${CENTRE}`],
        given: [angle(A, CENTRE, B, central)],
        asked: angle(A, C, B, answer),
        steps: [
          `The inscribed angle ∠${A}${C}${B} is half the central angle ∠${A}${CENTRE}${B} on the same arc.`,
          `${central} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'central-angle',
    difficulty: 2,
    can: evenBetween(50, 150),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const start = random.range(0, 360);
      const c = start + answer + (360 - answer) * random.range(0.35, 0.65);
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + answer, 1),
          [C]: polar(ORIGIN, c, 1),
        },
        segments: [
          [CENTRE, A],
          [CENTRE, B],
          [A, C],
          [B, C],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`${A}, ${B} and ${C} lie on the circle with centre ${CENTRE}`],
        given: [angle(A, C, B, answer / 2)],
        asked: angle(A, CENTRE, B, answer),
        steps: [
          `The central angle ∠${A}${CENTRE}${B} is twice the inscribed angle ∠${A}${C}${B} on the same arc.`,
          `2 * ${answer / 2} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'radius-triangle',
    difficulty: 4,
    can: between(25, 70),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const start = random.range(0, 360);
      const central = 2 * answer;
      const base = 90 - answer;
      const c = start + central + (360 - central) * random.range(0.35, 0.65);
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + central, 1),
          [C]: polar(ORIGIN, c, 1),
        },
        segments: [
          [CENTRE, A],
          [CENTRE, B],
          [A, B],
          [A, C],
          [B, C],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`triangle ${A}${B}${C} is inscribed in the circle with centre ${CENTRE}`],
        given: [angle(CENTRE, A, B, base)],
        asked: angle(A, C, B, answer),
        steps: [
          `${CENTRE}${A} = ${CENTRE}${B}, so ∠${CENTRE}${B}${A} = ∠${CENTRE}${A}${B} = ${base}°.`,
          `∠${A}${CENTRE}${B} = 180 - ${base} - ${base} = ${central}°.`,
          `The inscribed angle ∠${A}${C}${B} is half of it: ${central} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'diameter',
    difficulty: 2,
    can: between(22, 68),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const start = random.range(0, 360);
      const other = 90 - answer;
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + 180, 1),
          [C]: polar(ORIGIN, start + 2 * answer, 1),
        },
        segments: [
          [A, B],
          [A, C],
          [B, C],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`${A}${B} is a diameter of circle ${CENTRE}`, `${C} is a point on the circle`],
        given: [angle(B, A, C, other)],
        asked: angle(A, B, C, answer),
        steps: [`${A}${B} is a diameter, so ∠${A}${C}${B} = 90°.`, `180 - 90 - ${other} = ${answer}.`],
      };
    },
  },
  {
    kind: 'tangent-angle',
    difficulty: 2,
    can: between(22, 65),
    build(random, answer, n) {
      const [A, B] = take(n);
      const P = B === 'P' || A === 'P' ? 'T' : 'P';
      const start = random.range(0, 360);
      const central = 90 - answer;
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [P]: polar(ORIGIN, start + central, 1 / sinDeg(answer)),
        },
        segments: [
          [CENTRE, A],
          [CENTRE, P],
          [P, A],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`${P}${A} is tangent to circle ${CENTRE} at ${A}`],
        given: [angle(A, CENTRE, P, central)],
        asked: angle(A, P, CENTRE, answer),
        steps: [
          `The tangent is perpendicular to the radius: ∠${CENTRE}${A}${P} = 90°.`,
          `180 - 90 - ${central} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'two-tangents',
    difficulty: 4,
    can: between(42, 70),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const P = n.includes('P') ? 'T' : 'P';
      const apex = 180 - 2 * answer;
      const central = 2 * answer;
      const start = random.range(0, 360);
      const c = start + central + (360 - central) * random.range(0.38, 0.62);
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + central, 1),
          [C]: polar(ORIGIN, c, 1),
          [P]: polar(ORIGIN, start + answer, 1 / cos(radians(answer))),
        },
        segments: [
          [P, A],
          [P, B],
          [A, C],
          [B, C],
          [CENTRE, A],
          [CENTRE, B],
        ],
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [
          `${P}${A} and ${P}${B} are tangent to circle ${CENTRE} at ${A} and ${B}`,
          `${C} is a point on the major arc ${A}${B}`,
        ],
        given: [angle(A, P, B, apex)],
        asked: angle(A, C, B, answer),
        steps: [
          `The tangents are perpendicular to the radii, so ∠${A}${CENTRE}${B} = 360 - 90 - 90 - ${apex} = ${central}°.`,
          `The inscribed angle is half of the central angle: ${central} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'cyclic-quadrilateral',
    difficulty: 2,
    can: between(55, 125),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      // ∠ADC stands on the arc ABC, which is twice as large.
      const arcABC = 2 * answer;
      const arcADC = 360 - arcABC;
      const b = arcABC * random.range(0.35, 0.65);
      const d = arcABC + arcADC * random.range(0.35, 0.65);
      if (Math.min(b, arcABC - b, d - arcABC, 360 - d) < 30) return null;
      const start = random.range(0, 360);
      return {
        ...bare,
        points: {
          [CENTRE]: ORIGIN,
          [A]: polar(ORIGIN, start, 1),
          [B]: polar(ORIGIN, start + b, 1),
          [C]: polar(ORIGIN, start + arcABC, 1),
          [D]: polar(ORIGIN, start + d, 1),
        },
        segments: ring([A, B, C, D]),
        circles: [{ centre: CENTRE, radius: 1 }],
        facts: [`quadrilateral ${A}${B}${C}${D} is inscribed in circle ${CENTRE}`],
        given: [angle(A, B, C, 180 - answer)],
        asked: angle(A, D, C, answer),
        steps: [
          `Opposite angles of an inscribed quadrilateral add up to 180°.`,
          `180 - ${180 - answer} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'angle-bisector',
    difficulty: 4,
    can: between(60, 130),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const half = random.int(15, 38);
      const a = answer - half;
      const c = 180 - a - 2 * half;
      if (a < 30 || a > 110 || c < 25) return null;
      const [pa, pb, pc] = triangle(a, 2 * half);
      // D divides AC as AB : BC.
      const [ab, bc] = [distance(pa, pb), distance(pb, pc)];
      const t = ab / (ab + bc);
      return {
        ...bare,
        points: {
          [A]: pa,
          [B]: pb,
          [C]: pc,
          [D]: [pa[0] + t * (pc[0] - pa[0]), pa[1] + t * (pc[1] - pa[1])],
        },
        segments: [...ring([A, B, C]), [B, D]],
        facts: [`${B}${D} bisects ∠${A}${B}${C} and meets ${A}${C} at ${D}`],
        given: [angle(B, A, C, a), angle(A, B, C, 2 * half)],
        asked: angle(B, D, C, answer),
        steps: [
          `${B}${D} bisects ∠${A}${B}${C}, so ∠${A}${B}${D} = ${2 * half} / 2 = ${half}°.`,
          `∠${B}${D}${C} is an exterior angle of triangle ${A}${B}${D}: ${a} + ${half} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'parallelogram-angle',
    difficulty: 1,
    can: between(45, 135),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const side = random.range(0.55, 0.9);
      const lean = 180 - answer;
      const pd = polar(ORIGIN, lean, side);
      return {
        ...bare,
        points: { [A]: ORIGIN, [B]: [1, 0], [C]: [pd[0] + 1, pd[1]], [D]: pd },
        segments: ring([A, B, C, D]),
        facts: [`${A}${B}${C}${D} is a parallelogram`],
        given: [angle(B, A, D, lean)],
        asked: angle(A, B, C, answer),
        steps: [`Neighbouring angles of a parallelogram add up to 180°.`, `180 - ${lean} = ${answer}.`],
      };
    },
  },
  {
    kind: 'quadrilateral-sum',
    difficulty: 2,
    can: between(55, 140),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const a = random.int(60, 125);
      const b = random.int(60, 125);
      const c = 360 - a - b - answer;
      if (c < 55 || c > 140) return null;
      // AB on the axis; D above A, C above B, where the two meet at the wished angle.
      const side = random.range(0.6, 1.1);
      const pd = polar(ORIGIN, a, side);
      const towards = a + 180 + answer;
      const dir: Point = [cos(radians(towards)), sin(radians(towards))];
      const up: Point = [cos(radians(180 - b)), sin(radians(180 - b))];
      // pd + t·dir = (1, 0) + s·up
      const det = dir[0] * -up[1] + up[0] * dir[1];
      if (Math.abs(det) < 0.1) return null;
      const [rx, ry] = [1 - pd[0], -pd[1]];
      const t = (rx * -up[1] + up[0] * ry) / det;
      const s = (dir[0] * ry - dir[1] * rx) / det;
      if (t < 0.4 || s < 0.4 || t > 1.6 || s > 1.6) return null;
      return {
        ...bare,
        points: { [A]: ORIGIN, [B]: [1, 0], [C]: [1 + s * up[0], s * up[1]], [D]: pd },
        segments: ring([A, B, C, D]),
        given: [angle(D, A, B, a), angle(A, B, C, b), angle(B, C, D, c)],
        asked: angle(C, D, A, answer),
        steps: [`The angles of a quadrilateral add up to 360°.`, `360 - ${a} - ${b} - ${c} = ${answer}.`],
      };
    },
  },
  {
    kind: 'pythagoras',
    difficulty: 2,
    can: (x) => TRIPLES.some((t) => t.includes(x)),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const triple = random.pick(TRIPLES.filter((t) => t.includes(answer)));
      const [p, q, h] = triple;
      const flip = random.chance(0.5);
      const [ca, cb] = flip ? [p, q] : [q, p];
      const asked = answer === h ? length(A, B, h) : answer === ca ? length(C, A, ca) : length(C, B, cb);
      const given = [length(C, A, ca), length(C, B, cb), length(A, B, h)].filter((m) => m.value !== answer);
      if (given.length !== 2) return null;
      return {
        ...bare,
        points: { [A]: [0, ca], [B]: [cb, 0], [C]: ORIGIN },
        segments: ring([A, B, C]),
        rightAngles: [[A, C, B]],
        facts: [`∠${A}${C}${B} = 90°`],
        given,
        asked,
        steps:
          answer === h
            ? [
                `By Pythagoras, ${A}${B}² = ${ca}² + ${cb}² = ${ca * ca} + ${cb * cb} = ${h * h}.`,
                `The square root of ${h * h} is ${h}.`,
              ]
            : [
                `By Pythagoras, the square is ${h}² - ${h * h - answer * answer === ca * ca ? ca : cb}² = ${answer * answer}.`,
                `The square root of ${answer * answer} is ${answer}.`,
              ],
      };
    },
  },
  {
    kind: 'tangent-length',
    difficulty: 3,
    can: (x) => TRIPLES.some(([p, q]) => p === x || q === x),
    build(random, answer, n) {
      const [A] = take(n);
      const P = A === 'P' ? 'T' : 'P';
      const [p, q, h] = random.pick(TRIPLES.filter(([a, b]) => a === answer || b === answer));
      const r = p === answer ? q : p;
      if (r > 1.7 * answer) return null;
      return {
        ...bare,
        points: { [CENTRE]: ORIGIN, [A]: [0, r], [P]: [answer, r] },
        segments: [
          [CENTRE, A],
          [CENTRE, P],
          [P, A],
        ],
        circles: [{ centre: CENTRE, radius: r }],
        facts: [`${P}${A} is tangent to circle ${CENTRE} at ${A}`],
        given: [length(CENTRE, A, r), length(CENTRE, P, h)],
        asked: length(P, A, answer),
        steps: [
          `The tangent is perpendicular to the radius: ∠${CENTRE}${A}${P} = 90°.`,
          `By Pythagoras, ${P}${A}² = ${h}² - ${r}² = ${answer * answer}, so ${P}${A} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'chord-length',
    difficulty: 4,
    can: (x) => x % 2 === 0 && TRIPLES.some(([p, q]) => 2 * p === x || 2 * q === x),
    build(random, answer, n) {
      const [A, B, M] = take(n);
      const half = answer / 2;
      const [p, q, r] = random.pick(TRIPLES.filter(([a, b]) => a === half || b === half));
      const d = p === half ? q : p;
      return {
        ...bare,
        points: { [CENTRE]: ORIGIN, [A]: [-half, d], [B]: [half, d], [M]: [0, d] },
        segments: [
          [A, B],
          [CENTRE, M],
          [CENTRE, A],
        ],
        circles: [{ centre: CENTRE, radius: r }],
        rightAngles: [[CENTRE, M, A]],
        facts: [
          `${A}${B} is a chord of circle ${CENTRE}`,
          `${CENTRE}${M} is perpendicular to ${A}${B} at ${M}`,
        ],
        given: [length(CENTRE, A, r), length(CENTRE, M, d)],
        asked: length(A, B, answer),
        steps: [
          `In the right triangle ${CENTRE}${M}${A}, ${A}${M}² = ${r}² - ${d}² = ${half * half}, so ${A}${M} = ${half}.`,
          `The perpendicular from the centre halves the chord: ${A}${B} = 2 * ${half} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'similar-triangles',
    difficulty: 3,
    can: between(3, 60),
    build(random, answer, n) {
      const [A, B, C, D, E] = take(n);
      // AD : DB = p : q, and EC = q·k is the answer.
      const q = random.pick([1, 2, 3, 4, 5].filter((x) => answer % x === 0));
      const p = random.pick([1, 2, 3, 4, 5].filter((x) => x !== q && x <= 2 * q && 2 * x >= q));
      const k = answer / q;
      const m = random.int(2, 12);
      const [ad, db, ae] = [p * m, q * m, p * k];
      const [ab, ac] = [ad + db, ae + answer];
      if (ab > 2.2 * ac || ac > 2.2 * ab || m === k) return null;
      const apex = random.int(45, 85);
      const pb = polar(ORIGIN, -90 - apex / 2, ab);
      const pc = polar(ORIGIN, -90 + apex / 2, ac);
      const share = p / (p + q);
      return {
        ...bare,
        points: {
          [A]: ORIGIN,
          [B]: pb,
          [C]: pc,
          [D]: [pb[0] * share, pb[1] * share],
          [E]: [pc[0] * share, pc[1] * share],
        },
        segments: [...ring([A, B, C]), [D, E]],
        facts: [`${D} lies on ${A}${B} and ${E} on ${A}${C}`, `${D}${E} is parallel to ${B}${C}`],
        given: [length(A, D, ad), length(D, B, db), length(A, E, ae)],
        asked: length(E, C, answer),
        steps: [
          `${D}${E} is parallel to ${B}${C}, so ${A}${D} : ${D}${B} = ${A}${E} : ${E}${C}.`,
          `${E}${C} = ${ae} * ${db} / ${ad} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'midsegment',
    difficulty: 2,
    can: between(3, 45),
    build(random, answer, n) {
      const [A, B, C, D, E] = take(n);
      const whole = 2 * answer;
      const apex: Point = [whole * random.range(0.15, 0.85), whole * random.range(0.5, 0.95)];
      return {
        ...bare,
        points: {
          [A]: apex,
          [B]: ORIGIN,
          [C]: [whole, 0],
          [D]: [apex[0] / 2, apex[1] / 2],
          [E]: [(apex[0] + whole) / 2, apex[1] / 2],
        },
        segments: [...ring([A, B, C]), [D, E]],
        facts: [`${D} and ${E} are the midpoints of ${A}${B} and ${A}${C}`],
        given: [length(B, C, whole)],
        asked: length(D, E, answer),
        steps: [
          `The segment between two midpoints is half as long as the third side.`,
          `${whole} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'crossing-chords',
    difficulty: 4,
    can: between(3, 24),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const P = n.includes('P') ? 'T' : 'P';
      const pa = random.int(2, 18);
      const pb = random.int(2, 18);
      if ((pa * pb) % answer !== 0) return null;
      const pc = (pa * pb) / answer;
      if (pc < 2 || pc > 24 || [pa, pb, pc].some((x) => x > 4 * answer || answer > 4 * x) || pc === pa)
        return null;
      const tilt = random.int(55, 125);
      const points = {
        [P]: ORIGIN,
        [A]: [-pa, 0] as Point,
        [B]: [pb, 0] as Point,
        [C]: polar(ORIGIN, tilt, pc),
        [D]: polar(ORIGIN, tilt + 180, answer),
      };
      const centre = circumcentre([-pa, 0], [pb, 0], polar(ORIGIN, tilt, pc));
      return {
        ...bare,
        points: { ...points, [CENTRE]: centre },
        segments: [
          [A, B],
          [C, D],
        ],
        circles: [{ centre: CENTRE, radius: distance(centre, [-pa, 0]) }],
        facts: [`chords ${A}${B} and ${C}${D} of circle ${CENTRE} cross at ${P}`],
        given: [length(A, P, pa), length(P, B, pb), length(C, P, pc)],
        asked: length(P, D, answer),
        steps: [
          `For crossing chords, ${A}${P} * ${P}${B} = ${C}${P} * ${P}${D}.`,
          `${P}${D} = ${pa} * ${pb} / ${pc} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'altitude',
    difficulty: 4,
    can: between(4, 30),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const divisors = Array.from({ length: 60 }, (_, i) => i + 1).filter(
        (x) => (answer * answer) % x === 0 && x < answer && (answer * answer) / x <= 3.4 * x,
      );
      if (divisors.length === 0) return null;
      const near = random.pick(divisors);
      const far = (answer * answer) / near;
      const [ad, db] = random.chance(0.5) ? [near, far] : [far, near];
      return {
        ...bare,
        points: { [A]: [-ad, 0], [B]: [db, 0], [C]: [0, answer], [D]: ORIGIN },
        segments: [...ring([A, B, C]), [C, D]],
        rightAngles: [
          [A, C, B],
          [C, D, B],
        ],
        facts: [`∠${A}${C}${B} = 90°`, `${C}${D} is perpendicular to ${A}${B} at ${D}`],
        given: [length(A, D, ad), length(D, B, db)],
        asked: length(C, D, answer),
        steps: [
          `Triangles ${A}${C}${D} and ${C}${B}${D} are similar, so ${C}${D}² = ${A}${D} * ${D}${B}.`,
          `${C}${D}² = ${ad} * ${db} = ${answer * answer}, so ${C}${D} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'triangle-area',
    difficulty: 2,
    can: between(10, 150),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const bases = Array.from({ length: 30 }, (_, i) => i + 4).filter(
        (b) => (2 * answer) % b === 0 && (2 * answer) / b <= 1.6 * b && (2 * answer) / b >= 0.4 * b,
      );
      if (bases.length === 0) return null;
      const b = random.pick(bases);
      const h = (2 * answer) / b;
      const foot = b * random.range(0.25, 0.75);
      return {
        ...bare,
        points: { [A]: [foot, h], [B]: ORIGIN, [C]: [b, 0], [D]: [foot, 0] },
        segments: [...ring([A, B, C]), [A, D]],
        rightAngles: [[A, D, C]],
        facts: [`${A}${D} is perpendicular to ${B}${C} at ${D}`],
        given: [length(B, C, b), length(A, D, h)],
        asked: { of: 'area', ring: [A, B, C], value: answer },
        steps: [`The area is half of base times height.`, `${b} * ${h} / 2 = ${answer}.`],
      };
    },
  },
  {
    kind: 'right-triangle-area',
    difficulty: 3,
    can: (x) => TRIPLES.some(([p, q]) => p * q === 2 * x),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const [p, q, h] = random.pick(TRIPLES.filter(([a, b]) => a * b === 2 * answer));
      const [ca, cb] = random.chance(0.5) ? [p, q] : [q, p];
      return {
        ...bare,
        points: { [A]: [0, ca], [B]: [cb, 0], [C]: ORIGIN },
        segments: ring([A, B, C]),
        rightAngles: [[A, C, B]],
        facts: [`∠${A}${C}${B} = 90°`],
        given: [length(A, B, h), length(C, A, ca)],
        asked: { of: 'area', ring: [A, B, C], value: answer },
        steps: [
          `By Pythagoras, ${C}${B}² = ${h}² - ${ca}² = ${cb * cb}, so ${C}${B} = ${cb}.`,
          `The area is ${ca} * ${cb} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'parallelogram-area',
    difficulty: 2,
    can: (x) => x >= 12 && x <= 150 && factorPairs(x, 0.45, 1.1).length > 0,
    build(random, answer, n) {
      const [A, B, C, D, E] = take(n);
      const [b, h] = random.pick(factorPairs(answer, 0.45, 1.1));
      const shift = random.range(0.2, 0.4) * b;
      return {
        ...bare,
        points: { [A]: ORIGIN, [B]: [b, 0], [C]: [b + shift, h], [D]: [shift, h], [E]: [shift, 0] },
        segments: [...ring([A, B, C, D]), [D, E]],
        rightAngles: [[D, E, B]],
        facts: [`${A}${B}${C}${D} is a parallelogram`, `${D}${E} is perpendicular to ${A}${B} at ${E}`],
        given: [length(D, C, b), length(D, E, h)],
        asked: { of: 'area', ring: [A, B, C, D], value: answer },
        steps: [`${A}${B} = ${D}${C} = ${b}, and the area is base times height.`, `${b} * ${h} = ${answer}.`],
      };
    },
  },
  {
    kind: 'rhombus-area',
    difficulty: 3,
    can: (x) => x >= 12 && x <= 150 && factorPairs(2 * x, 0.4, 0.95).length > 0,
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const [p, q] = random.pick(factorPairs(2 * answer, 0.4, 0.95));
      return {
        ...bare,
        points: { [A]: [-p / 2, 0], [B]: [0, -q / 2], [C]: [p / 2, 0], [D]: [0, q / 2] },
        segments: [...ring([A, B, C, D]), [A, C], [B, D]],
        facts: [`${A}${B}${C}${D} is a rhombus`],
        given: [length(A, C, p), length(B, D, q)],
        asked: { of: 'area', ring: [A, B, C, D], value: answer },
        steps: [
          `The diagonals of a rhombus are perpendicular, so its area is half of their product.`,
          `${p} * ${q} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'trapezoid-area',
    difficulty: 3,
    can: between(15, 150),
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const h = random.int(3, 12);
      if ((2 * answer) % h !== 0) return null;
      const sum = (2 * answer) / h;
      const top = random.int(3, 20);
      const bottom = sum - top;
      if (bottom <= top + 1 || bottom > 3 * top || h > bottom || h < bottom * 0.35) return null;
      return {
        ...bare,
        points: { [A]: ORIGIN, [B]: [bottom, 0], [C]: [top, h], [D]: [0, h] },
        segments: ring([A, B, C, D]),
        rightAngles: [[D, A, B]],
        facts: [`${A}${B}${C}${D} is a trapezoid`, `${A}${B} is parallel to ${D}${C}`, `∠${D}${A}${B} = 90°`],
        given: [length(A, B, bottom), length(D, C, top), length(A, D, h)],
        asked: { of: 'area', ring: [A, B, C, D], value: answer },
        steps: [
          `The area of a trapezoid is half of the sum of the parallel sides times the height.`,
          `(${bottom} + ${top}) * ${h} / 2 = ${answer}.`,
        ],
      };
    },
  },
];

/** Whole b·h = product with h/b within the given span. */
function factorPairs(product: number, low: number, high: number): [number, number][] {
  const out: [number, number][] = [];
  for (let b = 3; b <= 60; b++) {
    const h = product / b;
    if (Number.isInteger(h) && h >= 2 && h >= low * b && h <= high * b) out.push([b, h]);
  }
  return out;
}

/** Answers of the geometry task, each as likely as any other. */
export const LEAST_ANSWER = 5;
export const MOST_ANSWER = 130;

const supply = FIGURE_KINDS.map((kind) => {
  let count = 0;
  for (let x = LEAST_ANSWER; x <= MOST_ANSWER; x++) if (kind.can(x)) count++;
  return 1 / Math.max(1, count);
});

/** A figure with the wished answer; kinds that have few answers are preferred where they can, so that all kinds are met. */
export function figureFor(random: Random, answer: number, names: readonly string[]): Figure {
  for (;;) {
    const weights = FIGURE_KINDS.map((kind, i) => (kind.can(answer) ? (supply[i] ?? 0) : 0));
    let left = random.float() * weights.reduce((a, b) => a + b, 0);
    const kind = FIGURE_KINDS.find((_, i) => {
      left -= weights[i] ?? 0;
      return left < 0 && (weights[i] ?? 0) > 0;
    });
    if (!kind) continue;
    for (let t = 0; t < 60; t++) {
      const built = kind.build(random, answer, names);
      if (built) return { kind: kind.kind, difficulty: kind.difficulty, ...built };
    }
  }
}

/** The magnitude as it stands in the figure's points: degrees, or the figure's own unit. */
export function measure(points: Readonly<Record<string, Point>>, m: Magnitude): number {
  const at = (name: string): Point => points[name] ?? [Number.NaN, Number.NaN];
  if (m.of === 'length') return distance(at(m.ends[0]), at(m.ends[1]));
  if (m.of === 'area') {
    let twice = 0;
    m.ring.forEach((name, i) => {
      const p = at(name);
      const q = at(m.ring[(i + 1) % m.ring.length] ?? name);
      twice += p[0] * q[1] - q[0] * p[1];
    });
    return Math.abs(twice) / 2;
  }
  const [p, q, r] = m.at.map(at);
  if (!p || !q || !r) return Number.NaN;
  const [ax, ay, bx, by] = [p[0] - q[0], p[1] - q[1], r[0] - q[0], r[1] - q[1]];
  const cross = ax * by - ay * bx;
  const dot = ax * bx + ay * by;
  return degrees(atan2(Math.abs(cross), dot));
}
