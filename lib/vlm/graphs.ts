import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-web';
import type { Graph } from './graph-files';
import { fromHalves, toHalves } from './half';
import type { ModelConfig } from './model-config';
import type { Network, Past } from './network';
import type { Patches } from './patches';
import type { Positions } from './positions';
import { VlmError } from './types';

/** onnxruntime-web as it was opened: in a browser by wasm or WebGPU, in Node by wasm. */
export interface Runtime {
  provider: 'webgpu' | 'wasm';
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: TensorConstructor;
}

/** A graph's file, and those of its weights that lie beside it under the names by which it calls for them. */
export interface GraphFile {
  name: string;
  model: Uint8Array;
  external: readonly { path: string; data: Uint8Array }[];
}

/** As the decoder gave them. */
interface TensorPast extends Past {
  tensors: Readonly<Record<string, Tensor>>;
}

/** Embeddings of so many bytes are read out once and looked up here, which spares a graph's run for each token. */
const LARGEST_TABLE = 64 * 2 ** 20;

const GRID_NAMES = ['image_grid_thw', 'grid_thw'];
const LOGITS_COUNT = 'num_logits_to_keep';

/** The three graphs of a model: pictures, tokens, and what follows them. */
export class Graphs implements Network {
  private readonly ones: BigInt64Array;
  private readonly pastNames: readonly string[];
  private readonly gridName: string;
  private table: Float32Array | null = null;
  /** On a GPU a past would have to be fetched. */
  readonly cutsCheaply: boolean;

  private constructor(
    private readonly runtime: Runtime,
    private readonly config: ModelConfig,
    private readonly sessions: Record<Graph, InferenceSession>,
  ) {
    this.cutsCheaply = runtime.provider === 'wasm';
    this.ones = new BigInt64Array(config.mostTokens).fill(1n);
    this.pastNames = sessions.decoder_model_merged.inputNames.filter((name) =>
      name.startsWith('past_key_values.'),
    );
    this.gridName = GRID_NAMES.find((name) => sessions.vision_encoder.inputNames.includes(name)) ?? '';
  }

  /** @throws VlmError naming the file that cannot be opened, or the input that this engine does not know. */
  static async open(runtime: Runtime, config: ModelConfig, files: Record<Graph, GraphFile>): Promise<Graphs> {
    const opened: InferenceSession[] = [];
    const open = async (graph: Graph, options: InferenceSession.SessionOptions = {}) => {
      const session = await openSession(runtime, files[graph], options);
      opened.push(session);
      return session;
    };
    try {
      const sessions = {
        vision_encoder: await open('vision_encoder'),
        embed_tokens: await open('embed_tokens'),
        decoder_model_merged: await open('decoder_model_merged', staysOnGpu(runtime, config)),
      };
      expectInputs(files.vision_encoder, sessions.vision_encoder, ['pixel_values'], GRID_NAMES);
      expectInputs(files.embed_tokens, sessions.embed_tokens, ['input_ids'], []);
      const needed = ['inputs_embeds', 'attention_mask', 'position_ids'];
      expectInputs(files.decoder_model_merged, sessions.decoder_model_merged, needed, [LOGITS_COUNT]);
      const graphs = new Graphs(runtime, config, sessions);
      if (config.vocabulary * config.width * 4 <= LARGEST_TABLE)
        graphs.table = await graphs.runEmbed(Array.from({ length: config.vocabulary }, (_, id) => id));
      return graphs;
    } catch (error) {
      for (const session of opened) await session.release();
      throw error;
    }
  }

  async embed(ids: readonly number[]): Promise<Float32Array> {
    const { table } = this;
    if (table === null) return this.runEmbed(ids);
    const { width } = this.config;
    const rows = new Float32Array(ids.length * width);
    ids.forEach((id, at) => {
      rows.set(table.subarray(id * width, (id + 1) * width), at * width);
    });
    return rows;
  }

  private async runEmbed(ids: readonly number[]): Promise<Float32Array> {
    const session = this.sessions.embed_tokens;
    const input = new this.runtime.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const { inputs_embeds } = await session.run({ input_ids: input });
    return floats(inputs_embeds, 'embed_tokens', 'inputs_embeds');
  }

  async see({ pixels, grid }: Patches): Promise<Float32Array> {
    const session = this.sessions.vision_encoder;
    const patches = grid[0] * grid[1] * grid[2];
    const { image_features } = await session.run({
      pixel_values: this.floatTensor(session, 'pixel_values', pixels, [patches, pixels.length / patches]),
      [this.gridName]: new this.runtime.Tensor('int64', BigInt64Array.from(grid, BigInt), [1, 3]),
    });
    return floats(image_features, 'vision_encoder', 'image_features');
  }

  start(): TensorPast {
    const { keyValueHeads, headWidth } = this.config;
    const session = this.sessions.decoder_model_merged;
    const dims = [1, keyValueHeads, 0, headWidth];
    return {
      length: 0,
      tensors: Object.fromEntries(
        this.pastNames.map((name) => [name, this.floatTensor(session, name, new Float32Array(0), dims)]),
      ),
    };
  }

