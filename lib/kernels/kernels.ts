/**
 * The arithmetic of small models (lib/vlm/kernels.ts), in AssemblyScript: four float32 at a time. `usize` is a byte address of
 * float32 in row-major order; a step is the bytes from one row to the next. Widths are multiples of 8, those of heads of 16.
 */

/** Outputs that lie together in a panel. */
const PANEL: i32 = 8;

/**
 * A matrix (outputs, inputs) of int8 with a step a row becomes panels of float32, (outputs / 8, inputs, 8): what the same input
 * is multiplied by lies side by side. What fills up the last panel is read by nobody.
 */
export function unpack(integers: usize, steps: usize, outputs: i32, inputs: i32, panels: usize): void {
  for (let o = 0; o < outputs; o++) {
    const step = load<f32>(steps + ((<usize>o) << 2));
    let to = panels + ((<usize>(o / PANEL) * inputs * PANEL + (o % PANEL)) << 2);
    const from = integers + <usize>o * inputs;
    for (let i = 0; i < inputs; i++, to += PANEL << 2) store<f32>(to, <f32>load<i8>(from + i) * step);
  }
}

/** y (rows, outputs) = x (rows, inputs) by the panels, plus what `y` has or else `bias`, a row; 0: none. */
export function linear(
  x: usize,
  rows: i32,
  inputs: i32,
  panels: usize,
  outputs: i32,
  bias: usize,
  y: usize,
  adds: bool,
): void {
  const xStep = (<usize>inputs) << 2;
  const yStep = (<usize>outputs) << 2;
  const panelBytes = (<usize>inputs * PANEL) << 2;
  const zero = f32x4.splat(0);
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const x0 = x + <usize>row * xStep;
    for (let o = 0, w = panels; o < outputs; o += PANEL) {
      let a0 = zero,
        a1 = zero,
        b0 = zero,
        b1 = zero,
        c0 = zero,
        c1 = zero,
        d0 = zero,
        d1 = zero;
      const end = w + panelBytes;
      for (let from = x0; w < end; w += 32, from += 4) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const a = v128.load32_splat(from);
        const b = v128.load32_splat(from + xStep);
        const c = v128.load32_splat(from + 2 * xStep);
        const d = v128.load32_splat(from + 3 * xStep);
        a0 = f32x4.add(a0, f32x4.mul(a, w0));
        a1 = f32x4.add(a1, f32x4.mul(a, w1));
        b0 = f32x4.add(b0, f32x4.mul(b, w0));
        b1 = f32x4.add(b1, f32x4.mul(b, w1));
        c0 = f32x4.add(c0, f32x4.mul(c, w0));
        c1 = f32x4.add(c1, f32x4.mul(c, w1));
        d0 = f32x4.add(d0, f32x4.mul(d, w0));
        d1 = f32x4.add(d1, f32x4.mul(d, w1));
      }
      const to = y + <usize>row * yStep + ((<usize>o) << 2);
      put(a0, a1, to, bias, o, adds);
      put(b0, b1, to + yStep, bias, o, adds);
      put(c0, c1, to + 2 * yStep, bias, o, adds);
      put(d0, d1, to + 3 * yStep, bias, o, adds);
    }
  }
  for (; row < rows; row++) {
    const x0 = x + <usize>row * xStep;
    const to = y + <usize>row * yStep;
    let o = 0;
    // Four panels at once: sums that wait for nothing but themselves.
    for (; o + 4 * PANEL <= outputs; o += 4 * PANEL) {
      let w = panels + <usize>(o / PANEL) * panelBytes;
      let a0 = zero,
        a1 = zero,
        b0 = zero,
        b1 = zero,
        c0 = zero,
        c1 = zero,
        d0 = zero,
        d1 = zero;
      for (let from = x0; from < x0 + xStep; from += 4, w += 32) {
        const v = v128.load32_splat(from);
        a0 = f32x4.add(a0, f32x4.mul(v, v128.load(w)));
        a1 = f32x4.add(a1, f32x4.mul(v, v128.load(w, 16)));
        b0 = f32x4.add(b0, f32x4.mul(v, v128.load(w + panelBytes)));
        b1 = f32x4.add(b1, f32x4.mul(v, v128.load(w + panelBytes, 16)));
        c0 = f32x4.add(c0, f32x4.mul(v, v128.load(w + 2 * panelBytes)));
        c1 = f32x4.add(c1, f32x4.mul(v, v128.load(w + 2 * panelBytes, 16)));
        d0 = f32x4.add(d0, f32x4.mul(v, v128.load(w + 3 * panelBytes)));
        d1 = f32x4.add(d1, f32x4.mul(v, v128.load(w + 3 * panelBytes, 16)));
      }
      const at = to + ((<usize>o) << 2);
      put(a0, a1, at, bias, o, adds);
      put(b0, b1, at + 32, bias, o + PANEL, adds);
      put(c0, c1, at + 64, bias, o + 2 * PANEL, adds);
      put(d0, d1, at + 96, bias, o + 3 * PANEL, adds);
    }
    for (; o < outputs; o += PANEL) {
      let w = panels + <usize>(o / PANEL) * panelBytes;
      let a0 = zero,
        a1 = zero;
      for (let from = x0; from < x0 + xStep; from += 4, w += 32) {
        const v = v128.load32_splat(from);
        a0 = f32x4.add(a0, f32x4.mul(v, v128.load(w)));
        a1 = f32x4.add(a1, f32x4.mul(v, v128.load(w, 16)));
      }
      put(a0, a1, to + ((<usize>o) << 2), bias, o, adds);
    }
  }
}

