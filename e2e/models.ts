import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { type ListedFile, PROCESSORS, SETTINGS } from '../lib/vlm/graph-files';
import { type Manifest, manifestSchema } from '../lib/vlm/manifest';
import type { Model } from '../lib/vlm/model';
import { openModel } from '../lib/vlm/open-model';
import type { Message, ReplyEvent, Sampling, VlmImage } from '../lib/vlm/types';
import { TASKS, type Task } from '../lib/world/question';
import { ask, render } from '../lib/world/world';

/** Models and conversations with known replies, for tests in Node and in the browser. */

const root = join(import.meta.dirname ?? __dirname, '..');
export const TINY = join(root, 'trainer', 'fixtures', 'tiny');
export const TINY_QWEN3 = join(root, 'trainer', 'fixtures', 'tiny-qwen3-vl');
export const MODELS = join(root, 'public', 'models');

type GivenPart =
  | { type: 'text'; text: string }
  | { type: 'image'; width: number; height: number; pattern: number }
  | { type: 'image'; task: Task; seed: number; size: number };
export interface GivenMessage {
  role: Message['role'];
  content: GivenPart[];
}

/** What trainer/fixtures/make.py wrote. */
export interface Goldens {
  pictures: {
    width: number;
    height: number;
    resized: { width: number; height: number; sha256: string };
    grid: [number, number, number];
    patches: string;
  }[];
  texts: { text: string; ids: number[] }[];
  replies: {
    messages: GivenMessage[];
    ids: number[];
    grids: [number, number, number][];
    positions: [number[], number[], number[]];
    following: number;
    tokens: number[];
    text: string;
  }[];
  /** Texts of the same conversations' replies. */
  fp16: string[];
  q4f16: string[];
  qwen3: string[];
  draws: {
    seeds: number[];
    steps: number;
    forbidden: number;
    cases: { temperature: number; topP: number; topK: number; tokens: number[] }[];
  };
}

const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8'));
export const goldens = (): Goldens => json(join(TINY, '..', 'vlm.json'));

/** `greedy.json` of an exported model (trainer/ocean_r1/export/replies.py). */
export interface GreedyReplies {
  world_version: number;
  max_new_tokens: number;
  conversations: { messages: GivenMessage[]; prompt_tokens: number; tokens: number[] }[];
}
export const greedyReplies = (id: string): GreedyReplies => json(join(MODELS, id, 'greedy.json'));

/** The models that the page offers; none before one is exported into public/models. */
export function offeredModels(): Manifest['models'] {
  const path = join(MODELS, 'models.json');
  return existsSync(path) ? manifestSchema.parse(json(path)).models : [];
}

export const GREEDY: Sampling = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 24, stop: [] };

/** Bytes from a rule that trainer/fixtures/make.py knows as well. */
export function patterned(width: number, height: number, pattern: number): VlmImage {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        rgba[(y * width + x) * 4 + channel] =
          (x * x * 7 + y * 13 + x * y * (channel * 5 + pattern) + channel * 71) % 256;
  return { key: `pattern ${pattern} ${width} ${height}`, width, height, rgba };
}

/** A picture of Ocean World. */
export function scene(task: Task, seed: number, size: number): VlmImage {
  const { rgb } = render(ask(task, seed, size).scene, size);
  const rgba = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel++)
    for (let channel = 0; channel < 3; channel++) rgba[pixel * 4 + channel] = rgb[pixel * 3 + channel] ?? 0;
  return { key: `${TASKS.indexOf(task)} ${seed} ${size}`, width: size, height: size, rgba };
}

/** Messages with their pictures painted. */
export const painted = (messages: readonly GivenMessage[]): Message[] =>
  messages.map(({ role, content }) => ({
    role,
    content: content.map((part) => {
      if (part.type === 'text') return part;
      const image =
        'pattern' in part
          ? patterned(part.width, part.height, part.pattern)
          : scene(part.task, part.seed, part.size);
      return { type: 'image', image };
    }),
  }));

export const filesIn = (folder: string): ListedFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) => {
    const stats = statSync(join(folder, path));
    return stats.isFile() ? [{ path, bytes: stats.size }] : [];
  });

export const runtime = {
  provider: 'wasm',
  InferenceSession: ort.InferenceSession,
  Tensor: ort.Tensor,
} as const;

/** Our own kernels, as scripts/bundle-engine.mjs compiled them. */
export function kernelProgram(): Uint8Array<ArrayBuffer> {
  const folder = join(root, 'public', 'vlm');
  const name = readdirSync(folder).find((each) => each.startsWith('kernels.'));
  if (name === undefined) throw new Error('public/vlm has no kernels: npm run bundle');
  return new Uint8Array(readFileSync(join(folder, name)));
}

/** Opens a model folder by our own kernels. */
export const openOnKernels = (folder: string): Promise<Model> =>
  openModel(
    { provider: 'kernels', program: kernelProgram() },
    filesIn(folder),
    async (path) => new Uint8Array(readFileSync(join(folder, path))),
  );

/**
 * Opens a model folder by onnxruntime-web in Node.
 *
 * @param suffix Which graphs: '' (float32), '_quantized', '_fp16', '_q4f16'; left out, those that a browser takes.
 */
export function openFolder(folder: string, suffix?: string): Promise<Model> {
  ort.env.wasm.numThreads = 1;
  const settings: readonly string[] = [...SETTINGS, ...PROCESSORS];
  const ending = `${suffix}.onnx`;
  const files = filesIn(folder).filter(({ path }) => {
    if (suffix === undefined || settings.includes(path)) return true;
    const name = path.replace(/^onnx\/(vision_encoder|embed_tokens|decoder_model_merged)/, '');
    return name === ending || name === `${ending}_data`;
  });
  return openModel(runtime, files, async (path) => new Uint8Array(readFileSync(join(folder, path))));
}

export interface Reply {
  text: string;
  started: Extract<ReplyEvent, { type: 'started' }>;
  ended: Extract<ReplyEvent, { type: 'ended' }>;
}

/** All of a reply. */
export async function replyOf(events: AsyncIterable<ReplyEvent>): Promise<Reply> {
  let text = '';
  let started: Reply['started'] | null = null;
  let ended: Reply['ended'] | null = null;
  for await (const event of events) {
    if (event.type === 'started') started = event;
    else if (event.type === 'text') text += event.text;
    else ended = event;
  }
  if (started === null || ended === null) throw new Error('the reply has no beginning or no end');
  return { text, started, ended };
}

export const NEVER = { aborted: false };

/** A model's reply, in Node. */
export const answer = (
  model: Model,
  messages: readonly Message[],
  sampling: Partial<Sampling> = {},
): Promise<Reply> =>
  replyOf(model.reply(messages, { ...GREEDY, ...sampling }, async (image) => image, NEVER));
