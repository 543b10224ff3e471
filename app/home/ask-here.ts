import { questionText } from '@/lib/chat/messages';
import { createVlm } from '@/lib/vlm/client';
import type { Message, VlmImage } from '@/lib/vlm/types';
import { SEEDS_PER_SPLIT, seedIn, WORLD_VERSION } from '@/lib/world/scene';
import { anyTask, EXACT_SIDE, type RolledScene, Scenes, SOLID_TASKS } from '../scenes/scenes';
import { type Asked, type Said, SIDES, type Side } from './asked';

/** Nano at work in this browser, for the front page: loaded when it is to answer, and not before. */

const MODELS: Readonly<Record<Side, string>> = { base: 'nano-base', stage2: 'nano-stage2' };
const GREEDY = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 384, stop: [] };

export interface Rolled extends Asked {
  /** `SHOWN_SIDE` rows of RGBA. */
  shown: RolledScene['shown'];
}

export class AskHere {
  /** An engine each: side by side on two cores both have answered in little more than the time of one. */
  private readonly engines = { base: createVlm(), stage2: createVlm() };
  private readonly scenes = new Scenes();

  /** A question of the test split that nobody chose. Rejects with a sentence. */
  async roll(): Promise<Rolled> {
    const task = anyTask(SOLID_TASKS);
    const seed = seedIn('test', Math.floor(Math.random() * SEEDS_PER_SPLIT));
    const scene = { task, seed, size: EXACT_SIDE, version: WORLD_VERSION };
    const { asked, shown } = await this.scenes.roll(scene);
    if (asked.truth === null) throw new Error('The question of a seed has an answer.');
    return { scene, question: asked.question, promptId: asked.promptId, truth: asked.truth, shown };
  }

  /** What each says, as it is written; rejects with a sentence for the visitor. */
  async ask(asked: Asked, on: (side: Side, said: Said) => void, signal: AbortSignal): Promise<void> {
    const prompt = this.promptOf(asked);
    await Promise.all(SIDES.map((side) => this.reply(side, prompt, (said) => on(side, said), signal)));
  }

  private async reply(
    side: Side,
    prompt: Promise<Message[]>,
    on: (said: Said) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const engine = this.engines[side];
    // Fetched and opened while the scene is painted.
    const [messages] = await Promise.all([prompt, this.open(side, signal)]);
    let said: Said = { text: '', ended: false, frame: null };
    for await (const event of engine.reply(MODELS[side], messages, GREEDY, signal)) {
      if (event.type === 'started') said = { ...said, frame: event.frames.at(-1) ?? null };
      else if (event.type === 'text') said = { ...said, text: said.text + event.text };
      else if (event.why === 'cancelled') return;
      else said = { ...said, ended: true };
      on(said);
    }
  }

  private async open(side: Side, signal: AbortSignal): Promise<void> {
    for await (const _ of this.engines[side].load(MODELS[side], signal));
  }

  private async promptOf({ scene, question, promptId, painted }: Asked): Promise<Message[]> {
    const rgba = painted === undefined ? (await this.scenes.roll(scene)).exact : await pixelsOf(painted);
    const pictureId = `${scene.task}-${scene.seed}`;
    const image: VlmImage = { key: pictureId, width: scene.size, height: scene.size, rgba };
    const text = questionText({ question, promptId, pictureId });
    return [
      {
        role: 'user',
        content: [
          { type: 'image', image },
          { type: 'text', text },
        ],
      },
    ];
  }

  close(): void {
    for (const side of SIDES) this.engines[side].dispose();
    this.scenes.close();
  }
}

/** A picture's pixels as its file has them. */
async function pixelsOf(address: string): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok)
    throw new Error(`The picture could not be fetched: the server answered ${response.status}.`);
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', {
    willReadFrequently: true,
  });
  if (context === null) throw new Error('This browser has no room for the picture.');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}
