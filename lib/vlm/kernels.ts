import type { KernelConfig } from './kernel-config';
import type { Network, Past } from './network';
import type { Grid, Patches } from './patches';
import type { Positions } from './positions';
import type { Tensor } from './safetensors';
import { VlmError } from './types';

/** What lib/kernels/kernels.ts exports. */
interface Kernels {
  memory: WebAssembly.Memory;
  unpack(integers: number, steps: number, outputs: number, inputs: number, panels: number): void;
  linear(
    x: number,
    rows: number,
    inputs: number,
    panels: number,
    outputs: number,
    bias: number,
    y: number,
    adds: boolean,
  ): void;
  rmsNorm(x: number, rows: number, width: number, weight: number, epsilon: number, y: number): void;
  rotate(
    x: number,
    rows: number,
    step: number,
    heads: number,
    width: number,
    cosines: number,
    sines: number,
  ): void;
  attend(
    q: number,
    qStep: number,
    rows: number,
    heads: number,
    group: number,
    width: number,
    k: number,
    v: number,
    keyStep: number,
    headStep: number,
    keys: number,
    causal: boolean,
    out: number,
    outStep: number,
    scores: number,
  ): void;
  gated(x: number, rows: number, inner: number, y: number): void;
}

/** Addresses of a matrix's panels and of what is added to its outputs, 0 for nothing. */
interface Linear {
  inputs: number;
  outputs: number;
  panels: number;
  bias: number;
}

interface Layer {
  norm: number;
  qkv: Linear;
  out: Linear;
  secondNorm: number;
  gateUp: Linear;
  down: Linear;
}

/** So many tokens are read at once: it bounds the room for what is computed of them. */
const PIECE = 512;
const VISION_EPSILON = 1e-6;
const VISION_THETA = 10_000;

/**
 * A small Qwen2.5-VL by kernels of 4 KB, where onnxruntime's program has 14 MB: nothing has to be fetched, compiled and
 * optimised before a model of 3 MB answers. One conversation at a time: a past that is started ends the one before it.
 */
export class KernelNetwork implements Network {
  readonly cutsCheaply = true;
  private readonly arena: Arena;
  private readonly patchEmbed: Linear;
  private readonly blocks: readonly Layer[];
  private readonly mergerNorm: number;
  private readonly merger: readonly [Linear, Linear];
  private readonly layers: readonly Layer[];
  private readonly norm: number;
  private readonly head: Linear;
  /** Rows of embeddings, which the head has as panels. */
  private readonly table: Float32Array;
  /** Keys and values of each layer, (tokens, key heads * width). */
  private readonly cache: readonly { keys: number; values: number }[];

  /** @throws VlmError naming the tensor that is missing or has another shape. */
  constructor(
    private readonly kernels: Kernels,
    private readonly config: KernelConfig,
    tensors: ReadonlyMap<string, Tensor>,
    file: string,
  ) {
    const { text, vision } = config;
    this.arena = new Arena(kernels.memory);
    const weights = new Weights(kernels, this.arena, tensors, file);
    const side = vision.hidden_size;
    const patch = vision.in_channels * vision.temporal_patch_size * vision.patch_size ** 2;
    const merged = side * vision.spatial_merge_size ** 2;
    this.patchEmbed = weights.linear(patch, ['visual.patch_embed.proj'], [side], false);
    this.blocks = Array.from({ length: vision.depth }, (_, at): Layer => {
      const name = (part: string) => `visual.blocks.${at}.${part}`;
      const inner = vision.intermediate_size;
      return {
        norm: weights.vector(name('norm1.weight'), side),
        qkv: weights.linear(side, [name('attn.qkv')], [3 * side]),
        out: weights.linear(side, [name('attn.proj')], [side]),
        secondNorm: weights.vector(name('norm2.weight'), side),
        gateUp: weights.linear(side, [name('mlp.gate_proj'), name('mlp.up_proj')], [inner, inner]),
        down: weights.linear(inner, [name('mlp.down_proj')], [side]),
      };
    });
    this.mergerNorm = weights.vector('visual.merger.ln_q.weight', side);
    this.merger = [
      weights.linear(merged, ['visual.merger.mlp.0'], [merged]),
      weights.linear(merged, ['visual.merger.mlp.2'], [vision.out_hidden_size]),
    ];
    const width = text.hidden_size;
    const keyWidth = (width / text.num_attention_heads) * text.num_key_value_heads;
    this.layers = Array.from({ length: text.num_hidden_layers }, (_, at): Layer => {
      const name = (part: string) => `model.layers.${at}.${part}`;
      const inner = text.intermediate_size;
      const attention = ['q', 'k', 'v'].map((part) => name(`self_attn.${part}_proj`));
      return {
        norm: weights.vector(name('input_layernorm.weight'), width),
        qkv: weights.linear(width, attention, [width, keyWidth, keyWidth]),
        out: weights.linear(width, [name('self_attn.o_proj')], [width], false),
        secondNorm: weights.vector(name('post_attention_layernorm.weight'), width),
        gateUp: weights.linear(width, [name('mlp.gate_proj'), name('mlp.up_proj')], [inner, inner], false),
        down: weights.linear(inner, [name('mlp.down_proj')], [width], false),
      };
    });
    this.norm = weights.vector('model.norm.weight', width);
    this.head = weights.linear(width, ['model.embed_tokens'], [text.vocab_size], false);
    this.table = weights.rows('model.embed_tokens', text.vocab_size, width);
    this.cache = this.layers.map(() => ({
      keys: this.arena.take(text.max_position_embeddings * keyWidth),
      values: this.arena.take(text.max_position_embeddings * keyWidth),
    }));
  }

