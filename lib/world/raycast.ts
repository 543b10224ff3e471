import { toByte } from './maths';
import type { Picture } from './picture';
import { FAR, hit, hitSolid, missesBall, NONE, normal, ray, setNormal } from './rays';
import type { SolidScene } from './scene';
import {
  type Casters,
  castersTo,
  DISC_POINTS,
  LAMP_RADII,
  lit,
  lookAtLamp,
  NO_CASTERS,
  openness,
  spot,
  toLamp,
} from './shadows';
import { cast, frameOf } from './sight';
import { type Body, bodiesOf, MATTE, METAL, type Solid } from './solids';

/**
 * An analytic ray-caster for scenes of solids on a ground plane. The eye's rays are cast 2x2 a pixel (see sight.ts);
 * samples of a pixel that see the same face are lit together, and the ground, which changes slowly, on a grid that is
 * finer where its light changes. Only + - * / and sqrt are used (see maths.ts), so every engine gives the same bytes.
 */

const SKY = 0.071;
const GROUND_ALBEDO = 0.72;
/** The lamps' light on things over that on the ground, as CLEVR's pictures have it. */
const THINGS_GAIN = 1.3;
/** Light that metal and glass, which mostly mirror, give of their own, before their colour. */
const OWN_LIGHT = 0.035;
const GLASS_LIGHT = 0.3;
const LAMPS = [0, 1, 2] as const;

/** Light that leaves a point to the eye, written by the shaders. */
const out = { r: 0.5, g: 0.5, b: 0.5 };
/** The point that is lit. */
const point = { x: 0.5, y: 0.5, z: 0.5 };

/** Room for the ground's light, kept for the next picture of this size. */
let groundRoom = new Float32Array(0);

/** Side of the ground's coarsest cells, pixels: a power of 2. */
const CELL = 8;
/** How far the middle of a square may be from the mean of its corners where they stand for it: about a step of sRGB. */
const EVEN = 0.004;
/** The same where only the pixels between two stand to be lit: less than a shadow's own steps. */
const EVEN_NEAR = 0.012;
/** A mirror's pixel is shot anew, sample by sample, where a neighbour on the same solid differs by this many steps. */
const GLINT = 20;

