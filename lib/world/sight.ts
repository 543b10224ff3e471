import { cos, sin } from './maths';
import { FAR, hit, hitUnit, NONE, unitRay } from './rays';
import type { Box, SolidScene } from './scene';
import { BALL, type Body, bodiesOf, type Solid } from './solids';

/** What the eye sees: rays are cast solid by solid within the rectangle that the solid can cover, into a depth buffer. */

/** What is seen at every sample of a square grid: which solid and face (-1: the ground) and how deep along the camera's axis. */
export interface View {
  side: number;
  solid: Int16Array;
  face: Uint8Array;
  depth: Float32Array;
  /** Samples that every thing would show if it stood alone, as far as the picture reaches. */
  alone: number[];
  /** The last thing that a ray through the sample met. */
  last: Int16Array;
}

/** The camera's frame: right is +x, and these two. */
export interface Frame {
  forwardY: number;
  forwardZ: number;
  upY: number;
  upZ: number;
}

export function frameOf(scene: SolidScene): Frame {
  const c = cos(scene.camera.pitch);
  const s = sin(scene.camera.pitch);
  return { forwardY: c, forwardZ: -s, upY: s, upZ: c };
}

/** The last view, whose room is used again: new arrays for every picture would cost as much as filling them. */
let room: View | null = null;

function roomFor(side: number): View {
  const count = side * side;
  if (room?.side !== side) {
    room = {
      side,
      solid: new Int16Array(count),
      face: new Uint8Array(count),
      depth: new Float32Array(count),
      last: new Int16Array(count),
      alone: [],
    };
  }
  room.solid.fill(-1);
  room.depth.fill(FAR);
  room.last.fill(-1);
  return room;
}

/** Casts the rays to the eye on a grid of `side` x `side` samples. The view holds until the next cast. */
export function cast(scene: SolidScene, bodies: readonly Body[], side: number): View {
  const { camera } = scene;
  const frame = frameOf(scene);
  const { forwardY, forwardZ, upY, upZ } = frame;
  const view = roomFor(side);
  const { solid, face, depth, last } = view;
  view.alone = bodies.map(() => 0);
  const step = (2 * camera.halfSide) / side;
  for (const body of bodies) {
    let count = 0;
    for (const s of body.solids) {
      const wx = s.x - camera.x;
      const wy = s.y - camera.y;
      const wz = s.z - camera.z;
      if (wy * forwardY + wz * forwardZ - s.radius <= 0.1) continue;
      const [left, bottom, right, top] = extentOf(s, scene, frame);
      const c0 = Math.max(0, Math.floor((left + camera.halfSide) / step - 0.5));
      const c1 = Math.min(side - 1, Math.ceil((right + camera.halfSide) / step - 0.5));
      const r0 = Math.max(0, Math.floor((camera.halfSide - top) / step - 0.5));
      const r1 = Math.min(side - 1, Math.ceil((camera.halfSide - bottom) / step - 0.5));
      // The eye in the solid's frame is the same for all rays, and directions change by constant steps.
      unitRay.x = -(s.m0 * wx + s.m1 * wy + s.m2 * wz);
      unitRay.y = -(s.m3 * wx + s.m4 * wy + s.m5 * wz);
      unitRay.z = -(s.m6 * wx + s.m7 * wy + s.m8 * wz);
      for (let r = r0; r <= r1; r++) {
        const v = camera.halfSide - (r + 0.5) * step;
        const dy = forwardY + v * upY;
        const dz = forwardZ + v * upZ;
        const bx = s.m1 * dy + s.m2 * dz;
        const by = s.m4 * dy + s.m5 * dz;
        const bz = s.m7 * dy + s.m8 * dz;
        for (let c = c0; c <= c1; c++) {
          const u = (c + 0.5) * step - camera.halfSide;
          unitRay.dx = bx + s.m0 * u;
          unitRay.dy = by + s.m3 * u;
          unitRay.dz = bz + s.m6 * u;
          const met = hitUnit(s);
          if (met === NONE) continue;
          const at = r * side + c;
          if (last[at] !== body.index) {
            last[at] = body.index;
            count++;
          }
          if (hit.t < (depth[at] ?? 0)) {
            depth[at] = hit.t;
            solid[at] = s.id;
            face[at] = met;
          }
        }
      }
    }
    view.alone[body.index] = count;
  }
  return view;
}