  async embed(ids: readonly number[]): Promise<Float32Array> {
    const width = this.config.text.hidden_size;
    const rows = new Float32Array(ids.length * width);
    ids.forEach((id, at) => {
      rows.set(this.table.subarray(id * width, (id + 1) * width), at * width);
    });
    return rows;
  }

  async see({ pixels, grid }: Patches): Promise<Float32Array> {
    const { kernels, arena } = this;
    const {
      hidden_size: width,
      num_heads: heads,
      out_hidden_size,
      spatial_merge_size: merge,
    } = this.config.vision;
    const rows = grid[0] * grid[1] * grid[2];
    return arena.scratch(() => {
      const x = arena.take(rows * width);
      this.linear(this.patchEmbed, arena.put(pixels), rows, x);
      const angles = this.angles(patchAngles(grid, merge, width / heads));
      for (const block of this.blocks) {
        const qkv = this.attentionInput(block, x, rows, width, VISION_EPSILON);
        const step = 3 * width * 4;
        kernels.rotate(qkv, rows, step, 2 * heads, width / heads, ...angles);
        const seen = this.attend(
          { q: qkv, k: qkv + width * 4, v: qkv + 2 * width * 4, step, keyStep: step },
          { rows, keys: rows, causal: false, heads, group: 1, head: width / heads },
        );
        this.rest(block, x, seen, rows, width, VISION_EPSILON);
      }
      const normed = arena.take(rows * width);
      kernels.rmsNorm(x, rows, width, this.mergerNorm, VISION_EPSILON, normed);
      const [first, second] = this.merger;
      const tokens = rows / merge ** 2;
      const hidden = arena.take(tokens * first.outputs);
      this.linear(first, normed, tokens, hidden);
      gelu(arena.floats(hidden, tokens * first.outputs));
      const features = arena.take(tokens * out_hidden_size);
      this.linear(second, hidden, tokens, features);
      return arena.floats(features, tokens * out_hidden_size).slice();
    });
  }

  start(): Past {
    return { length: 0 };
  }

  async cut(_: Past, length: number): Promise<Past> {
    return { length };
  }

  async decode(
    past: Past,
    embeds: Float32Array,
    axes: Positions['axes'],
    told = 1,
  ): Promise<{ logits: Float32Array[]; past: Past }> {
    const width = this.config.text.hidden_size;
    const count = embeds.length / width;
    const logits: Float32Array[] = [];
    for (let from = 0; from < count; from += PIECE) {
      const to = Math.min(from + PIECE, count);
      const some = axes.map((axis) => axis.subarray(from, to));
      const wanted = Math.max(0, to - Math.max(from, count - told));
      logits.push(...this.piece(past.length + from, embeds.subarray(from * width, to * width), some, wanted));
    }
    return { logits, past: { length: past.length + count } };
  }

  async release(): Promise<void> {}

