import { ATTRIBUTES, type Attribute, type Filter, SIDES } from './question';
import { Random } from './random';
import { SEEDS_PER_SPLIT, type SolidScene, seedIn, type Thing } from './scene';
import {
  beside,
  counted,
  described,
  type Facts,
  factsOf,
  found,
  leftToRight,
  look,
  nameOf,
  scanned,
  someFilter,
  spot,
} from './solid-facts';
import { solidScene } from './solid-scenes';
import type { TalkGold } from './talk-judge';
import type { Wordings } from './talk-words';
import * as words from './talk-words';
import { article, capital, list } from './wording';

/**
 * What people say to a model in a chat, and what is a fitting reply: greetings, questions about itself, descriptions, everyday
 * words, questions that go on from the one before, and what it cannot answer. `test-talk` is made of wordings that training
 * and validation never use, and of scenes that no other split has.
 */
export const TALK_KINDS = [
  'greeting',
  'thanks',
  'farewell',
  'self',
  'description',
  'attribute',
  'beside',
  'follow-up',
  'absent',
  'beyond',
] as const;
export type TalkKind = (typeof TALK_KINDS)[number];
export type TalkSplit = 'train' | 'val' | 'test-talk';

/** A question of the user with a fitting reply, its reasoning first. */
export interface Turn {
  question: string;
  thought: string;
  reply: string;
}

export interface Talk extends Turn {
  kind: TalkKind;
  scene: SolidScene;
  /** What was said before, from the first turn on. */
  earlier: readonly Turn[];
  gold: TalkGold;
}

export const TALK_SAMPLES = 300;

/** Scenes of talk are in the second half of a split: no benchmark goes there, and no set of rows with a seed below a million. */
const TALK_SEEDS = SEEDS_PER_SPLIT / 2;
const SCENE_SPLIT = { train: 'train', val: 'val', 'test-talk': 'test' } as const;

/** The n-th conversation of a split; the kinds take turns. `size` is the side of the picture that reasoning speaks of. */
export function talk(split: TalkSplit, n: number, size: number): Talk {
  const kind = TALK_KINDS[n % TALK_KINDS.length] ?? 'greeting';
  for (let attempt = 0; ; attempt++) {
    const seed = seedIn(SCENE_SPLIT[split], TALK_SEEDS + n);
    const random = new Random(seed, `talk/${attempt}`);
    const scene = solidScene(random.pick(['tabletop', 'vehicles']), seed);
    const made = MAKERS[kind]({
      random,
      facts: factsOf(scene, random, size),
      heldOut: split === 'test-talk',
    });
    if (made) return { kind, scene, earlier: [], ...made };
  }
}

/** As many conversations on a scene of a training row as there are kinds, where the scene has them. */
export function talksOn(scene: SolidScene, size: number): Talk[] {
  return TALK_KINDS.flatMap((kind) => {
    const random = new Random(scene.seed, `talk/${kind}`);
    const made = MAKERS[kind]({ random, facts: factsOf(scene, random, size), heldOut: false });
    return made ? [{ kind, scene, earlier: [], ...made }] : [];
  });
}

/** A turn as a training row has it: reasoning and reply in tags. */
export const talkReply = ({ thought, reply }: Turn): string =>
  `<think>${thought}</think>\n<answer>${reply}</answer>`;

interface Given {
  random: Random;
  facts: Facts;
  heldOut: boolean;
}
type Made = Turn & { gold: TalkGold; earlier?: readonly Turn[] };

/** One of the wordings, its choices made and its names filled in. */
function said(
  { random, heldOut }: Given,
  wordings: Wordings,
  values: Readonly<Record<string, string>> = {},
): string {
  const line = random.pick(heldOut ? wordings.heldOut : wordings.seen);
  const one = line.replace(/\(([^()]*\|[^()]*)\)/g, (_, choices: string) => random.pick(choices.split('|')));
  const text = one.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? `{${name}}`).trim();
  return /^[a-z]/.test(line) ? text : capital(text);
}

/** A thing's name in everyday words. */
const everyday = (random: Random, name: Filter, many = false): string => {
  const noun = random.pick(words.EVERYDAY[name.shape ?? 'object'] ?? ['object']);
  const plain = described({ ...name, shape: 'object' }).replace(/object$/, noun);
  return many ? plain + (/(s|x)$/.test(plain) ? 'es' : 's') : plain;
};

const valueIn = (thing: Thing, attribute: Attribute): string => thing[attribute];

/** A thing that can be named without some attribute. */
function one(
  { random, facts }: Given,
  without?: Attribute,
): { index: number; name: Filter; thing: Thing } | null {
  const index = random.int(0, facts.things.length - 1);
  const [name, thing] = [nameOf(facts, index, without), facts.things[index]];
  return name && thing ? { index, name, thing } : null;
}

const ofThings = (facts: Facts, some: readonly number[]): string =>
  some.length === 0 ? 'Nothing.' : `${capital(list(some.map((i) => article(look(facts, i)))))}.`;

const thingsOf = (facts: Facts, some: readonly number[]) =>
  some.flatMap((i) => {
    const thing = facts.things[i];
    return thing ? [{ shape: thing.shape, colour: thing.colour }] : [];
  });

