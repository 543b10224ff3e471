import { createHash } from 'node:crypto';
import { paint } from '../app/world/paint';
import type { PaintRequest } from '../app/world/painted';
import { TASK_SCENES, TASKS } from '../lib/world/question';
import { SCENE_KINDS, SPLITS, seedIn } from '../lib/world/scene';
import { expect, test } from './test';

/** Scenes of every kind that are compared. */
const EACH = 200;
const PIXELS = 104;

/** Every split in turn. Tasks on solids leave the kind to the seed, so a few more are painted of them. */
const REQUESTS: readonly PaintRequest[] = TASKS.flatMap((task, first) => {
  const solid = TASK_SCENES[task].length > 1;
  return Array.from({ length: solid ? 76 : EACH }, (_, n) => ({
    task,
    seed: seedIn(SPLITS[n % SPLITS.length] ?? 'train', 1_000_003 * n + first),
    size: PIXELS,
    pixels: PIXELS,
    whole: true,
  }));
});

const sha256 = (content: Uint8Array | Uint8ClampedArray | string) =>
  createHash('sha256').update(content).digest('hex');

test('Node and the page’s own worker give the same bytes, boxes and questions for 200 scenes of each kind', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await page.addInitScript(() => {
    const Native = window.Worker;
    window.Worker = class extends Native {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        Object.assign(window, { worldWorker: this });
      }
    };
  });
  await page.goto('/world?task=text');
  // From here on the page asks nothing more of its worker.
  await expect(page.locator('.world-small canvas')).toHaveCount(12, { timeout: 60_000 });

  const painting = page.evaluate(async (requests) => {
    const worker: Worker = Reflect.get(window, 'worldWorker');
    const hash = async (bytes: BufferSource) =>
      [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
    const results: string[][] = [];
    for (const request of requests) {
      const { known, parts, row, ids, rgba } = await new Promise<ReturnType<typeof paint>>((resolve) => {
        worker.addEventListener('message', ({ data }) => resolve(data), { once: true });
        worker.postMessage(request);
      });
      const words = new TextEncoder().encode(JSON.stringify({ known, parts, row }));
      results.push([
        await hash(rgba),
        await hash(words),
        ids === null ? '' : await hash(new Uint8Array(ids)),
        known.scene.kind,
      ]);
    }
    return results;
  }, REQUESTS);

  const here: string[][] = [];
  for (const request of REQUESTS) {
    const { known, parts, row, ids, rgba } = paint(request);
    here.push([
      sha256(rgba),
      sha256(JSON.stringify({ known, parts, row })),
      ids === null ? '' : sha256(ids),
      known.scene.kind,
    ]);
    // The browser's answer may come in between.
    await new Promise(setImmediate);
  }
  const there = await painting;

  const apart = REQUESTS.filter((_, at) => here[at]?.join() !== there[at]?.join());
  expect(apart).toEqual([]);
  for (const kind of SCENE_KINDS)
    expect(
      new Set(there.filter((each) => each[3] === kind).map(([bytes]) => bytes)).size,
      kind,
    ).toBeGreaterThanOrEqual(EACH);
});