/** The rectangle [left, bottom, right, top] on the picture plane (over the focal length) that a solid stays in. */
function extentOf(s: Solid, { camera }: SolidScene, frame: Frame): [number, number, number, number] {
  const wx = s.x - camera.x;
  const wy = s.y - camera.y;
  const wz = s.z - camera.z;
  if (s.shape === BALL) {
    const along = wy * frame.forwardY + wz * frame.forwardZ;
    const [left, right] = span(wx, along, s.radius);
    const [bottom, top] = span(wy * frame.upY + wz * frame.upZ, along, s.radius);
    return [left, bottom, right, top];
  }
  // The corners of the box around it; a row of the matrix times its half-size squared is a half-axis.
  const [qx, qy, qz] = [s.hx * s.hx, s.hy * s.hy, s.hz * s.hz];
  const out: [number, number, number, number] = [FAR, FAR, -FAR, -FAR];
  for (let k = 0; k < 8; k++) {
    const a = k & 1 ? qx : -qx;
    const b = k & 2 ? qy : -qy;
    const c = k & 4 ? qz : -qz;
    const x = wx + a * s.m0 + b * s.m3 + c * s.m6;
    const y = wy + a * s.m1 + b * s.m4 + c * s.m7;
    const z = wz + a * s.m2 + b * s.m5 + c * s.m8;
    const along = y * frame.forwardY + z * frame.forwardZ;
    const across = x / along;
    const up = (y * frame.upY + z * frame.upZ) / along;
    if (across < out[0]) out[0] = across;
    if (up < out[1]) out[1] = up;
    if (across > out[2]) out[2] = across;
    if (up > out[3]) out[3] = up;
  }
  return out;
}

/** The span on the picture plane of a sphere at `across` and `along` the axis: tangents from the eye to a circle. */
function span(across: number, along: number, radius: number): [low: number, high: number] {
  const root = Math.sqrt(Math.max(across * across + along * along - radius * radius, 0));
  return [
    (across * root - along * radius) / (along * root + across * radius),
    (across * root + along * radius) / (along * root - across * radius),
  ];
}

/** What can be seen of every thing in a picture of `size` pixels, a ray through every pixel's middle. */
export interface Sighting {
  /** Index of the thing at every pixel, 255 for the ground. */
  ids: Uint8Array;
  /** Visible pixels of every thing. */
  pixels: readonly number[];
  /** The box of a thing's visible pixels; null where nothing of it is seen. */
  boxes: readonly (Box | null)[];
  /** Pixels that it would show if it stood alone, as far as the picture reaches. */
  alone: readonly number[];
}

export function sight(scene: SolidScene, size: number): Sighting {
  const bodies = bodiesOf(scene);
  const owner = bodies.flatMap((body) => body.solids.map(() => body.index));
  const { solid, alone } = cast(scene, bodies, size);
  const ids = new Uint8Array(size * size).fill(255);
  const pixels = bodies.map(() => 0);
  const boxes = bodies.map((): [number, number, number, number] => [size, size, 0, 0]);
  for (let at = 0; at < solid.length; at++) {
    const seen = solid[at] ?? -1;
    if (seen < 0) continue;
    const thing = owner[seen] ?? 0;
    ids[at] = thing;
    pixels[thing] = (pixels[thing] ?? 0) + 1;
    const box = boxes[thing];
    if (!box) continue;
    const x = at % size;
    const y = (at - x) / size;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x + 1 > box[2]) box[2] = x + 1;
    if (y + 1 > box[3]) box[3] = y + 1;
  }
  return { ids, pixels, boxes: boxes.map((box, i) => ((pixels[i] ?? 0) > 0 ? box : null)), alone };
}

/** Where a point lands in a picture, in the unit of `size`, and how far it is along the camera's axis. */
export interface Projected {
  x: number;
  y: number;
  depth: number;
}

/** The projection of a scene's points into its picture of `size` pixels. */
export function projection(scene: SolidScene, size: number): (x: number, y: number, z: number) => Projected {
  const { camera } = scene;
  const { forwardY, forwardZ, upY, upZ } = frameOf(scene);
  const scale = size / (2 * camera.halfSide);
  return (x, y, z) => {
    const wx = x - camera.x;
    const wy = y - camera.y;
    const wz = z - camera.z;
    const depth = wy * forwardY + wz * forwardZ;
    return {
      x: size / 2 + (wx / depth) * scale,
      y: size / 2 - ((wy * upY + wz * upZ) / depth) * scale,
      depth,
    };
  };
}

export const project = (scene: SolidScene, x: number, y: number, z: number, size: number): Projected =>
  projection(scene, size)(x, y, z);
