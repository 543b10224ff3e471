import { NAMES } from './charts';
import { TRIPLES } from './construction';
import { type Piece, transcription } from './places';
import type { Random } from './random';
import { WORDS } from './texts';
import { added, halved, inProportion, list, multiplied, subtracted } from './wording';

/**
 * What solutions are made of, alone and in their words: a question on a figure has two or three calculations among a hundred
 * words, and a small model learns to calculate from many. Copying as well: names that make sense can be guessed, and are.
 */
export interface Drill {
  question: string;
  thought: string;
  answer: string;
}

const AT_ONCE = 4;

export function calculation(random: Random): Drill {
  const some = Array.from({ length: AT_ONCE }, () => random.pick(CALCULATIONS)(random));
  const asked = random.pick(['Calculate', 'Work out', 'Find', 'What is']);
  return {
    question: `${asked} ${list(some.map(({ asked }) => asked))}${asked === 'What is' ? '?' : '.'}`,
    thought: some.map(({ said }) => said).join(' '),
    answer: list(some.map(({ value }) => String(value))),
  };
}

interface Calculation {
  asked: string;
  said: string;
  value: number;
}

/** Beyond this solutions hardly go. */
const MOST = 260;
/** What angles are taken from. */
const WHOLES = [90, 180, 180, 360];

const whole = (random: Random, low: number, high: number): number => random.int(low, Math.max(low, high));

const CALCULATIONS: readonly ((random: Random) => Calculation)[] = [
  (random) => sum(random, random.int(2, 3)),
  (random) => difference(random, random.pick(WHOLES), random.int(1, 2)),
  (random) => difference(random, random.int(4, 120), 1),
  (random) => {
    const a = random.int(2, 40);
    const b = whole(random, 2, Math.floor(MOST / a));
    return { asked: `${a} * ${b}`, said: multiplied(a, b), value: a * b };
  },
  (random) => {
    const half = random.int(3, MOST / 2);
    return { asked: `${2 * half} / 2`, said: halved(2 * half), value: half };
  },
  (random) => {
    const over = random.int(2, 8);
    const part = whole(random, 2, Math.floor(120 / over));
    return { asked: `${over * part} / ${over}`, said: `${over * part} / ${over} = ${part}.`, value: part };
  },
  (random) => {
    // a * b / c, as of sides in proportion.
    const [over, under] = random.shuffle([1, 2, 3, 4, 5, 6, 7]);
    if (over === undefined || under === undefined) throw new Error('seven numbers are two and more');
    const [part, common] = [random.int(2, 12), random.int(2, 12)];
    const [a, b, c] = [part * under, common * over, common * under];
    return { asked: `${a} * ${b} / ${c}`, said: inProportion('x', a, b, c), value: part * over };
  },
  (random) => {
    const [a, b, c] = random.pick(TRIPLES);
    const [own, other] = random.shuffle([a, b]);
    const [value, of] = random.chance(0.4) ? [c, `${own}² + ${other}²`] : [own, `${c}² - ${other}²`];
    return { asked: `x with x² = ${of}`, said: `x² = ${of}, so x = ${value}.`, value: value ?? 0 };
  },
];

function sum(random: Random, count: number): Calculation {
  const some = Array.from({ length: count }, () => random.int(2, Math.floor(180 / count)));
  return { asked: some.join(' + '), said: added(some), value: some.reduce((a, b) => a + b) };
}

function difference(random: Random, from: number, count: number): Calculation {
  const some: number[] = [];
  let value = from;
  for (let i = 0; i < count; i++) {
    const next = whole(random, 2, Math.floor((value - 2) / (count - i)));
    some.push(next);
    value -= next;
  }
  return { asked: [from, ...some].join(' - '), said: subtracted([from, ...some]), value };
}

/** Pieces of writing at places of a frame of 160 px, without sense, as a told picture has them (places.ts). */
function scattered(random: Random): Piece[] {
  const pieces = Array.from({ length: random.int(4, 16) }, () => ({
    at: `${random.int(10, 150)},${random.int(10, 150)}`,
    text: random.pick(PIECES)(random),
  }));
  return pieces.filter(
    ({ at, text }, i) => pieces.findIndex((other) => other.at === at || other.text === text) === i,
  );
}

const PIECES: readonly ((random: Random) => string)[] = [
  (random) => random.pick(WORDS),
  (random) => random.pick(NAMES),
  (random) => random.pick([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']),
  (random) => String(random.int(0, 120)),
  (random) => `${random.pick(['.', ':'])}${random.int(10, 99)}`,
];

/** Says again, in its order, what is told. */
export function copying(random: Random): Drill {
  const all = transcription(scattered(random));
  return {
    question: `${all}\nRead all that is written, and say where it stands.`,
    thought: 'I look at the image from left to right and from the top down.',
    answer: all,
  };
}

/** Looks up what is told. */
export function lookUp(random: Random): Drill {
  const pieces = scattered(random);
  const drill = lookUpAmong(pieces, random);
  return { ...drill, question: `${transcription(pieces)}\n${drill.question}` };
}

/** Looks up what stands at a place, or where something stands that is written once. */
export function lookUpAmong(pieces: readonly Piece[], random: Random): Drill {
  const once = ({ text }: Piece): boolean => pieces.filter((other) => other.text === text).length === 1;
  const mixed = random.shuffle(pieces);
  const byPlace = random.chance(0.5) || !pieces.some(once);
  const some = (byPlace ? mixed : mixed.filter(once)).slice(0, AT_ONCE);
  const asked = list(some.map(({ at, text }) => (byPlace ? at : `"${text}"`)));
  return {
    question: byPlace ? `What stands at ${asked}?` : `Where do ${asked} stand?`,
    thought: some.map(({ at, text }) => (byPlace ? `${at} ${text}.` : `${text}: ${at}.`)).join(' '),
    answer: list(some.map(({ at, text }) => (byPlace ? text : at))),
  };
}
