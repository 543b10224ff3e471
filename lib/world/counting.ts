import { numberAnswer } from './answers';
import { ATTRIBUTES, type Attribute, type QuestionDraft } from './question';
import type { Random } from './random';
import {
  anchorOf,
  counted,
  countedBeside,
  countedBoth,
  described,
  type Facts,
  found,
  level,
  type Plan,
  SIDE_WORDS,
  someAttributes,
  someBeside,
  someFilter,
  spot,
} from './solid-facts';
import type { CountRange } from './solid-scenes';
import { article } from './wording';

/** Counting: everything, what a description fits, what is beside a thing or like it, sums and differences of counts. */

const ALL = [
  'How many different items are there in the image?',
  'How many objects are there in total?',
  'How many things can you see in the picture?',
  'Count all objects in the image.',
  'What is the total number of items shown?',
  'How many separate objects does the scene contain?',
  'Tell me how many items are in this picture.',
  'How many things stand on the ground?',
  'What is the number of objects in the scene?',
  'If you count every item shown, how many do you get?',
];
const FITTING = [
  'How many {many} are there?',
  'How many {many} are in the image?',
  'What number of {many} are there?',
  'Count the {many} in the picture.',
  'How many {many} can you see?',
  'What is the number of {many} in the scene?',
  'Tell me the number of {many}.',
  'In the image, how many {many} are visible?',
  'How many {many} does the picture show?',
  'If you look for {many}, how many do you find?',
];
const EITHER = [
  'How many {many} and {other} are there altogether?',
  'What is the number of {many} plus the number of {other}?',
  'Count the {many} and the {other}. How many are there in all?',
  'How many {many} or {other} can you see in total?',
  'Add the number of {other} to the number of {many}. What do you get?',
  'In the picture, how many {many} and {other} are there together?',
  'What is the total number of {many} and {other}?',
  'How many objects are counted if you count the {many} and the {other}?',
  'Taken together, how many {many} and {other} are shown?',
  'The {many} and the {other}: how many are they in total?',
];
const BESIDE = [
  'How many {many} are {side} the {anchor}?',
  'What number of {many} are {side} the {anchor}?',
  'Count the {many} that are {side} the {anchor}.',
  'How many {many} can be found {side} the {anchor}?',
  'How many of the {many} are {side} the {anchor}?',
  'In the image, how many {many} are there {side} the {anchor}?',
  'What is the number of {many} {side} the {anchor}?',
  'How many {many} stand {side} the {anchor}?',
  'Look at what is {side} the {anchor}. How many {many} are there?',
  'There is one {anchor}. How many {many} are {side} it?',
];
const SAME = [
  'How many other things are there of the same {attribute} as the {anchor}?',
  'How many other objects have the same {attribute} as the {anchor}?',
  'What number of other items have the same {attribute} as the {anchor}?',
  'Count the other objects of the same {attribute} as the {anchor}.',
  'How many other things share the {attribute} of the {anchor}?',
  'How many items besides the {anchor} have its {attribute}?',
  'Apart from the {anchor} itself, how many objects have its {attribute}?',
  'What is the number of other things with the {attribute} of the {anchor}?',
  'The {anchor} has a certain {attribute}. How many others have it too?',
  'How many objects match the {anchor} in {attribute}, not counting it?',
];
const MORE = [
  'How many more {many} than {other} are there?',
  'By how many do the {many} outnumber the {other}?',
  'What is the number of {many} minus the number of {other}?',
  'Subtract the number of {other} from the number of {many}. What do you get?',
  'How many fewer {other} than {many} are there?',
  'What is the difference between the number of {many} and the number of {other}?',
  'Pair every one of the {other} with one of the {many}. How many {many} are left over?',
  'How much larger is the number of {many} than that of {other}?',
  'Count the {many}, then take away the number of {other}. What remains?',
  'There are more {many} than {other}: how many more?',
];

interface CountingKind {
  weight: number;
  /** The counts that are asked for, each as often as any other; in test-hard, whose scenes are larger, other ones. */
  counts: CountRange;
  hardCounts: CountRange;
  /** How many things a scene needs to have a count. */
  things(count: number): CountRange;
  draft(facts: Facts): QuestionDraft | null;
}

const MANY = 12;

/** By these weights no count is asked for more than 1.5 times as often as the mean. */
const KINDS: readonly CountingKind[] = [
  { weight: 18, counts: [3, 8], hardCounts: [7, 9], things: (n) => [n, n], draft: countAll },
  { weight: 36, counts: [0, 8], hardCounts: [0, 9], things: (n) => [n, MANY], draft: countFitting },
  { weight: 14, counts: [1, 8], hardCounts: [1, 9], things: (n) => [n, MANY], draft: countEither },
  { weight: 14, counts: [0, 5], hardCounts: [0, 6], things: (n) => [n + 1, MANY], draft: countBeside },
  { weight: 10, counts: [0, 6], hardCounts: [0, 7], things: (n) => [n + 1, MANY], draft: countSame },
  { weight: 8, counts: [1, 4], hardCounts: [1, 5], things: (n) => [n + 2, MANY], draft: countMore },
];

