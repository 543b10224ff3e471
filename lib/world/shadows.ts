import { cos, sin } from './maths';
import { FAR, hitUnit, NONE, unitRay } from './rays';
import type { Lamp, SolidScene } from './scene';
import type { Ball, Body, Solid } from './solids';

/**
 * Soft shadows: which share of a lamp a point sees. Balls and thin bars cover a disc by a formula; other solids are met
 * by rays to points of the lamp, in the penumbra only.
 */

/** What may stand between a lamp and some part of the scene. */
export interface Casters {
  balls: readonly Ball[];
  solids: readonly Solid[];
}

/** Nothing is in the way. */
export const NO_CASTERS: Casters = { balls: [], solids: [] };

/** Radii of the lamps for shadows: the key, the fill and the back lamp. */
export const LAMP_RADII = [0.8, 1.1, 0.8] as const;
/** The fill lamp is so wide that a vehicle's parts leave no shapes in its shadow: its balls stand for it. */
const FILL = 1;

/** Points on a disc by the golden angle: the lamps' sample points, the outermost first. */
export const DISC_POINTS = 16;
const discX = new Float64Array(DISC_POINTS);
const discY = new Float64Array(DISC_POINTS);
for (let i = 0; i < DISC_POINTS; i++) {
  const r = Math.sqrt((DISC_POINTS - i - 0.5) / DISC_POINTS);
  discX[i] = r * cos((DISC_POINTS - 1 - i) * 2.399963229728653);
  discY[i] = r * sin((DISC_POINTS - 1 - i) * 2.399963229728653);
}

/**
 * What can come between a lamp and any point within `reach` of (x, y, z). `self` is a body that is met there: it casts no
 * shadow on itself from the fill lamp, and `own`, one of its solids, casts none at all.
 */
export function castersTo(
  scene: SolidScene,
  lamp: 0 | 1 | 2,
  bodies: readonly Body[],
  x: number,
  y: number,
  z: number,
  reach: number,
  own?: Solid,
): Casters {
  const { x: lx, y: ly, z: lz }: Lamp = scene.lamps[lamp];
  const [dx, dy, dz] = [lx - x, ly - y, lz - z];
  const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
  // From anywhere within reach, rays to anywhere on the lamp stay within this much of the middle ray.
  const widening = LAMP_RADII[lamp] / (distance - reach);
  const clear = (ball: Ball): boolean => {
    const [cx, cy, cz] = [ball.x - x, ball.y - y, ball.z - z];
    const along = (cx * dx + cy * dy + cz * dz) / distance;
    const radius = ball.radius + reach;
    if (along <= -radius) return true;
    const room = radius + (along > 0 ? widening * along : 0);
    return cx * cx + cy * cy + cz * cz - along * along >= room * room;
  };
  const balls: Ball[] = [];
  const solids: Solid[] = [];
  for (const body of bodies) {
    if (clear(body)) continue;
    if (body.index === own?.owner && (body.convex || lamp === FILL)) continue;
    if (body.isBall) balls.push(body);
    else if (!body.convex && lamp === FILL) balls.push(...body.blobs.filter((ball) => !clear(ball)));
    else for (const s of body.casters) if (s !== own && !clear(s)) solids.push(s);
  }
  return balls.length + solids.length === 0 ? NO_CASTERS : { balls, solids };
}

/** The ray to the middle of a lamp: from (x, y, z) along (dx, dy, dz), of length 1; `widening` is the lamp's radius over its distance. */
export const toLamp = { x: 0.5, y: 0.5, z: 0.5, dx: 0.5, dy: 0.5, dz: 0.5, widening: 0.5 };
/** The share of the lamp that `lookAtLamp` found to be seen. */
export const lit = { share: 0.5 };

const candidates: Solid[] = [];
/** For every candidate, in its own frame: the point, the ray to the lamp's middle, and the lamp's two radii. */
const frames = new Float64Array(12 * 256);

