import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FaultyServer, memoryCache, serveFiles } from '@/e2e/faulty-server';
import { filesIn, GREEDY, goldens, painted, replyOf, runtime, TINY } from '@/e2e/models';
import { Engine, type Provider, type Surroundings } from './engine';
import { FileStore } from './file-store';
import { neededFiles } from './graph-files';
import type { Runtime } from './graphs';
import type { LoadEvent } from './types';

const { replies, q4f16 } = goldens();
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const PROGRAM = new TextEncoder().encode('a program');
const read = (path: string) => new Uint8Array(readFileSync(join(TINY, path)));
/** Two models of the same files, and one that lists what is not there. */
const manifest = (() => {
  const files = neededFiles(filesIn(TINY), {}).map(({ path, bytes }) => ({
    path,
    bytes,
    sha256: sha256(read(path)),
  }));
  const model = (id: string, more: typeof files = []) => ({
    id,
    label: id,
    stage: 'base',
    files: [...files, ...more],
  });
  return {
    models: [
      model('one'),
      model('two'),
      model('broken', [{ path: 'lost.json', bytes: 1, sha256: sha256(PROGRAM) }]),
    ],
  };
})();

let server: FaultyServer;
let changed: Map<string, string>;
let gone: Set<string>;
beforeEach(async () => {
  changed = new Map();
  gone = new Set();
  server = await serveFiles((path) => {
    if (gone.has(path)) return null;
    const other = changed.get(path);
    if (other !== undefined) return new TextEncoder().encode(other);
    if (path === 'models/models.json') return new TextEncoder().encode(JSON.stringify(manifest));
    if (path.startsWith('programs/')) return PROGRAM;
    const file = join(TINY, path.replace(/^models\/\w+\//, ''));
    return existsSync(file) && statSync(file).isFile() ? new Uint8Array(readFileSync(file)) : null;
  });
});
afterEach(() => server.close());

function engineWith(around: Partial<Surroundings> = {}): Engine {
  const program = (provider: Provider | 'kernels') => ({
    model: 'engine',
    path: `${provider}.wasm`,
    url: `${server.address}programs/${provider}`,
    bytes: PROGRAM.length,
    sha256: sha256(PROGRAM),
  });
  return new Engine({
    manifest: `${server.address}models/models.json`,
    store: new FileStore(memoryCache(), async () => {}),
    programs: {
      wasm: program('wasm'),
      webgpu: { ...program('webgpu'), sha256: null },
      kernels: program('kernels'),
    },
    openRuntime: async () => runtime,
    threads: 1,
    threadsWhy: 'One thread.',
    gpuFault: async () => 'No WebGPU.',
    trialMs: 30_000,
    probeAbove: 0,
    ...around,
  });
}

const NEVER = new AbortController().signal;
const all = async (events: AsyncIterable<LoadEvent>): Promise<LoadEvent[]> => {
  const found: LoadEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
};
const reply = (engine: Engine, model: string, number: number, signal = NEVER) =>
  engine.reply(model, painted(replies[number]?.messages ?? []), GREEDY, async (image) => image, signal);

test('loading tells the cost first, then what came, then what runs the model and why', async () => {
  const bytes = manifest.models[0]?.files.reduce((sum, file) => sum + file.bytes, PROGRAM.length) ?? 0;
  const engine = engineWith();
  const events = await all(engine.load('one', NEVER));
  expect(events[0]).toEqual({ type: 'cost', bytes, cached: false });
  const progress = events.filter((event) => event.type === 'progress');
  expect(progress.at(-1)).toMatchObject({ loaded: bytes, total: bytes });
  expect(progress.every(({ loaded, total }) => loaded <= total)).toBe(true);
  expect(events.at(-1)).toEqual({
    type: 'ready',
    engine: { provider: 'wasm', threads: 1, why: 'No WebGPU. One thread.' },
  });
  expect(await all(engine.load('one', NEVER))).toEqual([
    { type: 'cost', bytes: 0, cached: true },
    events.at(-1),
  ]);
});

test('a second model of the same files costs nothing, and the manifest is all that is asked for', async () => {
  const engine = engineWith();
  await all(engine.load('one', NEVER));
  const before = server.asked.length;
  expect((await all(engine.load('two', NEVER)))[0]).toEqual({ type: 'cost', bytes: 0, cached: true });
  expect(server.asked.slice(before)).toEqual(['GET models/models.json']);
  expect((await engine.cached()).map(({ modelId }) => modelId).sort()).toEqual(['engine', 'one']);
});

test('models that are asked at once answer one after the other, each rightly', async () => {
  const engine = engineWith();
  const found = await Promise.all(
    [0, 1, 2, 3].map((number) => replyOf(reply(engine, number % 2 ? 'two' : 'one', number))),
  );
  expect(found.map(({ text }) => text)).toEqual(replies.slice(0, 4).map(({ text }) => text));
  expect(server.asked.filter((line) => line === 'GET programs/wasm')).toHaveLength(1);
});

test('a reply that is cancelled, before its turn or in it, ends so, and the next is right', async () => {
  const engine = engineWith();
  const cancel = new AbortController();
  const first = reply(engine, 'one', 0);
  await first.next();
  const waiting = engine.reply(
    'one',
    painted(replies[1]?.messages ?? []),
    GREEDY,
    async (image) => image,
    cancel.signal,
  );
  const ended = waiting.next();
  cancel.abort();
  await first.return(undefined);
  const events = [(await ended).value];
  for await (const event of waiting) events.push(event);
  expect(events.at(-1)).toMatchObject({ type: 'ended', why: 'cancelled', tokens: 0 });
  expect((await replyOf(reply(engine, 'one', 1))).text).toBe(replies[1]?.text);
});

test('loading that is cancelled ends with the reason, and can be taken up again', async () => {
  const engine = engineWith();
  const cancel = new AbortController();
  const loading = engine.load('one', cancel.signal);
  await loading.next();
  cancel.abort(new Error('enough'));
  await expect(all(loading)).rejects.toThrow('enough');
  expect((await all(engine.load('one', NEVER))).at(-1)?.type).toBe('ready');
});

describe('what is wrong is told, and the others go on', () => {
  test('a model that is not offered', async () => {
    await expect(all(engineWith().load('three', NEVER))).rejects.toMatchObject({
      kind: 'model',
      message: 'There is no model three; there are one, two, broken.',
    });
  });

  test('a listed file that is not there', async () => {
    const engine = engineWith();
    await expect(all(engine.load('broken', NEVER))).rejects.toMatchObject({
      kind: 'download',
      message: expect.stringContaining('lost.json of broken is not on the server'),
    });
    expect((await all(engine.load('one', NEVER))).at(-1)?.type).toBe('ready');
  });

  test('a file that is not what was listed', async () => {
    changed.set('models/one/config.json', ' '.repeat(9000));
    await expect(all(engineWith().load('one', NEVER))).rejects.toMatchObject({
      kind: 'download',
      message: expect.stringContaining('config.json of one could not be fetched: it is damaged'),
    });
  });

  test('a manifest that is none', async () => {
    changed.set('models/models.json', '{"models": [{"id": "One!"}]}');
    await expect(all(engineWith().load('one', NEVER))).rejects.toThrow(/models.json: models.0.id: Invalid/);
  });
});

describe('a folder by its address', () => {
  test('is opened as its config wishes', async () => {
    const config = {
      ...JSON.parse(readFileSync(join(TINY, 'config.json'), 'utf8')),
      'transformers.js_config': { dtype: 'q4f16' },
    };
    changed.set('models/far/config.json', JSON.stringify(config));
    const engine = engineWith();
    const found = await replyOf(reply(engine, './far/', 1));
    expect(found.text).toBe(q4f16[1]);
    expect(server.asked).toContain('GET models/far/onnx/decoder_model_merged_q4f16.onnx');
  });

  test('has its weights fetched where they lie in files of their own', async () => {
    const js = {
      dtype: { decoder_model_merged: 'fp16' },
      use_external_data_format: { decoder_model_merged: true },
    };
    const config = {
      ...JSON.parse(readFileSync(join(TINY, 'config.json'), 'utf8')),
      'transformers.js_config': js,
    };
    changed.set('models/far/config.json', JSON.stringify(config));
    expect((await replyOf(reply(engineWith(), './far', 1))).text).toBe(replies[1]?.text);
    expect(server.asked).toContain('GET models/far/onnx/decoder_model_merged_fp16.onnx_data');
    expect(server.asked).toContain('GET models/far/onnx/vision_encoder_quantized.onnx');
  });

  test('may have the image processor’s settings where transformers 5 writes them', async () => {
    gone.add('models/far/preprocessor_config.json');
    const settings = JSON.parse(readFileSync(join(TINY, 'preprocessor_config.json'), 'utf8'));
    changed.set('models/far/processor_config.json', JSON.stringify({ image_processor: settings }));
    expect((await replyOf(reply(engineWith(), './far', 1))).text).toBe(replies[1]?.text);
    gone.add('models/far/processor_config.json');
    await expect(all(engineWith().load('./far/', NEVER))).rejects.toThrow(
      'has no processor_config.json or preprocessor_config.json.',
    );
  });

  test('that lacks a file, or wishes for a format that there is not, is told so', async () => {
    changed.set('models/far/config.json', '{"transformers.js_config": {"dtype": "q3"}}');
    await expect(all(engineWith().load('./far/', NEVER))).rejects.toThrow(
      /^config.json: transformers.js_config.dtype: /,
    );
    changed.set('models/far/config.json', '{"transformers.js_config": {"dtype": "uint8"}}');
    await expect(all(engineWith().load('./far/', NEVER))).rejects.toMatchObject({
      kind: 'model',
      message: expect.stringMatching(/has no onnx\/vision_encoder_uint8.onnx \(the server answered 404\)/),
    });
  });
});

describe('WebGPU', () => {
  // A clock of its own, so that what else the machine does decides nothing.
  let clock = 0;
  beforeEach(() => {
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
  });
  afterEach(() => vi.restoreAllMocks());

  /** wasm under another name, slower or wrong as wished. */
  const pretending = (provider: Provider, ms: number, factor = 1): Runtime => ({
    ...runtime,
    provider,
    InferenceSession: {
      create: async (model, options) => {
        const session = await runtime.InferenceSession.create(model, {
          ...options,
          preferredOutputLocation: 'cpu',
          executionProviders: ['wasm'],
        });
        const run = session.run.bind(session);
        const slower = async (feeds: Parameters<typeof run>[0]) => {
          clock += ms;
          const outputs = await run(feeds);
          const logits = outputs.logits?.data as Float32Array | undefined;
          logits?.forEach((value, at) => {
            logits[at] = value * factor;
          });
          return outputs;
        };
        return Object.assign(session, { run: slower });
      },
    },
  });
  const withGpu = (gpu: () => Promise<Runtime>, probeAbove = 0, trialMs = 30_000) =>
    engineWith({
      gpuFault: async () => null,
      probeAbove,
      trialMs,
      openRuntime: async (provider) => (provider === 'wasm' ? pretending('wasm', 4) : gpu()),
    });
  const ready = async (engine: Engine) => {
    const event = (await all(engine.load('one', NEVER))).at(-1);
    if (event?.type !== 'ready') throw new Error('the model is not ready');
    return event.engine;
  };

  test('is taken where a trial shows it right and faster', async () => {
    const engine = withGpu(async () => pretending('webgpu', 1));
    expect(await ready(engine)).toMatchObject({
      provider: 'webgpu',
      why: 'WebGPU was right and faster in a trial: 1.0 ms a token by WebGPU, 4.0 ms by the processor.',
    });
    expect((await replyOf(reply(engine, 'one', 0))).text).toBe(replies[0]?.text);
  });

  test('is not taken where it is slower', async () => {
    expect(await ready(withGpu(async () => pretending('webgpu', 30)))).toMatchObject({
      provider: 'wasm',
      why: expect.stringContaining('right but not faster'),
    });
  });

  test('is not taken where it is wrong', async () => {
    const engine = withGpu(async () => pretending('webgpu', 1, 1.5));
    expect(await ready(engine)).toMatchObject({
      provider: 'wasm',
      why: expect.stringContaining('other numbers'),
    });
    expect((await replyOf(reply(engine, 'one', 0))).text).toBe(replies[0]?.text);
  });

  test('is not taken where it fails, and not tried again', async () => {
    let tried = 0;
    const engine = withGpu(async () => {
      tried++;
      throw new Error('the device was lost');
    });
    expect(await ready(engine)).toMatchObject({
      provider: 'wasm',
      why: expect.stringContaining('the device was lost'),
    });
    await all(engine.load('two', NEVER));
    expect(tried).toBe(1);
  });

  test('is not waited for where it does not answer', async () => {
    const engine = withGpu(() => new Promise<Runtime>(() => {}), 0, 20);
    expect(await ready(engine)).toMatchObject({
      provider: 'wasm',
      why: expect.stringContaining('no answer within 0.02 seconds'),
    });
  });

  test('is not fetched for a small model', async () => {
    const engine = withGpu(async () => pretending('webgpu', 1), 1e9);
    expect(await ready(engine)).toMatchObject({
      provider: 'wasm',
      why: expect.stringMatching(/^The model has 0\.\d MB; WebGPU is tried from 1000 MB on\./),
    });
    expect(server.asked).not.toContain('GET programs/webgpu');
  });
});
