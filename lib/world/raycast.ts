import { cos, sin, toByte } from './maths';
import type { Box, Picture, SolidScene } from './scene';
import {
  BALL,
  type Ball,
  BOX,
  type Body,
  bodiesOf,
  CYLINDER,
  GLASS,
  METAL,
  RING,
  type Solid,
} from './solids';

/**
 * An analytic ray-caster for scenes of solids on a ground plane. Rays to the eye are cast solid by solid within the
 * rectangle that the solid can cover, 2x2 a pixel, into a depth buffer; then every pixel is shaded, once where its four
 * samples see the same matte face, else sample by sample. Only + - * / and sqrt are used (see maths.ts), so every engine
 * gives the same bytes.
 */

const FAR = 1e30;

// --- rays against unit solids -----------------------------------------------------------------------------------

/** Which face the last hit of `hitSolid` lies on, for normals and for telling faces apart. */
let hitFace = 0;

/** Distance along the ray (in lengths of its direction) of the first hit after `near`, or FAR. */
function hitSolid(
  s: Solid,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  near: number,
): number {
  const wx = ox - s.x;
  const wy = oy - s.y;
  const wz = oz - s.z;
  return hitUnit(
    s,
    s.m0 * wx + s.m1 * wy + s.m2 * wz,
    s.m3 * wx + s.m4 * wy + s.m5 * wz,
    s.m6 * wx + s.m7 * wy + s.m8 * wz,
    s.m0 * dx + s.m1 * dy + s.m2 * dz,
    s.m3 * dx + s.m4 * dy + s.m5 * dz,
    s.m6 * dx + s.m7 * dy + s.m8 * dz,
    near,
  );
}

/** The same in the solid's own frame. */
function hitUnit(
  s: Solid,
  x: number,
  y: number,
  z: number,
  dx: number,
  dy: number,
  dz: number,
  near: number,
): number {
  if (s.shape === BALL) {
    const a = dx * dx + dy * dy + dz * dz;
    const b = x * dx + y * dy + z * dz;
    const c = x * x + y * y + z * z - 1;
    const disc = b * b - a * c;
    if (disc <= 0) return FAR;
    const root = Math.sqrt(disc);
    hitFace = 0;
    const t = (-b - root) / a;
    if (t > near) return t;
    const u = (-b + root) / a;
    return u > near ? u : FAR;
  }
  // The slab |z| <= 1 bounds all the others.
  let enter = -FAR;
  let leave = FAR;
  let face = 0;
  let leaveFace = 0;
  if (dz !== 0) {
    const t1 = (-1 - z) / dz;
    const t2 = (1 - z) / dz;
    enter = Math.min(t1, t2);
    leave = Math.max(t1, t2);
    face = dz < 0 ? 5 : 6;
    leaveFace = dz < 0 ? 6 : 5;
  } else if (z > 1 || z < -1) return FAR;
  if (leave <= near) return FAR;
  if (s.shape === BOX) {
    if (dx !== 0) {
      const t1 = (-1 - x) / dx;
      const t2 = (1 - x) / dx;
      const low = Math.min(t1, t2);
      const high = Math.max(t1, t2);
      if (low > enter) {
        enter = low;
        face = dx < 0 ? 1 : 2;
      }
      if (high < leave) {
        leave = high;
        leaveFace = dx < 0 ? 2 : 1;
      }
    } else if (x > 1 || x < -1) return FAR;
    if (dy !== 0) {
      const t1 = (-1 - y) / dy;
      const t2 = (1 - y) / dy;
      const low = Math.min(t1, t2);
      const high = Math.max(t1, t2);
      if (low > enter) {
        enter = low;
        face = dy < 0 ? 3 : 4;
      }
      if (high < leave) {
        leave = high;
        leaveFace = dy < 0 ? 4 : 3;
      }
    } else if (y > 1 || y < -1) return FAR;
  } else if (s.shape === CYLINDER || s.shape === RING) {
    const a = dx * dx + dy * dy;
    const b = x * dx + y * dy;
    const c = x * x + y * y - 1;
    const disc = b * b - a * c;
    if (disc <= 0) return FAR;
    const root = Math.sqrt(disc);
    const low = (-b - root) / a;
    const high = (-b + root) / a;
    if (low > enter) {
      enter = low;
      face = 1;
    }
    if (high < leave) {
      leave = high;
      leaveFace = 1;
    }
    if (s.shape === RING && enter < leave) {
      // The hole cuts the span [enter, leave] in two.
      const ch = x * x + y * y - s.a * s.a;
      const dh = b * b - a * ch;
      if (dh > 0) {
        const rh = Math.sqrt(dh);
        const holeIn = (-b - rh) / a;
        const holeOut = (-b + rh) / a;
        const first = enter > holeIn ? FAR : enter;
        if (first < leave && first > near) {
          hitFace = face;
          return first;
        }
        if (holeOut < leave && holeOut > near && holeOut > enter) {
          hitFace = 2;
          return holeOut;
        }
        return FAR;
      }
    }
  } else {
    // A wedge: four leaning planes n·p <= 1, the top drawn in.
    for (let k = 0; k < 4; k++) {
      const lean = k === 0 ? s.a : k === 1 ? s.b : s.c;
      const nx = k === 0 ? 1 : k === 1 ? -1 : 0;
      const ny = k === 2 ? 1 : k === 3 ? -1 : 0;
      const half = lean / 2;
      const speed = nx * dx + ny * dy + half * dz;
      const room = 1 - half - (nx * x + ny * y + half * z);
      if (speed === 0) {
        if (room < 0) return FAR;
        continue;
      }
      const t = room / speed;
      if (speed < 0) {
        if (t > enter) {
          enter = t;
          face = k + 1;
        }
      } else if (t < leave) {
        leave = t;
        leaveFace = k + 1;
      }
    }
  }
  if (enter >= leave) return FAR;
  if (enter > near) {
    hitFace = face;
    return enter;
  }
  if (leave > near) {
    hitFace = leaveFace;
    return leave;
  }
  return FAR;
}

