import { concluded } from './answers';
import { type Answer, type Query, type QuestionDraft, SIDES, type Side } from './question';
import type { Random } from './random';
import {
  ACROSS_GAP,
  anchorOf,
  centimetres,
  countedBeside,
  DEPTH_GAP,
  described,
  type Facts,
  found,
  fromCamera,
  leftToRight,
  level,
  nth,
  type Plan,
  pointedAt,
  SIDE_WORDS,
  scanned,
  someBeside,
  someFilter,
  spot,
} from './solid-facts';
import { capital } from './wording';

/** Referring expressions: a description that one thing fits, by its attributes, its rank on a side, or its neighbour. */

const WORDINGS = [
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

export function referringPlan(random: Random): Plan {
  const draft = random.pick([byName, byRank, byNeighbour]);
  return { things: [3, 12], paint: false, draft };
}

interface Reference {
  kind: string;
  that: string;
  reason: readonly string[];
  difficulty: number;
  query: Query;
}

function boxed(
  facts: Facts,
  index: number,
  { kind, that, reason, difficulty, query }: Reference,
): QuestionDraft | null {
  const box = facts.boxOf(index);
  if (!box) return null;
  const answer: Answer = { kind: 'box', box };
  return {
    kind,
    wordings: WORDINGS,
    values: { that },
    answer,
    steps: [...reason, `Its bounding box is ${concluded(answer)}.`],
    difficulty: level(facts, difficulty),
    query,
  };
}

function byName(facts: Facts): QuestionDraft | null {
  const thing = anchorOf(facts);
  if (!thing) return null;
  const { index, name } = thing;
  return boxed(facts, index, {
    kind: 'refer-name',
    that: `the ${described(name)}`,
    reason: [pointedAt(facts, thing)],
    difficulty: Object.keys(name).length > 2 ? 2 : 1,
    query: { ask: 'box', of: name },
  });
}

const RANKS = ['', 'second ', 'third '];
const EXTREME: Readonly<Record<Side, (rank: number, noun: string) => string>> = {
  left: (rank, noun) => (rank === 0 ? `the leftmost ${noun}` : `the ${RANKS[rank]}${noun} from the left`),
  right: (rank, noun) => (rank === 0 ? `the rightmost ${noun}` : `the ${RANKS[rank]}${noun} from the right`),
  front: (rank, noun) => `the ${noun} ${RANKS[rank]}closest to the camera`,
  behind: (rank, noun) => `the ${noun} ${RANKS[rank]}farthest from the camera`,
};
function byRank(facts: Facts): QuestionDraft | null {
  const of = facts.random.chance(0.3) ? {} : someFilter(facts, facts.attributes.slice(0, 2));
  const some = found(facts, of);
  if (some.length < 2) return null;
  const towards = facts.random.pick(SIDES);
  const rank = facts.random.int(0, Math.min(2, some.length - 1));
  const across = towards === 'left' || towards === 'right';
  const sign = towards === 'left' || towards === 'front' ? 1 : -1;
  const key = (i: number): number => sign * (across ? (facts.places[i]?.across ?? 0) : fromCamera(facts, i));
  const near = (i: number): number =>
    sign * (across ? (facts.places[i]?.at[0] ?? 0) : fromCamera(facts, i) - (facts.places[i]?.radius ?? 0));
  const order = [...some].sort((a, b) => key(a) - key(b));
  // All that come before the thing, and all that come after it, do so clearly.
  const thing = order[rank];
  if (thing === undefined) return null;
  const clear = order.every((other, at) => {
    if (at === rank) return true;
    const ahead = at < rank ? 1 : -1;
    return (
      ahead * (key(thing) - key(other)) >= (across ? ACROSS_GAP : DEPTH_GAP) &&
      ahead * (near(thing) - near(other)) > 0
    );
  });
  if (!clear) return null;
  return boxed(facts, thing, {
    kind: 'refer-extreme',
    that: EXTREME[towards](rank, described(of)),
    reason: [
      `${capital(described(of, true))}, ${across ? looked(facts, order, rank, towards) : measured(facts, some)}.`,
      `${capital(EXTREME[towards](rank, described(of)))} is at ${spot(facts, thing)}.`,
    ],
    difficulty: 2 + rank,
    query: { ask: 'box-extreme', of, towards, rank },
  });
}

/** "from right to left: at … (no), at … (1), at … (2)": as far as the one that is looked for. */
function looked(facts: Facts, order: readonly number[], rank: number, towards: Side): string {
  const all = towards === 'left' ? leftToRight(facts) : leftToRight(facts).reverse();
  const passed = all.slice(0, all.indexOf(order[rank] ?? 0) + 1);
  const verdict = (i: number) => String(nth(passed, order, i) || 'no');
  return `from ${towards === 'left' ? 'left to right' : 'right to left'}: ${scanned(facts, passed, verdict)}`;
}

/** "from left to right: at … (83 cm away), at … (no)" */
function measured(facts: Facts, some: readonly number[]): string {
  const verdict = (i: number) => (some.includes(i) ? `${centimetres(fromCamera(facts, i))} cm away` : 'no');
  return `from left to right: ${scanned(facts, leftToRight(facts), verdict)}`;
}

function byNeighbour(facts: Facts): QuestionDraft | null {
  const beside = someBeside(facts, facts.attributes);
  if (!beside) return null;
  const { of, side, anchor, some } = beside;
  const [index] = some;
  if (index === undefined || some.length > 1 || found(facts, of).length < 2) return null;
  return boxed(facts, index, {
    kind: 'refer-beside',
    that: `the ${described(of)} ${SIDE_WORDS[side]} the ${described(anchor.name)}`,
    reason: [countedBeside(facts, beside), `It is at ${spot(facts, index)}.`],
    difficulty: 3,
    query: { ask: 'box-beside', of, side, anchor: anchor.name },
  });
}
