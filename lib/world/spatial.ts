import { choiceAnswer, concluded, letterOf } from './answers';
import type { Filter, Side } from './question';
import type { Random } from './random';
import {
  beside,
  centimetres,
  described,
  type Facts,
  fromCamera,
  groundOf,
  level,
  type Named,
  namedThings,
  nameOf,
  type Plan,
  pixel,
  spot,
} from './solid-facts';

/** Relation, depth and distance: multiple choice in CV-Bench's form. */

const RELATION = [
  'Considering the relative positions of the {one} and the {other} in the image provided, where is the {one} located with respect to the {other}?',
  'Where is the {one} located with respect to the {other}?',
  'Where does the {one} stand relative to the {other}?',
  'Seen from the camera, where is the {one} compared with the {other}?',
  'What is the position of the {one} relative to the {other}?',
  'In the image, where can the {one} be found with respect to the {other}?',
  'Look at the {one} and the {other}. Where is the first relative to the second?',
  'With the {other} as the point of reference, where is the {one}?',
  'Taking the {other} as the starting point, where does the {one} lie?',
  'From the viewpoint of the camera, how is the {one} placed relative to the {other}?',
];
const DEPTH = [
  'Which object is {word} the camera taking this photo?',
  'Which of these objects is {word} the camera?',
  'Which object is {word} the viewer?',
  'Of the following objects, which one is {word} the camera?',
  'Estimate depths in the image: which object is {word} the camera?',
  'Judging by depth, which of them is {word} the camera taking the picture?',
  'Which one stands {word} the camera?',
  'If you measured from the camera, which object would be {word} it?',
  'Which of the listed items lies {word} the lens?',
  'Comparing distances to the camera, which object is {word} it?',
];
const DISTANCE = [
  'Estimate the real-world distances between objects in this image. Which object is {word} the {anchor}?',
  'Which object is {word} the {anchor}?',
  'Which of these objects is {word} the {anchor} in the scene?',
  'Judging real distances on the ground, which object is {word} the {anchor}?',
  'Of the following, which is {word} the {anchor}?',
  'If you walked from the {anchor}, which of these objects would be {word} it?',
  'Compare the distances to the {anchor}: which object is {word} it?',
  'Which one stands {word} the {anchor} in the real world?',
  'Which of the listed items lies {word} the {anchor}?',
  'Measured from the {anchor}, which object is {word} it?',
];

const sideText = (sides: readonly Side[]): string =>
  sides.map((side) => (side === 'front' ? 'in front' : side)).join(' and ');

/** Axes by which the place is asked for. With these weights no letter and no text stands out. */
const FORMS = [
  { form: 'across', weight: 19, choices: [['left'], ['right']] },
  { form: 'along', weight: 19, choices: [['front'], ['behind']] },
  {
    form: 'both',
    weight: 62,
    choices: [
      ['left', 'front'],
      ['left', 'behind'],
      ['right', 'front'],
      ['right', 'behind'],
    ],
  },
] as const;

export function relationPlan(random: Random): Plan {
  const { form, choices } = random.pickWeighted(FORMS);
  const order: readonly (readonly Side[])[] = random.shuffle<readonly Side[]>(choices);
  const right = random.int(0, order.length - 1);
  const truth = order[right] ?? [];
  return {
    things: [3, 12],
    paint: false,
    draft(facts) {
      const [one, other] = facts.random.shuffle(facts.things.map((_, i) => i));
      if (one === undefined || other === undefined) return null;
      if (truth.some((side) => beside(facts, one, other, side) !== true)) return null;
      const [a, b] = [nameOf(facts, one), nameOf(facts, other)];
      if (!a || !b) return null;
      const options = order.map(sideText);
      const answer = choiceAnswer(options, right);
      const passed = options
        .slice(0, right + 1)
        .map((option, i) => `(${letterOf(i)}) ${option} (${i === right ? 'yes' : 'no'})`);
      return {
        kind: `relation-${form}`,
        wordings: RELATION,
        values: { one: described(a), other: described(b) },
        options,
        answer,
        steps: [
          ...truth.map((side) => {
            const axis = side === 'left' || side === 'right' ? 'x' : 'y';
            const at = (i: number) => `at ${axis}=${pixel(facts, i, axis)}`;
            return `The ${described(a)} is ${at(one)} and the ${described(b)} ${at(other)}, so it is ${PLACED[side]}.`;
          }),
          // What is said first can be seen, and what follows from it comes behind: a model writes from left to right.
          `So it is ${options[right]}: ${passed.join(', ')}.`,
          `The answer is ${concluded(answer, options)}.`,
        ],
        difficulty: level(facts, form === 'both' ? 3 : form === 'along' ? 2 : 1),
        query: { ask: 'side', of: a, anchor: b, choices: order },
      };
    },
  };
}

const PLACED: Readonly<Record<Side, string>> = {
  left: 'farther left in the image',
  right: 'farther right in the image',
  front: 'nearer to the camera',
  behind: 'farther from the camera',
};

/** How many things stand to choice: with these weights no letter stands out. */
const CHOICES = [
  { count: 2, weight: 22 },
  { count: 3, weight: 30 },
  { count: 4, weight: 48 },
] as const;

export function depthPlan(random: Random): Plan {
  return comparisonPlan(random, (facts, count) => {
    const named = namedThings(facts, count);
    return (
      named && {
        task: 'depth',
        wordings: DEPTH,
        named,
        distance: (i) => fromCamera(facts, i),
        clear: { gap: 0.8, factor: 1.08 },
        said: (thing, distance, i) =>
          `The ${thing} at ${spot(facts, i)} is about ${distance} cm away from the camera`,
        query: { ask: 'closest-to-camera' },
      }
    );
  });
}