/** Finds what share of a lamp the point of `toLamp` sees, by `points` of the lamp where rays are needed. */
export function lookAtLamp({ balls, solids }: Casters, points: number, turn: number): void {
  let light = 1;
  for (let i = 0; i < balls.length; i++) {
    const ball = balls[i];
    if (ball) light *= 1 - ballCover(ball);
  }
  let count = 0;
  for (let i = 0; i < solids.length; i++) {
    const s = solids[i];
    if (!s) continue;
    if (s.thin) light *= 1 - barCover(s);
    else if (!besideBall(s) && !besideBox(s)) candidates[count++] = s;
  }
  lit.share = light;
  if (count === 0) return;
  const { x, y, z, dx, dy, dz } = toLamp;
  // Directions across the ray, for points on the lamp's disc.
  const flat = Math.abs(dx) < 0.6;
  const px = flat ? 0 : -dy;
  const py = flat ? -dz : dx;
  const pz = flat ? dy : 0;
  const scale = toLamp.widening / Math.sqrt(px * px + py * py + pz * pz);
  const ax = px * scale;
  const ay = py * scale;
  const az = pz * scale;
  const bx = dy * az - dz * ay;
  const by = dz * ax - dx * az;
  const bz = dx * ay - dy * ax;
  for (let n = 0; n < count; n++) {
    const s = candidates[n];
    if (!s) continue;
    for (let k = 0; k < 3; k++) {
      const mx = k === 0 ? s.m0 : k === 1 ? s.m3 : s.m6;
      const my = k === 0 ? s.m1 : k === 1 ? s.m4 : s.m7;
      const mz = k === 0 ? s.m2 : k === 1 ? s.m5 : s.m8;
      frames[n * 12 + k] = mx * (x - s.x) + my * (y - s.y) + mz * (z - s.z);
      frames[n * 12 + 3 + k] = mx * dx + my * dy + mz * dz;
      frames[n * 12 + 6 + k] = mx * ax + my * ay + mz * az;
      frames[n * 12 + 9 + k] = mx * bx + my * by + mz * bz;
    }
  }
  const alone = count === 1 && candidates[0]?.stout === true;
  // Several solids together have soft shadows by their number, and thin ones have small ones.
  const stride = DISC_POINTS / (alone ? points : Math.min(points, 8));
  let blocked = 0;
  let cast = 0;
  for (let k = turn % stride; k < DISC_POINTS; k += stride) {
    const u = discX[k] ?? 0;
    const v = discY[k] ?? 0;
    cast++;
    for (let n = 0; n < count; n++) {
      const s = candidates[n];
      if (!s) continue;
      const f = n * 12;
      unitRay.x = frames[f] ?? 0;
      unitRay.y = frames[f + 1] ?? 0;
      unitRay.z = frames[f + 2] ?? 0;
      unitRay.dx = (frames[f + 3] ?? 0) + (frames[f + 6] ?? 0) * u + (frames[f + 9] ?? 0) * v;
      unitRay.dy = (frames[f + 4] ?? 0) + (frames[f + 7] ?? 0) * u + (frames[f + 10] ?? 0) * v;
      unitRay.dz = (frames[f + 5] ?? 0) + (frames[f + 8] ?? 0) * u + (frames[f + 11] ?? 0) * v;
      if (hitUnit(s) !== NONE) {
        blocked++;
        break;
      }
    }
    // What hides, or leaves free, all these points of the lamp's rim is taken to do so with all of it.
    if (cast === 5 && (blocked === 5 || (alone && blocked === 0))) break;
  }
  lit.share = light * (1 - blocked / cast);
}

/** Whether a ball stands clear of all rays from a point to a lamp. */
function besideBall(ball: Ball): boolean {
  const cx = ball.x - toLamp.x;
  const cy = ball.y - toLamp.y;
  const cz = ball.z - toLamp.z;
  const along = cx * toLamp.dx + cy * toLamp.dy + cz * toLamp.dz;
  if (along <= -ball.radius) return true;
  const room = ball.radius + (along > 0 ? toLamp.widening * along : 0);
  return cx * cx + cy * cy + cz * cz - along * along >= room * room;
}

/** The same for the box around a solid, grown by the lamp's width beyond it. */
function besideBox(s: Solid): boolean {
  const { dx, dy, dz } = toLamp;
  const wx = toLamp.x - s.x;
  const wy = toLamp.y - s.y;
  const wz = toLamp.z - s.z;
  const grow = toLamp.widening * Math.max(0, s.radius - (wx * dx + wy * dy + wz * dz));
  let enter = 0;
  let leave = FAR;
  for (let k = 0; k < 3; k++) {
    const mx = k === 0 ? s.m0 : k === 1 ? s.m3 : s.m6;
    const my = k === 0 ? s.m1 : k === 1 ? s.m4 : s.m7;
    const mz = k === 0 ? s.m2 : k === 1 ? s.m5 : s.m8;
    const half = 1 + grow / (k === 0 ? s.hx : k === 1 ? s.hy : s.hz);
    const from = mx * wx + my * wy + mz * wz;
    const speed = mx * dx + my * dy + mz * dz;
    if (speed === 0) {
      if (from > half || from < -half) return true;
      continue;
    }
    const first = (speed < 0 ? half - from : -half - from) / speed;
    const last = (speed < 0 ? -half - from : half - from) / speed;
    if (first > enter) enter = first;
    if (last < leave) leave = last;
    if (enter >= leave) return true;
  }
  return false;
}