function put(low: v128, high: v128, to: usize, bias: usize, output: i32, adds: bool): void {
  if (adds) {
    low = f32x4.add(low, v128.load(to));
    high = f32x4.add(high, v128.load(to, 16));
  }
  if (bias) {
    low = f32x4.add(low, v128.load(bias + ((<usize>output) << 2)));
    high = f32x4.add(high, v128.load(bias + ((<usize>output) << 2), 16));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
}

/** y = x / sqrt(mean of x² + epsilon) * weight, row by row. */
export function rmsNorm(x: usize, rows: i32, width: i32, weight: usize, epsilon: f32, y: usize): void {
  const step = (<usize>width) << 2;
  for (let row = 0; row < rows; row++, x += step, y += step) {
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < step; at += 16) {
      const v = v128.load(x + at);
      squares = f32x4.add(squares, f32x4.mul(v, v));
    }
    const scale = f32x4.splat(1 / sqrt<f32>(sum(squares) / <f32>width + epsilon));
    for (let at: usize = 0; at < step; at += 16)
      v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), scale), v128.load(weight + at)));
  }
}

/** Turns pairs (i, i + width / 2) of the first `heads` heads of each row, in place, by the row's angles, (rows, width / 2). */
export function rotate(
  x: usize,
  rows: i32,
  step: usize,
  heads: i32,
  width: i32,
  cosines: usize,
  sines: usize,
): void {
  const half = (<usize>width) << 1;
  for (let row = 0; row < rows; row++, x += step, cosines += half, sines += half)
    for (let head = 0; head < heads; head++) {
      const low = x + <usize>head * 2 * half;
      for (let at: usize = 0; at < half; at += 16) {
        const a = v128.load(low + at);
        const b = v128.load(low + half + at);
        const cosine = v128.load(cosines + at);
        const sine = v128.load(sines + at);
        v128.store(low + at, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
        v128.store(low + half + at, f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)));
      }
    }
}

/**
 * Attention of `rows` queries to `keys` keys. Of a row's heads `group` share a key head; head h of a key lies `headStep` after
 * that of h - 1. Causal: the last query sees all keys, each one before it one key less. `scores` has room for keys + 3 numbers.
 */
