import { yesNo } from './answers';
import { attributeWord } from './counting';
import { ATTRIBUTES, type QuestionDraft } from './question';
import type { Random } from './random';
import type { Thing } from './scene';
import {
  counted,
  countedBeside,
  countedBoth,
  described,
  type Facts,
  found,
  level,
  nameOf,
  type Plan,
  SIDE_WORDS,
  someBeside,
  someFilter,
  spot,
} from './solid-facts';
import { article, capital } from './wording';

/** Yes or no: whether there is something, beside something; which of two are more; whether two are alike. */

const EXISTS = [
  'Is there {one} in the image?',
  'Are there any {many}?',
  'Can you see {one}?',
  'Does the picture show {one}?',
  'Is {one} present in the scene?',
  'Does the scene contain any {many}?',
  'Is there at least one {bare} in the picture?',
  'Are any {many} visible?',
  'Among the items shown, is there {one}?',
  'If you look for {one}, do you find one?',
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
  'Look at what is {side} the {anchor}. Is there {one}?',
  'There is one {anchor}. Is there {one} {side} it?',
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
  'Is the {one} like the {other} in {attribute}?',
  'Do the {one} and the {other} agree in {attribute}?',
  'Look at the {one} and the {other}. Have they the same {attribute}?',
];

const KINDS = [
  { weight: 3, draft: exists },
  { weight: 3, draft: existsBeside },
  { weight: 2, draft: more },
  { weight: 2, draft: same },
] as const;

export function existencePlan(random: Random): Plan {
  const kind = random.pickWeighted(KINDS);
  const wanted = random.chance(0.5) ? 'yes' : 'no';
  return {
    things: [3, 12],
    paint: true,
    draft(facts) {
      const draft = kind.draft(facts);
      return draft?.answer.kind === 'words' && draft.answer.forms[0] === wanted ? draft : null;
    },
  };
}

const so = (yes: boolean): string => `so the answer is ${yes ? 'yes' : 'no'}.`;

function exists(facts: Facts): QuestionDraft {
  const of = someFilter(facts, facts.attributes);
  const some = found(facts, of);
  const yes = some.length > 0;
  return {
    kind: 'exists',
    wordings: EXISTS,
    values: { one: article(described(of)), many: described(of, true), bare: described(of) },
    answer: yesNo(yes),
    steps: [counted(facts, some, described(of, true)), `That makes ${some.length}, ${so(yes)}`],
    difficulty: level(facts, facts.attributes.length > 1 ? 2 : 1),
    query: { ask: 'exists', of },
  };
}

function existsBeside(facts: Facts): QuestionDraft | null {
  const beside = someBeside(facts, facts.attributes);
  if (!beside) return null;
  const { of, side, anchor, some } = beside;
  const yes = some.length > 0;
  return {
    kind: 'exists-beside',
    wordings: EXISTS_BESIDE,
    values: {
      one: article(described(of)),
      many: described(of, true),
      bare: described(of),
      side: SIDE_WORDS[side],
      anchor: described(anchor.name),
    },
    answer: yesNo(yes),
    steps: [countedBeside(facts, beside), `That makes ${some.length}, ${so(yes)}`],
    difficulty: level(facts, 2),
    query: { ask: 'exists-beside', of, side, anchor: anchor.name },
  };
}

function more(facts: Facts): QuestionDraft | null {
  const of = someFilter(facts, facts.attributes.slice(0, 2));
  const than = someFilter(facts, facts.attributes.slice(0, 2));
  if (described(of) === described(than)) return null;
  const [first, second] = [found(facts, of), found(facts, than)];
  if (first.length + second.length === 0) return null;
  const yes = first.length > second.length;
  return {
    kind: 'more',
    wordings: MORE,
    values: { many: described(of, true), other: described(than, true) },
    answer: yesNo(yes),
    steps: [
      countedBoth(facts, { filter: of, some: first }, { filter: than, some: second }),
      `A is ${first.length} and B is ${second.length}, ${so(yes)}`,
    ],
    difficulty: level(facts, 3),
    query: { ask: 'more', of, than },
  };
}

function same(facts: Facts): QuestionDraft | null {
  // The attribute was settled with the scene, so that easy ones are not asked for more often.
  const attribute = facts.attributes[0] ?? facts.random.pick(ATTRIBUTES);
  const [one, other] = facts.random.shuffle(facts.things.map((_, i) => i));
  if (one === undefined || other === undefined) return null;
  // A name that says the attribute would give half of the answer away.
  const [a, b] = [nameOf(facts, one, attribute), nameOf(facts, other, attribute)];
  const [p, q] = [facts.things[one], facts.things[other]];
  if (!a || !b || !p || !q) return null;
  const yes = p[attribute] === q[attribute];
  const is = (thing: Thing) => (attribute === 'shape' ? article(thing.shape) : thing[attribute]);
  return {
    kind: 'same',
    wordings: SAME,
    values: { one: described(a), other: described(b), attribute: attributeWord(attribute) },
    answer: yesNo(yes),
    steps: [
      `The ${described(a)} at ${spot(facts, one)} is ${is(p)} and the ${described(b)} at ${spot(facts, other)} is ${is(q)}.`,
      `${capital(String(p[attribute]))} and ${q[attribute]}: ${yes ? 'the same' : 'different'}, ${so(yes)}`,
    ],
    difficulty: level(facts, 2),
    query: { ask: 'same', attribute, one: a, other: b },
  };
}
