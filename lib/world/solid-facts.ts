import {
  ATTRIBUTES,
  type Attribute,
  type Difficulty,
  type Filter,
  type QuestionDraft,
  SIDES,
  type Side,
} from './question';
import type { Random } from './random';
import {
  type Box,
  COLOURS,
  MATERIALS,
  SIZES,
  type SolidScene,
  TABLETOP_SHAPES,
  type Thing,
  VEHICLE_SHAPES,
} from './scene';
import { project, sight } from './sight';
import { type CountRange, SMALLEST_SIZE } from './solid-scenes';
import { bodiesOf } from './solids';
import { article, capital } from './wording';

/** What a question maker knows of a scene of solids: names for its things, and where they stand to one another. */

/** Middle of a thing: across the picture (a share of its side), along the camera's axis, and in the scene. Scene units. */
interface Place {
  across: number;
  depth: number;
  at: readonly [x: number, y: number, z: number];
  /** Of a sphere around it. */
  radius: number;
}

export interface Facts {
  scene: SolidScene;
  random: Random;
  things: readonly Thing[];
  places: readonly Place[];
  /** What a description may go by; the same for all tries on a scene, where an easy one must not be likelier. */
  attributes: readonly Attribute[];
  boxOf(index: number): Box | null;
  /** Middle across the picture of what is seen of a thing, a share of the side; the same for every size of the picture. */
  seenAcross(index: number): number;
}

/** What is settled of a question before there is a scene, so that no kind and no answer is likelier for being easy to find. */
export interface Plan {
  things: CountRange;
  /** Whether the scene may be painted anew to suit the question. */
  paint: boolean;
  /** Null where the scene, with these random choices, has no such question: then it is tried again. */
  draft(facts: Facts): QuestionDraft | null;
}

export function factsOf(scene: SolidScene, random: Random, size: number): Facts {
  const bodies = bodiesOf(scene);
  let boxes: readonly (Box | null)[] | null = null;
  let smallest: readonly (Box | null)[] | null = null;
  return {
    scene,
    random,
    things: scene.things,
    places: scene.things.map((thing, i) => {
      const { z, radius } = bodies[i] ?? { z: 0, radius: 0 };
      const { x, depth } = project(scene, thing.x, thing.y, z, 1);
      return { across: x, depth, at: [thing.x, thing.y, z] as const, radius };
    }),
    attributes: someAttributes(random),
    boxOf(index) {
      boxes ??= sight(scene, size).boxes;
      return boxes[index] ?? null;
    },
    seenAcross(index) {
      smallest ??= sight(scene, SMALLEST_SIZE).boxes;
      const box = smallest[index];
      return box ? (box[0] + box[2]) / (2 * SMALLEST_SIZE) : Number.NaN;
    },
  };
}

/** One to three attributes; mostly with a colour or a material, which every number of things can have. */
export function someAttributes(random: Random): readonly Attribute[] {
  for (;;) {
    const some = random.shuffle(ATTRIBUTES).slice(0, random.int(1, 3));
    if (some.includes('colour') || some.includes('material') || random.chance(0.5)) return some;
  }
}

// --- descriptions ----------------------------------------------------------------------------------------------

/** "small red metal cube(s)", "large object(s)" */
export function described(filter: Filter, many = false): string {
  const noun = filter.shape ?? 'object';
  const ending = many ? (noun === 'bus' ? 'es' : 's') : '';
  return [filter.size, filter.colour, filter.material, noun + ending]
    .filter((word) => word !== undefined)
    .join(' ');
}

export const matches = (thing: Thing, filter: Filter): boolean =>
  (filter.size === undefined || thing.size === filter.size) &&
  (filter.colour === undefined || thing.colour === filter.colour) &&
  (filter.material === undefined || thing.material === filter.material) &&
  (filter.shape === undefined || thing.shape === filter.shape);

/** Indices of the things that a description fits. */
export const found = (facts: Facts, filter: Filter): number[] =>
  facts.things.flatMap((thing, i) => (matches(thing, filter) ? [i] : []));

function pickAttributes(
  thing: Omit<Thing, 'x' | 'y' | 'turn' | 'build'>,
  attributes: readonly Attribute[],
): Filter {
  const filter: Filter = {};
  if (attributes.includes('size')) filter.size = thing.size;
  if (attributes.includes('colour')) filter.colour = thing.colour;
  if (attributes.includes('material')) filter.material = thing.material;
  if (attributes.includes('shape')) filter.shape = thing.shape;
  return filter;
}

/** A description by the given attributes, mostly after a thing of the scene. */
export function someFilter({ scene, random, things }: Facts, attributes: readonly Attribute[]): Filter {
  const shapes = scene.kind === 'tabletop' ? TABLETOP_SHAPES : VEHICLE_SHAPES;
  return pickAttributes(
    random.chance(0.75)
      ? random.pick(things)
      : {
          shape: random.pick(shapes),
          colour: random.pick(COLOURS),
          material: random.pick(MATERIALS),
          size: random.pick(SIZES),
        },
    attributes,
  );
}

