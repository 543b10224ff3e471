import type { LoadEvent, Message, ReplyEvent, Sampling, VlmErrorKind, VlmImage } from './types';

/** What page and worker say to each other. A request's `id` is on all that belongs to it. */

export type Request =
  | { type: 'load'; modelId: string }
  /** Pictures without their pixels: the worker asks for those that it has to look at. */
  | { type: 'reply'; modelId: string; messages: readonly Message[]; sampling: Sampling }
  | { type: 'cached' }
  | { type: 'clear' };

export type ToWorker =
  /** The first of all. `noGpu`: why WebGPU is not to be tried, or null. */
  | { type: 'start'; noGpu: string | null; probeAbove: number }
  | { type: 'request'; id: number; request: Request }
  | { type: 'pixels'; id: number; image: VlmImage }
  | { type: 'cancel'; id: number };

export type FromWorker =
  /** The worker holds this lock for as long as it lives. */
  | { type: 'alive'; lock: string }
  | { type: 'event'; id: number; event: LoadEvent | ReplyEvent }
  | { type: 'need'; id: number; key: string }
  | { type: 'done'; id: number; value: unknown }
  | { type: 'failed'; id: number; kind: VlmErrorKind | 'aborted'; message: string };