export function renderSolids(scene: SolidScene, size: number): Picture {
  const bodies = bodiesOf(scene);
  const solids: Solid[] = bodies.flatMap((body) => body.solids);
  const samples = size * 2;
  const view = cast(scene, bodies, samples);
  const { camera, lamps } = scene;
  const { forwardY, forwardZ, upY, upZ } = frameOf(scene);
  const step = (2 * camera.halfSide) / samples;
  const rgb = new Uint8Array(size * size * 3);

  /** A lamp's light on `spot` before its shadow: power · cos at the surface · cos at the lamp / d². Leaves the ray to it in `toLamp`. */
  function lampAt(index: 0 | 1 | 2): number {
    const lamp = lamps[index];
    const dx = lamp.x - spot.x;
    const dy = lamp.y - spot.y;
    const dz = lamp.z - spot.z;
    const facing = dx * spot.ux + dy * spot.uy + dz * spot.uz;
    if (facing <= 0) return 0;
    const d2 = dx * dx + dy * dy + dz * dz;
    const distance = Math.sqrt(d2);
    toLamp.dx = dx / distance;
    toLamp.dy = dy / distance;
    toLamp.dz = dz / distance;
    toLamp.widening = LAMP_RADII[index] / distance;
    // The lamps are panels that face the middle of the scene.
    const aim = Math.sqrt(lamp.x * lamp.x + lamp.y * lamp.y + lamp.z * lamp.z);
    const emitted = (dx * lamp.x + dy * lamp.y + dz * lamp.z) / (aim * distance);
    return emitted <= 0 ? 0 : (lamp.power * facing * emitted) / (d2 * distance);
  }

  /** The ground at `point`; without casters only rough occlusion counts. */
  function shadeGround(around: readonly Body[], casters: readonly Casters[] | null): void {
    toLamp.x = spot.x = point.x;
    toLamp.y = spot.y = point.y;
    toLamp.z = spot.z = 0;
    spot.ux = spot.uy = 0;
    spot.uz = 1;
    const open = openness(-1, around);
    let light = SKY * 2.7 * (0.35 + 0.65 * open);
    let warm = 0;
    for (const i of LAMPS) {
      let arriving = lampAt(i);
      if (arriving <= 0) continue;
      const near = casters?.[i];
      if (!near) arriving *= open;
      else if (near !== NO_CASTERS) {
        lookAtLamp(near, DISC_POINTS, 0);
        arriving *= lit.share;
      }
      light += arriving;
      if (i === 1) warm -= arriving;
      else if (i === 0) warm += arriving;
    }
    const base = GROUND_ALBEDO * light;
    out.r = base * (1 + 0.02 * (warm > 0 ? 1 : warm * 4));
    out.g = base;
    out.b = base * (1 - 0.05 * Math.min(1, Math.max(-1, warm * 3)));
  }

  /** What `ray`, from a reflecting surface, sees of the room: dim all around, bright where the lamps hang. */
  function room(gloss: number): number {
    const { dx, dy, dz } = ray;
    let light = SKY * (0.75 + 0.6 * dz);
    for (const i of LAMPS) {
      const lamp = lamps[i];
      const lx = lamp.x - ray.x;
      const ly = lamp.y - ray.y;
      const lz = lamp.z - ray.z;
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
      if (glow > 0) light += 0.2 * glow * glow;
    }
    return light;
  }

  /** What can shade a solid, lamp by lamp, worked out when it is first lit. */
  const solidCasters: (readonly Casters[] | undefined)[] = [];
  const castersOn = (s: Solid): readonly Casters[] => {
    const known = solidCasters[s.id];
    if (known) return known;
    const found = LAMPS.map((i) => castersTo(scene, i, bodies, s.x, s.y, s.z, s.radius, s));
    solidCasters[s.id] = found;
    return found;
  };
  /** Things near enough to a thing to take light from it. */
  const beside = bodies.map((body) =>
    bodies.filter((other) => {
      const [dx, dy] = [other.x - body.x, other.y - body.y];
      return Math.sqrt(dx * dx + dy * dy) < body.radius + 4 * other.radius;
    }),
  );

  /** The lit colour of a solid at `point` with the normal in hand, without mirror images. */
  function shadeMatte(s: Solid, turn: number, fine: boolean): void {
    const { x: ux, y: uy, z: uz } = normal;
    spot.x = point.x;
    spot.y = point.y;
    spot.z = point.z;
    spot.ux = ux;
    spot.uy = uy;
    spot.uz = uz;
    toLamp.x = point.x + ux * 0.01;
    toLamp.y = point.y + uy * 0.01;
    toLamp.z = point.z + uz * 0.01;
    const vx = camera.x - point.x;
    const vy = camera.y - point.y;
    const vz = camera.z - point.z;
    const vl = Math.sqrt(vx * vx + vy * vy + vz * vz);
    const convex = bodies[s.owner]?.convex === true;
    const open = openness(s.owner, beside[s.owner] ?? bodies);
    // Light from the sky above and, weaker, from the ground below, which an object darkens by standing on it.
    const nearGround = uz < 0.5 ? 0.55 + 0.45 * Math.min(1, point.z / 0.8) : 1;
    let light = (SKY * 2.1 * (0.62 + 0.38 * uz) + 0.16 * (0.5 - 0.5 * uz) * nearGround) * open;
    let shine = 0;
    const casters = fine ? castersOn(s) : null;
    for (const i of LAMPS) {
      let arriving = lampAt(i);
      if (arriving <= 0) continue;
      const near = casters?.[i];
      if (near) {
        if (near !== NO_CASTERS) {
          lookAtLamp(near, convex ? 8 : 4, turn);
          arriving *= lit.share;
        }
        // A broad, weak highlight.
        const hx = toLamp.dx + vx / vl;
        const hy = toLamp.dy + vy / vl;
        const hz = toLamp.dz + vz / vl;
        const h = (hx * ux + hy * uy + hz * uz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
        const h2 = h * h;
        const h4 = h2 * h2;
        shine += arriving * h4 * h4 * h4;
      }
      light += THINGS_GAIN * arriving;
    }
    const gloss = 0.06 * shine;
    out.r = s.red * light * 0.95 + gloss;
    out.g = s.green * light * 0.95 + gloss;
    out.b = s.blue * light * 0.95 + gloss;
  }

  /** What `ray`, mirrored by a solid, sees. */
  function reflected(from: Solid, gloss: number): void {
    let best = FAR;
    let found: Solid | null = null;
    let face = NONE;
    for (const body of bodies) {
      if ((body.convex && body.index === from.owner) || missesBall(body)) continue;
      for (const s of body.casters) {
        if (s === from || (!body.convex && missesBall(s))) continue;
        const met = hitSolid(s);
        if (met !== NONE && hit.t < best) {
          best = hit.t;
          found = s;
          face = met;
        }
      }
    }
    if (!found && ray.dz >= -0.02) {
      out.r = out.g = out.b = room(gloss);
      return;
    }
    if (!found) best = -ray.z / ray.dz;
    point.x = ray.x + best * ray.dx;
    point.y = ray.y + best * ray.dy;
    point.z = ray.z + best * ray.dz;
    if (!found) {
      shadeGround(bodies, null);
      return;
    }
    setNormal(found, face, point);
    if (normal.x * ray.dx + normal.y * ray.dy + normal.z * ray.dz > 0) {
      normal.x = -normal.x;
      normal.y = -normal.y;
      normal.z = -normal.z;
    }
    shadeMatte(found, 0, false);
  }

  /** A solid's face at `point`, as the eye sees it. */
  function shadeSolid(s: Solid, face: number, turn: number): void {
    setNormal(s, face, point);
    if (s.surface === MATTE) {
      shadeMatte(s, turn, true);
      return;
    }
    let vx = camera.x - point.x;
    let vy = camera.y - point.y;
    let vz = camera.z - point.z;
    const vl = Math.sqrt(vx * vx + vy * vy + vz * vz);
    vx /= vl;
    vy /= vl;
    vz /= vl;
    const { x: nx, y: ny, z: nz } = normal;
    // Below 0 on a rounded edge seen from beyond its horizon.
    const facing = Math.max(0, nx * vx + ny * vy + nz * vz);
    ray.x = point.x;
    ray.y = point.y;
    ray.z = point.z;
    ray.dx = 2 * facing * nx - vx;
    ray.dy = 2 * facing * ny - vy;
    ray.dz = 2 * facing * nz - vz;
    const away = 1 - facing;
    const away2 = away * away;
    const edge = away2 * away2 * away;
    reflected(s, s.surface === METAL ? 2.4 : 1.6);
    if (s.surface === METAL) {
      // Polished and coloured: the mirror image takes the metal's colour, less so at grazing angles.
      const k = 0.5 * edge;
      out.r = s.red * OWN_LIGHT + out.r * (s.red + (1 - s.red) * k);
      out.g = s.green * OWN_LIGHT + out.g * (s.green + (1 - s.green) * k);
      out.b = s.blue * OWN_LIGHT + out.b * (s.blue + (1 - s.blue) * k);
    } else {
      const k = 0.1 + 0.7 * edge;
      out.r = s.red * GLASS_LIGHT + out.r * k;
      out.g = s.green * GLASS_LIGHT + out.g * k;
      out.b = s.blue * GLASS_LIGHT + out.b * k;
    }
  }

  // --- the ground, on a grid over the middles of the pixels

  const cells = Math.ceil((size - 1) / CELL) || 1;
  const nodes = cells * CELL + 1;
  if (groundRoom.length !== nodes * nodes * 3) groundRoom = new Float32Array(nodes * nodes * 3);
  const ground = groundRoom.fill(-1);

  /** Where the ray through the middle of a pixel meets the ground; null above the horizon. */
  function groundAt(row: number, column: number): [x: number, y: number] | null {
    const v = camera.halfSide - (2 * row + 1) * step;
    const dz = forwardZ + v * upZ;
    if (dz > -0.001) return null;
    const t = -camera.z / dz;
    return [camera.x + t * ((2 * column + 1) * step - camera.halfSide), camera.y + t * (forwardY + v * upY)];
  }

  interface Patch {
    around: readonly Body[];
    casters: readonly Casters[];
    clear: boolean;
  }

  /** What can matter to the light within a cell. */
  function patchAt(row: number, column: number): Patch | null {
    const nearLeft = groundAt(row + CELL, column);
    const farLeft = groundAt(row, column);
    const farRight = groundAt(row, column + CELL);
    if (!nearLeft || !farLeft || !farRight) return null;
    const x = (nearLeft[0] + farRight[0]) / 2;
    const y = (nearLeft[1] + farRight[1]) / 2;
    const length = (dx: number, dy: number): number => Math.sqrt(dx * dx + dy * dy);
    const reach = Math.max(length(farRight[0] - x, farRight[1] - y), length(farLeft[0] - x, farLeft[1] - y));
    const around = bodies.filter((body) => length(body.x - x, body.y - y) < body.radius * 4 + reach);
    const casters = LAMPS.map((i) => castersTo(scene, i, bodies, x, y, 0, reach));
    return {
      around,
      casters,
      clear: casters.every((one) => one === NO_CASTERS),
    };
  }

  function lightNode(row: number, column: number, patch: Patch | null): number {
    const at = (row * nodes + column) * 3;
    const known = ground[at + 1] ?? -1;
    if (known >= 0) return known;
    const place = patch && groundAt(row, column);
    if (place) {
      point.x = place[0];
      point.y = place[1];
      shadeGround(patch.around, patch.casters);
    } else out.r = out.g = out.b = SKY * 2.7 * GROUND_ALBEDO * 0.95;
    ground[at] = out.r;
    ground[at + 1] = out.g;
    ground[at + 2] = out.b;
    return out.g;
  }

  /** Lights the nodes of a square: by its corners where they agree, else by its quarters. */
  function lightSquare(row: number, column: number, side: number, patch: Patch | null): void {
    const a = lightNode(row, column, patch);
    const b = lightNode(row, column + side, patch);
    const c = lightNode(row + side, column, patch);
    const d = lightNode(row + side, column + side, patch);
    if (side === 1) return;
    const half = side / 2;
    const middle = lightNode(row + half, column + half, patch);
    const even =
      Math.abs((a + b + c + d) / 4 - middle) < (side === 2 ? EVEN_NEAR : EVEN) &&
      Math.abs(a + d - b - c) < 4 * EVEN;
    if (even && (side < CELL || patch === null || patch.clear)) {
      for (let k = 0; k < 3; k++) {
        const corner = (row * nodes + column) * 3 + k;
        const over = side * nodes * 3;
        const farLeft = ground[corner] ?? 0;
        const farRight = ground[corner + side * 3] ?? 0;
        const nearLeft = ground[corner + over] ?? 0;
        const nearRight = ground[corner + over + side * 3] ?? 0;
        for (let r = 0; r <= side; r++) {
          const left = farLeft + ((nearLeft - farLeft) * r) / side;
          const slope = (farRight + ((nearRight - farRight) * r) / side - left) / side;
          for (let q = 0; q <= side; q++) {
            const at = corner + (r * nodes + q) * 3;
            if ((ground[at] ?? 0) < 0) ground[at] = left + slope * q;
          }
        }
      }
      return;
    }
    for (let k = 0; k < 4; k++) lightSquare(row + half * (k >> 1), column + half * (k & 1), half, patch);
  }

  /** Place of a pixel's ground light in `ground`, lit where it was not yet. */
  function groundPlace(row: number, column: number): number {
    const at = (row * nodes + column) * 3;
    if ((ground[at] ?? -1) < 0) {
      const r = Math.min(row - (row % CELL), (cells - 1) * CELL);
      const c = Math.min(column - (column % CELL), (cells - 1) * CELL);
      lightSquare(r, c, CELL, patchAt(r, c));
    }
    return at;
  }

  // --- the pixels

  /** Writes a pixel; samples that see the same face are lit as one, those on a mirror one by one where `apart`. */
  function shadePixel(r: number, c: number, apart: boolean): void {
    // Neighbouring pixels use the lamps' points in turned order, so that shadows have no steps.
    const turn = (r & 1) * 2 + (c & 1);
    const first = 2 * r * samples + 2 * c;
    let sumR = 0;
    let sumG = 0;
    let sumB = 0;
    let left = 15;
    for (let k = 0; k < 4; k++) {
      if ((left & (1 << k)) === 0) continue;
      const at = first + (k & 1) + (k >> 1) * samples;
      const seen = view.solid[at] ?? -1;
      const face = view.face[at] ?? 0;
      const s = seen < 0 ? undefined : solids[seen];
      const single = apart && s?.surface !== MATTE;
      let count = 0;
      let u = 0;
      let v = 0;
      let t = 0;
      for (let j = k; j < 4; j++) {
        const other = first + (j & 1) + (j >> 1) * samples;
        if ((left & (1 << j)) === 0 || view.solid[other] !== seen) continue;
        if (seen >= 0 && (view.face[other] !== face || (single && j > k))) continue;
        left &= ~(1 << j);
        count++;
        u += j & 1;
        v += j >> 1;
        t += view.depth[other] ?? 0;
      }
      if (s) {
        u = (2 * c + u / count + 0.5) * step - camera.halfSide;
        v = camera.halfSide - (2 * r + v / count + 0.5) * step;
        t /= count;
        point.x = camera.x + t * u;
        point.y = camera.y + t * (forwardY + v * upY);
        point.z = camera.z + t * (forwardZ + v * upZ);
        shadeSolid(s, face, turn);
      } else {
        const place = groundPlace(r, c);
        out.r = ground[place] ?? 0;
        out.g = ground[place + 1] ?? 0;
        out.b = ground[place + 2] ?? 0;
      }
      sumR += count * Math.min(out.r, 1);
      sumG += count * Math.min(out.g, 1);
      sumB += count * Math.min(out.b, 1);
    }
    const pixel = (r * size + c) * 3;
    rgb[pixel] = toByte(sumR / 4);
    rgb[pixel + 1] = toByte(sumG / 4);
    rgb[pixel + 2] = toByte(sumB / 4);
  }

  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      const first = 2 * r * samples + 2 * c;
      const below = first + samples;
      const nothing =
        (view.solid[first] ?? 0) < 0 &&
        (view.solid[first + 1] ?? 0) < 0 &&
        (view.solid[below] ?? 0) < 0 &&
        (view.solid[below + 1] ?? 0) < 0;
      if (nothing) {
        const place = groundPlace(r, c);
        const pixel = (r * size + c) * 3;
        for (let k = 0; k < 3; k++) rgb[pixel + k] = toByte(ground[place + k] ?? 0);
      } else shadePixel(r, c, false);
    }
  }

  // Mirror images have edges of their own, which only the picture tells.
  const glints: number[] = [];
  /** Whether another pixel of the same solid differs. */
  const differs = (at: number, seen: number, row: number, column: number): boolean => {
    if (view.solid[2 * row * samples + 2 * column] !== seen) return false;
    const other = row * size + column;
    for (let k = 0; k < 3; k++)
      if (Math.abs((rgb[at * 3 + k] ?? 0) - (rgb[other * 3 + k] ?? 0)) > GLINT) return true;
    return false;
  };
  for (let r = 1; r + 1 < size; r++) {
    for (let c = 1; c + 1 < size; c++) {
      const seen = view.solid[2 * r * samples + 2 * c] ?? -1;
      if (seen < 0) continue;
      const s = solids[seen];
      if (s === undefined || s.surface === MATTE) continue;
      const at = r * size + c;
      const sharp =
        differs(at, seen, r - 1, c) ||
        differs(at, seen, r + 1, c) ||
        differs(at, seen, r, c - 1) ||
        differs(at, seen, r, c + 1);
      if (sharp) glints.push(at);
    }
  }
  for (const at of glints) shadePixel(Math.floor(at / size), at % size, true);
  return { width: size, height: size, rgb };
}
