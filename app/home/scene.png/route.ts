import { encodePng } from '@/lib/world/png';
import { renderSolids } from '@/lib/world/raycast';
import { isSolidTask, solidQuestion } from '@/lib/world/solid-questions';
import { firstQuestion } from '../first-question';

/** The first question's picture, painted when the site is built. */
export const dynamic = 'force-static';

const SIDE = 448;

export function GET(): Response {
  const { task, seed, size } = firstQuestion.scene;
  if (!isSolidTask(task)) throw new Error(`the first question asks about solids, not about ${task}`);
  const { scene } = solidQuestion(task, seed, size);
  return new Response(Buffer.from(encodePng(renderSolids(scene, SIDE))), {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  });
}
