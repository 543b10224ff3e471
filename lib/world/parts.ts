/** What objects are built of, before they are put into a scene. */

export type PartShape = 'ball' | 'box' | 'cylinder' | 'ring' | 'wedge';

/** What a part is covered with: `body` has the object's own colour and material. */
export type Cover = 'body' | 'glass' | 'tyre' | 'chrome' | 'dark' | 'white';

export interface Part {
  shape: PartShape;
  /** Centre and half-sizes in the object's frame: x forward, y left, z up from the ground. */
  centre: readonly [number, number, number];
  half: readonly [number, number, number];
  /** Turns in radians about x, then y, then z, before the part is put at its centre. */
  turns?: readonly [number, number, number];
  cover?: Cover;
  a?: number;
  b?: number;
  c?: number;
  /** Width of the rounded edge, in the object's units. */
  bevel?: number;
  /** A part on or in another: its shadow cannot be told from the other's. */
  detail?: boolean;
}
