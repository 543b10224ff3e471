import type { SceneRef } from '@/lib/chat/conversation';
import type { Suggestion } from '@/lib/chat/scene-questions';
import { TASK_SCENES, TASKS, type Task } from '@/lib/world/question';
import { WORLD_VERSION } from '@/lib/world/scene';

/** Scenes of Ocean World, painted in a worker of their own: the world is loaded by it alone, and at the first scene. */

export interface SceneRequest extends Pick<SceneRef, 'task' | 'seed' | 'size'> {
  number: number;
  /** Side of the picture as people see it. */
  shown: number;
}

/** What comes back for a request of that number. */
export type SceneReply = { number: number } & ({ scene: RolledScene } | { reason: string });

export interface RolledScene {
  /** The question that the seed asks, with its answer. */
  asked: Suggestion;
  further: readonly Suggestion[];
  /** `size` rows of RGBA: what a small model was trained on, to the pixel. */
  exact: Uint8ClampedArray<ArrayBuffer>;
  /** The same scene, sharper. */
  shown: Uint8ClampedArray<ArrayBuffer>;
}

/** Side of the picture that is asked about, as in the benchmark: models make it smaller themselves. */
export const EXACT_SIDE = 224;
/** A multiple of 28, so that Qwen2.5-VL takes it as it is. */
export const SHOWN_SIDE = 448;

/** What Nano answers best. Of what is drawn and written it gets about half at best; whoever comes is not shown that first. */
export const SOLID_TASKS = TASKS.filter((task) => TASK_SCENES[task].includes('tabletop'));

export const anyTask = (among: readonly Task[] = TASKS): Task =>
  among[Math.floor(Math.random() * among.length)] ?? TASKS[0];

/** How many scenes are kept: what was rolled is soon asked for again, by its picture, its questions and its pixels. */
const KEPT = 3;

export class Scenes {
  private readonly kept = new Map<string, Promise<RolledScene>>();
  private worker: Worker | null = null;
  private asked = 0;
  private readonly waiting = new Map<
    number,
    { resolve: (scene: RolledScene) => void; reject: (reason: Error) => void }
  >();

  /** Rejects with a sentence where the world cannot be loaded, or where the scene is of another version of it. */
  roll(scene: SceneRef): Promise<RolledScene> {
    const key = JSON.stringify(scene);
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const rolled = this.request(scene);
    this.kept.set(key, rolled);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    rolled.catch(() => this.kept.delete(key));
    return rolled;
  }

  /** Has all of the world fetched, so that any scene can be rolled without a network; gives the paths of its programs. */
  fetchAll(): Promise<readonly string[]> {
    const { worker } = this;
    if (worker === null) return Promise.resolve([]);
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<readonly string[]>) => resolve(data);
      worker.postMessage('fetch all', [port2]);
    });
  }

  private request({ task, seed, size, version }: SceneRef): Promise<RolledScene> {
    if (version !== WORLD_VERSION)
      return Promise.reject(
        new Error(`The scene is of version ${version} of Ocean World; here it is ${WORLD_VERSION}.`),
      );
    return new Promise((resolve, reject) => {
      const number = this.asked++;
      this.waiting.set(number, { resolve, reject });
      this.worker ??= this.start();
      this.worker.postMessage({ number, task, seed, size, shown: SHOWN_SIDE } satisfies SceneRequest);
    });
  }

  private start(): Worker {
    const worker = new Worker(new URL('./scene-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<SceneReply>) => {
      const asked = this.waiting.get(data.number);
      if ('scene' in data) asked?.resolve(data.scene);
      else asked?.reject(new Error(data.reason));
      this.waiting.delete(data.number);
    };
    worker.onerror = ({ message }) => {
      const reason = new Error(message || 'The part of the page that paints scenes could not be loaded.');
      for (const { reject } of this.waiting.values()) reject(reason);
      this.waiting.clear();
      this.close();
    };
    return worker;
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
  }
}