// Results are handed over in objects that stay: a number in a shared variable would be a new heap object at every write.
/** The unit normal at a point of a solid, written by `setNormal`. */
const normal = { x: 0.5, y: 0.5, z: 0.5 };

/** How far a coordinate has come into the rounded edge, 0 at its begin to 1 at the very edge; signed. */
function rounding(l: number, half: number, bevel: number): number {
  const inside = half * (1 - Math.abs(l));
  if (inside >= bevel) return 0;
  const k = 1 - Math.max(inside, 0) / bevel;
  return l > 0 ? k : -k;
}

function setNormal(s: Solid, face: number, px: number, py: number, pz: number): void {
  const wx = px - s.x;
  const wy = py - s.y;
  const wz = pz - s.z;
  const lx = s.m0 * wx + s.m1 * wy + s.m2 * wz;
  const ly = s.m3 * wx + s.m4 * wy + s.m5 * wz;
  const lz = s.m6 * wx + s.m7 * wy + s.m8 * wz;
  // The normal in the unit frame; as a covector it goes back by the transposed matrix.
  let ux = 0;
  let uy = 0;
  let uz = 0;
  if (s.shape === BALL) {
    ux = lx;
    uy = ly;
    uz = lz;
  } else if (face >= 5) {
    uz = face === 5 ? s.hz : -s.hz;
    if (s.bevel > 0) {
      if (s.shape === BOX) {
        ux = s.hx * rounding(lx, s.hx, s.bevel);
        uy = s.hy * rounding(ly, s.hy, s.bevel);
      } else if (s.shape === CYLINDER) {
        const r = Math.sqrt(lx * lx + ly * ly);
        const k = rounding(r, s.hx, s.bevel);
        ux = r > 0 ? (s.hx * k * lx) / r : 0;
        uy = r > 0 ? (s.hy * k * ly) / r : 0;
      }
    }
  } else if (s.shape === BOX) {
    ux = face === 1 ? s.hx : face === 2 ? -s.hx : s.bevel > 0 ? s.hx * rounding(lx, s.hx, s.bevel) : 0;
    uy = face === 3 ? s.hy : face === 4 ? -s.hy : s.bevel > 0 ? s.hy * rounding(ly, s.hy, s.bevel) : 0;
    uz = s.bevel > 0 ? s.hz * rounding(lz, s.hz, s.bevel) : 0;
  } else if (s.shape === CYLINDER || s.shape === RING) {
    const inward = face === 2 ? -1 : 1;
    const r = Math.sqrt(lx * lx + ly * ly);
    ux = (s.hx * inward * lx) / r;
    uy = (s.hy * inward * ly) / r;
    uz = s.bevel > 0 ? s.hz * rounding(lz, s.hz, s.bevel) : 0;
  } else {
    ux = face === 1 ? 1 : face === 2 ? -1 : 0;
    uy = face === 3 ? 1 : face === 4 ? -1 : 0;
    uz = (face === 1 ? s.a : face === 2 ? s.b : s.c) / 2;
  }
  const nx = s.m0 * ux + s.m3 * uy + s.m6 * uz;
  const ny = s.m1 * ux + s.m4 * uy + s.m7 * uz;
  const nz = s.m2 * ux + s.m5 * uy + s.m8 * uz;
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
  normal.x = nx / length;
  normal.y = ny / length;
  normal.z = nz / length;
}

