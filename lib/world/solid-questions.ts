import {
  type Answer,
  type Asked,
  ATTRIBUTES,
  type Attribute,
  type Difficulty,
  type Filter,
  type Query,
  type Question,
  SIDES,
  type Side,
  type Task,
  words,
} from './question';
import { Random } from './random';
import {
  COLOURS,
  MATERIALS,
  SIZES,
  type SolidScene,
  type Split,
  splitOf,
  TABLETOP_SHAPES,
  type Thing,
  VEHICLE_SHAPES,
} from './scene';
import { project, type Sighting, sight } from './sight';
import { sightedScene } from './solid-scenes';
import { bodiesOf } from './solids';
import { article, fill, list, pickWording } from './wording';

/** Questions on scenes of solids: counting, existence, relation, depth, distance, and referring expressions. */

const NOUNS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  cube: ['cube', 'cubes'],
  sphere: ['sphere', 'spheres'],
  cylinder: ['cylinder', 'cylinders'],
  car: ['car', 'cars'],
  bus: ['bus', 'buses'],
  aeroplane: ['aeroplane', 'aeroplanes'],
  bicycle: ['bicycle', 'bicycles'],
  motorbike: ['motorbike', 'motorbikes'],
};

/** "small red metal cube(s)", "large thing(s)" */
export function described(filter: Filter, many = false): string {
  const noun = NOUNS[filter.shape ?? ''] ?? ['object', 'objects'];
  return [filter.size, filter.colour, filter.material, noun[many ? 1 : 0]]
    .filter((word) => word !== undefined)
    .join(' ');
}

export const matches = (thing: Thing, filter: Filter): boolean =>
  (filter.size === undefined || thing.size === filter.size) &&
  (filter.colour === undefined || thing.colour === filter.colour) &&
  (filter.material === undefined || thing.material === filter.material) &&
  (filter.shape === undefined || thing.shape === filter.shape);

const SIDE_WORDS: Readonly<Record<Side, string>> = {
  left: 'to the left of',
  right: 'to the right of',
  front: 'in front of',
  behind: 'behind',
};

/** Everything that a question maker needs to know of a scene. Lengths are scene units, `x` and `y` shares of the picture. */
interface Known {
  scene: SolidScene;
  split: Split;
  random: Random;
  things: readonly Thing[];
  /** Middle of every thing: in the picture, along the camera's axis, and in the scene. */
  middle: readonly { x: number; y: number; depth: number; at: readonly [number, number, number] }[];
}

const HORIZONTAL_GAP = 0.045;
const DEPTH_GAP = 0.55;

/** Whether the one is on that side of the other; null where a viewer might doubt it. */
function beside(known: Known, one: number, other: number, side: Side): boolean | null {
  const a = known.middle[one];
  const b = known.middle[other];
  if (!a || !b) return null;
  if (side === 'left' || side === 'right') {
    const dx = side === 'left' ? b.x - a.x : a.x - b.x;
    const scene = side === 'left' ? b.at[0] - a.at[0] : a.at[0] - b.at[0];
    if (Math.abs(dx) < HORIZONTAL_GAP || Math.abs(scene) < 0.15 || dx > 0 !== scene > 0) return null;
    return dx > 0;
  }
  const dd = side === 'front' ? b.depth - a.depth : a.depth - b.depth;
  return Math.abs(dd) < DEPTH_GAP ? null : dd > 0;
}

/** The things of a filter that are on a side of another; null where any of them is doubtful. */
function countBeside(known: Known, filter: Filter, anchor: number, side: Side): number[] | null {
  const found: number[] = [];
  for (const [i, thing] of known.things.entries()) {
    if (i === anchor || !matches(thing, filter)) continue;
    const is = beside(known, i, anchor, side);
    if (is === null) return null;
    if (is) found.push(i);
  }
  return found;
}

/** Attributes by which a thing can be told from all others, the fewest that do; null where two are alike. */
function unique(known: Known, index: number): Filter | null {
  const thing = known.things[index];
  if (!thing) return null;
  const combos: (readonly Attribute[])[] = known.random.shuffle([
    ['shape'],
    ['colour', 'shape'],
    ['colour', 'shape'],
    ['material', 'shape'],
    ['size', 'shape'],
  ]);
  const longer: (readonly Attribute[])[] = known.random.shuffle([
    ['size', 'colour', 'shape'],
    ['colour', 'material', 'shape'],
    ['size', 'material', 'shape'],
  ]);
  for (const combo of [...combos, ...longer, ATTRIBUTES]) {
    const filter = pickAttributes(thing, combo);
    if (known.things.filter((other) => matches(other, filter)).length === 1) return filter;
  }
  return null;
}

