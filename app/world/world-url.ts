import { TASKS, type Task } from '@/lib/world/question';
import { SEED_LIMIT } from '@/lib/world/random';
import { SEEDS_PER_SPLIT, SPLITS, type Split, seedIn, splitOf } from '@/lib/world/scene';

/** What the page shows. It lives in the address and nowhere else; the split follows from the seed. */
export interface WorldView {
  task: Task;
  seed: number;
  /** Side of the picture in pixels, from SMALLEST to LARGEST. */
  size: number;
}

/** The sizes to choose from: as in most training rows, as in the benchmark, and as large as the page has room for. */
export const PICTURE_SIZES = [112, 224, 448] as const;
/** What the address may name: a training row has any of these. */
const SMALLEST = 96;
const LARGEST = 512;

/** Reads `?task=counting&split=test&seed=4503599627370496&size=112`; says in a sentence what it cannot read. */
export function readView(params: URLSearchParams): { view: WorldView } | { problem: string } {
  const named = params.get('task') ?? 'counting';
  const task = TASKS.find((each) => each === named);
  if (task === undefined)
    return { problem: `There is no task “${shorten(named)}”. The tasks are ${TASKS.join(', ')}.` };

  const splitName = params.get('split');
  const split = SPLITS.find((each) => each === splitName);
  if (splitName !== null && split === undefined)
    return { problem: `There is no split “${shorten(splitName)}”. The splits are ${SPLITS.join(', ')}.` };

  const digits = params.get('seed')?.trim() || String(seedIn(split ?? 'test', 0));
  const seed = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(seed < SEED_LIMIT))
    return { problem: `A seed is a whole number from 0 to ${SEED_LIMIT - 1}, not “${shorten(digits)}”.` };
  if (split !== undefined && split !== splitOf(seed))
    return { problem: `The seed ${seed} belongs to the split ${splitOf(seed)}, not to ${split}.` };

  const side = params.get('size') ?? '448';
  const size = /^\d+$/.test(side) ? Number(side) : Number.NaN;
  if (!(size >= SMALLEST && size <= LARGEST))
    return { problem: `A picture has ${SMALLEST} to ${LARGEST} pixels a side, not “${shorten(side)}”.` };
  return { view: { task, seed, size } };
}

/** The query of a view's address, with its question mark. */
export function viewQuery({ task, seed, size }: WorldView): string {
  return `?task=${task}&split=${splitOf(seed)}&seed=${seed}${size === 448 ? '' : `&size=${size}`}`;
}

/** The seed that stands in another split where this one stands in its own. */
export const seedAcross = (seed: number, split: Split): number => seedIn(split, seed % SEEDS_PER_SPLIT);

/** A seed of a split that nobody chose. */
export const rollSeed = (split: Split): number => seedIn(split, Math.floor(Math.random() * SEEDS_PER_SPLIT));

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
