import * as z from 'zod/mini';
import { parseFile } from './parse-file';
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
  /** Width of an embedding: what Qwen3-VL's tower tells the first layers besides stands behind a token's own. */
  width: number;
  /** Tokens of prompt and reply together. */
  mostTokens: number;
  image: ImageSettings;
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

const count = z.int().check(z.positive());
const token = z.int().check(z.nonnegative());
const text = z.object({
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count,
  head_dim: z.nullish(count),
  max_position_embeddings: count,
});

const nested = z.object({ text_config: text });

const config = z.looseObject({
  model_type: z.enum(
    ['qwen2_5_vl', 'qwen3_vl'],
    'this engine opens models of the types "qwen2_5_vl" and "qwen3_vl"',
  ),
  image_token_id: token,
  vision_config: z.object({
    spatial_merge_size: count,
    deepstack_visual_indexes: z._default(z.array(token), []),
  }),
});

const stopTokens = z.union([token, z.array(token).check(z.minLength(1))]);
const generation = z.object({ eos_token_id: stopTokens });

const three = z.tuple([z.number(), z.number(), z.number()]);
const preprocessor = z.pipe(
  z.object({
    patch_size: count,
    temporal_patch_size: count,
    merge_size: count,
    min_pixels: z.nullish(count),
    max_pixels: z.nullish(count),
    size: z.nullish(z.partial(z.object({ shortest_edge: count, longest_edge: count }))),
    image_mean: three,
    image_std: three,
    rescale_factor: z._default(z.number(), 1 / 255),
    resample: z._default(z.literal(3, 'pictures are resized by the bicubic filter here (3)'), 3),
  }),
  z.transform(({ min_pixels, max_pixels, size, ...rest }, context) => {
    const least = min_pixels ?? size?.shortest_edge;
    const most = max_pixels ?? size?.longest_edge;
    if (least !== undefined && most !== undefined && least <= most) return { ...rest, least, most };
    const key = least === undefined ? 'min_pixels' : 'max_pixels';
    const message =
      most === undefined || least === undefined ? 'is missing' : `is below min_pixels (${least})`;
    context.issues.push({ code: 'custom', path: [key], message, input: rest });
    return z.NEVER;
  }),
);

/** Contents of `config.json`, `generation_config.json`, and of `processor_config.json` and `preprocessor_config.json`, null where there is none. */
export interface Settings {
  config: unknown;
  generation: unknown;
  processor: unknown;
  preprocessor: unknown;
}

const processor = z.object({ image_processor: z.optional(z.unknown()) });

/** The image processor's settings and where they are: nested ones come first, as in transformers 5. @throws VlmError */
function imageProcessor(files: Settings): { where: string; content: unknown } {
  if (files.processor !== null) {
    const { image_processor } = parseFile(processor, files.processor, 'processor_config.json');
    if (image_processor) return { where: 'processor_config.json: image_processor', content: image_processor };
  }
  if (files.preprocessor !== null) return { where: 'preprocessor_config.json', content: files.preprocessor };
  throw new VlmError(
    'model',
    'The model has no preprocessor_config.json and no processor_config.json with an image_processor.',
  );
}

/** Reads Hugging Face's nested form and the older flat one. @throws VlmError naming file and key. */
export function readModelConfig(files: Settings): ModelConfig {
  const top = parseFile(config, files.config, 'config.json');
  const words =
    'text_config' in top
      ? parseFile(nested, files.config, 'config.json').text_config
      : parseFile(text, files.config, 'config.json');
  const { eos_token_id } = parseFile(generation, files.generation, 'generation_config.json');
  const { where, content } = imageProcessor(files);
  const picture = parseFile(preprocessor, content, where);
  const merge = top.vision_config.spatial_merge_size;
  if (picture.merge_size !== merge) {
    throw new VlmError(
      'model',
      `${where}: merge_size: is ${picture.merge_size}, but vision_config.spatial_merge_size in config.json is ${merge}.`,
    );
  }
  return {
    imageToken: top.image_token_id,
    stopTokens: [eos_token_id].flat(),
    vocabulary: words.vocab_size,
    layers: words.num_hidden_layers,
    keyValueHeads: words.num_key_value_heads,
    headWidth: words.head_dim ?? words.hidden_size / words.num_attention_heads,
    width: words.hidden_size * (1 + top.vision_config.deepstack_visual_indexes.length),
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
  };
}
