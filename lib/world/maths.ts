/**
 * The transcendental functions that the world needs, from + - * / and sqrt only. ECMAScript leaves the last bits of
 * `Math.sin` and its like to the engine; these give the same bits everywhere, and so the same pixels.
 */

export const PI = Math.PI;
const HALF_PI = PI / 2;

/** Sine on [-π/4, π/4] by its series, to double precision. */
function sineNear0(x: number): number {
  const s = x * x;
  return (
    x *
    (1 -
      (s / 6) *
        (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - (s / 156) * (1 - s / 210)))))))
  );
}

function cosineNear0(x: number): number {
  const s = x * x;
  return (
    1 -
    (s / 2) *
      (1 -
        (s / 12) *
          (1 -
            (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - (s / 182) * (1 - s / 240)))))))
  );
}

/** Sine of an angle in radians; exact enough (1e-13) for angles up to some thousands. */
export function sin(x: number): number {
  const quarter = Math.round(x / HALF_PI);
  const rest = x - quarter * HALF_PI;
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return sineNear0(rest);
    case 1:
      return cosineNear0(rest);
    case 2:
      return -sineNear0(rest);
    default:
      return -cosineNear0(rest);
  }
}

export const cos = (x: number): number => sin(x + HALF_PI);

/** Angle of the vector (x, y) in (-π, π], radians. */
export function atan2(y: number, x: number): number {
  if (x === 0 && y === 0) return 0;
  const swap = Math.abs(y) > Math.abs(x);
  let t = swap ? Math.abs(x / y) : Math.abs(y / x);
  // Halve the angle twice, so that the series converges: atan t = 2 atan(t / (1 + sqrt(1 + t²))).
  t = t / (1 + Math.sqrt(1 + t * t));
  t = t / (1 + Math.sqrt(1 + t * t));
  const s = t * t;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = 1 / k - s * sum;
  let angle = 4 * t * sum;
  if (swap) angle = HALF_PI - angle;
  if (x < 0) angle = PI - angle;
  return y < 0 ? -angle : angle;
}

export const degrees = (radians: number): number => (radians * 180) / PI;
export const radians = (degrees: number): number => (degrees * PI) / 180;

/** Linear light in [0, 1] to an sRGB byte, by a table over the square root (where the curve is nearly straight). */
const TABLE_SIZE = 2048;
const SRGB = new Uint8Array(TABLE_SIZE + 1);
for (let i = 0; i <= TABLE_SIZE; i++) {
  const linear = (i / TABLE_SIZE) * (i / TABLE_SIZE);
  // The inverse, byte -> linear, needs only a power of 2.4 = x² · x^(2/5); bisection finds the byte.
  let low = 0;
  let high = 255;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (srgbToLinear((middle + 0.5) / 255) < linear) low = middle + 1;
    else high = middle;
  }
  SRGB[i] = low;
}

/** sRGB in [0, 1] to linear light in [0, 1]. */
export function srgbToLinear(s: number): number {
  if (s <= 0.04045) return s / 12.92;
  const x = (s + 0.055) / 1.055;
  // Fifth root by Newton's rule: x^2.4 = x² · (x^(1/5))².
  let root = x;
  for (let i = 0; i < 40; i++) {
    const r4 = root * root * root * root;
    root = root - (root * r4 - x) / (5 * r4);
  }
  return x * x * root * root;
}

export function toByte(linear: number): number {
  if (linear <= 0) return 0;
  if (linear >= 1) return 255;
  return SRGB[(Math.sqrt(linear) * TABLE_SIZE + 0.5) | 0] ?? 255;
}
