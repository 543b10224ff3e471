import { atan2, PI } from './maths';
import type { Cover, Part } from './parts';
import type { VEHICLE_SHAPES } from './scene';

/**
 * Vehicles from a few solids each, in the manner of Super-CLEVR's categories. x is forward, y left, z up; a large one
 * is about two units long. Only `body` parts carry the object's colour and material.
 */

type Point = readonly [number, number, number];
type Vehicle = (typeof VEHICLE_SHAPES)[number];

const QUARTER = PI / 2;

/** A round bar from one point to another. */
function bar(from: Point, to: Point, radius: number, cover: Cover = 'body'): Part {
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const flat = Math.sqrt(dx * dx + dz * dz);
  return {
    shape: 'cylinder',
    centre: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2],
    half: [radius, radius, length / 2],
    turns: [-atan2(dy, flat), atan2(dx, dz), 0],
    cover,
  };
}

function box(centre: Point, half: Point, cover: Cover = 'body', bevel = 0.03): Part {
  return { shape: 'box', centre, half, cover, bevel };
}

/** Parts that lie in others, such as windows, or stick out of them by a little. */
const details = (parts: readonly Part[]): Part[] => parts.map((part) => ({ ...part, detail: true }));

const ball = (centre: Point, half: Point, cover: Cover = 'body'): Part => ({
  shape: 'ball',
  centre,
  half,
  cover,
});

/** A disc or wheel whose axle lies across the vehicle. */
const disc = (centre: Point, radius: number, halfWidth: number, cover: Cover): Part => ({
  shape: 'cylinder',
  centre,
  half: [radius, radius, halfWidth],
  turns: [QUARTER, 0, 0],
  cover,
  bevel: halfWidth * 0.4,
});

const hoop = (centre: Point, radius: number, hole: number, halfWidth: number, cover: Cover): Part => ({
  shape: 'ring',
  centre,
  half: [radius, radius, halfWidth],
  turns: [QUARTER, 0, 0],
  cover,
  a: hole,
  bevel: halfWidth * 0.5,
});

/** A flat blade that grows from its root: a wing, a fin. `turns` bring its span (z) where it belongs. */
const blade = (
  centre: Point,
  half: Point,
  turns: Point,
  [a, b]: readonly [number, number],
  cover: Cover = 'body',
): Part => ({ shape: 'wedge', centre, half, turns, a, b, c: 0.3, cover });

const wheels = (xs: readonly number[], y: number, radius: number, halfWidth: number): Part[] =>
  xs.flatMap((x) =>
    [-y, y].flatMap((side) => [
      disc([x, side, radius], radius, halfWidth, 'tyre'),
      ...details([disc([x, side, radius], radius * 0.55, halfWidth * 1.12, 'chrome')]),
    ]),
  );

const carLamps = (front: number, back: number, z: number): Part[] =>
  details([
    box([front, 0.28, z], [0.02, 0.09, 0.045], 'white', 0.02),
    box([front, -0.28, z], [0.02, 0.09, 0.045], 'white', 0.02),
    box([front, 0, z - 0.13], [0.03, 0.4, 0.035], 'chrome', 0.02),
    box([back, 0, z - 0.13], [0.03, 0.4, 0.035], 'chrome', 0.02),
  ]);

const sedan: readonly Part[] = [
  box([0, 0, 0.36], [0.98, 0.43, 0.17], 'body', 0.1),
  {
    shape: 'wedge',
    centre: [-0.1, 0, 0.66],
    half: [0.62, 0.39, 0.15],
    a: 0.5,
    b: 0.38,
    c: 0.2,
    cover: 'glass',
  },
  box([-0.15, 0, 0.815], [0.3, 0.315, 0.022], 'body', 0.03),
  bar([0.02, 0.4, 0.54], [0.02, 0.33, 0.8], 0.028),
  bar([0.02, -0.4, 0.54], [0.02, -0.33, 0.8], 0.028),
  ...wheels([-0.6, 0.6], 0.39, 0.2, 0.07),
  ...carLamps(0.97, -0.97, 0.42),
];

