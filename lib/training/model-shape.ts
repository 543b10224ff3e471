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
  /** Of the tower's parameters, `block` are each block's. */
  vision: { depth: number; hidden: number; intermediate: number; patch: number; block: number };
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
const vision = z.object({
  depth: count,
  hidden_size: count,
  intermediate_size: count,
  in_channels: count.optional(),
  in_chans: count.optional(),
  patch_size: count,
  temporal_patch_size: count.default(2),
  spatial_merge_size: count.default(2),
  out_hidden_size: count,
});
const whole = z.object({
  tie_word_embeddings: z.boolean().optional(),
  text_config: text.extend({ tie_word_embeddings: z.boolean().optional() }).optional(),
});
const config = z.discriminatedUnion('model_type', [
  whole.extend({ model_type: z.literal('qwen2_5_vl'), vision_config: vision }),
  whole.extend({
    model_type: z.literal('qwen3_vl'),
    vision_config: vision.extend({
      num_position_embeddings: count,
      deepstack_visual_indexes: z.array(z.int()),
    }),
  }),
]);
type Config = z.infer<typeof config>;

/** From a `config.json`, in the old flat form and in the nested one; null where it is of no family that is trained here. */
export function shapeOf(json: unknown): ModelShape | null {
  const read = config.safeParse(json);
  if (!read.success) return null;
  const { text_config: nested, vision_config: vision } = read.data;
  const language = nested ?? text.safeParse(json).data;
  if (language === undefined) return null;
  const tied = read.data.tie_word_embeddings ?? nested?.tie_word_embeddings ?? false;
  const block = blockParameters(read.data);
  const tower = towerParameters(read.data, block);
  const headDim = language.head_dim ?? Math.floor(language.hidden_size / language.num_attention_heads);
  return {
    parameters: tower + languageParameters(read.data.model_type, language, headDim, tied),
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
      block,
    },
  };
}

function languageParameters(
  family: Config['model_type'],
  language: z.infer<typeof text>,
  headDim: number,
  tied: boolean,
): number {
  const { vocab_size, hidden_size: hidden, intermediate_size: inner } = language;
  const asked = language.num_attention_heads * headDim;
  const kept = language.num_key_value_heads * headDim;
  const matrices = hidden * asked + 2 * hidden * kept + asked * hidden;
  // Queries, keys and values have a bias, or the first two a norm; the output and the MLP have neither.
  const attention = matrices + (family === 'qwen3_vl' ? 2 * headDim : asked + 2 * kept);
  const layer = attention + 3 * hidden * inner + 2 * hidden;
  return vocab_size * hidden * (tied ? 1 : 2) + language.num_hidden_layers * layer + hidden;
}

function blockParameters({ model_type, vision_config: vision }: Config): number {
  const { hidden_size: hidden, intermediate_size: inner } = vision;
  const attention = 4 * hidden * hidden + 4 * hidden;
  return model_type === 'qwen2_5_vl'
    ? attention + 3 * hidden * inner + 2 * inner + hidden + 2 * hidden
    : attention + 2 * hidden * inner + inner + hidden + 4 * hidden; // Norms have a bias here.
}

function towerParameters({ model_type, vision_config: vision }: Config, block: number): number {
  const { hidden_size: hidden, spatial_merge_size, out_hidden_size } = vision;
  const channels = vision.in_channels ?? vision.in_chans ?? 3;
  const patches = channels * vision.temporal_patch_size * vision.patch_size ** 2 * hidden;
  const merged = hidden * spatial_merge_size ** 2;
  const merger = merged * merged + merged + merged * out_hidden_size + out_hidden_size;
  if (model_type === 'qwen2_5_vl') return patches + vision.depth * block + hidden + merger;
  // Patches have a bias here, as norms have; each feature of a middle block has a merger of its own.
  const features = vision.deepstack_visual_indexes.length * (2 * merged + merger);
  return (
    patches +
    hidden +
    vision.num_position_embeddings * hidden +
    vision.depth * block +
    2 * hidden +
    merger +
    features
  );
}
