import {
  angle,
  bare,
  between,
  CENTRE,
  circumcentre,
  distance,
  evenBetween,
  type FigureKind,
  length,
  ORIGIN,
  polar,
  ring,
  sinDeg,
  TRIPLES,
  type Triple,
  take,
} from './construction';
import type { Point } from './drawing';
import { cos, radians } from './maths';
import type { Random } from './random';
import { inProportion, subtracted } from './wording';

/** The central angle over an arc from A to B, in degrees, and an inscribed one with its vertex C on the rest of the circle. */
function twoAnglesOnAnArc(random: Random, [A, B, C]: Triple, central: number) {
  const start = random.range(0, 360);
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
    ] as const,
    circles: [{ centre: CENTRE, radius: 1 }],
    facts: [`${A}, ${B} and ${C} lie on the circle with center ${CENTRE}`],
  };
}

/** Angles and lengths at a circle: inscribed and central angles, tangents, chords. */
export const CIRCLE_FIGURES: readonly FigureKind[] = [
  {
    kind: 'inscribed-angle',
    difficulty: 2,
    can: between(25, 75),
    build(random, answer, n) {
      const [A, B, C] = take(n);
      const central = 2 * answer;
      return {
        ...twoAnglesOnAnArc(random, [A, B, C], central),
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
      return {
        ...twoAnglesOnAnArc(random, [A, B, C], answer),
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
        facts: [`triangle ${A}${B}${C} is inscribed in the circle with center ${CENTRE}`],
        given: [angle(CENTRE, A, B, base)],
        asked: angle(A, C, B, answer),
        steps: [
          `${CENTRE}${A} = ${CENTRE}${B}, so ∠${CENTRE}${B}${A} = ∠${CENTRE}${A}${B} = ${base}°.`,
          `${subtracted([180, base, base])} So ∠${A}${CENTRE}${B} = ${central}°.`,
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
        steps: [`${A}${B} is a diameter, so ∠${A}${C}${B} = 90°.`, subtracted([180, 90, other])],
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
          subtracted([180, 90, central]),
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
          `${P}${A} is tangent to circle ${CENTRE} at ${A}`,
          `${P}${B} is tangent to it at ${B}`,
          `${C} is a point on the major arc ${A}${B}`,
        ],
        given: [angle(A, P, B, apex)],
        asked: angle(A, C, B, answer),
        steps: [
          `The tangents are perpendicular to the radii, and 90 + 90 = 180, so ∠${A}${CENTRE}${B} = 180 - ${apex} = ${central}°.`,
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
    kind: 'tangent-length',
    difficulty: 3,
    can: (x) => radiiFor(x).length > 0,
    build(random, answer, n) {
      const [A] = take(n);
      const P = A === 'P' ? 'T' : 'P';
      const [r, h] = random.pick(radiiFor(answer));
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
          `By Pythagoras, ${P}${A}² = ${h}² - ${r}², so ${P}${A} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'chord-length',
    difficulty: 4,
    can: (x) => radiiFor(x / 2).length > 0,
    build(random, answer, n) {
      const [A, B, M] = take(n);
      const half = answer / 2;
      const [d, r] = random.pick(radiiFor(half));
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
          `In the right triangle ${CENTRE}${M}${A}, ${A}${M}² = ${r}² - ${d}², so ${A}${M} = ${half}.`,
          `The perpendicular from the center halves the chord: ${A}${B} = 2 * ${half} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'crossing-chords',
    difficulty: 4,
    can: (x) => crossings(x).length > 0,
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const P = n.includes('P') ? 'T' : 'P';
      const [pa, pb, pc] = random.pick(crossings(answer));
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
          inProportion(`${P}${D}`, pa, pb, pc),
        ],
      };
    },
  },
];

/** Other leg and hypotenuse of right triangles with a leg; where the other were much longer, letters would crowd. */
function radiiFor(leg: number): [number, number][] {
  return TRIPLES.flatMap(([p, q, h]): [number, number][] => {
    const other = p === leg ? q : q === leg ? p : Number.POSITIVE_INFINITY;
    return other <= 1.7 * leg ? [[other, h]] : [];
  });
}

/** Parts PA, PB, PC of crossing chords whose fourth part has this length. */
function crossings(pd: number): [number, number, number][] {
  const out: [number, number, number][] = [];
  for (let pa = 2; pa <= 36; pa++)
    for (let pb = 2; pb <= 36; pb++) {
      const pc = (pa * pb) / pd;
      const whole = Number.isInteger(pc) && pc >= 2 && pc <= 40 && pc !== pa && pc !== pb;
      if (whole && [pa, pb, pc].every((x) => x <= 4 * pd && pd <= 4 * x && x <= 4 * pc && pc <= 4 * x))
        out.push([pa, pb, pc]);
    }
  return out;
}