const wagon: readonly Part[] = [
  box([0, 0, 0.38], [0.98, 0.44, 0.18], 'body', 0.09),
  {
    shape: 'wedge',
    centre: [-0.26, 0, 0.71],
    half: [0.7, 0.4, 0.17],
    a: 0.42,
    b: 0.1,
    c: 0.15,
    cover: 'glass',
  },
  box([-0.38, 0, 0.885], [0.5, 0.345, 0.025], 'body', 0.03),
  bar([-0.1, 0.41, 0.56], [-0.13, 0.35, 0.87], 0.03),
  bar([-0.1, -0.41, 0.56], [-0.13, -0.35, 0.87], 0.03),
  bar([-0.55, 0.41, 0.56], [-0.55, 0.35, 0.87], 0.03),
  bar([-0.55, -0.41, 0.56], [-0.55, -0.35, 0.87], 0.03),
  ...wheels([-0.6, 0.6], 0.4, 0.21, 0.07),
  ...carLamps(0.97, -0.97, 0.44),
];

const pickup: readonly Part[] = [
  box([0.42, 0, 0.38], [0.6, 0.43, 0.18], 'body', 0.09),
  box([-0.56, 0, 0.31], [0.46, 0.43, 0.1], 'body', 0.04),
  box([-0.56, 0.4, 0.47], [0.46, 0.03, 0.09], 'body', 0.02),
  box([-0.56, -0.4, 0.47], [0.46, 0.03, 0.09], 'body', 0.02),
  box([-0.99, 0, 0.46], [0.03, 0.43, 0.1], 'body', 0.02),
  {
    shape: 'wedge',
    centre: [0.17, 0, 0.7],
    half: [0.4, 0.39, 0.17],
    a: 0.5,
    b: 0.06,
    c: 0.18,
    cover: 'glass',
  },
  box([0.08, 0, 0.875], [0.27, 0.32, 0.025], 'body', 0.03),
  box([-0.2, 0, 0.66], [0.035, 0.38, 0.16], 'body', 0.03),
  ...wheels([-0.6, 0.62], 0.4, 0.22, 0.075),
  ...carLamps(1.0, -1.02, 0.44),
];

const pillars = (xs: readonly number[], y: number, z: number, high: number): Part[] =>
  details(xs.map((x) => box([x, 0, z], [0.035, y, high], 'body', 0.01)));

const cityBus: readonly Part[] = [
  box([0, 0, 0.55], [1.3, 0.38, 0.41], 'body', 0.07),
  ...details([box([0, 0, 0.7], [1.22, 0.387, 0.14], 'glass', 0)]),
  ...details([box([0.02, 0, 0.68], [1.288, 0.33, 0.18], 'glass', 0)]),
  ...pillars([-0.95, -0.57, -0.19, 0.19, 0.57, 0.95], 0.395, 0.7, 0.145),
  box([0.1, 0, 0.975], [0.5, 0.2, 0.035], 'body', 0.03),
  ...wheels([-0.78, 0.82], 0.35, 0.18, 0.07),
  ...details([box([1.29, 0.25, 0.3], [0.02, 0.07, 0.04], 'white', 0.02)]),
  ...details([box([1.29, -0.25, 0.3], [0.02, 0.07, 0.04], 'white', 0.02)]),
];

const doubleDecker: readonly Part[] = [
  box([0, 0, 0.76], [1.1, 0.37, 0.62], 'body', 0.08),
  ...details([box([0, 0, 0.62], [1.02, 0.378, 0.12], 'glass', 0)]),
  ...details([box([0, 0, 1.1], [1.02, 0.378, 0.12], 'glass', 0)]),
  ...details([box([0.02, 0, 0.62], [1.088, 0.3, 0.14], 'glass', 0)]),
  ...details([box([0.02, 0, 1.1], [1.088, 0.3, 0.14], 'glass', 0)]),
  ...pillars([-0.7, -0.23, 0.23, 0.7], 0.385, 0.62, 0.125),
  ...pillars([-0.7, -0.23, 0.23, 0.7], 0.385, 1.1, 0.125),
  ...wheels([-0.66, 0.68], 0.34, 0.18, 0.07),
  ...details([box([1.09, 0.25, 0.32], [0.02, 0.07, 0.04], 'white', 0.02)]),
  ...details([box([1.09, -0.25, 0.32], [0.02, 0.07, 0.04], 'white', 0.02)]),
];