const NAMES_BY_FEW: readonly (readonly Attribute[])[] = [
  ['shape'],
  ['colour', 'shape'],
  ['colour', 'shape'],
  ['material', 'shape'],
  ['size', 'shape'],
  ['colour'],
];
const NAMES_BY_MORE: readonly (readonly Attribute[])[] = [
  ['size', 'colour', 'shape'],
  ['colour', 'material', 'shape'],
  ['size', 'material', 'shape'],
  ['size', 'colour', 'material'],
];

/** A thing's name: a description that no other thing fits, without the given attribute. Null where there is none. */
export function nameOf(facts: Facts, index: number, without?: Attribute): Filter | null {
  const thing = facts.things[index];
  if (!thing) return null;
  const { random } = facts;
  for (const attributes of [...random.shuffle(NAMES_BY_FEW), ...random.shuffle(NAMES_BY_MORE), ATTRIBUTES]) {
    if (without !== undefined && attributes.includes(without)) continue;
    const name = pickAttributes(thing, attributes);
    if (found(facts, name).length === 1) return name;
  }
  return null;
}

export interface Named {
  index: number;
  name: Filter;
}

/** Things with names, in random order, as many as asked for; null where too few can be named. */
export function namedThings(facts: Facts, count: number): Named[] | null {
  const out: Named[] = [];
  for (const index of facts.random.shuffle(facts.things.map((_, i) => i))) {
    if (out.length === count) break;
    const name = nameOf(facts, index);
    if (name) out.push({ index, name });
  }
  return out.length === count ? out : null;
}

/** A random thing with a name. */
export function anchorOf(facts: Facts, without?: Attribute): Named | null {
  const index = facts.random.int(0, facts.things.length - 1);
  const name = nameOf(facts, index, without);
  return name && { index, name };
}

/** All that is to say of a thing: "small red metal cube" */
export function look(facts: Facts, index: number): string {
  const thing = facts.things[index];
  return thing ? described(pickAttributes(thing, ATTRIBUTES)) : '';
}

/** Middle of a thing's box across the picture, or where it meets the ground, in whole pixels. */
export function pixel(facts: Facts, index: number, axis: 'x' | 'y'): number {
  const [x1, , x2, y2] = facts.boxOf(index) ?? [0, 0, 0, 0];
  return axis === 'x' ? Math.floor((x1 + x2) / 2) : y2;
}

/** Where one points at a thing: "x=12, y=40" */
export const spot = (facts: Facts, index: number): string =>
  `x=${pixel(facts, index, 'x')}, y=${pixel(facts, index, 'y')}`;

/** All things, from left to right. */
export const leftToRight = (facts: Facts): number[] =>
  facts.things
    .map((_, i) => i)
    .sort(
      (a, b) => pixel(facts, a, 'x') - pixel(facts, b, 'x') || pixel(facts, a, 'y') - pixel(facts, b, 'y'),
    );

/**
 * Looks at one thing after the other, and says of each what it makes of it: "at x=12, y=40 a small red metal cube (1), at
 * x=80, y=51 a large … (no)". Where it is comes first, so that what is said of it can be read off there; and things that
 * do not count are named as well: who names but those that were asked for, soon sees what was asked for.
 */
export const scanned = (facts: Facts, order: readonly number[], verdict: (index: number) => string): string =>
  order.map((i) => `at ${spot(facts, i)} ${article(look(facts, i))} (${verdict(i)})`).join(', ');

/** Which of some things this one is, in the order of a look: 1 for the first; 0 where it is none of them. */
export const nth = (order: readonly number[], some: readonly number[], index: number): number =>
  order.filter((i) => some.includes(i)).indexOf(index) + 1;

/** "Red cubes, from left to right: at x=12, y=40 a small red metal cube (1), at x=80, y=51 a large … (no)." */
export const counted = (facts: Facts, some: readonly number[], what: string): string => {
  const order = leftToRight(facts);
  const verdict = (i: number) => String(nth(order, some, i) || 'no');
  return `${capital(what)}, from left to right: ${scanned(facts, order, verdict)}.`;
};

/** Two counts at one look, that have no thing in common: "A: red cubes, B: balls. From left to right: at … (A 1), …" */
export const countedBoth = (
  facts: Facts,
  a: { filter: Filter; some: readonly number[] },
  b: { filter: Filter; some: readonly number[] },
): string => {
  const order = leftToRight(facts);
  const verdict = (i: number) =>
    a.some.includes(i)
      ? `A ${nth(order, a.some, i)}`
      : b.some.includes(i)
        ? `B ${nth(order, b.some, i)}`
        : 'no';
  const header = `A: ${described(a.filter, true)}, B: ${described(b.filter, true)}.`;
  return `${header} From left to right: ${scanned(facts, order, verdict)}.`;
};

