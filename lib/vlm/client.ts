import type { FromWorker, Request, ToWorker } from './messages';
import { Relay } from './relay';
import {
  type LoadEvent,
  type Message,
  type ReplyEvent,
  type Sampling,
  type Vlm,
  VlmError,
  type VlmImage,
} from './types';

/** Where scripts/bundle.mjs writes the worker. */
const WORKER = '/vlm/worker.js';
/** The larger program that WebGPU needs is fetched for models from this size on. */
const PROBE_ABOVE = 64_000_000;

export interface VlmOptions {
  /** Models of fewer bytes are run by wasm without a trial of WebGPU; left out, 64 MB. */
  probeAbove?: number;
}

/** The in-browser engine: `lib/vlm/types.ts` tells what it does. */
export function createVlm({ probeAbove = PROBE_ABOVE }: VlmOptions = {}): Vlm {
  return new Client(probeAbove);
}

interface Pending {
  events: Relay<LoadEvent | ReplyEvent>;
  value: unknown;
  images: ReadonlyMap<string, VlmImage>;
}

class Client implements Vlm {
  private worker: Worker | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  /** Watches the worker's lock; aborted when we end the worker ourselves. */
  private watch = new AbortController();
  private onGpu = false;
  private noGpu: string | null = null;

  constructor(private readonly probeAbove: number) {}

  load(modelId: string, signal?: AbortSignal): AsyncIterable<LoadEvent> {
    // The worker sends for a request the events of its kind.
    return this.ask({ type: 'load', modelId }, signal, new Map()) as AsyncIterable<LoadEvent>;
  }

  reply(
    modelId: string,
    messages: readonly Message[],
    sampling: Sampling,
    signal?: AbortSignal,
  ): AsyncIterable<ReplyEvent> {
    const images = new Map<string, VlmImage>();
    const bare = messages.map(({ role, content }) => ({
      role,
      content: content.map((part) => {
        if (part.type === 'text') return part;
        images.set(part.image.key, part.image);
        return { ...part, image: { ...part.image, rgba: new Uint8ClampedArray() } };
      }),
    }));
    return this.ask(
      { type: 'reply', modelId, messages: bare, sampling },
      signal,
      images,
    ) as AsyncIterable<ReplyEvent>;
  }

  async cached(): Promise<{ modelId: string; bytes: number }[]> {
    return (await this.valueOf({ type: 'cached' })) as { modelId: string; bytes: number }[];
  }

  async clearCache(): Promise<void> {
    await this.valueOf({ type: 'clear' });
  }

  dispose(): void {
    this.end(new VlmError('engine-died', 'The engine was closed.'));
  }

  private async *ask(
    request: Request,
    signal: AbortSignal | undefined,
    images: ReadonlyMap<string, VlmImage>,
  ): AsyncGenerator<LoadEvent | ReplyEvent, unknown> {
    const id = this.nextId++;
    const pending: Pending = { events: new Relay(), value: null, images };
    this.pending.set(id, pending);
    const cancel = () => this.post({ type: 'cancel', id });
    try {
      this.post({ type: 'request', id, request });
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel);
      yield* pending.events;
      return pending.value;
    } catch (error) {
      if (!(error instanceof VlmError) && signal?.aborted) throw signal.reason;
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      // Left before its end: nobody waits for it any more.
      if (this.pending.delete(id)) cancel();
    }
  }

  private async valueOf(request: Request): Promise<unknown> {
    const asked = this.ask(request, undefined, new Map());
    for (;;) {
      const { done, value } = await asked.next();
      if (done) return value;
    }
  }

  private post(message: ToWorker): void {
    if (this.worker === null) {
      // A cancelled request of a worker that is gone is gone with it.
      if (message.type === 'cancel') return;
      this.worker = this.start();
    }
    this.worker.postMessage(message);
  }

  private start(): Worker {
    const worker = new Worker(WORKER, { type: 'module', name: 'ocean-r1-engine' });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    worker.onerror = ({ message }) => this.died(message || 'its program could not be loaded');
    const start: ToWorker = { type: 'start', noGpu: this.noGpu, probeAbove: this.probeAbove };
    worker.postMessage(start);
    return worker;
  }

  private hear(message: FromWorker): void {
    if (message.type === 'alive') {
      this.watchFor(message.lock);
      return;
    }
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    switch (message.type) {
      case 'event':
        if (message.event.type === 'ready') this.onGpu ||= message.event.engine.provider === 'webgpu';
        pending.events.push(message.event);
        break;
      case 'need': {
        const image = pending.images.get(message.key);
        if (image) this.post({ type: 'pixels', id: message.id, image });
        break;
      }
      case 'done':
        pending.value = message.value;
        this.pending.delete(message.id);
        pending.events.end();
        break;
      case 'failed':
        if (message.kind === 'engine-died') {
          this.died(message.message);
          break;
        }
        this.pending.delete(message.id);
        pending.events.fail(
          message.kind === 'aborted'
            ? new DOMException(message.message, 'AbortError')
            : new VlmError(message.kind, message.message),
        );
        break;
    }
  }

  /** A worker that the browser ended (no memory left) says nothing: but its lock is free then. */
  private watchFor(lock: string): void {
    const { signal } = this.watch;
    navigator.locks
      .request(lock, { signal }, () => this.died('the browser ended it'))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }

  private died(reason: string): void {
    if (this.onGpu) this.noGpu = 'WebGPU failed before.';
    this.end(
      new VlmError(
        'engine-died',
        `The engine broke down (${reason}). It starts anew with the next question; the conversation is kept.`,
      ),
    );
  }

  private end(error: VlmError): void {
    this.watch.abort();
    this.watch = new AbortController();
    this.worker?.terminate();
    this.worker = null;
    this.onGpu = false;
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const { events } of all) events.fail(error);
  }
}
