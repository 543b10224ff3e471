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
  /** `reusedTokens` of the prompt were kept from the reply before and not computed again. */
  | { type: 'started'; promptTokens: number; reusedTokens: number }
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
  provider: 'webgpu' | 'wasm';
  threads: number;
  /** A sentence for the visitor. */
  why: string;
}

export type LoadEvent =
  /** Before anything is fetched; `bytes` are still to be fetched, none where the model is cached. */
  | { type: 'cost'; bytes: number; cached: boolean }
  | { type: 'progress'; file: string; loaded: number; total: number; bytesPerSecond: number }
  | { type: 'ready'; engine: EngineFacts };

/** The engine as the main thread has it: a worker started at the first use, and replaced where it died. */
export interface Vlm {
  /** Throws VlmError from the iteration, as `reply` does. */
  load(modelId: string, signal?: AbortSignal): AsyncIterable<LoadEvent>;
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