const schoolBus: readonly Part[] = [
  box([-0.25, 0, 0.58], [1.02, 0.39, 0.42], 'body', 0.12),
  box([0.98, 0, 0.42], [0.27, 0.34, 0.2], 'body', 0.1),
  ...details([box([-0.25, 0, 0.74], [0.96, 0.397, 0.12], 'glass', 0)]),
  ...details([box([-0.23, 0, 0.74], [1.01, 0.32, 0.14], 'glass', 0)]),
  ...pillars([-0.95, -0.6, -0.25, 0.1, 0.45], 0.404, 0.74, 0.125),
  ...details([box([-0.25, 0, 0.46], [1.03, 0.396, 0.02], 'dark', 0)]),
  ...wheels([-0.8, 0.86], 0.35, 0.19, 0.07),
  ...details([box([1.26, 0.22, 0.42], [0.02, 0.06, 0.06], 'white', 0.02)]),
  ...details([box([1.26, -0.22, 0.42], [0.02, 0.06, 0.06], 'white', 0.02)]),
];

const gear = (front: number, back: number, top: number): Part[] => [
  bar([front, 0, 0.08], [front, 0, top], 0.02, 'chrome'),
  disc([front, 0, 0.07], 0.07, 0.03, 'tyre'),
  bar([back, 0.16, 0.08], [back, 0.1, top], 0.02, 'chrome'),
  disc([back, 0.16, 0.07], 0.07, 0.03, 'tyre'),
  bar([back, -0.16, 0.08], [back, -0.1, top], 0.02, 'chrome'),
  disc([back, -0.16, 0.07], 0.07, 0.03, 'tyre'),
];

/** Turns that lay a blade's span to the left (+y) or the right. */
const LEFT: Point = [-QUARTER, 0, 0];
const RIGHT: Point = [QUARTER, 0, 0];
const swept = (side: Point, by: number): Point => [side[0], side[1], by];

const airliner: readonly Part[] = [
  { shape: 'cylinder', centre: [0.05, 0, 0.42], half: [0.16, 0.16, 0.72], turns: [0, QUARTER, 0] },
  ball([0.77, 0, 0.42], [0.34, 0.16, 0.16]),
  ball([-0.67, 0, 0.44], [0.5, 0.155, 0.14]),
  blade([-0.06, 0.62, 0.37], [0.26, 0.022, 0.52], swept(LEFT, 0.38), [0.75, 0.1]),
  blade([-0.06, -0.62, 0.37], [0.26, 0.022, 0.52], swept(RIGHT, -0.38), [0.75, 0.1]),
  blade([-0.98, 0.26, 0.5], [0.14, 0.016, 0.2], swept(LEFT, 0.4), [0.8, 0]),
  blade([-0.98, -0.26, 0.5], [0.14, 0.016, 0.2], swept(RIGHT, -0.4), [0.8, 0]),
  blade([-0.97, 0, 0.74], [0.22, 0.02, 0.23], [0, -0.35, 0], [0.9, 0]),
  {
    shape: 'cylinder',
    centre: [0.16, 0.42, 0.28],
    half: [0.085, 0.085, 0.17],
    turns: [0, QUARTER, 0],
    cover: 'chrome',
  },
  {
    shape: 'cylinder',
    centre: [0.16, -0.42, 0.28],
    half: [0.085, 0.085, 0.17],
    turns: [0, QUARTER, 0],
    cover: 'chrome',
  },
  ...details([
    box([0.12, 0, 0.47], [0.62, 0.162, 0.022], 'dark', 0),
    box([0.92, 0, 0.5], [0.09, 0.1, 0.03], 'glass', 0),
  ]),
  ...gear(0.62, -0.1, 0.3),
];

