import { cos, PI, sin } from './maths';
import { Random } from './random';
import {
  COLOURS,
  MATERIALS,
  type Shape,
  SIZES,
  type SolidScene,
  type Split,
  splitOf,
  TABLETOP_SHAPES,
  type Thing,
  VEHICLE_SHAPES,
} from './scene';
import { type Projected, projection, type Sighting, sight } from './sight';
import { partsOf, scaleOf } from './solids';
import { buildCount } from './vehicles';

/**
 * Combinations that only test-hard shows, so that a model meets them there for the first time: one colour of every
 * shape in each material.
 */
const HELD_OUT: Readonly<Record<Shape, readonly string[]>> = {
  cube: ['purple metal', 'brown rubber', 'cyan metal', 'green rubber'],
  sphere: ['gray metal', 'yellow rubber', 'red metal', 'purple rubber'],
  cylinder: ['blue metal', 'red rubber', 'green metal', 'cyan rubber'],
  car: ['purple metal', 'green rubber', 'cyan metal', 'brown rubber'],
  bus: ['gray metal', 'blue rubber', 'brown metal', 'purple rubber'],
  aeroplane: ['red metal', 'cyan rubber', 'yellow metal', 'gray rubber'],
  bicycle: ['blue metal', 'yellow rubber', 'gray metal', 'green rubber'],
  motorbike: ['green metal', 'red rubber', 'purple metal', 'yellow rubber'],
};

export const isHeldOut = (thing: Pick<Thing, 'shape' | 'colour' | 'material'>): boolean =>
  HELD_OUT[thing.shape].includes(`${thing.colour} ${thing.material}`);

/** A thing is asked about only where it shows this many pixels at the smallest size, so every thing of a scene must. */
export const SMALLEST_SIZE = 96;
const LEAST_PIXELS = { tabletop: 30, vehicles: 34 };
/** And at least this share of what it would show if nothing stood before it. */
const LEAST_SHARE = 0.35;

/** The scene of a seed. The split that the seed belongs to decides how many things, and which combinations. */
export function solidScene(kind: SolidScene['kind'], seed: number): SolidScene {
  return sightedScene(kind, seed).scene;
}

/** The fewest and the most things of a scene, both included. */
export type CountRange = readonly [least: number, most: number];

export const thingsOf = (kind: SolidScene['kind'], split: Split): CountRange =>
  split === 'test-hard' ? [7, kind === 'tabletop' ? 12 : 9] : [3, kind === 'tabletop' ? 9 : 7];

/**
 * The scene with what is seen of it at the smallest size: the view by which it was accepted. A question may wish for a
 * number of things within those of the split, and for the seed's n-th scene where the first does not suit it.
 */
export function sightedScene(
  kind: SolidScene['kind'],
  seed: number,
  { things = thingsOf(kind, splitOf(seed)), nth = 0 }: { things?: CountRange; nth?: number } = {},
): { scene: SolidScene; sighting: Sighting } {
  for (let attempt = 0; ; attempt++) {
    const label = nth === 0 ? `${kind}/${attempt}` : `${kind}/${nth}/${attempt}`;
    const scene = draft(kind, new Random(seed, label), things);
    if (!scene) continue;
    const sighting = sight(scene, SMALLEST_SIZE);
    const shown = scene.things.every((_, i) => {
      const pixels = sighting.pixels[i] ?? 0;
      const box = sighting.boxes[i];
      return (
        pixels >= LEAST_PIXELS[kind] &&
        pixels >= LEAST_SHARE * (sighting.alone[i] ?? 0) &&
        box &&
        box[0] > 0 &&
        box[1] > 0 &&
        box[2] < SMALLEST_SIZE &&
        box[3] < SMALLEST_SIZE
      );
    });
    if (shown) return { scene, sighting };
  }
}

