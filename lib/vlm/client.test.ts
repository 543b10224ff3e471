import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GREEDY, patterned, replyOf } from '@/e2e/models';
import { createVlm } from './client';
import type { FromWorker, ToWorker } from './messages';
import type { Message } from './types';

/** A worker whose answers the test gives. */
class FakeWorker {
  static all: FakeWorker[] = [];
  readonly heard: ToWorker[] = [];
  terminated = false;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromWorker): void {
    this.onmessage?.({ data: message });
  }
}

let freeLock: () => void;
beforeEach(() => {
  FakeWorker.all = [];
  vi.stubGlobal('Worker', FakeWorker);
  const request = (_: string, { signal }: { signal: AbortSignal }, granted: () => void) =>
    new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      freeLock = () => {
        granted();
        resolve();
      };
    });
  vi.stubGlobal('navigator', { locks: { request } });
});
afterEach(() => vi.unstubAllGlobals());

const image = patterned(4, 4, 1);
const question: Message[] = [
  {
    role: 'user',
    content: [
      { type: 'image', image },
      { type: 'text', text: 'What?' },
    ],
  },
];
const worker = (number = 0): FakeWorker => {
  const found = FakeWorker.all[number];
  if (found === undefined) throw new Error(`there is no worker ${number}`);
  return found;
};
const started = { type: 'started', promptTokens: 9, reusedTokens: 0, frames: [] } as const;
const ended = { type: 'ended', why: 'stop', tokens: 1, firstTokenMs: 1, totalMs: 2 } as const;
/** Lets what was promised happen. */
const settle = () => setImmediate();

test('no worker is started before it is needed; pixels are sent when they are asked for', async () => {
  const vlm = createVlm();
  expect(FakeWorker.all).toHaveLength(0);
  const reply = replyOf(vlm.reply('nano', question, GREEDY));
  await settle();
  expect(worker().heard[0]).toEqual({ type: 'start', noGpu: null, probeAbove: 64_000_000 });
  expect(worker().heard[1]).toMatchObject({
    type: 'request',
    id: 1,
    request: { type: 'reply', modelId: 'nano' },
  });
  expect(JSON.stringify(worker().heard[1])).not.toContain('"0":');
  worker().say({ type: 'need', id: 1, key: image.key });
  expect(worker().heard[2]).toEqual({ type: 'pixels', id: 1, image });
  for (const event of [started, { type: 'text', text: 'A cube.', tokens: 1 } as const, ended])
    worker().say({ type: 'event', id: 1, event });
  worker().say({ type: 'done', id: 1, value: null });
  expect(await reply).toEqual({ text: 'A cube.', started, ended });
});

test('what the worker says of one request reaches that one', async () => {
  const vlm = createVlm();
  const one = replyOf(vlm.reply('nano', question, GREEDY));
  const kept = vlm.cached();
  await settle();
  worker().say({ type: 'done', id: 2, value: [{ modelId: 'nano', bytes: 3 }] });
  expect(await kept).toEqual([{ modelId: 'nano', bytes: 3 }]);
  worker().say({ type: 'failed', id: 1, kind: 'prompt', message: 'Too long.' });
  await expect(one).rejects.toMatchObject({ name: 'VlmError', kind: 'prompt', message: 'Too long.' });
  expect(worker().terminated).toBe(false);
});

test('cancelling tells the worker, whose last event ends the reply; leaving the iteration cancels too', async () => {
  const vlm = createVlm();
  const cancel = new AbortController();
  const reply = replyOf(vlm.reply('nano', question, GREEDY, cancel.signal));
  await settle();
  worker().say({ type: 'event', id: 1, event: started });
  cancel.abort();
  expect(worker().heard.at(-1)).toEqual({ type: 'cancel', id: 1 });
  worker().say({ type: 'event', id: 1, event: { ...ended, why: 'cancelled' } });
  worker().say({ type: 'done', id: 1, value: null });
  expect((await reply).ended.why).toBe('cancelled');

  const loading = vlm.load('nano')[Symbol.asyncIterator]();
  const first = loading.next();
  await settle();
  worker().say({ type: 'event', id: 2, event: { type: 'cost', bytes: 1, cached: false } });
  await first;
  await loading.return?.();
  expect(worker().heard.at(-1)).toEqual({ type: 'cancel', id: 2 });
});

test('loading that is cancelled ends with the reason', async () => {
  const vlm = createVlm();
  const cancel = new AbortController();
  const loading = vlm.load('nano', cancel.signal)[Symbol.asyncIterator]().next();
  await settle();
  cancel.abort(new Error('enough'));
  worker().say({ type: 'failed', id: 1, kind: 'aborted', message: 'It was cancelled.' });
  await expect(loading).rejects.toThrow('enough');
});

for (const [how, die] of [
  [
    'its runtime failed',
    () => worker().say({ type: 'failed', id: 1, kind: 'engine-died', message: 'out of memory' }),
  ],
  ['its program could not run', () => worker().onerror?.({ message: '' })],
  ['the browser ended it, which its lock tells', () => freeLock()],
] as const) {
  test(`a worker that died is replaced: ${how}`, async () => {
    const vlm = createVlm();
    const replies = [1, 2].map(() => replyOf(vlm.reply('nano', question, GREEDY)));
    await settle();
    worker().say({ type: 'alive', lock: 'a lock' });
    die();
    for (const reply of replies)
      await expect(reply).rejects.toMatchObject({
        kind: 'engine-died',
        message: expect.stringContaining('starts anew'),
      });
    expect(worker().terminated).toBe(true);

    const next = replyOf(vlm.reply('nano', question, GREEDY));
    await settle();
    worker(1).say({ type: 'event', id: 3, event: started });
    worker(1).say({ type: 'event', id: 3, event: ended });
    worker(1).say({ type: 'done', id: 3, value: null });
    expect((await next).ended).toEqual(ended);
  });
}

test('after WebGPU failed, its successor works without', async () => {
  const vlm = createVlm();
  const loading = replyOf(vlm.reply('nano', question, GREEDY));
  await settle();
  const engine = { provider: 'webgpu', threads: 1, why: 'It is faster.' } as const;
  worker().say({ type: 'event', id: 1, event: { type: 'ready', engine } });
  worker().say({ type: 'failed', id: 1, kind: 'engine-died', message: 'the device was lost' });
  await expect(loading).rejects.toMatchObject({ kind: 'engine-died' });
  vlm.cached();
  await settle();
  expect(worker(1).heard[0]).toMatchObject({ type: 'start', noGpu: 'WebGPU failed before.' });
});

test('closed, it ends the worker and what was asked of it', async () => {
  const vlm = createVlm();
  const reply = replyOf(vlm.reply('nano', question, GREEDY));
  await settle();
  vlm.dispose();
  await expect(reply).rejects.toMatchObject({ kind: 'engine-died' });
  expect(worker().terminated).toBe(true);
});