  private piece(
    before: number,
    embeds: Float32Array,
    axes: readonly Int32Array[],
    told: number,
  ): Float32Array[] {
    const { kernels, arena } = this;
    const { text } = this.config;
    const { hidden_size: width, num_attention_heads: heads, num_key_value_heads: keyHeads } = text;
    const rows = embeds.length / width;
    const head = width / heads;
    const keyWidth = keyHeads * head;
    const keys = before + rows;
    return arena.scratch(() => {
      const x = arena.put(embeds);
      const angles = this.angles(textAngles(axes, text, head));
      this.layers.forEach((layer, at) => {
        const qkv = this.attentionInput(layer, x, rows, width, text.rms_norm_eps);
        const step = layer.qkv.outputs * 4;
        kernels.rotate(qkv, rows, step, heads + keyHeads, head, ...angles);
        const cache = this.cache[at] as { keys: number; values: number };
        const all = arena.floats(qkv, rows * layer.qkv.outputs);
        const kept = [cache.keys, cache.values].map((each) =>
          arena.floats(each + before * keyWidth * 4, rows * keyWidth),
        );
        for (let row = 0; row < rows; row++)
          kept.forEach((each, part) => {
            const start = row * layer.qkv.outputs + width + part * keyWidth;
            each.set(all.subarray(start, start + keyWidth), row * keyWidth);
          });
        const seen = this.attend(
          { q: qkv, k: cache.keys, v: cache.values, step, keyStep: keyWidth * 4 },
          { rows, keys, causal: true, heads, group: heads / keyHeads, head },
        );
        this.rest(layer, x, seen, rows, width, text.rms_norm_eps);
      });
      if (told === 0) return [];
      const normed = arena.take(told * width);
      kernels.rmsNorm(x + (rows - told) * width * 4, told, width, this.norm, text.rms_norm_eps, normed);
      const logits = arena.take(told * this.head.outputs);
      this.linear(this.head, normed, told, logits);
      return Array.from({ length: told }, (_, row) =>
        arena.floats(logits + row * this.head.outputs * 4, text.vocab_size).slice(),
      );
    });
  }

  private linear(of: Linear, x: number, rows: number, y: number, adds = false): void {
    this.kernels.linear(x, rows, of.inputs, of.panels, of.outputs, of.bias, y, adds);
  }

  /** Queries, keys and values of the rows, not yet turned. */
  private attentionInput(layer: Layer, x: number, rows: number, width: number, epsilon: number): number {
    const normed = this.arena.take(rows * width);
    this.kernels.rmsNorm(x, rows, width, layer.norm, epsilon, normed);
    const qkv = this.arena.take(rows * layer.qkv.outputs);
    this.linear(layer.qkv, normed, rows, qkv);
    return qkv;
  }

  /** What each query sees: (rows, heads * head). */
  private attend(
    at: { q: number; k: number; v: number; step: number; keyStep: number },
    of: { rows: number; keys: number; causal: boolean; heads: number; group: number; head: number },
  ): number {
    const { q, k, v, step, keyStep } = at;
    const { rows, keys, causal, heads, group, head } = of;
    const seen = this.arena.take(rows * heads * head);
    const scores = this.arena.take(keys + 4);
    const [headStep, outStep] = [head * 4, heads * head * 4];
    this.kernels.attend(
      q,
      step,
      rows,
      heads,
      group,
      head,
      k,
      v,
      keyStep,
      headStep,
      keys,
      causal,
      seen,
      outStep,
      scores,
    );
    return seen;
  }

  /** Adds to `x` what was seen, and then what the layer's perceptron makes of it. */
  private rest(layer: Layer, x: number, seen: number, rows: number, width: number, epsilon: number): void {
    const { kernels, arena } = this;
    this.linear(layer.out, seen, rows, x, true);
    const normed = arena.take(rows * width);
    kernels.rmsNorm(x, rows, width, layer.secondNorm, epsilon, normed);
    const both = arena.take(rows * layer.gateUp.outputs);
    this.linear(layer.gateUp, normed, rows, both);
    const inner = arena.take(rows * layer.down.inputs);
    kernels.gated(both, rows, layer.down.inputs, inner);
    this.linear(layer.down, inner, rows, x, true);
  }

  private angles(angles: Float32Array): readonly [cosines: number, sines: number] {
    return [this.arena.put(angles.map(Math.cos)), this.arena.put(angles.map(Math.sin))];
  }
}

/** @param program lib/kernels/kernels.ts, compiled. */
export async function openKernels(program: BufferSource): Promise<Kernels> {
  const imports = { env: { abort: () => {} } };
  const { instance } = await WebAssembly.instantiate(program, imports);
  return instance.exports as unknown as Kernels;
}

/** Memory that is taken from its beginning on, and given back from its end. */
class Arena {
  private top = 1024;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** An address with room for so many numbers. */
  take(numbers: number): number {
    const at = this.top;
    this.top += Math.ceil(numbers / 4) * 16;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65_536));
    return at;
  }

  put(values: ArrayLike<number>): number {
    const at = this.take(values.length);
    this.floats(at, values.length).set(values);
    return at;
  }

  /** As they lie there, until memory grows: nothing may be taken while it is used. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }

  bytes(at: number, count: number): Int8Array {
    return new Int8Array(this.memory.buffer, at, count);
  }

  /** What `work` takes is given back after it. */
  scratch<T>(work: () => T): T {
    const before = this.top;
    try {
      return work();
    } finally {
      this.top = before;
    }
  }
}