export function attend(
  q: usize,
  qStep: usize,
  rows: i32,
  heads: i32,
  group: i32,
  width: i32,
  k: usize,
  v: usize,
  keyStep: usize,
  headStep: usize,
  keys: i32,
  causal: bool,
  out: usize,
  outStep: usize,
  scores: usize,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>width);
  const bytes = (<usize>width) << 2;
  for (let row = 0; row < rows; row++) {
    const seen = causal ? keys - rows + row + 1 : keys;
    const ending = scores + ((<usize>seen) << 2);
    for (let head = 0; head < heads; head++) {
      const query = q + <usize>row * qStep + <usize>head * bytes;
      const offset = <usize>(head / group) * headStep;
      let key = k + offset;
      let most: f32 = -Infinity;
      for (let to = scores; to < ending; to += 4, key += keyStep) {
        const score = dot(query, key, bytes) * scale;
        if (score > most) most = score;
        store<f32>(to, score);
      }
      for (let i = 0; i < 3; i++) store<f32>(ending + ((<usize>i) << 2), -Infinity);
      const top = f32x4.splat(most);
      let total = f32x4.splat(0);
      for (let at = scores; at < ending; at += 16) {
        const share = exponential(f32x4.sub(v128.load(at), top));
        total = f32x4.add(total, share);
        v128.store(at, share);
      }
      const whole = f32x4.splat(1 / sum(total));
      const to = out + <usize>row * outStep + <usize>head * bytes;
      for (let part: usize = 0; part < bytes; part += 64) {
        let a = f32x4.splat(0),
          b = a,
          c = a,
          d = a;
        let value = v + offset + part;
        for (let at = scores; at < ending; at += 4, value += keyStep) {
          const share = v128.load32_splat(at);
          a = f32x4.add(a, f32x4.mul(share, v128.load(value)));
          b = f32x4.add(b, f32x4.mul(share, v128.load(value, 16)));
          c = f32x4.add(c, f32x4.mul(share, v128.load(value, 32)));
          d = f32x4.add(d, f32x4.mul(share, v128.load(value, 48)));
        }
        v128.store(to + part, f32x4.mul(a, whole));
        v128.store(to + part, f32x4.mul(b, whole), 16);
        v128.store(to + part, f32x4.mul(c, whole), 32);
        v128.store(to + part, f32x4.mul(d, whole), 48);
      }
    }
  }
}

function dot(x: usize, y: usize, bytes: usize): f32 {
  let a = f32x4.splat(0),
    b = a,
    c = a,
    d = a;
  for (let at: usize = 0; at < bytes; at += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(x + at), v128.load(y + at)));
    b = f32x4.add(b, f32x4.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
    c = f32x4.add(c, f32x4.mul(v128.load(x + at, 32), v128.load(y + at, 32)));
    d = f32x4.add(d, f32x4.mul(v128.load(x + at, 48), v128.load(y + at, 48)));
  }
  return sum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** y (rows, inner) = silu(gate) * up of x, (rows, 2 * inner): gates first. silu(g) = g / (1 + exp(-g)). */
export function gated(x: usize, rows: i32, inner: i32, y: usize): void {
  const bytes = (<usize>inner) << 2;
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++, x += 2 * bytes, y += bytes)
    for (let at: usize = 0; at < bytes; at += 16) {
      const gate = v128.load(x + at);
      const up = v128.load(x + bytes + at);
      v128.store(y + at, f32x4.mul(f32x4.div(gate, f32x4.add(one, exponential(f32x4.neg(gate)))), up));
    }
}

/** exp of four numbers to about 1e-7 of it (Cephes' expf, by S. L. Moshier); 0 and 1.7e38 beyond what float32 has. */
function exponential(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(88)), f32x4.splat(-104));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)));
  // log 2 in two parts: the first has few digits, so that what is left is exact.
  const r = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.1219444e-4)),
  );
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  // Below the smallest normal exponent it is 0.
  const exponent = i32x4.max_s(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), i32x4.splat(0));
  return f32x4.mul(p, i32x4.shl(exponent, 23));
}