function pickAttributes(thing: Thing, attributes: readonly Attribute[]): Filter {
  const filter: Filter = {};
  if (attributes.includes('size')) filter.size = thing.size;
  if (attributes.includes('colour')) filter.colour = thing.colour;
  if (attributes.includes('material')) filter.material = thing.material;
  if (attributes.includes('shape')) filter.shape = thing.shape;
  return filter;
}

/** A filter of one to three attributes, mostly after a thing of the scene. */
function someFilter(known: Known, atMost = 3): Filter {
  const { random } = known;
  const shapes = known.scene.kind === 'tabletop' ? TABLETOP_SHAPES : VEHICLE_SHAPES;
  const model: Thing = random.chance(0.75)
    ? random.pick(known.things)
    : {
        shape: random.pick(shapes),
        build: 0,
        colour: random.pick(COLOURS),
        material: random.pick(MATERIALS),
        size: random.pick(SIZES),
        x: 0,
        y: 0,
        turn: 0,
      };
  const count = random.int(1, atMost);
  return pickAttributes(model, random.shuffle(ATTRIBUTES).slice(0, count));
}

const attributeCount = (filter: Filter): number => Object.keys(filter).length;

interface Draft {
  kind: string;
  wordings: readonly string[];
  values: Readonly<Record<string, string>>;
  options?: readonly string[];
  answer: Answer;
  steps: readonly string[];
  difficulty: Difficulty;
  query: Query;
}

const level = (n: number): Difficulty => (n <= 1 ? 1 : n >= 5 ? 5 : n === 2 ? 2 : n === 3 ? 3 : 4);

/** How many things are easily taken in: more make a question harder by one. */
const crowd = (known: Known): number => (known.things.length > 6 ? 1 : 0);

const full = (thing: Thing): string => described(pickAttributes(thing, ATTRIBUTES));
const naming = (known: Known, found: readonly number[]): string =>
  found.length === 0
    ? 'none'
    : list(found.map((i) => article(full(known.things[i] ?? known.things[0] ?? NOTHING))));
const NOTHING: Thing = {
  shape: 'cube',
  build: 0,
  colour: 'gray',
  material: 'rubber',
  size: 'small',
  x: 0,
  y: 0,
  turn: 0,
};

const NUMBER_WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const number = (n: number): Answer => words(String(n), NUMBER_WORDS[n] ?? String(n));
const yesNo = (yes: boolean): Answer => words(yes ? 'yes' : 'no');

const indices = (known: Known, test: (thing: Thing, i: number) => boolean): number[] =>
  known.things.flatMap((thing, i) => (test(thing, i) ? [i] : []));

// --- counting --------------------------------------------------------------------------------------------------

