import { Drafts } from './draft';
import type { Language } from './language';
import type { ModelConfig } from './model-config';
import type { Network, Past } from './network';
import { patchesOf, seenSize } from './patches';
import { type Prompt, promptOf, sharedPrefix } from './prompt';
import { ReplyText } from './reply-text';
import { chooseToken } from './sampling';
import type { Message, Part, ReplyEvent, Sampling, VlmImage } from './types';

/** A prompt is read in pieces of so many tokens, which bounds the memory of attention. */
const PIECE = 512;
/** Text is told about this often: a screen shows no more. */
const TELL_EVERY_MS = 16;
/** How long the decoder runs before other messages are let in. */
const BREATHE_EVERY_MS = 4;
/** Features of so many bytes are kept, the least lately used go. */
const MOST_FEATURES = 16 * 2 ** 20;

const TRIAL_PROMPT = 32;
const TRIAL_TOKENS = 16;
export interface Trial {
  logits: Float32Array;
  msPerToken: number;
}

/** What the decoder has read: a prompt and the part of its reply that was fed back. */
interface Kept {
  ids: number[];
  images: Prompt['images'];
  past: Past;
}

/** Brings the pixels of a picture that has to be looked at. */
export type Pixels = (image: VlmImage) => Promise<VlmImage>;

/** A model that is open: it answers one conversation at a time, and keeps of the last what the next can use. */
export class Model {
  private kept: Kept | null = null;
  /** By picture, the latest used last. */
  private readonly features = new Map<string, Float32Array>();
  private drafts = new Drafts();

  constructor(
    readonly config: ModelConfig,
    private readonly language: Language,
    private readonly network: Network,
  ) {}

  /**
   * The events of a reply. The model stays usable wherever it is cancelled, or left off.
   *
   * @param pixels Called for pictures whose features are not kept; what a message holds of a picture is its key and size.
   * @throws VlmError where the conversation cannot be answered.
   */
  async *reply(
    messages: readonly Message[],
    sampling: Sampling,
    pixels: Pixels,
    signal: Pick<AbortSignal, 'aborted'>,
  ): AsyncGenerator<ReplyEvent> {
    const began = performance.now();
    const prompt = promptOf(messages, this.language, this.config);
    const { kept, reused } = await this.continued(prompt);
    yield {
      type: 'started',
      promptTokens: prompt.ids.length,
      reusedTokens: reused,
      frames: prompt.images.map(({ image }) => seenSize(image, this.config.image)),
    };

    let tokens = 0;
    let firstTokenMs = 0;
    const ended = (why: 'stop' | 'length' | 'cancelled'): ReplyEvent => ({
      type: 'ended',
      why,
      tokens,
      firstTokenMs,
      totalMs: performance.now() - began,
    });
    const breathe = breathing();
    if (signal.aborted) return yield ended('cancelled');

    let logits: Float32Array[] = [];
    const embeds = await this.embeds(prompt, reused, pixels);
    const { width, imageToken, stopTokens, mostTokens } = this.config;
    for (let at = reused; at < prompt.ids.length; at += PIECE) {
      await breathe();
      if (signal.aborted) return yield ended('cancelled');
      const end = Math.min(at + PIECE, prompt.ids.length);
      const axes = prompt.positions.axes.map((axis) => axis.subarray(at, end)) as [
        Int32Array,
        Int32Array,
        Int32Array,
      ];
      logits = await this.read(
        kept,
        prompt.ids.slice(at, end),
        embeds.subarray((at - reused) * width, (end - reused) * width),
        axes,
      );
    }

    const text = new ReplyText(sampling.stop);
    const room = Math.min(sampling.maxNewTokens, mostTokens - prompt.ids.length);
    const all = [...prompt.ids];
    this.drafts.learn(all, reused);
    /** Tokens that were read ahead of being chosen: the past has them, and `logits` what follows each. */
    let draft: number[] = [];
    let right = 0;
    let told = 0;
    for (;;) {
      const token = chooseToken(logits[right] as Float32Array, imageToken, sampling, tokens);
      tokens++;
      if (tokens === 1) firstTokenMs = performance.now() - began;
      const stopped = stopTokens.includes(token);
      if (!stopped) text.add(this.language.bytesOf(token));
      const why = stopped || text.stopped ? 'stop' : tokens >= room ? 'length' : null;
      all.push(token);
      this.drafts.learn(all, all.length - 1);
      if (why !== null || tokens === 1 || performance.now() - told >= TELL_EVERY_MS) {
        told = performance.now();
        const more = why === null ? text.take() : text.end();
        if (more !== '') yield { type: 'text', text: more, tokens };
      }
      if (why !== null) return yield ended(why);
      await breathe();
      if (signal.aborted) {
        const more = text.end();
        if (more !== '') yield { type: 'text', text: more, tokens };
        return yield ended('cancelled');
      }
      if (draft[right] === token) {
        right++;
        continue;
      }
      await this.forget(kept, draft.length - right);
      draft = this.network.cutsCheaply ? this.drafts.guess(all).slice(0, room - tokens - 1) : [];
      right = 0;
      const ids = [token, ...draft];
      const next = prompt.positions.next + tokens - 1;
      const places = Int32Array.from(ids, (_, at) => next + at);
      logits = await this.read(
        kept,
        ids,
        await this.network.embed(ids),
        [places, places, places],
        ids.length,
      );
    }
  }

