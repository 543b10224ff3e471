import { sceneQuestions } from '@/lib/chat/scene-questions';
import type { Picture } from '@/lib/world/scene';
import { render } from '@/lib/world/world';
import type { RolledScene, SceneRequest } from './scenes';

/** A web worker: Ocean World at work for the chat. Every request gets its scene back. */
self.onmessage = ({ data: { number, task, seed, size, shown } }: MessageEvent<SceneRequest>) => {
  const { known, asked, further } = sceneQuestions(task, seed, size);
  const rolled: RolledScene = {
    number,
    asked,
    further,
    exact: rgbaOf(render(known.scene, size)),
    shown: rgbaOf(render(known.scene, shown)),
  };
  self.postMessage(rolled, { transfer: [rolled.exact.buffer, rolled.shown.buffer] });
};

function rgbaOf({ width, height, rgb }: Picture): RolledScene['exact'] {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at++)
    for (let k = 0; k < 3; k++) rgba[at * 4 + k] = rgb[at * 3 + k] ?? 0;
  return rgba;
}
