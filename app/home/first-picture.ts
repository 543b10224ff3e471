import { encodePng } from '@/lib/world/png';
import { renderSolids } from '@/lib/world/raycast';
import { isSolidTask, solidQuestion } from '@/lib/world/solid-questions';
import { firstQuestion } from './first-question';

const SIDE = 448;

/** The first question's picture as a PNG. */
export function firstPicture(): Uint8Array {
  const { task, seed, size } = firstQuestion.scene;
  if (!isSolidTask(task)) throw new Error(`the first question asks about solids, not about ${task}`);
  return encodePng(renderSolids(solidQuestion(task, seed, size).scene, SIDE));
}