// --- the eye's view --------------------------------------------------------------------------------------------

/** What the eye sees at every sample: which solid and face (-1: the ground) and how deep (along the camera's axis). */
interface View {
  side: number;
  solid: Int16Array;
  face: Uint8Array;
  depth: Float64Array;
}

/** The camera's frame: right is +x, and these two. */
interface Frame {
  forwardY: number;
  forwardZ: number;
  upY: number;
  upZ: number;
}

function frameOf(scene: SolidScene): Frame {
  const c = cos(scene.camera.pitch);
  const s = sin(scene.camera.pitch);
  return { forwardY: c, forwardZ: -s, upY: s, upZ: c };
}

/** Casts the rays to the eye on a grid of `side` x `side` samples. */
function cast(scene: SolidScene, bodies: readonly Body[], side: number): View {
  const { camera } = scene;
  const { forwardY, forwardZ, upY, upZ } = frameOf(scene);
  const solid = new Int16Array(side * side).fill(-1);
  const face = new Uint8Array(side * side);
  const depth = new Float64Array(side * side).fill(FAR);
  const step = (2 * camera.halfSide) / side;
  for (const body of bodies) {
    for (const s of body.solids) {
      // Where the solid's sphere can be seen, by a bound that errs on the large side.
      const wx = s.x - camera.x;
      const wy = s.y - camera.y;
      const wz = s.z - camera.z;
      const along = wy * forwardY + wz * forwardZ;
      const up = wy * upY + wz * upZ;
      const near = along - s.radius;
      if (near <= 0.1) continue;
      const [left, right] = extent(wx, along, s.radius);
      const [bottom, top] = extent(up, along, s.radius);
      const c0 = Math.max(0, Math.floor((left + camera.halfSide) / step - 0.5));
      const c1 = Math.min(side - 1, Math.ceil((right + camera.halfSide) / step - 0.5));
      const r0 = Math.max(0, Math.floor((camera.halfSide - top) / step - 0.5));
      const r1 = Math.min(side - 1, Math.ceil((camera.halfSide - bottom) / step - 0.5));
      // The eye in the solid's frame is the same for all rays, and directions change by constant steps.
      const ex = -(s.m0 * wx + s.m1 * wy + s.m2 * wz);
      const ey = -(s.m3 * wx + s.m4 * wy + s.m5 * wz);
      const ez = -(s.m6 * wx + s.m7 * wy + s.m8 * wz);
      for (let r = r0; r <= r1; r++) {
        const v = camera.halfSide - (r + 0.5) * step;
        const dy = forwardY + v * upY;
        const dz = forwardZ + v * upZ;
        const bx = s.m1 * dy + s.m2 * dz;
        const by = s.m4 * dy + s.m5 * dz;
        const bz = s.m7 * dy + s.m8 * dz;
        for (let c = c0; c <= c1; c++) {
          const u = (c + 0.5) * step - camera.halfSide;
          const t = hitUnit(s, ex, ey, ez, bx + s.m0 * u, by + s.m3 * u, bz + s.m6 * u, 0);
          const at = r * side + c;
          if (t < (depth[at] ?? 0)) {
            depth[at] = t;
            solid[at] = s.id;
            face[at] = hitFace;
          }
        }
      }
    }
  }
  return { side, solid, face, depth };
}

/** The span on the picture plane (over the focal length) of a sphere at `across` and `along` the axis. */
function extent(across: number, along: number, radius: number): [low: number, high: number] {
  // Tangents from the eye to a circle: exact in the plane through the axis.
  const square = across * across + along * along - radius * radius;
  const root = Math.sqrt(Math.max(square, 0));
  const low = (across * root - along * radius) / (along * root + across * radius);
  const high = (across * root + along * radius) / (along * root - across * radius);
  return [low, high];
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
  const view = cast(scene, bodies, size);
  const ids = new Uint8Array(size * size).fill(255);
  const pixels = bodies.map(() => 0);
  const boxes = bodies.map((): [number, number, number, number] => [size, size, 0, 0]);
  view.solid.forEach((solid, at) => {
    const thing = owner[solid];
    if (thing === undefined) return;
    ids[at] = thing;
    pixels[thing] = (pixels[thing] ?? 0) + 1;
    const box = boxes[thing];
    if (!box) return;
    const x = at % size;
    const y = (at - x) / size;
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x + 1 > box[2]) box[2] = x + 1;
    if (y + 1 > box[3]) box[3] = y + 1;
  });
  const alone = bodies.map((body) => {
    let seen = 0;
    const single = cast(scene, [body], size);
    for (const solid of single.solid) if (solid >= 0) seen++;
    return seen;
  });
  return { ids, pixels, boxes: boxes.map((box, i) => ((pixels[i] ?? 0) > 0 ? box : null)), alone };
}