/** "The red cube is at x=12, y=40." */
export const pointedAt = (facts: Facts, { index, name }: Named): string =>
  `The ${described(name)} is at ${spot(facts, index)}.`;

// --- places ----------------------------------------------------------------------------------------------------

export const SIDE_WORDS: Readonly<Record<Side, string>> = {
  left: 'to the left of',
  right: 'to the right of',
  front: 'in front of',
  behind: 'behind',
};

/** What must lie between two things so that nobody doubts which is farther left (a share of the side) or nearer. */
export const ACROSS_GAP = 0.05;
export const DEPTH_GAP = 0.6;
/** Half of a thing may be hidden: the middles of what is seen have to lie apart as well, in the same order. */
const SEEN_GAP = 0.03;

/** Whether the one is on that side of the other; null where a viewer might doubt it. */
export function beside(facts: Facts, one: number, other: number, side: Side): boolean | null {
  const a = facts.places[one];
  const b = facts.places[other];
  if (!a || !b) return null;
  const [picture, scene, gap] =
    side === 'left' || side === 'right'
      ? [b.across - a.across, b.at[0] - a.at[0], ACROSS_GAP]
      : // The near sides must agree with the middles: a large thing reaches farther forward.
        [b.depth - a.depth, b.depth - b.radius - (a.depth - a.radius), DEPTH_GAP];
  if (Math.abs(picture) < gap || Math.abs(scene) < 0.2 || picture > 0 !== scene > 0) return null;
  if (side === 'left' || side === 'right') {
    const seen = facts.seenAcross(other) - facts.seenAcross(one);
    if (!(Math.abs(seen) >= SEEN_GAP) || seen > 0 !== picture > 0) return null;
  }
  return picture > 0 === (side === 'left' || side === 'front');
}

/** The things of a description that are on a side of another; null where any of them is doubtful. */
function foundBeside(facts: Facts, filter: Filter, anchor: number, side: Side): number[] | null {
  const out: number[] = [];
  for (const i of found(facts, filter)) {
    if (i === anchor) continue;
    const is = beside(facts, i, anchor, side);
    if (is === null) return null;
    if (is) out.push(i);
  }
  return out;
}

export interface Beside {
  of: Filter;
  side: Side;
  anchor: Named;
  /** Which of the described things are there. */
  some: readonly number[];
}

/** A description, and which of the things that it fits are beside another thing; null where that is doubtful. */
export function someBeside(facts: Facts, attributes: readonly Attribute[]): Beside | null {
  const anchor = anchorOf(facts);
  const of = someFilter(facts, attributes.slice(0, 2));
  const side = facts.random.pick(SIDES);
  // Where no such thing is in the picture at all, the side would not matter.
  if (!anchor || !found(facts, of).some((i) => i !== anchor.index)) return null;
  const some = foundBeside(facts, of, anchor.index, side);
  return some && { of, side, anchor, some };
}

/** "The ball is at x=61, y=80. Red cubes to the left of it, from left to right: at … (1), at … (no)." */
export const countedBeside = (facts: Facts, { of, side, anchor, some }: Beside): string =>
  `${pointedAt(facts, anchor)} ${counted(facts, some, `${described(of, true)} ${SIDE_WORDS[side]} it`)}`;

/** From the camera to a thing's middle. */
export function fromCamera(facts: Facts, index: number): number {
  const { x, y, z } = facts.scene.camera;
  const [px = 0, py = 0, pz = 0] = facts.places[index]?.at ?? [];
  return Math.sqrt((px - x) * (px - x) + (py - y) * (py - y) + (pz - z) * (pz - z));
}

/** Solutions say lengths in whole centimetres: a unit of the scene has ten, so that a small cube has a side of seven. */
export const centimetres = (units: number): number => Math.round(units * 10);

/** Where a thing stands, seen from above, in centimetres from a corner that is left of all things and before them. */
export function groundOf(facts: Facts, index: number): readonly [x: number, y: number] {
  const { x, y } = facts.things[index] ?? { x: 0, y: 0 };
  return [centimetres(x + GROUND), centimetres(y + GROUND)];
}
const GROUND = 5;

// --- difficulty ------------------------------------------------------------------------------------------------

/** More than six things are not taken in at a glance, which makes a question harder by one. */
export const level = (facts: Facts, n: number): Difficulty => {
  const levels = [1, 2, 3, 4, 5] as const;
  return levels[Math.min(4, n - 1 + (facts.things.length > 6 ? 1 : 0))] ?? 5;
};
