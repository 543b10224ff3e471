import { chart } from './charts';
import { diagram } from './diagrams';
import { renderDrawing } from './drawing';
import type { Picture } from './picture';
import type { AskedScene, Task } from './question';
import { renderSolids } from './raycast';
import type { Scene, SolidScene } from './scene';
import { solidQuestion } from './solid-questions';
import { table } from './tables';
import { printedText } from './texts';

/** A question on a scene; a flat one comes with the facts that its picture shows. */
export type Known =
  | AskedScene<SolidScene>
  | ReturnType<typeof diagram>
  | ReturnType<typeof chart>
  | ReturnType<typeof table>
  | ReturnType<typeof printedText>;

/**
 * The way into Ocean World: a task and a seed give a scene with a question on it, and a scene gives its picture.
 * `size` is the picture's side in pixels, 96 to 512: boxes are in its frame, and what is too small to see in it is not
 * asked about.
 */
export function ask(task: Task, seed: number, size: number): Known {
  switch (task) {
    case 'geometry':
      return diagram(seed);
    case 'chart':
      return chart(seed);
    case 'table':
      return table(seed);
    case 'text':
      return printedText(seed);
    default:
      return solidQuestion(task, seed, size);
  }
}

export function render(scene: Scene, size: number): Picture {
  return 'drawing' in scene ? renderDrawing(scene.drawing, scene.seed, size) : renderSolids(scene, size);
}
