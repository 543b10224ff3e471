import { extentOf, type Mark } from '@/lib/world/drawing';
import type { Task } from '@/lib/world/question';
import type { Box, Thing } from '@/lib/world/scene';
import { sight } from '@/lib/world/sight';
import { ask, type Known, render } from '@/lib/world/world';

export interface PaintRequest {
  task: Task;
  seed: number;
  /** Side of the picture that is asked about: boxes are in its pixels. */
  size: number;
  /** Side of the picture that is painted: the same, more for a screen that can show more, or less for a small picture. */
  pixels: number;
  /** Whether to say what can be pointed at, which takes a look of its own. */
  pointing: boolean;
}

export interface Painted {
  known: Known;
  parts: readonly Part[];
  /** Index of the part at every pixel of the picture asked about, 255 for none; null where boxes alone tell. */
  ids: Uint8Array | null;
  /** `pixels` rows of RGBA bytes, as a canvas takes them. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** What a picture shows at a place: an object, a bar, a piece of text. */
export interface Part {
  name: string;
  /** What is known of it beside its name. */
  fact: string;
  box: Box;
}

/** A sample of the world with its picture. */
export function paint({ task, seed, size, pixels, pointing }: PaintRequest): Painted {
  const known = ask(task, seed, size);
  const picture = render(known.scene, pixels);
  const rgba = new Uint8ClampedArray(pixels * pixels * 4).fill(255);
  for (let at = 0; at < pixels * pixels; at++) rgba.set(picture.rgb.subarray(at * 3, at * 3 + 3), at * 4);
  return { known, rgba, ...(pointing ? partsOf(known, size) : { parts: [], ids: null }) };
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

/** Index of the part at a place of the picture asked about, in its pixels; null for none. */
export function partAt({ parts, ids }: Painted, size: number, x: number, y: number): number | null {
  if (ids !== null) {
    const id = ids[Math.floor(y) * size + Math.floor(x)] ?? 255;
    return id === 255 ? null : id;
  }
  const index = parts.findIndex(({ box }) => x >= box[0] && y >= box[1] && x < box[2] && y < box[3]);
  return index < 0 ? null : index;
}
