import { encodePng } from '@/lib/world/png';
import { renderSolids } from '@/lib/world/raycast';
import { isSolidTask, solidQuestion } from '@/lib/world/solid-questions';
import { firstQuestion } from './first-question';

/** The first question's picture as a PNG; without `side` as large as the models are asked about it, to the pixel. */
export function firstPicture(side = firstQuestion.scene.size): Uint8Array {
  const { task, seed, size } = firstQuestion.scene;
  if (!isSolidTask(task)) throw new Error(`the first question asks about solids, not about ${task}`);
  return encodePng(renderSolids(solidQuestion(task, seed, size).scene, side));
}