const COUNT_ALL = [
  'How many different items are there in the image?',
  'How many objects are there in total?',
  'How many things can you see in the picture?',
  'Count all objects in the image.',
  'What is the total number of items shown?',
  'How many separate objects does the scene contain?',
  'Tell me how many items are in this picture.',
  'What number of things are on the ground?',
  'Number of objects in the scene?',
  'If you count every item shown, how many do you get?',
];
const COUNT = [
  'How many {many} are there?',
  'How many {many} are in the image?',
  'What number of {many} are there?',
  'Count the {many} in the picture.',
  'How many {many} can you see?',
  'What is the number of {many} in the scene?',
  'Tell me the number of {many}.',
  'In the image, how many {many} are visible?',
  'How many of the items are {many}?',
  'If you look for {many}, how many do you find?',
];
const COUNT_EITHER = [
  'How many objects are either {many} or {other}?',
  'How many things are {many} or {other}?',
  'What number of items are either {many} or {other}?',
  'Count the objects that are {many} or {other}.',
  'How many {many} and {other} are there altogether?',
  'In the picture, how many items are {many} or {other}?',
  'What is the number of things that are {many} or {other}?',
  'How many of the objects are {many} or {other}?',
  'Taken together, how many {many} and {other} are shown?',
  'How many items belong to the {many} or the {other}?',
];
const COUNT_BESIDE = [
  'How many {many} are {side} the {anchor}?',
  'What number of {many} are {side} the {anchor}?',
  'Count the {many} that are {side} the {anchor}.',
  'How many {many} can be found {side} the {anchor}?',
  'How many of the {many} are {side} the {anchor}?',
  'In the image, how many {many} are there {side} the {anchor}?',
  'What is the number of {many} {side} the {anchor}?',
  'How many {many} stand {side} the {anchor}?',
  'Looking {side} the {anchor}, how many {many} are there?',
  'There is one {anchor}. How many {many} are {side} it?',
];
const COUNT_SAME = [
  'How many other things are there of the same {attribute} as the {anchor}?',
  'How many other objects have the same {attribute} as the {anchor}?',
  'What number of other items have the same {attribute} as the {anchor}?',
  'Count the other objects of the same {attribute} as the {anchor}.',
  'How many other things share the {attribute} of the {anchor}?',
  'How many items besides the {anchor} have its {attribute}?',
  'Apart from the {anchor} itself, how many objects have the same {attribute}?',
  'What is the number of other things with the {attribute} of the {anchor}?',
  'The {anchor} has a certain {attribute}. How many others have it too?',
  'How many objects match the {anchor} in {attribute}, not counting it?',
];
const COUNT_MORE = [
  'How many more {many} than {other} are there?',
  'By how many do the {many} outnumber the {other}?',
  'What is the number of {many} minus the number of {other}?',
  'Subtract the number of {other} from the number of {many}. What do you get?',
  'How many fewer {other} than {many} are there?',
  'What is the difference between the number of {many} and the number of {other}?',
  'If every one of the {other} is paired with one of the {many}, how many {many} are left over?',
  'How much larger is the number of {many} than that of {other}?',
  'Count the {many}, then take away the number of {other}. What remains?',
  'The {many} are more than the {other}: by how many?',
];

function countAll(known: Known): Draft {
  const n = known.things.length;
  return {
    kind: 'count-all',
    wordings: COUNT_ALL,
    values: {},
    answer: number(n),
    steps: [
      `The objects are ${naming(
        known,
        indices(known, () => true),
      )}.`,
      `That makes ${n}.`,
    ],
    difficulty: level(1 + crowd(known)),
    query: { ask: 'count', of: {} },
  };
}

function count(known: Known): Draft {
  const of = someFilter(known);
  const found = indices(known, (thing) => matches(thing, of));
  return {
    kind: 'count-filter',
    wordings: COUNT,
    values: { many: described(of, true) },
    answer: number(found.length),
    steps: [`The ${described(of, true)} are: ${naming(known, found)}.`, `That makes ${found.length}.`],
    difficulty: level((attributeCount(of) > 1 ? 2 : 1) + crowd(known)),
    query: { ask: 'count', of },
  };
}

function countEither(known: Known): Draft | null {
  const of = someFilter(known, 2);
  const or = someFilter(known, 2);
  if (described(of) === described(or)) return null;
  // Neither may hold the other: then the question would have a needless half.
  const first = indices(known, (thing) => matches(thing, of));
  const second = indices(known, (thing) => matches(thing, or));
  if (
    ATTRIBUTES.every((a) => of[a] === undefined || of[a] === or[a]) ||
    ATTRIBUTES.every((a) => or[a] === undefined || or[a] === of[a])
  )
    return null;
  // "Altogether" must not count a thing twice: where the two overlap, only wordings by "or" would be clear.
  if (first.some((i) => second.includes(i))) return null;
  const found = [...first, ...second].sort((a, b) => a - b);
  return {
    kind: 'count-either',
    wordings: COUNT_EITHER,
    values: { many: described(of, true), other: described(or, true) },
    answer: number(found.length),
    steps: [
      `${described(of, true)}: ${naming(known, first)}.`,
      `${described(or, true)}: ${naming(known, second)}.`,
      `Together that makes ${found.length}.`,
    ],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'count-either', of, or },
  };
}

function countBesideDraft(known: Known): Draft | null {
  const anchor = known.random.int(0, known.things.length - 1);
  const name = unique(known, anchor);
  const of = someFilter(known, 2);
  const side = known.random.pick(SIDES);
  if (!name) return null;
  const found = countBeside(known, of, anchor, side);
  if (!found) return null;
  return {
    kind: 'count-beside',
    wordings: COUNT_BESIDE,
    values: { many: described(of, true), side: SIDE_WORDS[side], anchor: described(name) },
    answer: number(found.length),
    steps: [
      `The ${described(name)} is found.`,
      `${described(of, true)} ${SIDE_WORDS[side]} it: ${naming(known, found)}.`,
      `That makes ${found.length}.`,
    ],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'count-beside', of, side, anchor: name },
  };
}