/** A look at one thing, and what it is like. */
function attributeTurn(given: Given, attribute: Attribute): (Made & { index: number; name: Filter }) | null {
  const chosen = one(given, attribute);
  if (!chosen) return null;
  const { index, name, thing } = chosen;
  const value = valueIn(thing, attribute);
  const called = everyday(given.random, name);
  return {
    index,
    name,
    question: said(given, words.LOOKS[attribute], { name: called }),
    thought: `At ${spot(given.facts, index)} ${article(look(given.facts, index))}.`,
    reply: value,
    gold: { form: 'value', attribute, value },
  };
}

function countTurn(given: Given, wordings: Wordings): Made & { of: Filter } {
  const { facts, random } = given;
  const of = someFilter(facts, random.pick([['shape'], ['colour'], ['colour', 'shape']] as const));
  const some = found(facts, of);
  return {
    of,
    question: said(given, wordings, { many: everyday(random, of, true) }),
    thought: counted(facts, some, described(of, true)),
    reply: String(some.length),
    gold: { form: 'number', value: some.length },
  };
}

const MAKERS: Readonly<Record<TalkKind, (given: Given) => Made | null>> = {
  greeting: (given) => ({
    question: said(given, words.GREET),
    thought: 'I am greeted.',
    reply: 'Hello! Ask me about the picture.',
    gold: { form: 'greeting' },
  }),
  thanks: (given) => ({
    question: said(given, words.THANK),
    thought: 'I am thanked.',
    reply: 'You are welcome!',
    gold: { form: 'thanks' },
  }),
  farewell: (given) => ({
    question: said(given, words.PART),
    thought: 'This is a farewell.',
    reply: 'Goodbye!',
    gold: { form: 'farewell' },
  }),
  self: (given) => {
    const { asked, reply, groups } = given.random.pick(words.SELF);
    return {
      question: said(given, asked),
      thought: 'I am asked about myself.',
      reply,
      gold: { form: 'self', groups },
    };
  },
  description: (given) => {
    const { facts } = given;
    const order = leftToRight(facts);
    return {
      question: said(given, words.DESCRIBE),
      thought: `From left to right: ${scanned(facts, order, (i) => String(order.indexOf(i) + 1))}.`,
      reply: ofThings(facts, order),
      gold: { form: 'things', things: thingsOf(facts, order) },
    };
  },
  attribute: (given) => attributeTurn(given, given.random.pick(ATTRIBUTES)),
  beside: (given) => {
    const { facts, random } = given;
    const chosen = one(given);
    if (!chosen) return null;
    const { index, name } = chosen;
    const side = random.pick(SIDES);
    const others = leftToRight(facts).filter((i) => i !== index);
    const verdicts = others.map((i) => beside(facts, i, index, side));
    // Whatever a viewer might doubt is not asked.
    if (verdicts.includes(null)) return null;
    const some = others.filter((_, k) => verdicts[k]);
    const called = everyday(random, name);
    return {
      question: said(given, words.BESIDE, { side: random.pick(words.SIDE_SAID[side]), name: called }),
      thought: `The ${described(name)} is at ${spot(facts, index)}. ${capital(scanned(facts, others, (i) => (some.includes(i) ? 'yes' : 'no')))}.`,
      reply: ofThings(facts, some),
      gold: { form: 'things', things: thingsOf(facts, some) },
    };
  },
  'follow-up': (given) => {
    const { random, facts } = given;
    if (random.chance(0.5)) {
      const [first, second] = [countTurn(given, words.COUNT), countTurn(given, words.AND_COUNT)];
      return described(first.of) === described(second.of) ? null : { ...second, earlier: [first] };
    }
    const first = attributeTurn(given, 'shape');
    if (!first) return null;
    const thing = facts.things[first.index];
    const unsaid = (['colour', 'material', 'size'] as const).filter((a) => first.name[a] === undefined);
    if (!thing || unsaid.length === 0) return null;
    const attribute = random.pick(unsaid);
    const value = valueIn(thing, attribute);
    return {
      question: said(given, words.AND_IT[attribute]),
      thought: `It is at ${spot(facts, first.index)}: ${article(look(facts, first.index))}.`,
      reply: value,
      gold: { form: 'value', attribute, value },
      earlier: [first],
    };
  },
  absent: (given) => {
    const { random, heldOut } = given;
    const thing = random.pick(heldOut ? words.NOT_HERE.heldOut : words.NOT_HERE.seen);
    if (random.chance(0.5))
      return {
        question: said(given, words.NO_SUCH_THING, { thing }),
        thought: `A ${thing} is nothing that I see here.`,
        reply: 'no',
        gold: { form: 'yes-no', value: false },
      };
    return {
      question: said(given, words.OF_NO_SUCH_THING, { thing }),
      thought: `A ${thing} is nothing that I see here.`,
      reply: `I do not see that in the picture.`,
      gold: { form: 'refusal' },
    };
  },
  beyond: (given) => ({
    question: said(given, words.BEYOND),
    thought: 'The picture does not tell that.',
    reply: 'I cannot answer that. I only know what is in the picture.',
    gold: { form: 'refusal' },
  }),
};

/** Whether a conversation is about a picture at all: the others are asked with a picture or without. */
export const isAboutPicture = (kind: TalkKind): boolean =>
  kind === 'description' ||
  kind === 'attribute' ||
  kind === 'beside' ||
  kind === 'follow-up' ||
  kind === 'absent';