/** How much of a lamp a ball covers: two discs as seen from the point. */
function ballCover(ball: Ball): number {
  const cx = ball.x - toLamp.x;
  const cy = ball.y - toLamp.y;
  const cz = ball.z - toLamp.z;
  const along = cx * toLamp.dx + cy * toLamp.dy + cz * toLamp.dz;
  if (along <= 0) return 0;
  const lamp = toLamp.widening * along;
  const room = ball.radius + lamp;
  const apart2 = cx * cx + cy * cy + cz * cz - along * along;
  if (apart2 >= room * room) return 0;
  const apart = Math.sqrt(Math.max(0, apart2)) - ball.radius;
  const k = apart <= -lamp ? 1 : 0.5 - apart / (2 * lamp);
  const most = (ball.radius * ball.radius) / (lamp * lamp);
  return k * k * (3 - 2 * k) * Math.min(most, 1);
}

/** The share of a disc of radius 1 on the lower side of a line at `u`, nearly. */
const discShare = (u: number): number => (u <= -1 ? 0 : u >= 1 ? 1 : 0.5 + 0.75 * u - 0.25 * u * u * u);

/** How much of a lamp a thin bar covers: a strip over a disc, where the bar comes closest to the ray. */
function barCover(s: Solid): number {
  const wx = s.x - toLamp.x;
  const wy = s.y - toLamp.y;
  const wz = s.z - toLamp.z;
  const ahead = wx * toLamp.dx + wy * toLamp.dy + wz * toLamp.dz;
  if (ahead <= -s.radius) return 0;
  const room = s.radius + toLamp.widening * (ahead + s.radius);
  if (wx * wx + wy * wy + wz * wz - ahead * ahead >= room * room) return 0;
  // The third row of the matrix is the bar's axis over its half-length.
  const ax = s.m6 * s.hz;
  const ay = s.m7 * s.hz;
  const az = s.m8 * s.hz;
  const b = toLamp.dx * ax + toLamp.dy * ay + toLamp.dz * az;
  const across = 1 - b * b;
  let at = across < 1e-6 ? 0 : (ahead * b - (wx * ax + wy * ay + wz * az)) / across;
  at = at < -s.hz ? -s.hz : Math.min(at, s.hz);
  const along = ahead + at * b;
  if (along <= 0) return 0;
  const ex = wx + at * ax - along * toLamp.dx;
  const ey = wy + at * ay - along * toLamp.dy;
  const ez = wz + at * az - along * toLamp.dz;
  const apart = Math.sqrt(ex * ex + ey * ey + ez * ez);
  const lamp = toLamp.widening * along;
  const strip = discShare((apart + s.hx) / lamp) - discShare((apart - s.hx) / lamp);
  return strip * Math.min(1, (s.hz * Math.sqrt(across) + s.hx) / lamp);
}

/** A point and its normal, for `openness`. */
export const spot = { x: 0.5, y: 0.5, z: 0.5, ux: 0.5, uy: 0.5, uz: 0.5 };

/** How much of the sky `spot` sees past the things near it. */
export function openness(self: number, others: readonly Body[]): number {
  const { x, y, z, ux, uy, uz } = spot;
  let open = 1;
  for (let i = 0; i < others.length; i++) {
    const body = others[i];
    if (!body || body.index === self) continue;
    const bx = body.x - x;
    const by = body.y - y;
    const reach = body.radius * 4;
    if (bx * bx + by * by > reach * reach) continue;
    for (let k = 0; k < body.blobs.length; k++) {
      const ball = body.blobs[k];
      if (!ball) continue;
      const cx = ball.x - x;
      const cy = ball.y - y;
      const cz = ball.z - z;
      const facing = cx * ux + cy * uy + cz * uz;
      if (facing <= 0) continue;
      const d2 = cx * cx + cy * cy + cz * cz;
      const r2 = ball.radius * ball.radius;
      const cover = (facing * r2) / (Math.sqrt(d2) * Math.max(d2, r2));
      open *= 1 - Math.min(cover, 0.85);
    }
  }
  return open;
}