function countSame(known: Known): Draft | null {
  const anchor = known.random.int(0, known.things.length - 1);
  const thing = known.things[anchor];
  const attribute = known.random.pick(ATTRIBUTES);
  const name = unique(known, anchor);
  if (!thing || !name || name[attribute] !== undefined) return null;
  const found = indices(known, (other, i) => i !== anchor && other[attribute] === thing[attribute]);
  return {
    kind: 'count-same',
    wordings: COUNT_SAME,
    values: { attribute: attributeWord(attribute), anchor: described(name) },
    answer: number(found.length),
    steps: [
      `The ${described(name)} has the ${attributeWord(attribute)} "${thing[attribute]}".`,
      `Others with it: ${naming(known, found)}.`,
      `That makes ${found.length}.`,
    ],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'count-same', attribute, anchor: name },
  };
}

const attributeWord = (attribute: Attribute): string => (attribute === 'colour' ? 'color' : attribute);

function countMore(known: Known): Draft | null {
  const of = someFilter(known, 2);
  const than = someFilter(known, 2);
  const first = indices(known, (thing) => matches(thing, of));
  const second = indices(known, (thing) => matches(thing, than));
  if (first.length <= second.length || second.length === 0 || described(of) === described(than)) return null;
  const answer = first.length - second.length;
  return {
    kind: 'count-more',
    wordings: COUNT_MORE,
    values: { many: described(of, true), other: described(than, true) },
    answer: number(answer),
    steps: [
      `${described(of, true)}: ${first.length}.`,
      `${described(than, true)}: ${second.length}.`,
      `${first.length} - ${second.length} = ${answer}.`,
    ],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'count-more', of, than },
  };
}

// --- existence -------------------------------------------------------------------------------------------------

const EXISTS = [
  'Is there {one} in the image?',
  'Are there any {many}?',
  'Can you see {one}?',
  'Does the picture show {one}?',
  'Is {one} present in the scene?',
  'Does the scene contain any {many}?',
  'Is there at least one {bare} in the picture?',
  'Are any {many} visible?',
  'Among the items, is there {one}?',
  'Would you find {one} here?',
];
const EXISTS_BESIDE = [
  'Is there {one} {side} the {anchor}?',
  'Are there any {many} {side} the {anchor}?',
  'Can you see {one} {side} the {anchor}?',
  'Is any {bare} {side} the {anchor}?',
  'Does the image show {one} {side} the {anchor}?',
  'Is at least one {bare} {side} the {anchor}?',
  'Are any {many} found {side} the {anchor}?',
  'Does {one} stand {side} the {anchor}?',
  'Looking {side} the {anchor}, is there {one}?',
  'Would you find {one} {side} the {anchor}?',
];
const MORE = [
  'Are there more {many} than {other}?',
  'Is the number of {many} greater than the number of {other}?',
  'Does the image show more {many} than {other}?',
  'Do the {many} outnumber the {other}?',
  'Are the {many} more numerous than the {other}?',
  'Comparing {many} and {other}, are there more of the former?',
  'Is it true that there are more {many} than {other}?',
  'Can you see more {many} than {other}?',
  'Are there fewer {other} than {many}?',
  'Is the count of {many} larger than the count of {other}?',
];
const SAME = [
  'Does the {one} have the same {attribute} as the {other}?',
  'Do the {one} and the {other} have the same {attribute}?',
  'Is the {attribute} of the {one} the same as that of the {other}?',
  'Are the {one} and the {other} of the same {attribute}?',
  'Does the {other} share its {attribute} with the {one}?',
  'Is it true that the {one} and the {other} have the same {attribute}?',
  'Comparing the {one} with the {other}, is their {attribute} the same?',
  'Has the {one} the same {attribute} as the {other}?',
  'Do the {one} and the {other} agree in {attribute}?',
  'Is there no difference in {attribute} between the {one} and the {other}?',
];

function exists(known: Known): Draft {
  const of = someFilter(known);
  const found = indices(known, (thing) => matches(thing, of));
  return {
    kind: 'exists',
    wordings: EXISTS,
    values: { one: article(described(of)), many: described(of, true), bare: described(of) },
    answer: yesNo(found.length > 0),
    steps: [
      `The ${described(of, true)} are: ${naming(known, found)}.`,
      found.length > 0 ? 'So there is one.' : 'So there is none.',
    ],
    difficulty: level((attributeCount(of) > 1 ? 2 : 1) + crowd(known)),
    query: { ask: 'exists', of },
  };
}

