import { piecesOf } from '@/lib/chat/pieces';
import { reflections } from '@/lib/reasoning/reflection';
import { sections } from '@/lib/reasoning/sections';
import type { Box } from '@/lib/scoring/box';
import type { JobView } from './job-url';
import type { Response, RolloutRow } from './types';

/** A group of rollouts and its responses, as they are told of on the page. All pure; outputs are hostile text. */

export type Group = RolloutRow['data'];

/** What the model was asked, without the places of pictures. */
export function questionOf({ prompt }: Group): string {
  const asked = prompt.findLast(({ role }) => role === 'user') ?? prompt.at(-1);
  return (asked?.content ?? '').replaceAll('<image>', '').trim();
}

export const numberOf = (value: number | string): number => Number(value);

/** Right is a reward that has the whole of its accuracy, as the server's filters count. */
export const isRight = ({ reward }: Pick<Response, 'reward'>): boolean => numberOf(reward) >= 1;

/** What stands in the last answer of an output; null where there is none. */
export function answerOf(output: string): string | null {
  const found = sections(output).findLast(({ kind }) => kind === 'answer');
  return found === undefined ? null : output.slice(found.start, found.end).trim();
}

export const boxesIn = (text: string): Box[] =>
  piecesOf(text).flatMap((piece) => (piece.kind === 'box' ? [piece.box] : []));

export interface GroupBox {
  look: 'gold' | 'answer';
  name: string;
  box: Box;
}

/** The right box, and those that were answered: of the open response, or of all, each once and with how often it was said. */
export function groupBoxes({ groundTruth, responses }: Group, open: number | null): GroupBox[] {
  const [gold] = boxesIn(groundTruth);
  const shown = open === null ? responses : responses.slice(open, open + 1);
  const counts = new Map<string, { box: Box; count: number }>();
  for (const { output } of shown) {
    const box = boxesIn(answerOf(output) ?? '').at(-1);
    if (box === undefined) continue;
    const key = box.join(' ');
    counts.set(key, { box, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [
    ...(gold === undefined ? [] : [{ look: 'gold' as const, name: 'truth', box: gold }]),
    ...[...counts.values()].map(({ box, count }, place) => ({
      look: 'answer' as const,
      name: open !== null ? 'answer' : `${String.fromCharCode(97 + (place % 26))} ×${count}`,
      box,
    })),
  ];
}

/**
 * The size in whose pixels a model sees a picture, and says boxes, by the recipe's bounds; the rounding to whole patches, which
 * differs from model to model, is left out.
 */
export function seenSize(
  { width, height }: { width: number; height: number },
  bounds: { least: number; most: number } | null,
): { width: number; height: number } {
  if (bounds === null) return { width, height };
  const pixels = Math.min(bounds.most, Math.max(bounds.least, width * height));
  const scale = Math.sqrt(pixels / (width * height));
  return { width: width * scale, height: height * scale };
}

/** The bounds of a recipe's settings; null where it names none. */
export function boundsOf(settings: Readonly<Record<string, string>>): { least: number; most: number } | null {
  const [least, most] = [Number(settings['data.min_pixels']), Number(settings['data.max_pixels'])];
  return least > 0 && most >= least ? { least, most } : null;
}

export interface Placed {
  place: number;
  response: Response;
}

/** Responses in an order, with their places in the group. */
export function sortedResponses(responses: readonly Response[], sort: JobView['sort']): Placed[] {
  const placed = responses.map((response, place) => ({ place, response }));
  switch (sort) {
    case 'place':
      return placed;
    case 'reward':
      return placed.sort(
        (a, b) => numberOf(b.response.reward) - numberOf(a.response.reward) || a.place - b.place,
      );
    case 'longest':
      return placed.sort((a, b) => b.response.tokens - a.response.tokens || a.place - b.place);
    case 'shortest':
      return placed.sort((a, b) => a.response.tokens - b.response.tokens || a.place - b.place);
  }
}

export const looksAgain = (output: string): number => reflections(output).length;

/** "11 of 16 right, rewards 0.1 to 1.1" */
export function groupWords({ data, lowest, highest }: RolloutRow, format: (value: number) => string): string {
  const right = data.responses.filter(isRight).length;
  const rewards =
    lowest === highest ? `all ${format(lowest)}` : `rewards ${format(lowest)} to ${format(highest)}`;
  return `${right} of ${data.responses.length} right, ${rewards}`;
}