// --- light -----------------------------------------------------------------------------------------------------

const SKY = 0.075;
const GROUND_ALBEDO = 0.72;

/** Points on a disc by the golden angle: the lamps' sample points. */
const DISC_POINTS = 16;
const discX = new Float64Array(DISC_POINTS);
const discY = new Float64Array(DISC_POINTS);
for (let i = 0; i < DISC_POINTS; i++) {
  const r = Math.sqrt((i + 0.5) / DISC_POINTS);
  discX[i] = r * cos(i * 2.399963229728653);
  discY[i] = r * sin(i * 2.399963229728653);
}

/** Direction (of length 1) and distance to a lamp, written by `lampAt`. */
const to = { x: 0.5, y: 0.5, z: 0.5, distance: 0.5 };
/** Light that leaves a point to the eye, written by the shaders. */
const out = { r: 0.5, g: 0.5, b: 0.5 };
const candidates: Solid[] = [];

/** Bodies that can dim a patch of ground: by nearness, and by standing before each of the lamps. */
interface Neighbours {
  around: readonly Body[];
  towards: readonly (readonly Body[])[];
}

/** Side of such a patch, pixels. */
const TILE = 8;

/** Radii of the lamps for shadows: the key, the fill and the back lamp. */
const LAMP_RADII = [0.8, 1.1, 0.8];

