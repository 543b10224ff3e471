import { sections } from '@/lib/reasoning/sections';
import { numberWord } from './answers';
import type { Attribute } from './question';
import { COLOURS, MATERIALS, SIZES, TABLETOP_SHAPES, VEHICLE_SHAPES } from './scene';
import { EVERYDAY } from './talk-words';

/** What a reply has to be, and where it says something of the picture, what is right. */
export type TalkGold =
  | { form: 'greeting' | 'thanks' | 'farewell' | 'refusal' }
  /** One phrase of each group has to be said. */
  | { form: 'self'; groups: readonly (readonly string[])[] }
  | { form: 'value'; attribute: Attribute; value: string }
  | { form: 'number'; value: number }
  | { form: 'yes-no'; value: boolean }
  /** Which things are to be named. */
  | { form: 'things'; things: readonly { shape: string; colour: string }[] };

/**
 * `fitting`: of the right form and right. `absurd`: a confident answer of another form than was asked for, as a number for
 * a greeting. `unfitting`: all else, as a wrong colour for a colour, or a refusal of what could be answered.
 */
export type TalkVerdict = 'fitting' | 'unfitting' | 'absurd';

export function judgeTalk(gold: TalkGold, output: string): TalkVerdict {
  const reply = replyOf(output);
  if (fits(gold, reply)) return 'fitting';
  return hasForm(gold, reply) || refuses(reply) ? 'unfitting' : 'absurd';
}

/** What is said to the user: the answer, where it is marked, or all that is not reasoning; in lower case. */
function replyOf(output: string): string {
  const parts = sections(output);
  const answers = parts.filter(({ kind }) => kind === 'answer');
  const said = answers.length > 0 ? answers.slice(-1) : parts.filter(({ kind }) => kind !== 'thinking');
  return said
    .map(({ start, end }) => output.slice(start, end))
    .join(' ')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\bgrey\b/g, 'gray')
    .trim();
}

const REFUSES =
  /\b(cannot|can not|can't|do not|don't|does not|doesn't|not able|unable|unknown to me|no idea|there (is|are) no|see no)\b/;
const refuses = (reply: string): boolean => REFUSES.test(reply);

const GREETS = /\b(hello|hi|hey|greetings|nice to meet|good (morning|afternoon|evening|day))\b/;
const WELCOMES = /\b(you are welcome|you're welcome|welcome|glad|pleasure|any time|anytime|no problem)\b/;
const PARTS = /\b(goodbye|good bye|bye|see you|farewell|good night)\b/;

/** A number, a box or a choice: what nobody wants to hear who says hello. */
const claims = (reply: string): boolean => /\b\d|\[|\([a-f]\)/.test(reply);

function hasForm(gold: TalkGold, reply: string): boolean {
  switch (gold.form) {
    case 'greeting':
      return GREETS.test(reply);
    case 'thanks':
      return WELCOMES.test(reply);
    case 'farewell':
      return PARTS.test(reply);
    case 'self':
      return /\b(i|my|me)\b/.test(reply);
    case 'refusal':
      return false;
    case 'value':
      return valuesSaid(gold.attribute, reply).size > 0;
    case 'number':
      return numbersSaid(reply).size > 0;
    case 'yes-no':
      return /^(yes|no)\b/.test(reply);
    case 'things':
      return thingsSaid(reply).length > 0 || /^(nothing|none)\b/.test(reply);
  }
}

function fits(gold: TalkGold, reply: string): boolean {
  switch (gold.form) {
    case 'greeting':
    case 'thanks':
    case 'farewell':
      return hasForm(gold, reply) && !claims(reply);
    case 'self':
      return gold.groups.every((group) => group.some((phrase) => reply.includes(phrase))) && !claims(reply);
    case 'refusal':
      return refuses(reply) && !claims(reply);
    case 'value':
      return only(valuesSaid(gold.attribute, reply), gold.value);
    case 'number':
      return only(numbersSaid(reply), gold.value);
    case 'yes-no':
      return reply.startsWith(gold.value ? 'yes' : 'no') && hasForm(gold, reply);
    case 'things':
      return namesWell(gold.things, reply);
  }
}

const only = <T>(said: ReadonlySet<T>, right: T): boolean => said.size === 1 && said.has(right);

const NAMED: readonly (readonly [said: string, shape: string])[] = [
  ...TABLETOP_SHAPES,
  ...VEHICLE_SHAPES,
].flatMap((shape) => (EVERYDAY[shape] ?? [shape]).map((said) => [said, shape] as const));
const SHAPE_OF = new Map(
  NAMED.flatMap(([said, shape]) => [[said, shape] as const, [plural(said), shape] as const]),
);
function plural(noun: string): string {
  return noun + (/(s|x)$/.test(noun) ? 'es' : 's');
}

const VALUES: Readonly<Record<Attribute, ReadonlyMap<string, string>>> = {
  colour: new Map(COLOURS.map((value) => [value, value])),
  material: new Map(MATERIALS.map((value) => [value, value])),
  size: new Map<string, string>([
    ...SIZES.map((value) => [value, value] as const),
    ['big', 'large'],
    ['little', 'small'],
  ]),
  shape: SHAPE_OF,
};

const wordsOf = (reply: string): readonly string[] => reply.match(/[a-z]+/g) ?? [];

function valuesSaid(attribute: Attribute, reply: string): Set<string> {
  return new Set(
    wordsOf(reply).flatMap((word) => {
      const value = VALUES[attribute].get(word);
      return value === undefined ? [] : [value];
    }),
  );
}

const NUMBER_OF = new Map(Array.from({ length: 21 }, (_, n) => [numberWord(n), n]));

function numbersSaid(reply: string): Set<number> {
  const digits = (reply.match(/\d+/g) ?? []).map(Number);
  const spelled = wordsOf(reply).flatMap((word) => NUMBER_OF.get(word) ?? []);
  return new Set([...digits, ...spelled]);
}

/** Things in the order in which they are named: a shape, and the colour before it, if any. */
function thingsSaid(reply: string): { shape: string; colour: string | null }[] {
  const out: { shape: string; colour: string | null }[] = [];
  let colour: string | null = null;
  for (const word of wordsOf(reply)) {
    const shape = SHAPE_OF.get(word);
    if (VALUES.colour.has(word)) colour = word;
    if (shape === undefined) continue;
    out.push({ shape, colour });
    colour = null;
  }
  return out;
}

/** Four of five things that are there are named with shape and colour, and four of five that are named are there. */
const SHARE = 0.8;

function namesWell(things: readonly { shape: string; colour: string }[], reply: string): boolean {
  const named = thingsSaid(reply);
  if (things.length === 0) return named.length === 0 && /\b(nothing|none|no)\b/.test(reply);
  const left = [...things];
  for (const { shape, colour } of named) {
    const at = left.findIndex((thing) => thing.shape === shape && thing.colour === colour);
    if (at >= 0) left.splice(at, 1);
  }
  const right = things.length - left.length;
  return right >= SHARE * things.length && right >= SHARE * named.length;
}
