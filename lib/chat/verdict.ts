import { sections } from '@/lib/reasoning/sections';
import { type Box, boxWithin, iou } from '@/lib/scoring/box';
import { exactScorer, plainForm } from '@/lib/scoring/exact';
import type { Frame, Reply, Truth } from './conversation';

/** What a reply answers, whether that is right, and whether two replies answer the same. */

export type Answer =
  /** As it is written, between the tags or as all that is said. */
  { kind: 'words'; text: string } | { kind: 'box'; text: string; box: Box };

/** A reply that says more than this outside of tags has no bare answer. */
const LONGEST_BARE = 200;

/** Null where nothing is answered, or not yet. */
export function answerOf(text: string): Answer | null {
  const parts = sections(text);
  const part = parts.find(({ kind }) => kind === 'answer') ?? onlyText(parts);
  if (part === undefined || (part.kind === 'text' && part.end - part.start > LONGEST_BARE)) return null;
  const said = text.slice(part.start, part.end).trim();
  const found = boxWithin(text, [part.start, part.end]);
  if (found !== null) return { kind: 'box', text: said, box: found.box };
  return said === '' ? null : { kind: 'words', text: said };
}

function onlyText(parts: ReturnType<typeof sections>) {
  const texts = parts.filter(({ kind }) => kind === 'text');
  return texts.length === 1 ? texts[0] : undefined;
}

export interface Judgement {
  right: boolean;
  /** Why, for people. */
  reason: string;
}

/** Holds a reply against the true answer by Ocean World's own rule; null while it is written or where it was cut short. */
export function judge(
  truth: Truth,
  { text, end, frame }: Pick<Reply, 'text' | 'end' | 'frame'>,
): Judgement | null {
  if (end?.why !== 'stop' && end?.why !== 'length') return null;
  const { correct, reason } = exactScorer.score(
    {
      sampleId: '',
      question: '',
      options: truth.kind === 'words' ? truth.options : null,
      gold: truth.kind === 'words' ? truth.forms : scaled(truth.box, truth.frame, frame ?? truth.frame),
      tags: {},
      image: null,
      cluster: '',
    },
    text,
  );
  return { right: correct === true, reason };
}

/** A box in the pixels of another frame, to whole pixels. */
export function scaled([x1, y1, x2, y2]: Box, from: Frame, to: Frame): Box {
  const across = to.width / from.width;
  const down = to.height / from.height;
  return [Math.round(x1 * across), Math.round(y1 * down), Math.round(x2 * across), Math.round(y2 * down)];
}

/** Fine enough that rounding to it tells no boxes apart. */
const COMMON: Frame = { width: 10_000, height: 10_000 };

/** Words as the scorer compares them; boxes where more than half of what either covers is covered by both. */
export function sameAnswer(one: { text: string; frame: Frame | null }, other: typeof one): boolean {
  const [a, b] = [answerOf(one.text), answerOf(other.text)];
  if (a === null || b === null) return a === b;
  if (a.kind === 'words' || b.kind === 'words')
    return a.kind === b.kind && plainForm(a.text) === plainForm(b.text);
  const common = (box: Box, frame: Frame | null) => scaled(box, frame ?? COMMON, COMMON);
  return iou(common(a.box, one.frame), common(b.box, other.frame)) > 0.5;
}

/** The true answer as it is shown: `(B) left`, `[1, 2, 3, 4]`, `7`. */
export function truthText(truth: Truth): string {
  if (truth.kind === 'box') return `[${truth.box.join(', ')}]`;
  const [first = ''] = truth.forms;
  const letter = /^\(([A-Z])\)$/.exec(first)?.[1];
  const option = letter === undefined ? undefined : truth.options?.[letter.charCodeAt(0) - 65];
  return option === undefined ? first : `${first} ${option}`;
}
