import type { Language } from './language';
import type { ModelConfig } from './model-config';
import { type Grid, gridOf, tokensOf } from './patches';
import { type Positions, textPositions } from './positions';
import { type Message, VlmError, type VlmImage } from './types';

/** A picture in its place: its tokens are `start` to `start + count`. */
export interface PlacedImage {
  image: VlmImage;
  grid: Grid;
  start: number;
  count: number;
}

/** A conversation as the decoder reads it. */
export interface Prompt {
  ids: readonly number[];
  images: readonly PlacedImage[];
  positions: Positions;
}

/** @throws VlmError for a conversation that is empty or too long, and for pictures that cannot be used. */
export function promptOf(messages: readonly Message[], language: Language, config: ModelConfig): Prompt {
  const parts = messages.flatMap(({ content }) => content);
  if (parts.length === 0) throw new VlmError('prompt', 'There is nothing to answer yet: ask a question.');
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  // A hostile text is refused by its length, before time is spent on its tokens.
  const least = language.leastTokens(text);
  if (least >= config.mostTokens) throw tooLong(`at least ${least}`, config.mostTokens);

  const once = language.encode(language.chat(messages));
  const pictures = parts.flatMap((part) => (part.type === 'image' ? [part.image] : []));
  const images: PlacedImage[] = [];
  const ids: number[] = [];
  for (const id of once) {
    const image = id === config.imageToken ? pictures[images.length] : undefined;
    if (image === undefined) {
      ids.push(id);
      continue;
    }
    const grid = gridOf(image, config.image);
    const count = tokensOf(grid, config.image.mergeSize);
    images.push({ image, grid, start: ids.length, count });
    for (let token = 0; token < count; token++) ids.push(id);
  }
  if (images.length < pictures.length)
    throw new VlmError('prompt', "The model's chat template leaves pictures of this conversation out.");
  if (ids.length >= config.mostTokens) throw tooLong(String(ids.length), config.mostTokens);
  const grids = images.map(({ grid }) => grid);
  return { ids, images, positions: textPositions(ids, grids, config.imageToken, config.image.mergeSize) };
}

const tooLong = (tokens: string, most: number) =>
  new VlmError(
    'prompt',
    `The conversation has ${tokens} tokens, and this model reads ${most} with its reply: shorten the question, or begin a new conversation.`,
  );

/** How many tokens two prompts begin with alike, pictures included: those of another picture are other tokens. */
export function sharedPrefix(
  one: Pick<Prompt, 'ids' | 'images'>,
  other: Pick<Prompt, 'ids' | 'images'>,
): number {
  const most = Math.min(one.ids.length, other.ids.length);
  let shared = 0;
  while (shared < most && one.ids[shared] === other.ids[shared]) shared++;
  for (const [at, { image, start, count }] of one.images.entries()) {
    if (start >= shared) break;
    const theirs = other.images[at];
    // A run of as many tokens can be a picture of another shape, whose tokens stand elsewhere.
    const same = theirs?.image.key === image.key && theirs.count === count;
    if (!same) return start;
  }
  return shared;
}