  /** Answers about a grey picture: what the browser compiles meanwhile, the visitor's first reply does not wait for. */
  async warmUp(): Promise<void> {
    const side = this.config.image.patchSize * this.config.image.mergeSize;
    const rgba = new Uint8ClampedArray(side * side * 4).fill(128);
    const image: VlmImage = { key: '', width: side, height: side, rgba };
    const content: Part[] = [
      { type: 'image', image },
      { type: 'text', text: 'What is this?' },
    ];
    const sampling = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 32, stop: [] };
    for await (const _ of this.reply([{ role: 'user', content }], sampling, async () => image, {
      aborted: false,
    }));
    this.kept = null;
    this.features.clear();
    this.drafts = new Drafts();
  }

  /** Reads tokens that mean nothing: providers are compared by what comes of it, and how long it takes. */
  async trial(): Promise<Trial> {
    const { vocabulary, width } = this.config;
    const ids = Array.from({ length: TRIAL_PROMPT + TRIAL_TOKENS }, (_, at) => at % vocabulary);
    const embeds = await this.network.embed(ids);
    let past = this.network.start();
    let logits: Float32Array[] = [];
    let began = 0;
    for (let at = 0; at < ids.length; at = Math.max(at + 1, TRIAL_PROMPT)) {
      if (at === TRIAL_PROMPT) began = performance.now();
      const end = Math.max(at + 1, TRIAL_PROMPT);
      const axis = Int32Array.from({ length: end - at }, (_, token) => at + token);
      const some = embeds.subarray(at * width, end * width);
      ({ logits, past } = await this.network.decode(past, some, [axis, axis, axis]));
    }
    const [last = new Float32Array(0)] = logits;
    return { logits: last, msPerToken: (performance.now() - began) / TRIAL_TOKENS };
  }

  async release(): Promise<void> {
    await this.network.release();
  }

  /** The past of the last conversation as far as the prompt begins like it; its last token at least is read again. */
  private async continued(prompt: Prompt): Promise<{ kept: Kept; reused: number }> {
    const last = this.kept;
    // Whatever happens from here on, a past that was half changed is never used.
    this.kept = null;
    const reused = last === null ? 0 : Math.min(sharedPrefix(prompt, last), prompt.ids.length - 1);
    const past = last === null ? this.network.start() : await this.network.cut(last.past, reused);
    const kept = { ids: prompt.ids.slice(0, reused), images: prompt.images, past };
    this.kept = kept;
    return { kept, reused };
  }

  /** Takes the last tokens off the past. */
  private async forget(kept: Kept, count: number): Promise<void> {
    if (count === 0) return;
    this.kept = null;
    kept.past = await this.network.cut(kept.past, kept.past.length - count);
    kept.ids.length -= count;
    this.kept = kept;
  }

  /** Feeds tokens to the decoder; the logits of what follows each of the last `told`. */
  private async read(
    kept: Kept,
    ids: readonly number[],
    embeds: Float32Array,
    axes: [Int32Array, Int32Array, Int32Array],
    told = 1,
  ): Promise<Float32Array[]> {
    this.kept = null;
    const { logits, past } = await this.network.decode(kept.past, embeds, axes, told);
    kept.past = past;
    kept.ids.push(...ids);
    this.kept = kept;
    return logits;
  }

  /** Rows of the prompt's tokens from `start` on, those of pictures in their places. */
  private async embeds(prompt: Prompt, start: number, pixels: Pixels): Promise<Float32Array> {
    const { width } = this.config;
    const rows = await this.network.embed(prompt.ids.slice(start));
    for (const placed of prompt.images) {
      const skipped = Math.max(0, start - placed.start);
      if (skipped >= placed.count) continue;
      const features = await this.featuresOf(placed.image, pixels);
      rows.set(features.subarray(skipped * width), (placed.start + skipped - start) * width);
    }
    return rows;
  }

  private async featuresOf(image: VlmImage, pixels: Pixels): Promise<Float32Array> {
    const known = this.features.get(image.key);
    const features = known ?? (await this.network.see(patchesOf(await pixels(image), this.config.image)));
    this.features.delete(image.key);
    this.features.set(image.key, features);
    let bytes = 0;
    for (const each of this.features.values()) bytes += each.byteLength;
    for (const [key, each] of this.features) {
      if (bytes <= MOST_FEATURES || key === image.key) break;
      this.features.delete(key);
      bytes -= each.byteLength;
    }
    return features;
  }
}

/** Lets other messages in, cancelling among them, when it is called a while after the last time. */
function breathing(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATHE_EVERY_MS) return;
    await new Promise<void>((resolve) => {
      // Unlike a timer's, a message's turn comes at once.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    last = performance.now();
  };
}