/** A scene whose things stand apart, or null where no room was found for them. */
function draft(kind: SolidScene['kind'], random: Random, [least, most]: CountRange): SolidScene | null {
  const hard = splitOf(random.seed) === 'test-hard';
  const distance = random.range(9.7, 10.5);
  const height = random.range(4.9, 5.7);
  const aim = random.range(0.2, 0.8);
  const jitter = (spread: number): number => random.range(-spread, spread);
  const bare: SolidScene = {
    kind,
    seed: random.seed,
    camera: {
      x: jitter(0.3),
      y: -distance,
      z: height,
      // tan of the pitch is height over distance; a short series keeps to + - * /.
      pitch: bend(height / (distance + aim)),
      halfSide: random.range(0.325, 0.355),
    },
    lamps: [
      { x: 2.3 + jitter(0.8), y: -6.4 + jitter(0.8), z: 4.6 + jitter(0.6), radius: 0.8, power: 5.6 },
      { x: -6.1 + jitter(0.7), y: 0.6 + jitter(0.8), z: 3.2 + jitter(0.5), radius: 1.1, power: 3.2 },
      { x: 1.2 + jitter(0.8), y: 2.6 + jitter(0.8), z: 5.9 + jitter(0.6), radius: 0.8, power: 3.4 },
    ],
    things: [],
  };
  const count = random.int(least, most);
  const at = projection(bare, 1);
  const things: Thing[] = [];
  for (let i = 0; i < count; i++) {
    let placed = false;
    for (let t = 0; t < 40 && !placed; t++) {
      const thing = randomThing(kind, random, hard, i);
      if (!inView(at, thing) || things.some((other) => tooNear(thing, other))) continue;
      things.push(thing);
      placed = true;
    }
    if (!placed) return null;
  }
  return { ...bare, things };
}

/** Arc tangent for 0 < t < 1. */
function bend(t: number): number {
  let low = 0;
  let high = PI / 4;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (sin(middle) < t * cos(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function randomThing(kind: SolidScene['kind'], random: Random, hard: boolean, index: number): Thing {
  const y = random.range(-4, 3.4);
  const reach = 0.33 * (y + 10.3);
  const x = random.range(-reach, reach);
  for (;;) {
    const shape: Shape = kind === 'tabletop' ? random.pick(TABLETOP_SHAPES) : random.pick(VEHICLE_SHAPES);
    const look = { shape, colour: random.pick(COLOURS), material: random.pick(MATERIALS) };
    // Half of test-hard's things are of the combinations that no other split shows.
    const wantHeldOut = hard && index % 2 === 0;
    if (isHeldOut(look) !== wantHeldOut) continue;
    const build = kind === 'vehicles' && isVehicle(shape) ? random.int(0, buildCount(shape) - 1) : 0;
    return { ...look, build, size: random.pick(SIZES), x, y, turn: random.range(0, 2 * PI) };
  }
}

function isVehicle(shape: Shape): shape is (typeof VEHICLE_SHAPES)[number] {
  return VEHICLE_SHAPES.some((vehicle) => vehicle === shape);
}

/** The discs on the ground that a thing covers. */
function footprint(thing: Thing): { x: number; y: number; radius: number }[] {
  const scale = scaleOf(thing);
  if (!isVehicle(thing.shape)) return [{ x: thing.x, y: thing.y, radius: scale }];
  const [length, width] = {
    car: [0.68, 0.5],
    bus: [1.0, 0.48],
    aeroplane: [0.55, 0.85],
    bicycle: [0.72, 0.3],
    motorbike: [0.75, 0.36],
  }[thing.shape];
  return [-1, -0.5, 0, 0.5, 1].map((k) => ({
    x: thing.x + k * (length ?? 1) * scale * cos(thing.turn),
    y: thing.y + k * (length ?? 1) * scale * sin(thing.turn),
    radius: (width ?? 1) * scale,
  }));
}

const GAP = 0.22;

function tooNear(a: Thing, b: Thing): boolean {
  return footprint(a).some((p) =>
    footprint(b).some((q) => {
      const [dx, dy, room] = [p.x - q.x, p.y - q.y, p.radius + q.radius + GAP];
      return dx * dx + dy * dy < room * room;
    }),
  );
}

/** Whether a thing's footprint and top stay inside the picture, by a quick test; the sighting is the exact one. */
function inView(at: (x: number, y: number, z: number) => Projected, thing: Thing): boolean {
  const high = partsOf(thing).length === 1 ? 2 * scaleOf(thing) : scaleOf(thing);
  return footprint(thing).every(({ x, y, radius }) =>
    [0, high].every((z) => {
      const left = at(x - radius, y - radius, z);
      const right = at(x + radius, y - radius, z);
      return left.x > 0.01 && right.x < 0.99 && left.y > 0.02 && left.y < 0.98;
    }),
  );
}