export function distancePlan(random: Random): Plan {
  return comparisonPlan(random, (facts, count) => {
    const [anchor, ...named] = namedThings(facts, count + 1) ?? [];
    return anchor
      ? {
          task: 'distance',
          wordings: DISTANCE,
          named,
          anchor: described(anchor.name),
          distance: (i) => onGround(facts, anchor.index, i),
          clear: { gap: 0.7, factor: 1.25 },
          first: `Seen from above, the ${described(anchor.name)} stands at ${place(facts, anchor.index)}.`,
          said(thing, distance, i) {
            const [across, along] = apart(facts, anchor.index, i);
            return `The ${thing} at ${place(facts, i)}, ${across} across and ${along} along, is about ${distance} cm from it`;
          },
          query: { ask: 'closest-to', anchor: anchor.name },
        }
      : null;
  });
}

interface Comparison {
  task: 'depth' | 'distance';
  wordings: readonly string[];
  named: readonly Named[];
  /** What the distances are measured from, where it is a thing. */
  anchor?: string;
  distance(index: number): number;
  /** By what the nearest (or the farthest) must stand out: scene units, and a factor. */
  clear: { gap: number; factor: number };
  /** What the distances are measured from, said before them. */
  first?: string;
  /** Without a full stop. */
  said(thing: string, distance: number, index: number): string;
  query: { ask: 'closest-to-camera' } | { ask: 'closest-to'; anchor: Filter };
}

/** Which of some things is the nearest or the farthest, with the right one at a place that was drawn before. */
function comparisonPlan(random: Random, compare: (facts: Facts, count: number) => Comparison | null): Plan {
  const { count } = random.pickWeighted(CHOICES);
  const farthest = random.chance(0.5);
  const right = random.int(0, count - 1);
  return {
    things: [count + 1, 12],
    paint: false,
    draft(facts) {
      const comparison = compare(facts, count);
      const chosen = comparison && ordered(facts, comparison, right, farthest);
      if (!chosen) return null;
      const { task, wordings, anchor = '', distance, first, said, query } = comparison;
      const options = chosen.map(({ name }) => described(name));
      const answer = choiceAnswer(options, right);
      const lengths = chosen.map(({ index }) => centimetres(distance(index)));
      const compared = chosen.map(
        ({ index }, i) =>
          `(${letterOf(i)}) ${said(options[i] ?? '', lengths[i] ?? 0, index)}${soFar(lengths, i, farthest)}`,
      );
      return {
        kind: `${task}-${count}`,
        wordings,
        values: { word: wordOf(farthest, count), anchor },
        options,
        answer,
        steps: [
          `I look for the ${farthest ? 'largest' : 'smallest'} distance.`,
          ...(first === undefined ? [] : [first]),
          ...compared,
          `The answer is ${concluded(answer, options)}.`,
        ],
        difficulty: level(facts, task === 'depth' ? count - 1 : count),
        query: { ...query, among: chosen.map(({ name }) => name), farthest },
      };
    },
  };
}

const wordOf = (farthest: boolean, count: number): string =>
  farthest ? (count > 2 ? 'farthest from' : 'farther away from') : count > 2 ? 'closest to' : 'closer to';

/** ", smaller of 80 and 99: (B) 80." Which is the best so far, once both are said that decide it. */
function soFar(lengths: readonly number[], i: number, farthest: boolean): string {
  const length = lengths[i] ?? 0;
  if (i === 0) return `: (A) ${length}.`;
  const extreme = farthest ? Math.max : Math.min;
  const before = extreme(...lengths.slice(0, i));
  const best = extreme(before, length);
  return `, ${farthest ? 'larger' : 'smaller'} of ${length} and ${before}: (${letterOf(lengths.indexOf(best))}) ${best}.`;
}

const place = (facts: Facts, index: number): string => `(${groundOf(facts, index).join(', ')})`;

/** How far apart two things stand on the ground along its two axes, in centimetres. */
function apart(facts: Facts, one: number, other: number): readonly [across: number, along: number] {
  const [ax, ay] = groundOf(facts, one);
  const [bx, by] = groundOf(facts, other);
  return [Math.abs(ax - bx), Math.abs(ay - by)];
}

function onGround(facts: Facts, one: number, other: number): number {
  const [ax = 0, ay = 0] = facts.places[one]?.at ?? [];
  const [bx = 0, by = 0] = facts.places[other]?.at ?? [];
  return Math.sqrt((ax - bx) * (ax - bx) + (ay - by) * (ay - by));
}

/**
 * The things with the nearest (or the farthest) of them at the wished place; null where it is not clear. It is clear
 * where its middle is nearer than the next one's by a gap and a factor, and its near side is the nearest as well.
 */
function ordered(
  facts: Facts,
  { named, distance, clear }: Comparison,
  right: number,
  farthest: boolean,
): Named[] | null {
  const sign = farthest ? -1 : 1;
  const measured = named.map((thing) => {
    const middle = distance(thing.index);
    return { thing, middle, near: middle - (facts.places[thing.index]?.radius ?? 0) };
  });
  const [best, next] = [...measured].sort((a, b) => sign * (a.middle - b.middle));
  if (!best || !next) return null;
  const [low, high] = farthest ? [next.middle, best.middle] : [best.middle, next.middle];
  if (high - low < clear.gap || high < low * clear.factor) return null;
  if (measured.some((other) => other !== best && sign * (other.near - best.near) <= 0)) return null;
  const rest = named.filter((thing) => thing !== best.thing);
  return [...rest.slice(0, right), best.thing, ...rest.slice(right)];
}