/** Tensors as the kernels take them. */
class Weights {
  constructor(
    private readonly kernels: Kernels,
    private readonly arena: Arena,
    private readonly tensors: ReadonlyMap<string, Tensor>,
    private readonly file: string,
  ) {}

  vector(name: string, width: number): number {
    return this.arena.put(this.floats(name, width));
  }

  /** Matrices that read the same input, as one: their outputs follow each other. */
  linear(inputs: number, names: readonly string[], outputs: readonly number[], biased = true): Linear {
    const padded = outputs.map((count) => Math.ceil(count / 8) * 8);
    const all = padded.reduce((sum, count) => sum + count, 0);
    const panels = this.arena.take(all * inputs);
    let first = 0;
    names.forEach((name, at) => {
      const count = outputs[at] ?? 0;
      const { integers, steps } = this.matrix(name, count, inputs);
      this.arena.scratch(() => {
        const stepsAt = this.arena.put(steps);
        const integersAt = this.arena.take(Math.ceil(integers.length / 4));
        this.arena.bytes(integersAt, integers.length).set(integers);
        this.kernels.unpack(integersAt, stepsAt, count, inputs, panels + first * inputs * 4);
      });
      first += padded[at] ?? 0;
    });
    const bias = !biased
      ? 0
      : this.arena.put(names.flatMap((name, at) => [...this.floats(`${name}.bias`, outputs[at] ?? 0)]));
    return { inputs, outputs: all, panels, bias };
  }

  /** A matrix as it is, row by row. */
  rows(name: string, count: number, width: number): Float32Array {
    const { integers, steps } = this.matrix(name, count, width);
    return Float32Array.from(integers, (value, at) => value * (steps[Math.floor(at / width)] ?? 0));
  }

  private matrix(
    name: string,
    outputs: number,
    inputs: number,
  ): { integers: Int8Array; steps: Float32Array } {
    const { values } = this.tensor(`${name}.weight`, outputs * inputs);
    if (!(values instanceof Int8Array)) throw this.broken(`${name}.weight is not int8`);
    return { integers: values, steps: this.floats(`${name}.weight.step`, outputs) };
  }

  private floats(name: string, count: number): Float32Array {
    const { values } = this.tensor(name, count);
    if (!(values instanceof Float32Array)) throw this.broken(`${name} is not float32`);
    return values;
  }

  private tensor(name: string, count: number): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw this.broken(`it has no ${name}`);
    if (tensor.values.length !== count)
      throw this.broken(`${name} has ${tensor.values.length} numbers in place of ${count}`);
    return tensor;
  }

  private broken(what: string): VlmError {
    return new VlmError('model', `${this.file}: ${what}.`);
  }
}

/** How far each patch's pairs are turned, (patches, width / 2): by its row, then by its column. Patches come block by block. */
function patchAngles([, height, width]: Grid, merge: number, head: number): Float32Array {
  const quarter = head / 4;
  const angles = new Float32Array(height * width * 2 * quarter);
  let at = 0;
  for (let blockRow = 0; blockRow < height; blockRow += merge)
    for (let blockColumn = 0; blockColumn < width; blockColumn += merge)
      for (let inside = 0; inside < merge * merge; inside++) {
        const place = [blockRow + Math.floor(inside / merge), blockColumn + (inside % merge)];
        for (const each of place)
          for (let i = 0; i < quarter; i++)
            angles[at++] = each * Math.fround(VISION_THETA ** -Math.fround(i / quarter));
      }
  return angles;
}

/** How far each token's pairs are turned, (tokens, width / 2): the first frequencies by time, the next by row, the last by column. */
function textAngles(
  [time, row, column]: readonly Int32Array[],
  { rope_parameters: { rope_theta, mrope_section } }: KernelConfig['text'],
  head: number,
): Float32Array {
  const half = head / 2;
  const axis = [time, row, column].flatMap((each, at) => Array(mrope_section[at] ?? 0).fill(each));
  const angles = new Float32Array((time?.length ?? 0) * half);
  for (let token = 0, at = 0; token < (time?.length ?? 0); token++)
    for (let i = 0; i < half; i++) angles[at++] = axis[i][token] * Math.fround(rope_theta ** -(i / half));
  return angles;
}

/** x Φ(x), in place, by the error function to 1e-7 (Numerical Recipes, erfc by Chebyshev's fit). */
function gelu(x: Float32Array): void {
  x.forEach((value, at) => {
    x[at] = 0.5 * value * (1 + erf(value / Math.SQRT2));
  });
}

function erf(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const fit = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ].reduceRight((sum, term) => sum * t + term, 0);
  const tail = t * Math.exp(-x * x + fit);
  return x >= 0 ? 1 - tail : tail - 1;
}
