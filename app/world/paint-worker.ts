import { paint } from './paint';
import type { PaintRequest } from './painted';

/** A web worker: every request gets its sample back, in order. */
self.onmessage = ({ data }: MessageEvent<PaintRequest>) => {
  const painted = paint(data);
  self.postMessage(painted, { transfer: [painted.rgba.buffer] });
};
