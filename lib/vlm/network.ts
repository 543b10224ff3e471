import type { Patches } from './patches';
import type { Positions } from './positions';

/** Keys and values of the tokens so far. */
export interface Past {
  readonly length: number;
}

/** What computes: the three parts of a model, by onnxruntime (graphs.ts) or by our own kernels (kernels.ts). */
export interface Network {
  /** Whether a past can be cut at little cost. */
  readonly cutsCheaply: boolean;
  /** Rows of the tokens, one after the other. */
  embed(ids: readonly number[]): Promise<Float32Array>;
  /** A picture's features, a row for each of its tokens. */
  see(patches: Patches): Promise<Float32Array>;
  /** Nothing read yet. */
  start(): Past;
  /** The first tokens of a past. It takes over what it is given. */
  cut(past: Past, length: number): Promise<Past>;
  /**
   * Reads tokens: the logits of what follows each of the last `told` of them, and the longer past. It takes over the past it
   * is given.
   *
   * @param embeds A row for each token.
   * @param axes Where the tokens stand.
   */
  decode(
    past: Past,
    embeds: Float32Array,
    axes: Positions['axes'],
    told?: number,
  ): Promise<{ logits: Float32Array[]; past: Past }>;
  release(): Promise<void>;
}