export function renderSolids(scene: SolidScene, size: number): Picture {
  const bodies = bodiesOf(scene);
  const solids: Solid[] = bodies.flatMap((body) => body.solids);
  const samples = size * 2;
  const view = cast(scene, bodies, samples);
  const { camera, lamps } = scene;
  const { forwardY, forwardZ, upY, upZ } = frameOf(scene);
  const step = (2 * camera.halfSide) / samples;
  const rgb = new Uint8Array(size * size * 3);
  const all: Neighbours = { around: bodies, towards: [bodies, bodies, bodies] };

  /** The share of a lamp that a point sees past `others`. `self` is a body that cannot shade itself (it is convex), or -1. */
  function shadow(
    px: number,
    py: number,
    pz: number,
    lampRadius: number,
    others: readonly Body[],
    self: number,
    points: number,
    turn: number,
  ): number {
    const toX = to.x;
    const toY = to.y;
    const toZ = to.z;
    const widening = lampRadius / to.distance;
    // The fill lamp is so wide that a vehicle's parts leave no shapes in its shadow: its balls stand for it.
    const soft = lampRadius > 1;
    let light = 1;
    for (const body of others) {
      if (body.index === self || beside(body, px, py, pz, toX, toY, toZ, widening)) continue;
      if (body.isBall || (!body.convex && soft)) {
        for (const ball of body.isBall ? [body] : body.blobs) {
          if (body.isBall || !beside(ball, px, py, pz, toX, toY, toZ, widening)) {
            light *= 1 - coverage(ball, px, py, pz, toX, toY, toZ, widening);
          }
        }
        continue;
      }
      let count = 0;
      for (const s of body.solids) {
        if (body.convex || !beside(s, px, py, pz, toX, toY, toZ, widening)) candidates[count++] = s;
      }
      if (count === 0) continue;
      // Directions across the ray, for points on the lamp's disc.
      const flat = Math.abs(toX) < 0.6;
      const ax = flat ? 0 : -toY;
      const ay = flat ? -toZ : toX;
      const az = flat ? toY : 0;
      const scale = widening / Math.sqrt(ax * ax + ay * ay + az * az);
      const bx = toY * az - toZ * ay;
      const by = toZ * ax - toX * az;
      const bz = toX * ay - toY * ax;
      // A single convex solid that hides, or leaves free, four points of the lamp's rim is taken to do so with all of it.
      const probe = body.convex && points === DISC_POINTS;
      let blocked = 0;
      let cast = 0;
      const stride = body.convex ? DISC_POINTS / points : Math.max(2, DISC_POINTS / points);
      for (let k = turn % stride; k < DISC_POINTS; k += stride) {
        const i = DISC_POINTS - 1 - k;
        const du = (discX[i] ?? 0) * scale;
        const dv = (discY[i] ?? 0) * scale;
        const dx = toX + ax * du + bx * dv;
        const dy = toY + ay * du + by * dv;
        const dz = toZ + az * du + bz * dv;
        cast++;
        for (let n = 0; n < count; n++) {
          const s = candidates[n];
          if (s && hitSolid(s, px, py, pz, dx, dy, dz, 0.004) < FAR) {
            blocked++;
            break;
          }
        }
        if (probe && cast === 5 && (blocked === 0 || blocked === 5)) break;
      }
      light *= 1 - blocked / cast;
    }
    return light;
  }

  /** How much of the sky a point with a normal sees past the things near it. */
  function openness(
    px: number,
    py: number,
    pz: number,
    ux: number,
    uy: number,
    uz: number,
    self: number,
    others: readonly Body[],
  ): number {
    let open = 1;
    for (const body of others) {
      if (body.index === self) continue;
      const bx = body.x - px;
      const by = body.y - py;
      const reach = body.radius * 4;
      if (bx * bx + by * by > reach * reach) continue;
      for (const ball of body.blobs) {
        const cx = ball.x - px;
        const cy = ball.y - py;
        const cz = ball.z - pz;
        const d2 = cx * cx + cy * cy + cz * cz;
        const r2 = ball.radius * ball.radius;
        const facing = (cx * ux + cy * uy + cz * uz) / Math.sqrt(d2);
        if (facing <= 0) continue;
        const cover = (facing * r2) / Math.max(d2, r2);
        open *= 1 - Math.min(cover, 0.85);
      }
    }
    return open;
  }

  /** The lamp's light on a surface at a point, before its shadow: power · cos at the surface · cos at the lamp / d². */
  function lampAt(
    index: number,
    px: number,
    py: number,
    pz: number,
    ux: number,
    uy: number,
    uz: number,
  ): number {
    const lamp = lamps[index === 0 ? 0 : index === 1 ? 1 : 2];
    const dx = lamp.x - px;
    const dy = lamp.y - py;
    const dz = lamp.z - pz;
    const facing = dx * ux + dy * uy + dz * uz;
    if (facing <= 0) return 0;
    const d2 = dx * dx + dy * dy + dz * dz;
    const distance = Math.sqrt(d2);
    to.x = dx / distance;
    to.y = dy / distance;
    to.z = dz / distance;
    to.distance = distance;
    // The lamps are panels that face the middle of the scene.
    const aim = Math.sqrt(lamp.x * lamp.x + lamp.y * lamp.y + lamp.z * lamp.z);
    const emitted = (dx * lamp.x + dy * lamp.y + dz * lamp.z) / (aim * distance);
    return emitted <= 0 ? 0 : (lamp.power * facing * emitted) / (d2 * distance);
  }

  /** The ground at a point; `fine` casts shadow rays, else only rough occlusion counts. */
  function shadeGround(px: number, py: number, turn: number, fine: boolean, near: Neighbours): void {
    const open = openness(px, py, 0, 0, 0, 1, -1, near.around);
    let light = SKY * 2.7 * (0.35 + 0.65 * open);
    let warm = 0;
    for (let i = 0; i < 3; i++) {
      const arriving = lampAt(i, px, py, 0, 0, 0, 1);
      if (arriving <= 0) continue;
      const lit =
        arriving *
        (fine ? shadow(px, py, 0, LAMP_RADII[i] ?? 1, near.towards[i] ?? bodies, -1, 16, turn) : open);
      light += lit;
      if (i === 1) warm -= lit;
      else if (i === 0) warm += lit;
    }
    const base = GROUND_ALBEDO * light;
    out.r = base * (1 + 0.02 * (warm > 0 ? 1 : warm * 4));
    out.g = base;
    out.b = base * (1 - 0.05 * Math.min(1, Math.max(-1, warm * 3)));
  }

  /** What a reflecting surface sees of the room: dim all around, bright where the lamps hang. */
  function room(
    dx: number,
    dy: number,
    dz: number,
    px: number,
    py: number,
    pz: number,
    gloss: number,
  ): number {
    let light = SKY * (1.1 + 0.5 * dz);
    for (let i = 0; i < 3; i++) {
      const lamp = lamps[i === 0 ? 0 : i === 1 ? 1 : 2];
      const lx = lamp.x - px;
      const ly = lamp.y - py;
      const lz = lamp.z - pz;
      const d2 = lx * lx + ly * ly + lz * lz;
      const c = (lx * dx + ly * dy + lz * dz) / Math.sqrt(d2);
      if (c < 0.6) continue;
      // 1 - cos is half the square of the angle; the lamp's own half-angle is radius / distance.
      const angle2 = 2 * (1 - c);
      const own = (lamp.radius * lamp.radius) / d2;
      const soft = own * 0.55;
      const k = 1 - (angle2 - soft) / (own * gloss);
      if (k > 0) light += 3.4 * (k < 1 ? k * k * (3 - 2 * k) : 1);
      // A wide glow, as a slightly rough metal has.
      const glow = 1 - angle2 / (own * 16 + 0.05);
      if (glow > 0) light += 0.34 * glow * glow;
    }
    return light;
  }

  /** The lit colour of a solid at a point with the current normal, without mirror images. */
  function shadeMatte(s: Solid, px: number, py: number, pz: number, turn: number, fine: boolean): void {
    const ux = normal.x;
    const uy = normal.y;
    const uz = normal.z;
    const convex = bodies[s.owner]?.convex === true;
    const self = convex ? s.owner : -1;
    const open = openness(px, py, pz, ux, uy, uz, s.owner, bodies);
    // Light from the sky above and, weaker, from the ground below, which an object darkens by standing on it.
    const nearGround = uz < 0.5 ? 0.55 + 0.45 * Math.min(1, pz / 0.8) : 1;
    let light = (SKY * 2.1 * (0.62 + 0.38 * uz) + 0.16 * (0.5 - 0.5 * uz) * nearGround) * open;
    let shine = 0;
    for (let i = 0; i < 3; i++) {
      const arriving = lampAt(i, px, py, pz, ux, uy, uz);
      if (arriving <= 0) continue;
      const seen = fine
        ? shadow(
            px + ux * 0.01,
            py + uy * 0.01,
            pz + uz * 0.01,
            LAMP_RADII[i] ?? 1,
            bodies,
            self,
            convex ? 8 : 4,
            turn,
          )
        : 1;
      light += arriving * seen;
      if (!fine) continue;
      // A broad, weak highlight.
      const vx = camera.x - px;
      const vy = camera.y - py;
      const vz = camera.z - pz;
      const vl = Math.sqrt(vx * vx + vy * vy + vz * vz);
      const hx = to.x + vx / vl;
      const hy = to.y + vy / vl;
      const hz = to.z + vz / vl;
      const hl = Math.sqrt(hx * hx + hy * hy + hz * hz);
      const h = (hx * ux + hy * uy + hz * uz) / hl;
      const h2 = h * h;
      const h4 = h2 * h2;
      const h8 = h4 * h4;
      shine += arriving * seen * h8 * h4;
    }
    const gloss = 0.06 * shine;
    out.r = s.red * light * 0.95 + gloss;
    out.g = s.green * light * 0.95 + gloss;
    out.b = s.blue * light * 0.95 + gloss;
  }

  /** What a mirrored ray from a point sees. */
  function reflected(
    px: number,
    py: number,
    pz: number,
    dx: number,
    dy: number,
    dz: number,
    from: Solid,
    gloss: number,
  ): void {
    let best = FAR;
    let found: Solid | null = null;
    let face = 0;
    const own = bodies[from.owner];
    const convex = own?.convex === true;
    for (const body of bodies) {
      if (convex && body.index === from.owner) continue;
      if (missesBall(body, px, py, pz, dx, dy, dz)) continue;
      for (const s of body.solids) {
        if (s === from) continue;
        if (!body.convex && missesBall(s, px, py, pz, dx, dy, dz)) continue;
        const t = hitSolid(s, px, py, pz, dx, dy, dz, 0.01);
        if (t < best) {
          best = t;
          found = s;
          face = hitFace;
        }
      }
    }
    if (found) {
      const qx = px + best * dx;
      const qy = py + best * dy;
      const qz = pz + best * dz;
      setNormal(found, face, qx, qy, qz);
      if (normal.x * dx + normal.y * dy + normal.z * dz > 0) {
        normal.x = -normal.x;
        normal.y = -normal.y;
        normal.z = -normal.z;
      }
      shadeMatte(found, qx, qy, qz, 0, false);
      return;
    }
    if (dz < -0.02) {
      const t = -pz / dz;
      const gx = px + t * dx;
      const gy = py + t * dy;
      shadeGround(gx, gy, 0, false, all);
      return;
    }
    const light = room(dx, dy, dz, px, py, pz, gloss);
    out.r = light;
    out.g = light;
    out.b = light;
  }

  function shadeSolid(s: Solid, face: number, px: number, py: number, pz: number, turn: number): void {
    setNormal(s, face, px, py, pz);
    let vx = camera.x - px;
    let vy = camera.y - py;
    let vz = camera.z - pz;
    const vl = Math.sqrt(vx * vx + vy * vy + vz * vz);
    vx /= vl;
    vy /= vl;
    vz /= vl;
    const nx = normal.x;
    const ny = normal.y;
    const nz = normal.z;
    let facing = nx * vx + ny * vy + nz * vz;
    if (facing < 0) {
      // A rounded edge seen from beyond its horizon.
      facing = 0;
    }
    if (s.surface !== METAL && s.surface !== GLASS) {
      shadeMatte(s, px, py, pz, turn, true);
      return;
    }
    const mx = 2 * facing * nx - vx;
    const my = 2 * facing * ny - vy;
    const mz = 2 * facing * nz - vz;
    const away = 1 - facing;
    const away2 = away * away;
    const edge = away2 * away2 * away;
    // A mirror shows little light of its own, so its shadows are left out.
    shadeMatte(s, px, py, pz, turn, false);
    const mr = out.r;
    const mg = out.g;
    const mb = out.b;
    reflected(px, py, pz, mx, my, mz, s, s.surface === METAL ? 3.2 : 1.6);
    if (s.surface === METAL) {
      // Polished and coloured: the mirror image takes the metal's colour, less so at grazing angles.
      const k = 0.86 * edge;
      out.r = 0.16 * mr + out.r * (s.red + (1 - s.red) * k);
      out.g = 0.16 * mg + out.g * (s.green + (1 - s.green) * k);
      out.b = 0.16 * mb + out.b * (s.blue + (1 - s.blue) * k);
    } else {
      const k = 0.1 + 0.7 * edge;
      out.r = mr + out.r * k;
      out.g = mg + out.g * k;
      out.b = mb + out.b * k;
    }
  }

  /** What can matter to the ground within a square of TILE pixels. */
  function neighbours(row: number, column: number): Neighbours {
    const corner = (r: number, c: number): [number, number] | null => {
      const v = camera.halfSide - 2 * r * step;
      const dz = forwardZ + v * upZ;
      if (dz > -0.02) return null;
      const t = -camera.z / dz;
      return [camera.x + t * (2 * c * step - camera.halfSide), camera.y + t * (forwardY + v * upY)];
    };
    const nearLeft = corner(row + TILE, column);
    const farRight = corner(row, column + TILE);
    const farLeft = corner(row, column);
    if (!nearLeft || !farRight || !farLeft) return all;
    const x = (nearLeft[0] + farRight[0]) / 2;
    const y = (nearLeft[1] + farRight[1]) / 2;
    const length = (dx: number, dy: number): number => Math.sqrt(dx * dx + dy * dy);
    const reach = Math.max(length(farRight[0] - x, farRight[1] - y), length(farLeft[0] - x, farLeft[1] - y));
    const around = bodies.filter((body) => length(body.x - x, body.y - y) < body.radius * 4 + reach);
    const towards = lamps.map((lamp, i) => {
      const [dx, dy, dz] = [lamp.x - x, lamp.y - y, lamp.z];
      const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
      // From anywhere in the square, rays to anywhere on the lamp stay within this much of the middle ray.
      const widening = (LAMP_RADII[i] ?? 1) / (distance - reach);
      const clear = (ball: Ball): boolean =>
        beside(
          { x: ball.x, y: ball.y, z: ball.z, radius: ball.radius + reach },
          x,
          y,
          0,
          dx / distance,
          dy / distance,
          dz / distance,
          widening,
        );
      return bodies
        .filter((body) => !clear(body))
        .map((body) => (body.convex ? body : { ...body, solids: body.solids.filter((s) => !clear(s)) }));
    });
    return { around, towards };
  }

  const tiles: Neighbours[] = [];
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      if (r % TILE === 0 && c % TILE === 0) tiles[c / TILE] = neighbours(r, c);
      const near = tiles[(c - (c % TILE)) / TILE] ?? all;
      const at = 2 * r * samples + 2 * c;
      const below = at + samples;
      const s0 = view.solid[at] ?? -1;
      const f0 = view.face[at] ?? 0;
      const same =
        s0 === view.solid[at + 1] &&
        s0 === view.solid[below] &&
        s0 === view.solid[below + 1] &&
        (s0 < 0 ||
          (f0 === view.face[at + 1] &&
            f0 === view.face[below] &&
            f0 === view.face[below + 1] &&
            solids[s0]?.surface === 0));
      // Neighbouring pixels use the lamps' points in turned order, so that shadows have no steps.
      const turn = (r & 1) * 2 + (c & 1);
      let sumR = 0;
      let sumG = 0;
      let sumB = 0;
      const shots = same ? 1 : 4;
      for (let k = 0; k < shots; k++) {
        const sx = same ? 2 * c + 0.5 : 2 * c + (k & 1);
        const sy = same ? 2 * r + 0.5 : 2 * r + (k >> 1);
        const index = same ? at : (k >> 1 ? below : at) + (k & 1);
        const u = (sx + 0.5) * step - camera.halfSide;
        const v = camera.halfSide - (sy + 0.5) * step;
        const dy = forwardY + v * upY;
        const dz = forwardZ + v * upZ;
        const solid = solids[view.solid[index] ?? -1];
        if (solid) {
          const t = same
            ? ((view.depth[at] ?? 0) +
                (view.depth[at + 1] ?? 0) +
                (view.depth[below] ?? 0) +
                (view.depth[below + 1] ?? 0)) /
              4
            : (view.depth[index] ?? 0);
          shadeSolid(
            solid,
            view.face[index] ?? 0,
            camera.x + t * u,
            camera.y + t * dy,
            camera.z + t * dz,
            turn,
          );
        } else if (dz < -0.001) {
          const t = -camera.z / dz;
          shadeGround(camera.x + t * u, camera.y + t * dy, turn, true, near);
        } else {
          out.r = SKY * 2.7 * GROUND_ALBEDO * 0.95;
          out.g = out.r;
          out.b = out.r;
        }
        sumR += Math.min(out.r, 1);
        sumG += Math.min(out.g, 1);
        sumB += Math.min(out.b, 1);
      }
      const pixel = (r * size + c) * 3;
      rgb[pixel] = toByte(sumR / shots);
      rgb[pixel + 1] = toByte(sumG / shots);
      rgb[pixel + 2] = toByte(sumB / shots);
    }
  }
  return { width: size, height: size, rgb };
}

