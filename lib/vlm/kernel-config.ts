import * as z from 'zod/mini';

/** The file of a model folder that our own kernels read (trainer/ocean_r1/models/packed.py). */
export const PACKED = 'model.int8.safetensors';

const count = z.int().check(z.positive());
/** What panels and four numbers at a time divide. */
const width = z.int().check(z.positive(), z.multipleOf(8));

const config = z.object({
  model_type: z.literal('qwen2_5_vl'),
  tie_word_embeddings: z.literal(true),
  text_config: z.object({
    vocab_size: count,
    hidden_size: width,
    intermediate_size: width,
    num_hidden_layers: count,
    num_attention_heads: count,
    num_key_value_heads: count,
    max_position_embeddings: count,
    rms_norm_eps: z.number(),
    rope_parameters: z.object({ rope_theta: z.number(), mrope_section: z.tuple([count, count, count]) }),
  }),
  vision_config: z.object({
    out_hidden_size: width,
    in_channels: count,
    depth: count,
    hidden_size: width,
    intermediate_size: width,
    num_heads: count,
    patch_size: count,
    temporal_patch_size: count,
    spatial_merge_size: count,
    fullatt_block_indexes: z.array(z.int()),
  }),
});

export interface KernelConfig {
  text: z.infer<typeof config>['text_config'];
  vision: z.infer<typeof config>['vision_config'];
}

/** Above, onnxruntime's threads and graphics cards win. */
const MOST_WEIGHTS = 16e6;

/**
 * What of `config.json` the kernels need; null for a model that they do not run: they know small Qwen2.5-VLs whose tower has
 * no windows.
 */
export function readKernelConfig(content: unknown): KernelConfig | null {
  const parsed = config.safeParse(content);
  if (!parsed.success) return null;
  const { text_config: text, vision_config: vision } = parsed.data;
  const full = Array.from({ length: vision.depth }, (_, block) => block);
  const runs =
    full.every((block) => vision.fullatt_block_indexes.includes(block)) &&
    [
      [text.hidden_size, text.num_attention_heads],
      [vision.hidden_size, vision.num_heads],
    ].every(([all = 0, heads = 1]) => (all / heads) % 16 === 0) &&
    text.hidden_size * (text.vocab_size + text.num_hidden_layers * 3 * text.intermediate_size) < MOST_WEIGHTS;
  return runs ? { text, vision } : null;
}