const fighter: readonly Part[] = [
  ball([0.05, 0, 0.34], [1.05, 0.15, 0.13]),
  {
    shape: 'cylinder',
    centre: [-0.72, 0, 0.34],
    half: [0.13, 0.13, 0.24],
    turns: [0, QUARTER, 0],
    cover: 'dark',
  },
  blade([-0.3, 0.42, 0.33], [0.52, 0.02, 0.36], LEFT, [1.55, 0.05]),
  blade([-0.3, -0.42, 0.33], [0.52, 0.02, 0.36], RIGHT, [1.55, 0.05]),
  blade([-0.76, 0.17, 0.56], [0.22, 0.02, 0.2], [-0.25, -0.15, 0], [1.1, 0]),
  blade([-0.76, -0.17, 0.56], [0.22, 0.02, 0.2], [0.25, -0.15, 0], [1.1, 0]),
  blade([-0.86, 0.28, 0.34], [0.17, 0.016, 0.16], LEFT, [1.1, 0]),
  blade([-0.86, -0.28, 0.34], [0.17, 0.016, 0.16], RIGHT, [1.1, 0]),
  ball([0.4, 0, 0.45], [0.28, 0.085, 0.1], 'glass'),
  ...gear(0.5, -0.3, 0.26),
];

const biplane: readonly Part[] = [
  ball([-0.02, 0, 0.5], [0.92, 0.17, 0.18]),
  { shape: 'cylinder', centre: [0.66, 0, 0.52], half: [0.18, 0.18, 0.16], turns: [0, QUARTER, 0] },
  ball([0.86, 0, 0.52], [0.1, 0.07, 0.07], 'chrome'),
  box([0.9, 0, 0.52], [0.012, 0.05, 0.36], 'dark', 0),
  box([0.32, 0, 0.4], [0.2, 1.0, 0.022], 'body', 0.02),
  box([0.4, 0, 0.92], [0.2, 1.0, 0.022], 'body', 0.02),
  ...[-0.75, -0.2, 0.2, 0.75].flatMap((y): Part[] => [
    bar([0.24, y, 0.4], [0.32, y, 0.92], 0.018, 'chrome'),
    bar([0.46, y, 0.4], [0.54, y, 0.92], 0.018, 'chrome'),
  ]),
  blade([-0.82, 0.22, 0.55], [0.15, 0.016, 0.18], LEFT, [0.6, 0]),
  blade([-0.82, -0.22, 0.55], [0.15, 0.016, 0.18], RIGHT, [0.6, 0]),
  blade([-0.84, 0, 0.72], [0.15, 0.02, 0.17], [0, -0.2, 0], [0.7, 0]),
  bar([0.45, 0.26, 0.15], [0.4, 0.12, 0.38], 0.025, 'chrome'),
  bar([0.45, -0.26, 0.15], [0.4, -0.12, 0.38], 0.025, 'chrome'),
  disc([0.45, 0.28, 0.14], 0.14, 0.04, 'tyre'),
  disc([0.45, -0.28, 0.14], 0.14, 0.04, 'tyre'),
  bar([-0.75, 0, 0.02], [-0.7, 0, 0.45], 0.025, 'chrome'),
];

const bikeWheel = (x: number, r: number, spokes: readonly number[]): Part[] => [
  hoop([x, 0, r], r, 0.86, 0.035, 'tyre'),
  ...details([hoop([x, 0, r], r * 0.88, 0.88, 0.028, 'body'), disc([x, 0, r], 0.05, 0.05, 'chrome')]),
  ...spokes.map(
    (angle): Part => ({
      detail: true,
      shape: 'cylinder',
      centre: [x, 0, r],
      half: [0.009, 0.009, r * 0.84],
      turns: [0, angle, 0],
      cover: 'chrome',
    }),
  ),
];
const SPOKES = [0, PI / 4, PI / 2, (3 * PI) / 4];