export function countingPlan(random: Random, hard: boolean): Plan {
  const kind = random.pickWeighted(KINDS);
  const count = random.int(...(hard ? kind.hardCounts : kind.counts));
  return {
    things: kind.things(count),
    paint: true,
    draft(facts) {
      const draft = kind.draft(facts);
      return draft?.answer.kind === 'words' && draft.answer.forms[0] === String(count) ? draft : null;
    },
  };
}

const total = (n: number): string => `That makes ${n} in all.`;

function countAll(facts: Facts): QuestionDraft {
  const n = facts.things.length;
  return {
    kind: 'count-all',
    wordings: ALL,
    values: {},
    answer: numberAnswer(n),
    steps: [counted(facts, found(facts, {}), 'all objects'), total(n)],
    difficulty: level(facts, 1),
    query: { ask: 'count', of: {} },
  };
}

function countFitting(facts: Facts): QuestionDraft {
  const attributes = someAttributes(facts.random);
  const of = someFilter(facts, attributes);
  const some = found(facts, of);
  const n = some.length;
  return {
    kind: 'count-filter',
    wordings: FITTING,
    values: { many: described(of, true) },
    answer: numberAnswer(n),
    steps: [counted(facts, some, described(of, true)), total(n)],
    difficulty: level(facts, attributes.length > 1 ? 2 : 1),
    query: { ask: 'count', of },
  };
}

function countEither(facts: Facts): QuestionDraft | null {
  // Both go by one attribute in common, in which they can differ, so that no thing need fit both.
  const [common = 'colour', ...more] = someAttributes(facts.random);
  const [another = common] = someAttributes(facts.random);
  const of = someFilter(facts, [common, ...more.slice(0, 1)]);
  const or = someFilter(facts, [common, another]);
  const [first, second] = [found(facts, of), found(facts, or)];
  if (ATTRIBUTES.every((a) => of[a] === undefined || or[a] === undefined || of[a] === or[a])) return null;
  const n = first.length + second.length;
  return {
    kind: 'count-either',
    wordings: EITHER,
    values: { many: described(of, true), other: described(or, true) },
    answer: numberAnswer(n),
    steps: [
      countedBoth(facts, { filter: of, some: first }, { filter: or, some: second }),
      `A + B = ${first.length} + ${second.length} = ${n}.`,
    ],
    difficulty: level(facts, 3),
    query: { ask: 'count-either', of, or },
  };
}

function countBeside(facts: Facts): QuestionDraft | null {
  const beside = someBeside(facts, someAttributes(facts.random));
  if (!beside) return null;
  const { of, side, anchor, some } = beside;
  const n = some.length;
  return {
    kind: 'count-beside',
    wordings: BESIDE,
    values: { many: described(of, true), side: SIDE_WORDS[side], anchor: described(anchor.name) },
    answer: numberAnswer(n),
    steps: [countedBeside(facts, beside), total(n)],
    difficulty: level(facts, 3),
    query: { ask: 'count-beside', of, side, anchor: anchor.name },
  };
}

export const attributeWord = (attribute: Attribute): string => (attribute === 'colour' ? 'color' : attribute);

function countSame(facts: Facts): QuestionDraft | null {
  const attribute = facts.random.pick(ATTRIBUTES);
  const anchor = anchorOf(facts, attribute);
  const thing = anchor && facts.things[anchor.index];
  if (!thing) return null;
  const some = facts.things.flatMap((other, i) =>
    i !== anchor.index && other[attribute] === thing[attribute] ? [i] : [],
  );
  const n = some.length;
  return {
    kind: 'count-same',
    wordings: SAME,
    values: { attribute: attributeWord(attribute), anchor: described(anchor.name) },
    answer: numberAnswer(n),
    steps: [
      `The ${described(anchor.name)} at ${spot(facts, anchor.index)} is ${attribute === 'shape' ? article(thing.shape) : thing[attribute]}.`,
      counted(facts, some, `other ${described({ [attribute]: thing[attribute] }, true)}`),
      total(n),
    ],
    difficulty: level(facts, 3),
    query: { ask: 'count-same', attribute, anchor: anchor.name },
  };
}

function countMore(facts: Facts): QuestionDraft | null {
  const attributes = someAttributes(facts.random).slice(0, 2);
  const of = someFilter(facts, attributes);
  const than = someFilter(facts, attributes);
  const [first, second] = [found(facts, of), found(facts, than)];
  if (first.length <= second.length || second.length === 0) return null;
  const n = first.length - second.length;
  return {
    kind: 'count-more',
    wordings: MORE,
    values: { many: described(of, true), other: described(than, true) },
    answer: numberAnswer(n),
    steps: [
      countedBoth(facts, { filter: of, some: first }, { filter: than, some: second }),
      `A - B = ${first.length} - ${second.length} = ${n}.`,
    ],
    difficulty: level(facts, 3),
    query: { ask: 'count-more', of, than },
  };
}
