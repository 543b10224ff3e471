import type { Task } from '@/lib/world/question';
import type { Box } from '@/lib/world/scene';
import type { TrainingRow } from '@/lib/world/training-row';
import type { Known } from '@/lib/world/world';

/** What goes to the worker that paints and what comes back. The world itself is loaded by the worker alone. */

export interface PaintRequest {
  task: Task;
  seed: number;
  /** Side of the picture that is asked about: boxes are in its pixels. */
  size: number;
  /** Side of the picture that is painted: the same, more for a screen that can show more, or less for a small picture. */
  pixels: number;
  /** Whether all is wanted, or the picture alone. */
  whole: boolean;
}

export interface Painted {
  known: Known;
  /** What can be pointed at. */
  parts: readonly Part[];
  /** Index of the part at every pixel of the picture asked about, 255 for none; null where boxes alone tell. */
  ids: Uint8Array | null;
  /** The sample as training has it, without its picture. */
  row: Omit<TrainingRow, 'images'> | null;
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

/** Index of the part at a place of the picture asked about, in its pixels; null for none. */
export function partAt({ parts, ids }: Painted, size: number, x: number, y: number): number | null {
  if (ids !== null) {
    const id = ids[Math.floor(y) * size + Math.floor(x)] ?? 255;
    return id === 255 ? null : id;
  }
  const index = parts.findIndex(({ box }) => x >= box[0] && y >= box[1] && x < box[2] && y < box[3]);
  return index < 0 ? null : index;
}