const roadBike: readonly Part[] = [
  ...bikeWheel(0.56, 0.36, SPOKES),
  ...bikeWheel(-0.56, 0.36, SPOKES),
  bar([-0.06, 0, 0.34], [-0.24, 0, 0.82], 0.034),
  bar([-0.06, 0, 0.34], [0.38, 0, 0.78], 0.034),
  bar([-0.2, 0, 0.74], [0.36, 0, 0.84], 0.034),
  bar([-0.56, 0.04, 0.36], [-0.06, 0.03, 0.34], 0.024),
  bar([-0.56, -0.04, 0.36], [-0.2, -0.03, 0.76], 0.024),
  bar([0.56, 0, 0.36], [0.34, 0, 0.93], 0.032),
  bar([0.36, -0.24, 0.96], [0.36, 0.24, 0.96], 0.026, 'dark'),
  bar([0.36, 0.24, 0.96], [0.48, 0.24, 0.9], 0.026, 'dark'),
  bar([0.36, -0.24, 0.96], [0.48, -0.24, 0.9], 0.026, 'dark'),
  ball([-0.27, 0, 0.87], [0.15, 0.07, 0.04], 'dark'),
  disc([-0.06, 0, 0.34], 0.11, 0.03, 'chrome'),
  bar([-0.06, 0.07, 0.34], [0.04, 0.07, 0.22], 0.02, 'chrome'),
  bar([-0.06, -0.07, 0.34], [-0.16, -0.07, 0.46], 0.02, 'chrome'),
];

const cityBike: readonly Part[] = [
  ...bikeWheel(0.58, 0.38, SPOKES),
  ...bikeWheel(-0.56, 0.38, SPOKES),
  bar([-0.04, 0, 0.34], [-0.22, 0, 0.84], 0.036),
  bar([-0.04, 0, 0.34], [0.4, 0, 0.74], 0.05),
  bar([-0.56, 0.04, 0.38], [-0.04, 0.03, 0.34], 0.024),
  bar([-0.56, -0.04, 0.38], [-0.17, -0.03, 0.7], 0.024),
  bar([0.58, 0, 0.38], [0.34, 0, 1.0], 0.034),
  bar([0.3, -0.26, 1.06], [0.3, 0.26, 1.06], 0.028, 'dark'),
  bar([0.3, 0.26, 1.06], [0.16, 0.28, 1.04], 0.03, 'dark'),
  bar([0.3, -0.26, 1.06], [0.16, -0.28, 1.04], 0.03, 'dark'),
  bar([0.34, 0, 0.98], [0.3, 0, 1.06], 0.026, 'chrome'),
  ball([-0.25, 0, 0.89], [0.16, 0.1, 0.05], 'dark'),
  box([0.62, 0, 0.92], [0.14, 0.15, 0.1], 'body', 0.03),
  box([-0.6, 0, 0.8], [0.22, 0.08, 0.015], 'chrome', 0),
  disc([-0.04, 0, 0.34], 0.1, 0.03, 'chrome'),
];

const motorWheel = (x: number, r: number): Part[] => [
  hoop([x, 0, r], r, 0.62, 0.075, 'tyre'),
  disc([x, 0, r], r * 0.64, 0.03, 'chrome'),
  ...details([disc([x, 0, r], r * 0.28, 0.09, 'dark')]),
];

const cruiser: readonly Part[] = [
  ...motorWheel(0.7, 0.3),
  ...motorWheel(-0.62, 0.3),
  ball([0.14, 0, 0.68], [0.32, 0.15, 0.14]),
  box([-0.28, 0, 0.62], [0.3, 0.12, 0.05], 'dark', 0.04),
  ball([-0.62, 0, 0.56], [0.34, 0.11, 0.13]),
  ball([0.72, 0, 0.54], [0.24, 0.09, 0.09]),
  box([0.02, 0, 0.38], [0.24, 0.13, 0.16], 'chrome', 0.05),
  bar([0.7, 0.1, 0.3], [0.44, 0.1, 0.86], 0.03, 'chrome'),
  bar([0.7, -0.1, 0.3], [0.44, -0.1, 0.86], 0.03, 'chrome'),
  bar([0.34, -0.34, 0.98], [0.34, 0.34, 0.98], 0.028, 'dark'),
  bar([0.44, 0, 0.84], [0.34, 0, 0.98], 0.035, 'chrome'),
  ball([0.54, 0, 0.78], [0.09, 0.09, 0.09], 'chrome'),
  bar([0.05, -0.17, 0.24], [-0.85, -0.19, 0.28], 0.045, 'chrome'),
  bar([-0.62, 0.1, 0.3], [0.0, 0.1, 0.34], 0.035, 'dark'),
];

