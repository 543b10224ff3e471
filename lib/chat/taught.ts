import { TASK_SCENES, type Task } from '@/lib/world/question';
import { COLOURS, MATERIALS, SIZES, TABLETOP_SHAPES, VEHICLE_SHAPES } from '@/lib/world/scene';

/**
 * Whether Nano was taught to answer a question that somebody wrote. It answers anything, in the form of something that it was
 * taught ("Who took this photo?" – "no"): so whatever is not surely of a taught kind counts as not taught, and that is said.
 */
export type Taught =
  | { taught: true; kind: Task | 'description' | 'follow-up' }
  /** `why` goes on from "Nano was not taught …". */
  | { taught: false; why: string };

/** What a question in other words than the world's own is recognised by. Kinds that need choices are none of these. */
const SOLID_KINDS: readonly (readonly [Task | 'description', RegExp])[] = [
  ['description', /^(please )?describe ((the|this) (image|picture)|what you see)$/],
  ['referring', /\bbox\b/],
  ['counting', /\bhow many\b|^count\b|\b(number|total) of\b/],
  [
    'existence',
    /^(is|are) (there|any|anything)\b|\bis there\b|\b(do|can) you (see|find) (a|an|any|one)\b|^does the \w+ (show|have|share)\b|\bsame (size|colou?r|material|shape)\b/,
  ],
];
const EXTREMES =
  'largest|biggest|highest|longest|greatest|most|smallest|shortest|lowest|least|total|sum|difference|value';
const FLAT_KINDS: Readonly<Partial<Record<Task, RegExp>>> = {
  geometry: /\bangle\b|∠|\blength\b|\bhow long\b|\barea\b/,
  chart: new RegExp(`\\b(${EXTREMES}|above)\\b`),
  table: new RegExp(`\\b(${EXTREMES})\\b`),
  text: /\bwritten\b|\b(say|says|read|reads)\b|\btext\b/,
};

/** Words of questions, whatever they are about. */
const LITTLE =
  'a about add all altogether am among an and answer any anything are around as at besides bounding box but can contain contains coordinate coordinates corners count counted counting describe describes detect different do does draw each every fewer find for found from get give ground has have how i if image in is it its larger least locate look made many match me minus more not now number of on only or others out output photo picture please plus point present provide region report return scene second see sentence separate share show shown shows so stand stands taken tell than that the their them then there these they third this those to together too total true visible what where which with you your';
const LOOKS =
  'left right leftmost rightmost front behind side beside same other size color colour material shape certain';
const NOUNS = ['object', 'thing', 'item', 'one', ...TABLETOP_SHAPES, ...VEHICLE_SHAPES];
const KNOWN = new Set([
  ...LITTLE.split(' '),
  ...LOOKS.split(' '),
  ...COLOURS,
  ...MATERIALS,
  ...SIZES,
  ...NOUNS.flatMap((noun) => [noun, noun === 'bus' ? 'buses' : `${noun}s`]),
]);

/** What goes on from the question before. */
export const GOES_ON =
  /^(and|or|but|then|what about|how about|why)\b|^(is|are|does|do|was|were) (it(?! true)|they|that one|those)\b/;

const CHOICES = /\(a\).*\(b\)/;

/** @param task of the scene that is asked about; null of a picture that is none of the world's. */
export function taught(question: string, task: Task | null): Taught {
  const text = question.toLowerCase().replace(/\s+/g, ' ').trim();
  const plain = text.replace(/[?!.,:;]+$/g, '').trim();
  if (task === null) return { taught: false, why: 'with pictures like this one' };
  const goesOn = GOES_ON.test(plain);
  if (!TASK_SCENES[task].includes('tabletop')) {
    if (goesOn)
      return { taught: false, why: 'to go on from a question about pictures like this one: ask it in full' };
    return FLAT_KINDS[task]?.test(plain) ? { taught: true, kind: task } : NO_SUCH_KIND;
  }
  if (CHOICES.test(text)) return { taught: true, kind: task };
  const kind = goesOn ? 'follow-up' : SOLID_KINDS.find(([, asks]) => asks.test(plain))?.[0];
  if (kind === undefined)
    return /\b(closest|nearest|farthest|left|right|front|behind)\b/.test(plain)
      ? { taught: false, why: 'such questions without choices, (A) and (B), to pick from' }
      : NO_SUCH_KIND;
  const strange = plain
    .replace(/\b(closest|nearest|farthest) (to|from) the camera\b/, '')
    .match(/[\p{L}\p{N}’'-]+/gu)
    ?.find((word) => !KNOWN.has(word));
  return strange === undefined || kind === 'description'
    ? { taught: true, kind }
    : { taught: false, why: `the word “${strange}”` };
}

const NO_SUCH_KIND: Taught = { taught: false, why: 'to answer questions like this' };
