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
    patch_size: count,
    temporal_patch_size: z._default(count, 2),
    spatial_merge_size: z._default(count, 2),
    deepstack_visual_indexes: z._default(z.array(token), []),
  }),
});

const stopTokens = z.union([token, z.array(token).check(z.minLength(1))]);
const generation = z.object({ eos_token_id: stopTokens });

const three = z.tuple([z.number(), z.number(), z.number()]);
const CLIP = {
  mean: [0.48145466, 0.4578275, 0.40821073] as const,
  std: [0.26862954, 0.26130258, 0.27577711] as const,
};
const HALF = { mean: [0.5, 0.5, 0.5] as const, std: [0.5, 0.5, 0.5] as const };
/** By which colours from 0 to 1 are normalised. */
const COLOURS = { qwen2_5_vl: CLIP, qwen3_vl: HALF };

/** Where a file says nothing, or null, it means what transformers' Qwen2-VL image processor does by itself. */
function or<T extends z.ZodMiniType>(schema: T, otherwise: z.output<T>) {
  return z.pipe(
    z.nullish(schema),
    z.transform((given) => given ?? otherwise),
  );
}

const preprocessor = z.pipe(
  z.object({
    min_pixels: z.nullish(count),
    max_pixels: z.nullish(count),
    size: z.nullish(z.partial(z.object({ shortest_edge: count, longest_edge: count }))),
    patch_size: or(z.int(), 14),
    temporal_patch_size: or(z.int(), 2),
    merge_size: or(z.int(), 2),
    do_resize: or(z.boolean(), true),
    /** Pillow's number of a filter; 3 is bicubic. */
    resample: or(z.int(), 3),
    do_rescale: or(z.boolean(), true),
    rescale_factor: or(z.number(), 1 / 255),
    do_normalize: or(z.boolean(), true),
    image_mean: or(three, [...CLIP.mean]),
    image_std: or(three, [...CLIP.std]),
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
  checkPictures(picture, top, where);
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
      mergeSize: picture.merge_size,
      bounds: { least: picture.least, most: picture.most },
      rescale: picture.rescale_factor,
      mean: picture.image_mean,
      std: picture.image_std,
    },
  };
}

/**
 * The trainer's rule (`check_pictures` in trainer/ocean_r1/models/config.py): a model is shown the pictures that its
 * family was trained on. @throws VlmError where its image processor makes others.
 */
function checkPictures(
  picture: z.output<typeof preprocessor>,
  { model_type, vision_config }: z.output<typeof config>,
  where: string,
): void {
  const here = {
    patch_size: vision_config.patch_size,
    temporal_patch_size: vision_config.temporal_patch_size,
    merge_size: vision_config.spatial_merge_size,
    do_resize: true,
    resample: 3,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: COLOURS[model_type].mean,
    image_std: COLOURS[model_type].std,
  };
  for (const key of Object.keys(here) as (keyof typeof here)[]) {
    const wanted = [here[key]].flat().map(Number);
    const near = [picture[key]].flat().every((given, at) => {
      const goal = wanted[at] as number;
      return Math.abs(Number(given) - goal) <= 1e-6 * goal;
    });
    if (!near) {
      throw new VlmError(
        'model',
        `${where}: ${key} is ${JSON.stringify(picture[key])}, but pictures are made with ${JSON.stringify(here[key])} for this model here.`,
      );
    }
  }
}