const sportBike: readonly Part[] = [
  ...motorWheel(0.66, 0.29),
  ...motorWheel(-0.6, 0.29),
  { shape: 'wedge', centre: [0.3, 0, 0.56], half: [0.36, 0.14, 0.28], a: 0.1, b: 0.5, c: 0.3 },
  ball([0.48, 0, 0.78], [0.22, 0.13, 0.14]),
  ball([0.4, 0, 0.9], [0.14, 0.1, 0.1], 'glass'),
  ball([0.04, 0, 0.72], [0.26, 0.14, 0.13]),
  box([-0.28, 0, 0.7], [0.2, 0.11, 0.04], 'dark', 0.03),
  blade([-0.58, 0, 0.8], [0.1, 0.1, 0.24], [0, -1.2, 0], [0.4, 0.4]),
  box([-0.06, 0, 0.38], [0.2, 0.12, 0.13], 'dark', 0.04),
  bar([0.66, 0.1, 0.29], [0.46, 0.1, 0.76], 0.035, 'chrome'),
  bar([0.66, -0.1, 0.29], [0.46, -0.1, 0.76], 0.035, 'chrome'),
  bar([0.34, -0.28, 0.84], [0.34, 0.28, 0.84], 0.028, 'dark'),
  bar([-0.1, -0.16, 0.3], [-0.74, -0.2, 0.52], 0.055, 'chrome'),
  bar([-0.6, 0.1, 0.29], [0.0, 0.1, 0.36], 0.04, 'dark'),
];

const scooter: readonly Part[] = [
  ...motorWheel(0.62, 0.22),
  ...motorWheel(-0.56, 0.22),
  blade([0.46, 0, 0.56], [0.06, 0.22, 0.34], [0, -0.28, 0], [0.2, 0.2]),
  box([0.1, 0, 0.24], [0.36, 0.18, 0.05], 'body', 0.03),
  ball([-0.46, 0, 0.46], [0.4, 0.19, 0.24]),
  box([-0.4, 0, 0.7], [0.34, 0.14, 0.05], 'dark', 0.05),
  ball([0.62, 0, 0.4], [0.22, 0.09, 0.09]),
  bar([0.62, 0, 0.22], [0.36, 0, 0.96], 0.045),
  ball([0.4, 0, 0.92], [0.11, 0.13, 0.1]),
  ball([0.5, 0, 0.93], [0.05, 0.07, 0.06], 'white'),
  bar([0.34, -0.32, 1.0], [0.34, 0.32, 1.0], 0.03, 'dark'),
  bar([0.36, 0.26, 1.0], [0.34, 0.34, 1.16], 0.014, 'chrome'),
  ball([0.34, 0.35, 1.18], [0.02, 0.06, 0.05], 'chrome'),
  bar([0.36, -0.26, 1.0], [0.34, -0.34, 1.16], 0.014, 'chrome'),
  ball([0.34, -0.35, 1.18], [0.02, 0.06, 0.05], 'chrome'),
];

const BUILDS: Readonly<Record<Vehicle, readonly (readonly Part[])[]>> = {
  car: [sedan, wagon, pickup],
  bus: [cityBus, doubleDecker, schoolBus],
  aeroplane: [airliner, fighter, biplane],
  bicycle: [roadBike, cityBike],
  motorbike: [cruiser, sportBike, scooter],
};

export const buildCount = (vehicle: Vehicle): number => BUILDS[vehicle].length;

export function vehicleParts(vehicle: Vehicle, build: number): readonly Part[] {
  return BUILDS[vehicle][build] ?? [];
}