function existsBeside(known: Known): Draft | null {
  const anchor = known.random.int(0, known.things.length - 1);
  const name = unique(known, anchor);
  const of = someFilter(known, 2);
  const side = known.random.pick(SIDES);
  // Where no such thing is in the picture at all, the side would not matter.
  if (!name || !known.things.some((thing, i) => i !== anchor && matches(thing, of))) return null;
  const found = countBeside(known, of, anchor, side);
  if (!found) return null;
  return {
    kind: 'exists-beside',
    wordings: EXISTS_BESIDE,
    values: {
      one: article(described(of)),
      many: described(of, true),
      bare: described(of),
      side: SIDE_WORDS[side],
      anchor: described(name),
    },
    answer: yesNo(found.length > 0),
    steps: [
      `The ${described(name)} is found.`,
      `${described(of, true)} ${SIDE_WORDS[side]} it: ${naming(known, found)}.`,
    ],
    difficulty: level(2 + crowd(known)),
    query: { ask: 'exists-beside', of, side, anchor: name },
  };
}

function more(known: Known): Draft | null {
  const of = someFilter(known, 2);
  const than = someFilter(known, 2);
  if (described(of) === described(than)) return null;
  const first = indices(known, (thing) => matches(thing, of)).length;
  const second = indices(known, (thing) => matches(thing, than)).length;
  if (first + second === 0) return null;
  return {
    kind: 'more',
    wordings: MORE,
    values: { many: described(of, true), other: described(than, true) },
    answer: yesNo(first > second),
    steps: [`${described(of, true)}: ${first}.`, `${described(than, true)}: ${second}.`],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'more', of, than },
  };
}

function same(known: Known): Draft | null {
  const [one, other] = known.random.shuffle(known.things.map((_, i) => i));
  if (one === undefined || other === undefined) return null;
  const attribute = known.random.pick(ATTRIBUTES);
  const [a, b] = [unique(known, one), unique(known, other)];
  const [p, q] = [known.things[one], known.things[other]];
  // A name that says the attribute would give the answer away.
  if (!a || !b || !p || !q || (a[attribute] !== undefined && b[attribute] !== undefined)) return null;
  return {
    kind: 'same',
    wordings: SAME,
    values: { one: described(a), other: described(b), attribute: attributeWord(attribute) },
    answer: yesNo(p[attribute] === q[attribute]),
    steps: [
      `The ${attributeWord(attribute)} of the ${described(a)}: ${p[attribute]}.`,
      `The ${attributeWord(attribute)} of the ${described(b)}: ${q[attribute]}.`,
    ],
    difficulty: level(2 + crowd(known)),
    query: { ask: 'same', attribute, one: a, other: b },
  };
}

// --- relation, depth, distance: multiple choice, in CV-Bench's form ----------------------------------------------

