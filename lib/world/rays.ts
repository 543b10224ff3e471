import { BALL, type Ball, BOX, CYLINDER, RING, type Solid } from './solids';

/** Rays against the unit solids, and the solids' normals. */

/** Farther than anything of a scene. */
export const FAR = 1e30;
/** The face of a ray that hits nothing. */
export const NONE = -1;
/** Hits nearer than this, in lengths of the ray's direction, are the surface that the ray left. */
const NEAR = 0.004;

// Numbers are handed to and from the functions of the inner loops in objects that stay: as an argument, a result or a
// shared variable each would be a new heap object at every call.
/** The ray in hand, in the scene's frame: from (x, y, z) along (dx, dy, dz). */
export const ray = { x: 0.5, y: 0.5, z: 0.5, dx: 0.5, dy: 0.5, dz: 0.5 };
/** The same in the frame of the solid in hand. */
export const unitRay = { x: 0.5, y: 0.5, z: 0.5, dx: 0.5, dy: 0.5, dz: 0.5 };
/** Distance of the last hit along its ray, in lengths of the direction. */
export const hit = { t: 0.5 };
/** The unit normal that `setNormal` found. */
export const normal = { x: 0.5, y: 0.5, z: 0.5 };

/** The face where `ray` first hits a solid, or NONE; the distance is then in `hit`. */
export function hitSolid(s: Solid): number {
  const wx = ray.x - s.x;
  const wy = ray.y - s.y;
  const wz = ray.z - s.z;
  unitRay.x = s.m0 * wx + s.m1 * wy + s.m2 * wz;
  unitRay.y = s.m3 * wx + s.m4 * wy + s.m5 * wz;
  unitRay.z = s.m6 * wx + s.m7 * wy + s.m8 * wz;
  unitRay.dx = s.m0 * ray.dx + s.m1 * ray.dy + s.m2 * ray.dz;
  unitRay.dy = s.m3 * ray.dx + s.m4 * ray.dy + s.m5 * ray.dz;
  unitRay.dz = s.m6 * ray.dx + s.m7 * ray.dy + s.m8 * ray.dz;
  return hitUnit(s);
}

/** The same for `unitRay`. */
export function hitUnit(s: Solid): number {
  const { x, y, z, dx, dy, dz } = unitRay;
  if (s.shape === BALL) {
    const a = dx * dx + dy * dy + dz * dz;
    const b = x * dx + y * dy + z * dz;
    const c = x * x + y * y + z * z - 1;
    const disc = b * b - a * c;
    if (disc <= 0) return NONE;
    const root = Math.sqrt(disc);
    const t = (-b - root) / a;
    hit.t = t > NEAR ? t : (-b + root) / a;
    return hit.t > NEAR ? 0 : NONE;
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
  } else if (z > 1 || z < -1) return NONE;
  if (leave <= NEAR) return NONE;
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
    } else if (x > 1 || x < -1) return NONE;
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
    } else if (y > 1 || y < -1) return NONE;
  } else if (s.shape === CYLINDER || s.shape === RING) {
    const a = dx * dx + dy * dy;
    const b = x * dx + y * dy;
    const c = x * x + y * y - 1;
    const disc = b * b - a * c;
    if (disc <= 0) return NONE;
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
        const first = enter > holeIn && enter < holeOut ? FAR : enter;
        if (first < leave && first > NEAR) {
          hit.t = first;
          return face;
        }
        if (holeOut < leave && holeOut > NEAR && holeOut > enter) {
          hit.t = holeOut;
          return 2;
        }
        return NONE;
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
        if (room < 0) return NONE;
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
  if (enter >= leave) return NONE;
  if (enter > NEAR) {
    hit.t = enter;
    return face;
  }
  if (leave > NEAR) {
    hit.t = leave;
    return leaveFace;
  }
  return NONE;
}

/** How far a coordinate has come into the rounded edge, 0 at its begin to 1 at the very edge; signed. */
function rounding(l: number, half: number, bevel: number): number {
  const inside = half * (1 - Math.abs(l));
  if (inside >= bevel) return 0;
  const k = 1 - Math.max(inside, 0) / bevel;
  return l > 0 ? k : -k;
}

/** Finds the normal on a face of a solid at a point. */
export function setNormal(s: Solid, face: number, at: { x: number; y: number; z: number }): void {
  const wx = at.x - s.x;
  const wy = at.y - s.y;
  const wz = at.z - s.z;
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

/** Whether `ray` passes a ball by. */
export function missesBall(ball: Ball): boolean {
  const cx = ball.x - ray.x;
  const cy = ball.y - ray.y;
  const cz = ball.z - ray.z;
  const along = cx * ray.dx + cy * ray.dy + cz * ray.dz;
  const c2 = cx * cx + cy * cy + cz * cz;
  const r2 = ball.radius * ball.radius;
  if (along < 0) return c2 > r2;
  const d2 = ray.dx * ray.dx + ray.dy * ray.dy + ray.dz * ray.dz;
  return c2 * d2 - along * along > r2 * d2;
}
