import { z } from 'zod';
import type { PixelBounds } from './resize';
import { VlmError } from './types';

/** What the engine needs to know of a model, out of its JSON files. */
export interface ModelConfig {
  imageToken: number;
  /** Tokens that end a reply. */
  stopTokens: readonly number[];
  vocabulary: number;
  layers: number;
  keyValueHeads: number;
  headWidth: number;
  /** Width of an embedding. */
  width: number;
  /** Tokens of prompt and reply together. */
  mostTokens: number;
  image: ImageSettings;
  /** What the model says of its graphs (`transformers.js_config`). */
  graphs: GraphSettings;
}

export interface ImageSettings {
  patchSize: number;
  temporalPatchSize: number;
  mergeSize: number;
  bounds: PixelBounds;
  rescale: number;
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Suffixes of the graphs' files, by the name that transformers.js gives the number format. */
export const SUFFIX = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;
export type Dtype = keyof typeof SUFFIX;
export const GRAPHS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'] as const;
export type Graph = (typeof GRAPHS)[number];

export type ExternalData = boolean | number;
export interface GraphSettings {
  dtype: Dtype | Partial<Record<Graph, Dtype>> | undefined;
  /** How many files of weights lie beside each graph (true: one), or beside the graph or file of that name. */
  externalData: ExternalData | Record<string, ExternalData>;
}

const count = z.int().positive();
const dtype = z.enum(Object.keys(SUFFIX) as [Dtype, ...Dtype[]]);
const parts = z.union([z.boolean(), z.int().nonnegative()]);
const transformersJs = z.object({
  dtype: z.union([dtype, z.partialRecord(z.enum(GRAPHS), dtype)]).optional(),
  use_external_data_format: z.union([parts, z.record(z.string(), parts)]).optional(),
});

const text = z.object({
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count,
  head_dim: count.nullish(),
  max_position_embeddings: count,
});

const nested = z.object({ text_config: text });

const config = z.looseObject({
  model_type: z.literal('qwen2_5_vl', 'this engine opens models of the type "qwen2_5_vl"'),
  image_token_id: z.int().nonnegative(),
  vision_config: z.object({ spatial_merge_size: count }),
  'transformers.js_config': transformersJs.optional(),
});

const stopTokens = z.union([z.int().nonnegative(), z.array(z.int().nonnegative()).nonempty()]);
const generation = z.object({ eos_token_id: stopTokens });

const three = z.tuple([z.number(), z.number(), z.number()]);
const preprocessor = z
  .object({
    patch_size: count,
    temporal_patch_size: count,
    merge_size: count,
    min_pixels: count.nullish(),
    max_pixels: count.nullish(),
    size: z.object({ shortest_edge: count, longest_edge: count }).partial().nullish(),
    image_mean: three,
    image_std: three,
    rescale_factor: z.number().default(1 / 255),
    resample: z.literal(3, 'pictures are resized by the bicubic filter here (3)').default(3),
  })
  .transform(({ min_pixels, max_pixels, size, ...rest }, context) => {
    const least = min_pixels ?? size?.shortest_edge;
    const most = max_pixels ?? size?.longest_edge;
    if (least !== undefined && most !== undefined && least <= most) return { ...rest, least, most };
    const key = least === undefined ? 'min_pixels' : 'max_pixels';
    const message =
      most === undefined || least === undefined ? 'is missing' : `is below min_pixels (${least})`;
    context.addIssue({ code: 'custom', path: [key], message });
    return z.NEVER;
  });

/** The JSON files that make a model's settings, as they came. */
export interface ConfigFiles {
  'config.json': unknown;
  'generation_config.json': unknown;
  'preprocessor_config.json': unknown;
}

/** Reads Hugging Face's nested form and the older flat one. @throws VlmError naming file and key. */
export function readModelConfig(files: ConfigFiles): ModelConfig {
  const top = parseFile(config, files['config.json'], 'config.json');
  const words =
    'text_config' in top
      ? parseFile(nested, files['config.json'], 'config.json').text_config
      : parseFile(text, files['config.json'], 'config.json');
  const { eos_token_id } = parseFile(generation, files['generation_config.json'], 'generation_config.json');
  const picture = parseFile(preprocessor, files['preprocessor_config.json'], 'preprocessor_config.json');
  const merge = top.vision_config.spatial_merge_size;
  if (picture.merge_size !== merge) {
    throw new VlmError(
      'model',
      `preprocessor_config.json: merge_size: is ${picture.merge_size}, but vision_config.spatial_merge_size in config.json is ${merge}.`,
    );
  }
  const js = top['transformers.js_config'];
  return {
    imageToken: top.image_token_id,
    stopTokens: [eos_token_id].flat(),
    vocabulary: words.vocab_size,
    layers: words.num_hidden_layers,
    keyValueHeads: words.num_key_value_heads,
    headWidth: words.head_dim ?? words.hidden_size / words.num_attention_heads,
    width: words.hidden_size,
    mostTokens: words.max_position_embeddings,
    image: {
      patchSize: picture.patch_size,
      temporalPatchSize: picture.temporal_patch_size,
      mergeSize: merge,
      bounds: { least: picture.least, most: picture.most },
      rescale: picture.rescale_factor,
      mean: picture.image_mean,
      std: picture.image_std,
    },
    graphs: { dtype: js?.dtype, externalData: js?.use_external_data_format ?? false },
  };
}

/** @throws VlmError naming file and key. */
export function parseFile<T extends z.ZodType>(schema: T, content: unknown, file: string): z.infer<T> {
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new VlmError(
    'model',
    [file, ...(issue?.path.length ? [issue.path.join('.')] : []), `${issue?.message}.`].join(': '),
  );
}