const CHOOSE = ' Select from the following choices.';
const SIDE_QUESTION = [
  'Considering the relative positions of the {one} and the {other} in the image provided, where is the {one} located with respect to the {other}?',
  'Where is the {one} located with respect to the {other}?',
  'Where does the {one} stand relative to the {other}?',
  'Seen from the camera, where is the {one} compared with the {other}?',
  'What is the position of the {one} relative to the {other}?',
  'In the image, where can the {one} be found with respect to the {other}?',
  'Look at the {one} and the {other}. Where is the first relative to the second?',
  'With the {other} as the point of reference, where is the {one}?',
  'Taking the {other} as the origin, on which side is the {one}?',
  'From the viewpoint of the camera, how is the {one} placed relative to the {other}?',
];
const DEPTH_QUESTION = [
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
const DISTANCE_QUESTION = [
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

const letter = (i: number): string => String.fromCharCode(65 + i);

function choice(options: readonly string[], right: number): Answer {
  const l = letter(right);
  return words(`(${l})`, l, `(${l}) ${options[right]}`, options[right] ?? l);
}

const sideText = (sides: readonly Side[]): string =>
  sides.map((side) => (side === 'front' ? 'in front' : side === 'behind' ? 'behind' : side)).join(' and ');

function relation(known: Known): Draft | null {
  const [one, other] = known.random.shuffle(known.things.map((_, i) => i));
  if (one === undefined || other === undefined) return null;
  const [a, b] = [unique(known, one), unique(known, other)];
  if (!a || !b) return null;
  const across = beside(known, one, other, 'left');
  const along = beside(known, one, other, 'front');
  const form = known.random.pick(['across', 'along', 'both', 'both'] as const);
  if ((form !== 'along' && across === null) || (form !== 'across' && along === null)) return null;
  const h: Side = across ? 'left' : 'right';
  const d: Side = along ? 'front' : 'behind';
  const sets: Readonly<Record<typeof form, readonly (readonly Side[])[]>> = {
    across: [['left'], ['right']],
    along: [['front'], ['behind']],
    both: [
      ['left', 'front'],
      ['left', 'behind'],
      ['right', 'front'],
      ['right', 'behind'],
    ],
  };
  const truth = sideText(form === 'across' ? [h] : form === 'along' ? [d] : [h, d]);
  const choices = known.random.shuffle(sets[form]);
  const options = choices.map(sideText);
  return {
    kind: `relation-${form}`,
    wordings: SIDE_QUESTION,
    values: { one: described(a), other: described(b) },
    options,
    answer: choice(options, options.indexOf(truth)),
    steps: [`The ${described(a)} is ${truth} of the ${described(b)}.`.replace('behind of', 'behind')],
    difficulty: level((form === 'both' ? 3 : form === 'along' ? 2 : 1) + crowd(known)),
    query: { ask: 'side', of: a, anchor: b, choices },
  };
}

/** Things with names, in random order, as many as asked for; null where too few can be named. */
function namedThings(known: Known, count: number, without = -1): { index: number; name: Filter }[] | null {
  const out: { index: number; name: Filter }[] = [];
  for (const index of known.random.shuffle(known.things.map((_, i) => i))) {
    if (index === without || out.length === count) continue;
    const name = unique(known, index);
    if (name) out.push({ index, name });
  }
  return out.length === count ? out : null;
}

/** Index of the least value, where it is less than all others by the margin; null where it is not. */
function clearLeast(
  values: readonly number[],
  clear: (least: number, next: number) => boolean,
): number | null {
  const order = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const [least, next] = order;
  return least && next && clear(least.value, next.value) ? least.i : null;
}

function fromCamera(known: Known, index: number): number {
  const at = known.middle[index]?.at ?? [0, 0, 0];
  const { x, y, z } = known.scene.camera;
  return Math.sqrt((at[0] - x) * (at[0] - x) + (at[1] - y) * (at[1] - y) + (at[2] - z) * (at[2] - z));
}

function depth(known: Known): Draft | null {
  const among = namedThings(known, known.random.pick([2, 2, 3, 4]));
  if (!among) return null;
  const farthest = known.random.chance(0.5);
  const distances = among.map(({ index }) => fromCamera(known, index));
  const right = clearLeast(
    distances.map((d) => (farthest ? -d : d)),
    (least, next) => next - least > 0.7,
  );
  if (right === null) return null;
  const options = among.map(({ name }) => `the ${described(name)}`);
  return {
    kind: `depth-${among.length}`,
    wordings: DEPTH_QUESTION,
    values: { word: wordOf(farthest, among.length, 'from') },
    options,
    answer: choice(options, right),
    steps: among.map(
      ({ name }, i) =>
        `The ${described(name)} is about ${(distances[i] ?? 0).toFixed(1)} away from the camera.`,
    ),
    difficulty: level(among.length - 1 + crowd(known)),
    query: { ask: 'closest-to-camera', among: among.map(({ name }) => name), farthest },
  };
}

const wordOf = (farthest: boolean, count: number, from: string): string =>
  farthest
    ? `${count > 2 ? 'farthest' : 'farther'} ${count > 2 ? 'from' : `away ${from}`}`
    : `${count > 2 ? 'closest' : 'closer'} to`;

function distanceDraft(known: Known): Draft | null {
  const named = namedThings(known, known.random.pick([3, 3, 4, 5]));
  const anchor = named?.[0];
  if (!named || !anchor) return null;
  const among = named.slice(1);
  const farthest = known.random.chance(0.4);
  const from = known.middle[anchor.index]?.at ?? [0, 0, 0];
  const distances = among.map(({ index }) => {
    const at = known.middle[index]?.at ?? [0, 0, 0];
    return Math.sqrt((at[0] - from[0]) * (at[0] - from[0]) + (at[1] - from[1]) * (at[1] - from[1]));
  });
  const right = clearLeast(
    distances.map((d) => (farthest ? -d : d)),
    (least, next) => next - least > 0.6 && (farthest ? -least > -next * 1.25 : next > least * 1.25),
  );
  if (right === null) return null;
  const options = among.map(({ name }) => `the ${described(name)}`);
  return {
    kind: `distance-${among.length}`,
    wordings: DISTANCE_QUESTION,
    values: { word: wordOf(farthest, among.length, 'from'), anchor: described(anchor.name) },
    options,
    answer: choice(options, right),
    steps: among.map(
      ({ name }, i) =>
        `From the ${described(anchor.name)} to the ${described(name)} it is about ${(distances[i] ?? 0).toFixed(1)}.`,
    ),
    difficulty: level(among.length + crowd(known)),
    query: { ask: 'closest-to', anchor: anchor.name, among: among.map(({ name }) => name), farthest },
  };
}

// --- referring -------------------------------------------------------------------------------------------------

const REFER = [
  'Please provide the bounding box coordinate of the region this sentence describes: {that}.',
  'Locate {that} and give its bounding box.',
  'Give the bounding box of {that}.',
  'Where in the image is {that}? Answer with its bounding box.',
  'Find {that} and output its bounding box coordinates.',
  'Output the bounding box of {that} as [x1, y1, x2, y2].',
  'Detect {that} and return its box.',
  'What are the bounding box coordinates of {that}?',
  'Point out {that} by its bounding box.',
  'Draw a box around {that} and report its corners.',
];

const RANKS = ['', 'second ', 'third '];
const EXTREME: Readonly<Record<Side, (rank: number, noun: string) => string>> = {
  left: (rank, noun) => (rank === 0 ? `the leftmost ${noun}` : `the ${RANKS[rank]}${noun} from the left`),
  right: (rank, noun) => (rank === 0 ? `the rightmost ${noun}` : `the ${RANKS[rank]}${noun} from the right`),
  front: (rank, noun) =>
    rank === 0 ? `the ${noun} closest to the camera` : `the ${RANKS[rank]}closest ${noun} to the camera`,
  behind: (rank, noun) =>
    rank === 0
      ? `the ${noun} farthest from the camera`
      : `the ${RANKS[rank]}farthest ${noun} from the camera`,
};

function refer(known: Known, boxes: Sighting['boxes']): Draft | null {
  const form = known.random.pick(['name', 'extreme', 'beside'] as const);
  const boxOf = (index: number): Answer | null => {
    const box = boxes[index];
    return box ? { kind: 'box', box } : null;
  };
  if (form === 'name') {
    const index = known.random.int(0, known.things.length - 1);
    const name = unique(known, index);
    const answer = boxOf(index);
    if (!name || !answer) return null;
    return {
      kind: 'refer-name',
      wordings: REFER,
      values: { that: `the ${described(name)}` },
      answer,
      steps: [`Only one object is ${article(described(name))}.`],
      difficulty: level((attributeCount(name) > 2 ? 2 : 1) + crowd(known)),
      query: { ask: 'box', of: name },
    };
  }
  if (form === 'extreme') {
    const of = known.random.chance(0.3) ? {} : someFilter(known, 2);
    const found = indices(known, (thing) => matches(thing, of));
    if (found.length < 2) return null;
    const towards = known.random.pick(SIDES);
    const rank = known.random.int(0, Math.min(2, found.length - 1));
    const key = (i: number): number => {
      const m = known.middle[i];
      if (!m) return 0;
      return towards === 'left'
        ? m.x
        : towards === 'right'
          ? -m.x
          : towards === 'front'
            ? fromCamera(known, i)
            : -fromCamera(known, i);
    };
    const order = [...found].sort((a, b) => key(a) - key(b));
    const gap = towards === 'left' || towards === 'right' ? HORIZONTAL_GAP : DEPTH_GAP;
    for (let i = 0; i + 1 < order.length && i <= rank; i++) {
      if (key(order[i + 1] ?? 0) - key(order[i] ?? 0) < gap) return null;
    }
    const index = order[rank];
    const answer = index === undefined ? null : boxOf(index);
    if (!answer) return null;
    const noun = described(of);
    return {
      kind: 'refer-extreme',
      wordings: REFER,
      values: { that: EXTREME[towards](rank, noun) },
      answer,
      steps: [`In order, the ${described(of, true)} are: ${naming(known, order)}.`],
      difficulty: level(2 + rank + crowd(known)),
      query: { ask: 'box-extreme', of, towards, rank },
    };
  }
  const anchor = known.random.int(0, known.things.length - 1);
  const name = unique(known, anchor);
  const of = someFilter(known, 2);
  const side = known.random.pick(SIDES);
  if (!name || indices(known, (thing) => matches(thing, of)).length < 2) return null;
  const found = countBeside(known, of, anchor, side);
  const [index] = found ?? [];
  const answer = index !== undefined && found?.length === 1 ? boxOf(index) : null;
  if (!answer) return null;
  return {
    kind: 'refer-beside',
    wordings: REFER,
    values: { that: `the ${described(of)} ${SIDE_WORDS[side]} the ${described(name)}` },
    answer,
    steps: [`The ${described(name)} is found.`, `Only one ${described(of)} is ${SIDE_WORDS[side]} it.`],
    difficulty: level(3 + crowd(known)),
    query: { ask: 'box-beside', of, side, anchor: name },
  };
}

// --- all together ----------------------------------------------------------------------------------------------

export type SolidTask = Extract<
  Task,
  'counting' | 'existence' | 'relation' | 'depth' | 'distance' | 'referring'
>;

const MAKERS: Readonly<Record<Exclude<SolidTask, 'referring'>, readonly ((known: Known) => Draft | null)[]>> =
  {
    counting: [countAll, count, count, countEither, countBesideDraft, countSame, countMore],
    existence: [exists, existsBeside, more, same],
    relation: [relation],
    depth: [depth],
    distance: [distanceDraft],
  };

function known(scene: SolidScene, random: Random): Known {
  const bodies = bodiesOf(scene);
  return {
    scene,
    split: splitOf(scene.seed),
    random,
    things: scene.things,
    middle: scene.things.map((thing, i) => {
      const z = bodies[i]?.z ?? 0;
      const p = project(scene, thing.x, thing.y, z, 1);
      return { ...p, at: [thing.x, thing.y, z] as const };
    }),
  };
}

/** Counts that are asked for, each as often as any other. */
const MOST_COUNT = 8;

/**
 * A question of a task on a scene; null where the scene has none with the wanted answer. `want` is a number that decides
 * the answer evenly: the count, yes or no, or the place of the right option.
 */
export function askSolid(
  task: SolidTask,
  scene: SolidScene,
  random: Random,
  want: number,
  size: number,
): Question | null {
  const facts = known(scene, random);
  const boxes = task === 'referring' ? sight(scene, size).boxes : [];
  const wanted = (draft: Draft): Draft | null => {
    if (draft.answer.kind === 'box') return draft;
    if (task === 'counting') return draft.answer.forms[0] === String(want % (MOST_COUNT + 1)) ? draft : null;
    if (task === 'existence') return draft.answer.forms[0] === (want % 2 === 0 ? 'yes' : 'no') ? draft : null;
    return draft;
  };
  for (let t = 0; t < 60; t++) {
    const made = task === 'referring' ? refer(facts, boxes) : random.pick(MAKERS[task])(facts);
    const draft = made && wanted(made);
    if (!draft) continue;
    const wording = pickWording(facts.split, random, draft.wordings);
    const options = draft.options ?? null;
    return {
      task,
      kind: draft.kind,
      text:
        fill(wording.template, draft.values) +
        (options ? `${CHOOSE}\n${options.map((o, i) => `(${letter(i)}) ${o}`).join('\n')}` : ''),
      options,
      answer: draft.answer,
      steps: draft.steps,
      difficulty: draft.difficulty,
      phrasing: { index: wording.index, seen: wording.seen },
      query: draft.query,
    };
  }
  return null;
}

/** A scene and a question on it, from one seed; boxes are for a picture of `size` pixels. */
export function solidQuestion(task: SolidTask, seed: number, size: number): Asked<SolidScene> {
  const random = new Random(seed, `ask/${task}`);
  let want = random.int(0, 2 ** 20);
  const kind = random.chance(0.5) ? 'tabletop' : 'vehicles';
  for (let attempt = 0; ; attempt++) {
    // An answer that scenes of this split hardly ever have gives way to another.
    if (attempt > 0 && attempt % 24 === 0) want = random.int(0, 2 ** 20);
    const { scene } = sightedScene(kind, sceneSeed(seed, attempt));
    const question = askSolid(task, scene, random.split(String(attempt)), want, size);
    if (question) return { scene, question };
  }
}

/** The seeds of the scenes that are tried for a sample: its own, then others of the same split. */
function sceneSeed(seed: number, attempt: number): number {
  if (attempt === 0) return seed;
  const random = new Random(seed, `scene/${attempt}`);
  const half = 2 ** 51;
  return Math.floor(seed / half) * half + Math.floor(random.float() * half);
}
