import { cos, sin } from './maths';
import type { Cover, Part, PartShape } from './parts';
import type { Colour, SolidScene, Thing } from './scene';
import { vehicleParts } from './vehicles';

/** The unit solids that every object is made of, stretched and turned into place. */
export const BALL = 0;
export const BOX = 1;
/** Axis z, radius 1, z from -1 to 1. */
export const CYLINDER = 2;
/** A cylinder with a hole of radius `a`. */
export const RING = 3;
/** A box whose top is drawn in: the front by `a`, the back by `b`, both sides by `c`, in half-sizes at the top. */
export const WEDGE = 4;

const SHAPE_CODE = { ball: BALL, box: BOX, cylinder: CYLINDER, ring: RING, wedge: WEDGE } as const;

/** A part of an object in the scene's frame, ready to be hit by rays. */
export interface Solid {
  /** Its place in the scene's list of solids, from 0. */
  id: number;
  /** Index of the thing that it belongs to. */
  owner: number;
  shape: number;
  /** Scene to unit frame: a matrix by rows, applied after the centre is taken off. */
  m0: number;
  m1: number;
  m2: number;
  m3: number;
  m4: number;
  m5: number;
  m6: number;
  m7: number;
  m8: number;
  x: number;
  y: number;
  z: number;
  /** Half-sizes in scene units. */
  hx: number;
  hy: number;
  hz: number;
  a: number;
  b: number;
  c: number;
  /** Width of the rounded edge, scene units. */
  bevel: number;
  /** Radius of a sphere around it. */
  radius: number;
  /** Linear light. */
  red: number;
  green: number;
  blue: number;
  surface: number;
  /** A round bar so thin that its shadow is a strip. */
  thin: boolean;
  /** As thick as the lamps are wide, so its shadow has no fine shapes. */
  stout: boolean;
}

export const MATTE = 0;
export const METAL = 1;
export const GLASS = 2;

export interface Ball {
  x: number;
  y: number;
  z: number;
  radius: number;
}

/** A thing with its solids, a sphere around them, and the balls that stand for it where only rough occlusion counts. */
export interface Body extends Ball {
  index: number;
  solids: readonly Solid[];
  /** Those of its solids that cast shadows: all but details. */
  casters: readonly Solid[];
  blobs: readonly Ball[];
  /** A ball is its own bound, which makes its shadow exact and cheap. */
  isBall: boolean;
  /** One solid, which cannot shade or mirror itself. */
  convex: boolean;
}

/** CLEVR's colours (facebookresearch/clevr-dataset-gen, image_generation/data/properties.json), as sRGB bytes. */
export const COLOUR_RGB: Readonly<Record<Colour, readonly [number, number, number]>> = {
  gray: [87, 87, 87],
  red: [173, 35, 35],
  blue: [42, 75, 215],
  green: [29, 105, 20],
  brown: [129, 74, 25],
  purple: [129, 38, 192],
  cyan: [41, 208, 208],
  yellow: [255, 238, 51],
};

/** Super-CLEVR paints a whole vehicle with its colour; what is no body here is a darker or paler tone of it. */
const COVER_TONE: Readonly<Record<Exclude<Cover, 'body'>, { of: number; plus: number }>> = {
  glass: { of: 0.05, plus: 0.006 },
  tyre: { of: 0.3, plus: 0.008 },
  chrome: { of: 0.55, plus: 0.12 },
  dark: { of: 0.2, plus: 0.012 },
  white: { of: 0.3, plus: 0.5 },
};

/** CLEVR hands its bytes to the renderer as linear light, which is why its things look paler than the list. */
const asAlbedo = (rgb: readonly [number, number, number]): [number, number, number] => [
  rgb[0] / 255,
  rgb[1] / 255,
  rgb[2] / 255,
];

const TABLETOP_PARTS: Readonly<Record<'cube' | 'sphere' | 'cylinder', readonly Part[]>> = {
  // CLEVR's cubes are scaled by 1/√2, so that all three shapes look alike in size.
  cube: [{ shape: 'box', centre: [0, 0, 0.71], half: [0.71, 0.71, 0.71], bevel: 0.09 }],
  sphere: [{ shape: 'ball', centre: [0, 0, 1], half: [1, 1, 1] }],
  cylinder: [{ shape: 'cylinder', centre: [0, 0, 1], half: [1, 1, 1], bevel: 0.07 }],
};

export function partsOf(thing: Thing): readonly Part[] {
  switch (thing.shape) {
    case 'cube':
    case 'sphere':
    case 'cylinder':
      return TABLETOP_PARTS[thing.shape];
    default:
      return vehicleParts(thing.shape, thing.build);
  }
}

/** World units of one unit of the object's own frame. */
export function scaleOf(thing: Thing): number {
  switch (thing.shape) {
    case 'cube':
    case 'sphere':
    case 'cylinder':
      return thing.size === 'large' ? 0.7 : 0.35;
    default:
      return thing.size === 'large' ? 1.2 : 0.7;
  }
}

type Matrix = [number, number, number, number, number, number, number, number, number];

