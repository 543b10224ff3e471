import { TRIPLES } from './construction';
import type { Random } from './random';
import { added, halved, inProportion, list, subtracted } from './wording';

/**
 * Arithmetic alone, in the words in which solutions do it: a question on a figure has two or three calculations among a hundred
 * words, and a small model learns to calculate from many.
 */
export interface Drill {
  question: string;
  thought: string;
  answer: string;
}

const AT_ONCE = 4;

export function drill(random: Random): Drill {
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
    return { asked: `${a} * ${b}`, said: `${a} * ${b} = ${a * b}.`, value: a * b };
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
