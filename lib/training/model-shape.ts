import { z } from 'zod';

/** What a model's `config.json` says of its size, as far as plans need it. */
export interface ModelShape {
  parameters: number;
  /** Of them, those of the vision tower. */
  tower: number;
  layers: number;
  keyValueHeads: number;
  headDim: number;
  heads: number;
  hidden: number;
  intermediate: number;
  vocabulary: number;
  /** Whether the head has the weights of the words. */
  tied: boolean;
  vision: { depth: number; hidden: number; intermediate: number; patch: number };
}

const count = z.number().int().positive();
const text = z.object({
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count,
  head_dim: count.nullish(),
});
const config = z.object({
  model_type: z.literal('qwen2_5_vl'),
  tie_word_embeddings: z.boolean().optional(),
  text_config: text.extend({ tie_word_embeddings: z.boolean().optional() }).optional(),
  vision_config: z.object({
    depth: count,
    hidden_size: count,
    intermediate_size: count,
    in_channels: count.optional(),
    in_chans: count.optional(),
    patch_size: count,
    temporal_patch_size: count.default(2),
    spatial_merge_size: count.default(2),
    out_hidden_size: count,
  }),
});

/** From a `config.json`, in the old flat form and in the nested one; null where it is not of a Qwen2.5-VL. */
export function shapeOf(json: unknown): ModelShape | null {
  const read = config.safeParse(json);
  if (!read.success) return null;
  const { text_config: nested, vision_config: vision } = read.data;
  const language = nested ?? text.safeParse(json).data;
  if (language === undefined) return null;
  const tied = read.data.tie_word_embeddings ?? nested?.tie_word_embeddings ?? false;
  const tower = towerParameters(vision);
  const headDim = language.head_dim ?? Math.floor(language.hidden_size / language.num_attention_heads);
  return {
    parameters: tower + languageParameters(language, headDim, tied),
    tower,
    layers: language.num_hidden_layers,
    keyValueHeads: language.num_key_value_heads,
    headDim,
    heads: language.num_attention_heads,
    hidden: language.hidden_size,
    intermediate: language.intermediate_size,
    vocabulary: language.vocab_size,
    tied,
    vision: {
      depth: vision.depth,
      hidden: vision.hidden_size,
      intermediate: vision.intermediate_size,
      patch: vision.patch_size,
    },
  };
}

function languageParameters(language: z.infer<typeof text>, headDim: number, tied: boolean): number {
  const { vocab_size, hidden_size: hidden, intermediate_size: inner } = language;
  const asked = language.num_attention_heads * headDim;
  const kept = language.num_key_value_heads * headDim;
  // Queries, keys and values have a bias; the output and the MLP have none.
  const attention = hidden * asked + asked + 2 * (hidden * kept + kept) + asked * hidden;
  const layer = attention + 3 * hidden * inner + 2 * hidden;
  return vocab_size * hidden * (tied ? 1 : 2) + language.num_hidden_layers * layer + hidden;
}

function towerParameters(vision: z.infer<typeof config>['vision_config']): number {
  const { hidden_size: hidden, intermediate_size: inner, spatial_merge_size, out_hidden_size } = vision;
  const channels = vision.in_channels ?? vision.in_chans ?? 3;
  const patches = channels * vision.temporal_patch_size * vision.patch_size ** 2 * hidden;
  const attention = 4 * hidden * hidden + 4 * hidden;
  const block = attention + 3 * hidden * inner + 2 * inner + hidden + 2 * hidden;
  const merged = hidden * spatial_merge_size ** 2;
  const merger = hidden + merged * merged + merged + merged * out_hidden_size + out_hidden_size;
  return patches + vision.depth * block + merger;
}
