/** What the in-browser engine is asked and what it tells: the contract between its client and the page. */

/** A decoded picture: RGBA bytes, row by row from the top left. `key` names it in the caches (hash of the bytes). */
export interface VlmImage {
  key: string;
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type Part = { type: 'text'; text: string } | { type: 'image'; image: VlmImage };

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: readonly Part[];
}

export interface Sampling {
  /** 0 is greedy: the likeliest token each time, whatever the rest says. */
  temperature: number;
  /** In (0, 1]: the likeliest tokens that together have this probability; 1 keeps all. */
  topP: number;
  /** The so many likeliest tokens; 0 keeps all. */
  topK: number;
  /** The same seed, prompt and model give the same reply. */
  seed: number;
  maxNewTokens: number;
  /** The reply ends before the first of these strings. */
  stop: readonly string[];
}

export type ReplyEvent =
  /**
   * `reusedTokens` of the prompt were kept from the reply before and not computed again. `frames`: the sizes in which the
   * model sees the conversation's pictures, in their order; boxes in its reply are in these pixels.
   */
  | {
      type: 'started';
      promptTokens: number;
      reusedTokens: number;
      frames: readonly { width: number; height: number }[];
    }
  /** `text` is what is added; `tokens` the count so far. */
  | { type: 'text'; text: string; tokens: number }
  | {
      type: 'ended';
      why: 'stop' | 'length' | 'cancelled';
      tokens: number;
      firstTokenMs: number;
      totalMs: number;
    };

export interface EngineFacts {
  /** onnxruntime's two, or kernels of our own. */
  provider: 'webgpu' | 'wasm' | 'kernels';
  threads: number;
  /** A sentence for the visitor. */
  why: string;
}

export type LoadEvent =
  /**
   * Before a model is fetched. `bytes` are still to be fetched, of the model and of the program that runs it; `cached`:
   * of the model there are none.
   */
  | { type: 'cost'; bytes: number; cached: boolean }
  /** `loaded` and `total` are bytes of all files that are fetched; `file` is the one of which some came just now. */
  | { type: 'progress'; file: string; loaded: number; total: number; bytesPerSecond: number }
  | { type: 'ready'; engine: EngineFacts };

/** The engine as the main thread has it: a worker started at the first use, and replaced where it died. */
export interface Vlm {
  /**
   * Makes a model ready; the second time it is at once.
   *
   * @param modelId One of `models.json`, or the address of a folder in the same layout.
   * @throws VlmError from the iteration, as `reply` does; the signal's reason where that ends it.
   */
  load(modelId: string, signal?: AbortSignal): AsyncIterable<LoadEvent>;
  /** Loads the model where it is not loaded. Cancelled by the signal, it ends with the event that says so. */
  reply(
    modelId: string,
    messages: readonly Message[],
    sampling: Sampling,
    signal?: AbortSignal,
  ): AsyncIterable<ReplyEvent>;
  /** What the browser keeps of downloaded models. */
  cached(): Promise<{ modelId: string; bytes: number }[]>;
  clearCache(): Promise<void>;
  dispose(): void;
}

/** `model`: its files or config are not right; `picture`, `prompt`: what was asked cannot be answered. */
export type VlmErrorKind = 'model' | 'picture' | 'prompt' | 'engine-died' | 'download';

/** Its message is a sentence for the visitor. */
export class VlmError extends Error {
  override readonly name = 'VlmError';
  readonly kind: VlmErrorKind;

  constructor(kind: VlmErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