function multiply(p: Matrix, q: Matrix): Matrix {
  const out: Matrix = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let r = 0; r < 3; r++)
    for (let c = 0; c < 3; c++)
      out[r * 3 + c] =
        (p[r * 3] ?? 0) * (q[c] ?? 0) +
        (p[r * 3 + 1] ?? 0) * (q[3 + c] ?? 0) +
        (p[r * 3 + 2] ?? 0) * (q[6 + c] ?? 0);
  return out;
}

function rotation([x, y, z]: readonly [number, number, number]): Matrix {
  const about = (i: number, j: number, angle: number): Matrix => {
    const m: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    m[i * 3 + i] = cos(angle);
    m[j * 3 + j] = cos(angle);
    m[i * 3 + j] = -sin(angle);
    m[j * 3 + i] = sin(angle);
    return m;
  };
  return multiply(about(0, 1, z), multiply(about(2, 0, y), about(1, 2, x)));
}

/** Puts every thing of a scene where it stands, as solids that rays can hit. */
export function bodiesOf(scene: SolidScene): Body[] {
  let id = 0;
  return scene.things.map((thing, index) => {
    const scale = scaleOf(thing);
    const turn = rotation([0, 0, thing.turn]);
    const bodyColour = asAlbedo(COLOUR_RGB[thing.colour]);
    const parts = partsOf(thing);
    const solids = parts.map((part): Solid => {
      const own = part.turns ? multiply(turn, rotation(part.turns)) : turn;
      const [hx, hy, hz] = [part.half[0] * scale, part.half[1] * scale, part.half[2] * scale];
      const [cx, cy, cz] = part.centre;
      const cover = part.cover ?? 'body';
      const tone = cover === 'body' ? { of: 1, plus: 0 } : COVER_TONE[cover];
      const [red, green, blue] = bodyColour.map((light) => light * tone.of + tone.plus);
      return {
        id: id++,
        owner: index,
        shape: SHAPE_CODE[part.shape],
        // The inverse of rotation times stretch: the rotation transposed, each row over its half-size.
        m0: own[0] / hx,
        m1: own[3] / hx,
        m2: own[6] / hx,
        m3: own[1] / hy,
        m4: own[4] / hy,
        m5: own[7] / hy,
        m6: own[2] / hz,
        m7: own[5] / hz,
        m8: own[8] / hz,
        x: thing.x + scale * (turn[0] * cx + turn[1] * cy),
        y: thing.y + scale * (turn[3] * cx + turn[4] * cy),
        z: scale * cz,
        hx,
        hy,
        hz,
        a: part.a ?? 0,
        b: part.b ?? 0,
        c: part.c ?? 0,
        bevel: (part.bevel ?? 0) * scale,
        radius: boundOf(part.shape, hx, hy, hz),
        red: red ?? 0,
        green: green ?? 0,
        blue: blue ?? 0,
        surface:
          cover === 'glass'
            ? GLASS
            : cover === 'chrome' || (cover === 'body' && thing.material === 'metal')
              ? METAL
              : MATTE,
        thin: part.shape === 'cylinder' && hx === hy && hz > 2.5 * hx && hx < 0.12,
        stout: Math.min(hx, hy, hz) > 0.15,
      };
    });
    return {
      index,
      solids,
      casters: solids.filter((_, i) => parts[i]?.detail !== true),
      ...sphereAround(solids),
      blobs: blobsOf(thing, solids),
      isBall: thing.shape === 'sphere',
      convex: solids.length === 1,
    };
  });
}

function boundOf(shape: PartShape, hx: number, hy: number, hz: number): number {
  if (shape === 'ball') return Math.max(hx, hy, hz);
  if (shape === 'box' || shape === 'wedge') return Math.sqrt(hx * hx + hy * hy + hz * hz);
  return Math.sqrt(Math.max(hx * hx, hy * hy) + hz * hz);
}

function sphereAround(solids: readonly Solid[]): Ball {
  const middle = (low: (s: Solid) => number, high: (s: Solid) => number): number =>
    (Math.min(...solids.map(low)) + Math.max(...solids.map(high))) / 2;
  const x = middle(
    (s) => s.x - s.radius,
    (s) => s.x + s.radius,
  );
  const y = middle(
    (s) => s.y - s.radius,
    (s) => s.y + s.radius,
  );
  const z = middle(
    (s) => s.z - s.radius,
    (s) => s.z + s.radius,
  );
  let radius = 0;
  for (const s of solids) {
    const [dx, dy, dz] = [s.x - x, s.y - y, s.z - z];
    radius = Math.max(radius, Math.sqrt(dx * dx + dy * dy + dz * dz) + s.radius);
  }
  return { x, y, z, radius };
}

function blobsOf(thing: Thing, solids: readonly Solid[]): Ball[] {
  const scale = scaleOf(thing);
  const [only] = solids;
  if (only && solids.length === 1) {
    return [{ x: only.x, y: only.y, z: only.z, radius: scale * (thing.shape === 'cube' ? 0.85 : 1) }];
  }
  const thin = thing.shape === 'bicycle' || thing.shape === 'motorbike';
  return [-0.62, 0, 0.62].map((k) => ({
    x: thing.x + k * scale * cos(thing.turn),
    y: thing.y + k * scale * sin(thing.turn),
    z: 0.38 * scale,
    radius: (thin ? 0.22 : 0.36) * scale,
  }));
}
