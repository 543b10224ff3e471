import {
  angle,
  bare,
  between,
  type FigureKind,
  length,
  ORIGIN,
  polar,
  ring,
  sinDeg,
  TRIPLES,
  take,
} from './construction';
import type { Point } from './drawing';
import { added, halfOfProduct, halved, inProportion, multiplied } from './wording';

/** Lengths and areas of triangles and quadrilaterals: Pythagoras, similar triangles, bases and heights. */
export const LENGTH_FIGURES: readonly FigureKind[] = [
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
      const [side, other] = answer === ca ? [`${C}${A}`, cb] : [`${C}${B}`, ca];
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
            ? [`By Pythagoras, ${A}${B}² = ${ca}² + ${cb}².`, `So ${A}${B} = ${h}.`]
            : [`By Pythagoras, ${side}² = ${h}² - ${other}².`, `So ${side} = ${answer}.`],
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
      const m = random.int(Math.max(2, Math.ceil(k / 2)), 2 * k);
      if (m === k) return null;
      const [ad, db, ae] = [p * m, q * m, p * k];
      const [ab, ac] = [ad + db, ae + answer];
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
        facts: [`${D} lies on ${A}${B}`, `${E} lies on ${A}${C}`, `${D}${E} is parallel to ${B}${C}`],
        given: [length(A, D, ad), length(D, B, db), length(A, E, ae)],
        asked: length(E, C, answer),
        steps: [
          `${D}${E} is parallel to ${B}${C}, so ${A}${D} : ${D}${B} = ${A}${E} : ${E}${C}.`,
          inProportion(`${E}${C}`, ae, db, ad),
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
    kind: 'trapezoid-midline',
    difficulty: 2,
    can: between(5, 60),
    build(random, answer, n) {
      const [A, B, C, D, E, F] = take(n);
      const less = random.int(Math.ceil(answer / 6), Math.floor(answer / 2));
      const [bottom, top] = [answer + less, answer - less];
      const left = random.range(-0.1, 0.6) * 2 * less;
      const high = bottom * random.range(0.5, 0.8);
      return {
        ...bare,
        points: {
          [A]: ORIGIN,
          [B]: [bottom, 0],
          [C]: [left + top, high],
          [D]: [left, high],
          [E]: [left / 2, high / 2],
          [F]: [(bottom + left + top) / 2, high / 2],
        },
        segments: [...ring([A, B, C, D]), [E, F]],
        facts: [
          `${A}${B}${C}${D} is a trapezoid`,
          `${A}${B} is parallel to ${D}${C}`,
          `${E} and ${F} are the midpoints of ${A}${D} and ${B}${C}`,
        ],
        given: [length(A, B, bottom), length(D, C, top)],
        asked: length(E, F, answer),
        steps: [
          `The segment between the midpoints of the legs is half as long as the parallel sides together.`,
          `${added([bottom, top])} ${halved(bottom + top)}`,
        ],
      };
    },
  },
  {
    kind: 'hypotenuse-median',
    difficulty: 3,
    can: between(5, 60),
    build(random, answer, n) {
      const [A, B, C, M] = take(n);
      // C lies on the circle with diameter AB.
      const at = random.range(50, 130);
      const [a, b]: [Point, Point] = [
        [-answer, 0],
        [answer, 0],
      ];
      return {
        ...bare,
        points: { [A]: a, [B]: b, [C]: polar(ORIGIN, at, answer), [M]: ORIGIN },
        segments: [...ring([A, B, C]), [C, M]],
        rightAngles: [[A, C, B]],
        facts: [`∠${A}${C}${B} = 90°`, `${M} is the midpoint of ${A}${B}`],
        given: [length(A, B, 2 * answer)],
        asked: length(C, M, answer),
        steps: [
          `The midpoint of the hypotenuse is equally far from all three corners, so ${C}${M} = ${A}${M}.`,
          `${2 * answer} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'half-hypotenuse',
    difficulty: 3,
    can: between(5, 60),
    build(_, answer, n) {
      const [A, B, C] = take(n);
      return {
        ...bare,
        points: { [A]: [2 * answer * sinDeg(60), 0], [B]: [0, answer], [C]: ORIGIN },
        segments: ring([A, B, C]),
        rightAngles: [[A, C, B]],
        facts: [`∠${A}${C}${B} = 90°`],
        given: [angle(B, A, C, 30), length(A, B, 2 * answer)],
        asked: length(B, C, answer),
        steps: [
          `In a right triangle the side opposite an angle of 30° is half as long as the hypotenuse.`,
          `${2 * answer} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'parallelogram-diagonals',
    difficulty: 2,
    can: between(5, 60),
    build(random, answer, n) {
      const [A, B, C, D, E] = take(n);
      const other = answer * random.range(0.7, 1.3);
      const tilt = random.range(50, 130);
      return {
        ...bare,
        points: {
          [A]: [-answer, 0],
          [B]: polar(ORIGIN, tilt + 180, other),
          [C]: [answer, 0],
          [D]: polar(ORIGIN, tilt, other),
          [E]: ORIGIN,
        },
        segments: [...ring([A, B, C, D]), [A, C], [B, D]],
        facts: [`${A}${B}${C}${D} is a parallelogram`, `its diagonals cross at ${E}`],
        given: [length(A, C, 2 * answer)],
        asked: length(E, C, answer),
        steps: [
          `The diagonals of a parallelogram halve each other, so ${E}${C} is half of ${A}${C}.`,
          `${2 * answer} / 2 = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'altitude',
    difficulty: 4,
    can: (x) => x <= 60 && factorPairs(x * x, 1 / 3.4, 0.95).length > 0,
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const [far, near] = random.pick(factorPairs(answer * answer, 1 / 3.4, 0.95));
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
          `${C}${D}² = ${ad} * ${db}, so ${C}${D} = ${answer}.`,
        ],
      };
    },
  },
  {
    kind: 'triangle-area',
    difficulty: 2,
    can: (x) => x >= 10 && factorPairs(2 * x, 0.4, 1.6).length > 0,
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const [b, h] = random.pick(factorPairs(2 * answer, 0.4, 1.6));
      const foot = b * random.range(0.25, 0.75);
      return {
        ...bare,
        points: { [A]: [foot, h], [B]: ORIGIN, [C]: [b, 0], [D]: [foot, 0] },
        segments: [...ring([A, B, C]), [A, D]],
        rightAngles: [[A, D, C]],
        facts: [`${A}${D} is perpendicular to ${B}${C} at ${D}`],
        given: [length(B, C, b), length(A, D, h)],
        asked: { of: 'area', ring: [A, B, C], value: answer },
        steps: [`The area is half of base times height.`, halfOfProduct(b, h)],
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
          `By Pythagoras, ${C}${B}² = ${h}² - ${ca}², so ${C}${B} = ${cb}.`,
          `The area is half of base times height. ${halfOfProduct(ca, cb)}`,
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
        steps: [`${A}${B} = ${D}${C} = ${b}, and the area is base times height.`, multiplied(b, h)],
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
          halfOfProduct(p, q),
        ],
      };
    },
  },
  {
    kind: 'trapezoid-area',
    difficulty: 3,
    can: (x) => trapezoids(x).length > 0,
    build(random, answer, n) {
      const [A, B, C, D] = take(n);
      const [h, top, bottom] = random.pick(trapezoids(answer));
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
          `${added([bottom, top])} ${halfOfProduct(bottom + top, h)}`,
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

/** Height and parallel sides, the longer one last, of right trapezoids with an area. */
function trapezoids(area: number): [number, number, number][] {
  const out: [number, number, number][] = [];
  for (let h = 3; h <= 12; h++)
    for (let top = 3; top <= 20; top++) {
      const bottom = (2 * area) / h - top;
      const shapely = bottom > top + 1 && bottom <= 3 * top && h <= bottom && h >= bottom * 0.35;
      if (Number.isInteger(bottom) && shapely) out.push([h, top, bottom]);
    }
  return out;
}
