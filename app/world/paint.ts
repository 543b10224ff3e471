import { extentOf, type Mark } from '@/lib/world/drawing';
import { type Box, SEEDS_PER_SPLIT, splitOf, type Thing } from '@/lib/world/scene';
import { sight } from '@/lib/world/sight';
import { rowWords, SEEDS_PER_SET } from '@/lib/world/training-row';
import { ask, type Known, render } from '@/lib/world/world';
import type { Painted, PaintRequest } from './painted';

/** A sample of the world with its picture. */
export function paint({ task, seed, size, pixels, whole }: PaintRequest): Painted {
  const known = ask(task, seed, size);
  const picture = render(known.scene, pixels);
  const rgba = new Uint8ClampedArray(pixels * pixels * 4).fill(255);
  for (let at = 0; at < pixels * pixels; at++)
    for (let k = 0; k < 3; k++) rgba[at * 4 + k] = picture.rgb[at * 3 + k] ?? 0;
  if (!whole) return { known, rgba, parts: [], ids: null, row: null };
  return { known, rgba, ...partsOf(known, size), row: rowOf(known, seed, size) };
}

function partsOf(known: Known, size: number): Pick<Painted, 'parts' | 'ids'> {
  const { scene } = known;
  if ('things' in scene) {
    const { ids, pixels, boxes } = sight(scene, size);
    const parts = scene.things.map((thing, index) => ({
      name: nameOf(thing),
      fact: `${pixels[index]} pixels are seen`,
      box: boxes[index] ?? ([0, 0, 0, 0] as const),
    }));
    return { ids, parts };
  }
  const { marks } = scene.drawing;
  if ('chart' in known) {
    const parts = known.chart.categories.flatMap(({ name, value }) =>
      marks
        .filter((mark) => mark.kind === 'area' && mark.means === name)
        .map((bar) => ({ name, fact: String(value), box: boxOf(bar, size) })),
    );
    return { ids: null, parts };
  }
  if ('printed' in known) {
    const parts = marks.flatMap((mark) =>
      mark.kind === 'text' ? [{ name: mark.text, fact: '', box: boxOf(mark, size) }] : [],
    );
    return { ids: null, parts };
  }
  return { ids: null, parts: [] };
}

const nameOf = ({ size, colour, material, shape }: Thing): string => `${size} ${colour} ${material} ${shape}`;

function boxOf(mark: Mark, size: number): Box {
  const [x1, y1, x2, y2] = extentOf(mark);
  const low = (hundredths: number) => Math.max(0, Math.floor((hundredths * size) / 100));
  const high = (hundredths: number) => Math.min(size, Math.ceil((hundredths * size) / 100));
  return [low(x1), low(y1), high(x2), high(y2)];
}

function rowOf(known: Known, seed: number, size: number): Painted['row'] {
  const place = seed % SEEDS_PER_SPLIT;
  const set = {
    split: splitOf(seed),
    tasks: [known.question.task],
    seed: Math.floor(place / SEEDS_PER_SET),
    size,
    frame: size,
    image: { format: 'png' },
    further: false,
    paraphrase: false,
    talk: false,
    places: false,
  } as const;
  return rowWords(set, place % SEEDS_PER_SET, known);
}
