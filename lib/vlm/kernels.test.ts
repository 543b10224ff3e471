import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelProgram, MODELS } from '@/e2e/models';
import { PACKED, readKernelConfig } from './kernel-config';
import { KernelNetwork, openKernels } from './kernels';
import { readTensors, type Tensor } from './safetensors';

const folder = join(MODELS, 'nano-stage2');
const config = () => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
const content = () => new Uint8Array(readFileSync(join(folder, PACKED)));
const offered = existsSync(join(folder, PACKED));

async function nano(): Promise<KernelNetwork> {
  const shape = readKernelConfig(config());
  if (shape === null) throw new Error('the kernels run Nano');
  return new KernelNetwork(await openKernels(kernelProgram()), shape, readTensors(PACKED, content()), PACKED);
}

/** Tokens that mean nothing, and where they stand. */
const ids = (count: number) => Array.from({ length: count }, (_, at) => (at * 37) % 1000);
const axes = (from: number, count: number) => {
  const axis = Int32Array.from({ length: count }, (_, at) => from + at);
  return [axis, axis, axis] as const;
};
const closest = (one: Float32Array = new Float32Array(0), other: Float32Array = new Float32Array(0)) =>
  Math.max(...one.map((value, at) => Math.abs(value - (other[at] ?? Number.NaN))));

// What they compute is held to PyTorch's tokens by parity.test.ts.
test.skipIf(!offered)('a text read at once, by pieces and token by token has the same logits', async () => {
  const count = 530; // more than are read at once
  const network = await nano();
  const embeds = await network.embed(ids(count));
  const width = embeds.length / count;
  const whole = await network.decode(network.start(), embeds, axes(0, count), 3);
  expect(whole.past.length).toBe(count);
  expect(whole.logits).toHaveLength(3);

  let past = network.start();
  let logits: Float32Array[] = [];
  for (const [from, to] of [
    [0, 1],
    [1, 8],
    [8, 527],
    [527, 528],
    [528, 529],
    [529, 530],
  ] as const)
    ({ logits, past } = await network.decode(
      past,
      embeds.subarray(from * width, to * width),
      axes(from, to - from),
    ));
  expect(closest(logits[0], whole.logits[2])).toBeLessThan(1e-3);

  // What is cut off leaves nothing behind.
  const shorter = await network.cut(past, 500);
  const again = await network.decode(shorter, embeds.subarray(500 * width), axes(500, 30), 3);
  again.logits.forEach((each, at) => {
    expect(closest(each, whole.logits[at])).toBeLessThan(1e-3);
  });
});

test.skipIf(!offered)('models that the kernels do not run are left to onnxruntime', () => {
  const other = (change: (config: Record<string, Record<string, unknown>>) => void) => {
    const changed = config();
    change(changed);
    return readKernelConfig(changed);
  };
  expect(readKernelConfig(config())).not.toBeNull();
  expect(other((c) => Object.assign(c, { model_type: 'qwen3_vl' }))).toBeNull();
  expect(other((c) => Object.assign(c, { tie_word_embeddings: false }))).toBeNull();
  expect(other((c) => Object.assign(c.vision_config ?? {}, { fullatt_block_indexes: [3] }))).toBeNull();
  expect(other((c) => Object.assign(c.text_config ?? {}, { num_attention_heads: 16 }))).toBeNull();
  expect(other((c) => Object.assign(c.text_config ?? {}, { vocab_size: 150_000 }))).toBeNull();
});

test.skipIf(!offered)('weights that are not those of the config are told by file and name', async () => {
  const open = async (change: (tensors: Map<string, Tensor>) => void) => {
    const tensors = new Map(readTensors(PACKED, content()));
    change(tensors);
    const shape = readKernelConfig(config());
    if (shape === null) throw new Error('the kernels run Nano');
    return new KernelNetwork(await openKernels(kernelProgram()), shape, tensors, PACKED);
  };
  const tensor = (values: Float32Array | Int8Array) => ({ shape: [values.length], values });
  const norm = 'model.layers.2.input_layernorm.weight';
  const matrix = 'visual.blocks.1.attn.qkv.weight';
  await expect(open((all) => all.delete(norm))).rejects.toThrow(`${PACKED}: it has no ${norm}.`);
  await expect(open((all) => all.set(norm, tensor(new Float32Array(191))))).rejects.toThrow(
    `${PACKED}: ${norm} has 191 numbers in place of 192.`,
  );
  await expect(open((all) => all.set(matrix, tensor(new Float32Array(384 * 128))))).rejects.toThrow(
    `${PACKED}: ${matrix} is not int8.`,
  );
});

test('a safetensors file that is cut or changed is told', () => {
  const file = (header: unknown, data = new Uint8Array(8), length?: number) => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const out = new Uint8Array(8 + text.length + data.length);
    new DataView(out.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
    out.set(text, 8);
    out.set(data, 8 + text.length);
    return out;
  };
  const one = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const read = (content: Uint8Array) => readTensors('w.safetensors', content);
  const tensors = read(
    file({ __metadata__: { format: 'pt' }, one }, new Uint8Array(Float32Array.of(1, 2).buffer)),
  );
  expect([...tensors]).toEqual([['one', { shape: [2], values: Float32Array.of(1, 2) }]]);
  expect(() => read(new Uint8Array(5))).toThrow('w.safetensors: it is too short for a safetensors file.');
  expect(() => read(file({ one }, undefined, 1e6))).toThrow(
    'w.safetensors: its header is longer than the file.',
  );
  expect(() => read(file('{"one"'))).toThrow('w.safetensors: its header is not JSON');
  expect(() => read(file({ one }, new Uint8Array(4)))).toThrow(
    'w.safetensors: one has 4 bytes in place of 8.',
  );
  expect(() => read(file({ one: { ...one, dtype: 'BF16' } }))).toThrow(/w.safetensors: one.dtype/);
});
