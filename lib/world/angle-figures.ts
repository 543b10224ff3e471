import {
  angle,
  bare,
  between,
  distance,
  evenBetween,
  type FigureKind,
  ORIGIN,
  polar,
  ring,
  sinDeg,
  type Triple,
  take,
  triangle,
} from './construction';
import type { Point } from './drawing';
import { cos, radians, sin } from './maths';
import { halved, subtracted } from './wording';

/** A triangle with two sides of one length at A, and the same angle at B and C, in degrees. */
function isosceles([A, B, C]: Triple, base: number) {
  const [pb, pc, pa] = triangle(base, base);
  return {
    ...bare,
    points: { [A]: pa, [B]: pb, [C]: pc },
    segments: ring([A, B, C]),
    ticks: [
      [A, B],
      [A, C],
    ] as const,
    facts: [`${A}${B} = ${A}${C}`],
  };
}

/** Angles of triangles, of parallels that are crossed, and of quadrilaterals. */
export const ANGLE_FIGURES: readonly FigureKind[] = [
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
        steps: [`The angles of a triangle add up to 180°.`, subtracted([180, a, b])],
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
      return {
        ...isosceles([A, B, C], base),
        given: [angle(A, B, C, base)],
        asked: angle(B, A, C, answer),
        steps: [
          `${A}${B} = ${A}${C}, so ∠${A}${C}${B} = ∠${A}${B}${C} = ${base}°.`,
          subtracted([180, base, base]),
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
      return {
        ...isosceles([A, B, C], answer),
        given: [angle(B, A, C, apex)],
        asked: angle(A, B, C, answer),
        steps: [
          `${A}${B} = ${A}${C}, so the angles at ${B} and ${C} are equal.`,
          `${subtracted([180, apex])} ${halved(180 - apex)}`,
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
        steps: [`Neighboring angles of a parallelogram add up to 180°.`, `180 - ${lean} = ${answer}.`],
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
        steps: [`The angles of a quadrilateral add up to 360°.`, subtracted([360, a, b, c])],
      };
    },
  },
];