/** Whether a ball stands clear of all rays from a point to a lamp: within `widening` a unit of the middle ray (of length 1). */
function beside(
  ball: Ball,
  px: number,
  py: number,
  pz: number,
  dx: number,
  dy: number,
  dz: number,
  widening: number,
): boolean {
  const cx = ball.x - px;
  const cy = ball.y - py;
  const cz = ball.z - pz;
  const along = cx * dx + cy * dy + cz * dz;
  if (along <= -ball.radius) return true;
  const room = ball.radius + (along > 0 ? widening * along : 0);
  return cx * cx + cy * cy + cz * cz - along * along >= room * room;
}

/** How much of a lamp a ball covers: two discs as seen from the point. */
function coverage(
  ball: Ball,
  px: number,
  py: number,
  pz: number,
  dx: number,
  dy: number,
  dz: number,
  widening: number,
): number {
  const cx = ball.x - px;
  const cy = ball.y - py;
  const cz = ball.z - pz;
  const along = cx * dx + cy * dy + cz * dz;
  const lamp = widening * along;
  const apart = Math.sqrt(Math.max(0, cx * cx + cy * cy + cz * cz - along * along)) - ball.radius;
  const k = apart <= -lamp ? 1 : apart >= lamp ? 0 : 0.5 - apart / (2 * lamp);
  const most = (ball.radius * ball.radius) / (lamp * lamp);
  return k * k * (3 - 2 * k) * Math.min(most, 1);
}

function missesBall(
  ball: Ball,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): boolean {
  const cx = ball.x - ox;
  const cy = ball.y - oy;
  const cz = ball.z - oz;
  const along = cx * dx + cy * dy + cz * dz;
  const d2 = dx * dx + dy * dy + dz * dz;
  const c2 = cx * cx + cy * cy + cz * cz;
  const r2 = ball.radius * ball.radius;
  if (along < 0) return c2 > r2;
  return c2 * d2 - along * along > r2 * d2;
}

/** Where a point of the scene lands in a picture of `size` pixels, and how far it is along the camera's axis. */
export function project(
  scene: SolidScene,
  x: number,
  y: number,
  z: number,
  size: number,
): { x: number; y: number; depth: number } {
  const { camera } = scene;
  const { forwardY, forwardZ, upY, upZ } = frameOf(scene);
  const wx = x - camera.x;
  const wy = y - camera.y;
  const wz = z - camera.z;
  const depth = wy * forwardY + wz * forwardZ;
  const scale = size / (2 * camera.halfSide);
  return { x: size / 2 + (wx / depth) * scale, y: size / 2 - ((wy * upY + wz * upZ) / depth) * scale, depth };
}
