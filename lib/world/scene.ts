import type { Drawing, Point } from './drawing';

/**
 * A scene is a plain object that follows from its kind and a 53-bit seed. The version is part of the world's identity:
 * it changes whenever the same seed gives another scene, other pixels or other questions.
 */
export const WORLD_VERSION = 1;

export const SPLITS = ['train', 'val', 'test', 'test-hard'] as const;
export type Split = (typeof SPLITS)[number];

/** The top two bits of a seed name its split, so no seed, and no scene, belongs to two of them. */
export const SEEDS_PER_SPLIT = 2 ** 51;

export function splitOf(seed: number): Split {
  return SPLITS[Math.floor(seed / SEEDS_PER_SPLIT)] ?? 'train';
}

/** The n-th seed of a split, n in [0, 2^51). */
export function seedIn(split: Split, n: number): number {
  if (!Number.isSafeInteger(n) || n < 0 || n >= SEEDS_PER_SPLIT) {
    throw new RangeError(`a split has seeds 0 to ${SEEDS_PER_SPLIT - 1}, not ${n}`);
  }
  return SPLITS.indexOf(split) * SEEDS_PER_SPLIT + n;
}

export const COLOURS = ['gray', 'red', 'blue', 'green', 'brown', 'purple', 'cyan', 'yellow'] as const;
export type Colour = (typeof COLOURS)[number];
export const MATERIALS = ['rubber', 'metal'] as const;
export type Material = (typeof MATERIALS)[number];
export const SIZES = ['small', 'large'] as const;
export type Size = (typeof SIZES)[number];
export const TABLETOP_SHAPES = ['cube', 'sphere', 'cylinder'] as const;
export const VEHICLE_SHAPES = ['car', 'bus', 'aeroplane', 'bicycle', 'motorbike'] as const;
export type Shape = (typeof TABLETOP_SHAPES)[number] | (typeof VEHICLE_SHAPES)[number];

/** One object. Positions in the scene's frame: x to the right of the picture, y away from the camera, z up; the ground is z = 0. */
export interface Thing {
  shape: Shape;
  /** Which build of a vehicle (sedan, pickup, …), an index; 0 for tabletop shapes. */
  build: number;
  colour: Colour;
  material: Material;
  size: Size;
  x: number;
  y: number;
  /** Turn about the vertical, radians. */
  turn: number;
}

export interface Camera {
  /** It stands at (x, y, z) and looks along +y, bent down by `pitch` radians. */
  x: number;
  y: number;
  z: number;
  pitch: number;
  /** Half the picture's side over the focal length. */
  halfSide: number;
}

export interface Lamp {
  x: number;
  y: number;
  z: number;
  radius: number;
  power: number;
}

export interface SolidScene {
  kind: 'tabletop' | 'vehicles';
  seed: number;
  camera: Camera;
  lamps: readonly [Lamp, Lamp, Lamp];
  things: readonly Thing[];
}

export interface Diagram {
  kind: 'diagram';
  seed: number;
  drawing: Drawing;
  /** Where the named points lie on the sheet, in the drawing's hundredths. */
  points: Readonly<Record<string, Point>>;
}

export type FlatScene = Diagram | { kind: 'chart' | 'table' | 'text'; seed: number; drawing: Drawing };

export type Scene = SolidScene | FlatScene;
export type SceneKind = Scene['kind'];
export const SCENE_KINDS = ['tabletop', 'vehicles', 'diagram', 'chart', 'table', 'text'] as const;

/** [x1, y1, x2, y2] in pixels: the first and one past the last column and row, as boxes are drawn. */
export type Box = readonly [number, number, number, number];
