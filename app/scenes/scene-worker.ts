import { sceneQuestions } from '@/lib/chat/scene-questions';
import type { Picture } from '@/lib/world/picture';
import type { Task } from '@/lib/world/question';
import { renderSolids } from '@/lib/world/raycast';
import { isSolidTask, solidQuestion } from '@/lib/world/solid-questions';
import type { Known } from '@/lib/world/world';
import { loadedHere } from './loaded-here';
import type { RolledScene, SceneReply, SceneRequest } from './scenes';

/** Scenes of solids are what a visitor sees first: what draws the others is fetched later. */
const wholeWorld = () => import('@/lib/world/world');

/** A web worker: Ocean World at work for the pages that ask about its scenes. Every request gets its scene back, or why there is none. */
self.onmessage = async ({ data, ports }: MessageEvent<SceneRequest | 'fetch all'>) => {
  const post = (reply: SceneReply, transfer: ArrayBuffer[]) => self.postMessage(reply, { transfer });
  if (data === 'fetch all') {
    // What does not come now is fetched again when it is needed, and then told.
    await wholeWorld().catch(() => null);
    ports[0]?.postMessage(loadedHere());
    return;
  }
  const { number, ...request } = data;
  try {
    const scene = await roll(request);
    post({ number, scene }, [scene.exact.buffer, scene.shown.buffer]);
  } catch (error) {
    post({ number, reason: (error as Error).message }, []);
  }
};

async function roll({ task, seed, size, shown }: Omit<SceneRequest, 'number'>): Promise<RolledScene> {
  const { known, paint } = await sceneOf(task, seed, size);
  return { ...sceneQuestions(known, size), exact: rgbaOf(paint(size)), shown: rgbaOf(paint(shown)) };
}

interface PaintedScene {
  known: Known;
  /** The picture with a side of so many pixels. */
  paint: (size: number) => Picture;
}

async function sceneOf(task: Task, seed: number, size: number): Promise<PaintedScene> {
  if (isSolidTask(task)) {
    const known = solidQuestion(task, seed, size);
    return { known, paint: (side) => renderSolids(known.scene, side) };
  }
  const { ask, render } = await wholeWorld().catch((cause: unknown) => {
    throw new Error('What draws this kind of picture could not be fetched.', { cause });
  });
  const known = ask(task, seed, size);
  return { known, paint: (side) => render(known.scene, side) };
}

function rgbaOf({ width, height, rgb }: Picture): RolledScene['exact'] {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++)
    for (let k = 0; k < 3; k++) rgba[at * 4 + k] = rgb[at * 3 + k] ?? 0;
  return rgba;
}