  async cut(past: TensorPast, length: number): Promise<TensorPast> {
    if (length === past.length) return past;
    const tensors: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(past.tensors)) {
      const [rows, heads, before, width] = tensor.dims as [number, number, number, number];
      const all = (await tensor.getData(true)) as Float32Array | Uint16Array;
      const kept = all.slice(0, rows * heads * length * width);
      for (let head = 0; head < rows * heads; head++) {
        const from = head * before * width;
        kept.set(all.subarray(from, from + length * width), head * length * width);
      }
      tensors[name] = new this.runtime.Tensor(tensor.type as 'float32', kept as Float32Array, [
        rows,
        heads,
        length,
        width,
      ]);
    }
    return { length, tensors };
  }

  async decode(
    past: TensorPast,
    embeds: Float32Array,
    axes: Positions['axes'],
    told = 1,
  ): Promise<{ logits: Float32Array[]; past: TensorPast }> {
    const { Tensor } = this.runtime;
    const session = this.sessions.decoder_model_merged;
    const { width } = this.config;
    const count = embeds.length / width;
    const length = past.length + count;
    const positions = new BigInt64Array(3 * count);
    axes.forEach((axis, at) => {
      for (let token = 0; token < count; token++)
        positions[at * count + token] = BigInt(axis[token] as number);
    });
    const feeds: Record<string, Tensor> = {
      ...past.tensors,
      inputs_embeds: this.floatTensor(session, 'inputs_embeds', embeds, [1, count, width]),
      attention_mask: new Tensor('int64', this.ones.subarray(0, length), [1, length]),
      position_ids: new Tensor('int64', positions, [3, 1, count]),
    };
    // Exports without it give the logits of all tokens.
    if (session.inputNames.includes(LOGITS_COUNT))
      feeds[LOGITS_COUNT] = new Tensor('int64', BigInt64Array.of(BigInt(told)), []);
    const outputs = await session.run(feeds);
    for (const tensor of Object.values(past.tensors)) if (tensor.location !== 'cpu') tensor.dispose();
    const logits = floats(outputs.logits, 'decoder_model_merged', 'logits');
    const vocabulary = outputs.logits?.dims.at(-1) ?? 0;
    const tensors: Record<string, Tensor> = {};
    for (const name of this.pastNames) {
      const present = name.replace('past_key_values', 'present');
      tensors[name] = outputs[present] ?? missing('decoder_model_merged', present);
    }
    const first = logits.length - told * vocabulary;
    return {
      logits: Array.from({ length: told }, (_, at) =>
        logits.subarray(first + at * vocabulary, first + (at + 1) * vocabulary),
      ),
      past: { length, tensors },
    };
  }

  async release(): Promise<void> {
    for (const session of Object.values(this.sessions)) await session.release();
  }

  /** In the number format that the graph takes. */
  private floatTensor(
    session: InferenceSession,
    input: string,
    values: Float32Array,
    dims: readonly number[],
  ): Tensor {
    const at = session.inputNames.indexOf(input);
    const meta = session.inputMetadata[at];
    return meta?.isTensor && meta.type === 'float16'
      ? new this.runtime.Tensor('float16', toHalves(values), dims)
      : new this.runtime.Tensor('float32', values, dims);
  }
}

/** Keys and values are never brought back from the GPU while a reply grows. */
const staysOnGpu = ({ provider }: Runtime, { layers }: ModelConfig): InferenceSession.SessionOptions =>
  provider === 'wasm'
    ? {}
    : {
        preferredOutputLocation: Object.fromEntries(
          Array.from({ length: layers }, (_, layer) =>
            ['key', 'value'].map((kind) => [`present.${layer}.${kind}`, 'gpu-buffer']),
          ).flat(),
        ),
      };

async function openSession(
  { InferenceSession, provider }: Runtime,
  { name, model, external }: GraphFile,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, {
      ...options,
      executionProviders: [provider],
      externalData: [...external],
    });
  } catch (error) {
    throw new VlmError('model', `${name} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

function expectInputs(
  { name: file }: GraphFile,
  { inputNames }: InferenceSession,
  needed: readonly string[],
  optional: readonly string[],
): void {
  const absent = needed.find((name) => !inputNames.includes(name));
  if (absent) throw new VlmError('model', `${file}: it has no input ${absent}.`);
  const strange = inputNames.find(
    (name) => !needed.includes(name) && !optional.includes(name) && !name.startsWith('past_key_values.'),
  );
  if (strange) throw new VlmError('model', `${file}: this engine does not know its input ${strange}.`);
}

function missing(graph: Graph, output: string): never {
  throw new VlmError('model', `${graph}: it has no output ${output}.`);
}

function floats(tensor: Tensor | undefined, graph: Graph, output: string): Float32Array {
  if (tensor === undefined) return missing(graph, output);
  if (tensor.type === 'float32') return tensor.data as Float32Array;
  const { buffer, byteOffset, length } = tensor.data as Uint16Array;
  return fromHalves(new Uint16Array(buffer, byteOffset, length));
}
