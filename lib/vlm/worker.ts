import { Engine, PROGRAM, type Provider } from './engine';
import { FileStore, type RemoteFile } from './file-store';
import type { Runtime } from './graphs';
import type { FromWorker, Request, ToWorker } from './messages';
import { VlmError, type VlmImage } from './types';

/** A program as scripts/bundle.mjs wrote it beside this worker: paths are relative to it. */
interface Written {
  program: string;
  bytes: number;
  sha256: string;
}
declare const ONNX_PROGRAMS: Record<Provider, Written & { module: string }>;
declare const KERNELS: Written;

const post = (message: FromWorker) => self.postMessage(message);
const address = (path: string) => new URL(path, self.location.href).href;

/** Requests under way, and what they wait for from the page. */
const cancels = new Map<number, AbortController>();
const waiting = new Map<string, (image: VlmImage) => void>();
let engine: Promise<Engine> | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'start':
      engine = startEngine(data);
      break;
    case 'request':
      answer(data.id, data.request);
      break;
    case 'pixels':
      waiting.get(`${data.id} ${data.image.key}`)?.(data.image);
      break;
    case 'cancel':
      cancels.get(data.id)?.abort(new DOMException('It was cancelled.', 'AbortError'));
      break;
  }
};

const openers = {
  wasm: () => import('onnxruntime-web/wasm'),
  webgpu: () => import('onnxruntime-web/webgpu'),
};

async function startEngine({ noGpu, probeAbove }: Extract<ToWorker, { type: 'start' }>): Promise<Engine> {
  const cores = navigator.hardwareConcurrency;
  const threads = self.crossOriginIsolated ? Math.min(4, Math.ceil(cores / 2)) : 1;
  const remote = ({ program: path, bytes, sha256 }: Written): RemoteFile => ({
    model: PROGRAM,
    path,
    url: address(path),
    bytes,
    sha256,
  });
  return new Engine({
    manifest: address('../models/models.json'),
    store: await FileStore.open(),
    programs: {
      wasm: remote(ONNX_PROGRAMS.wasm),
      webgpu: remote(ONNX_PROGRAMS.webgpu),
      kernels: remote(KERNELS),
    },
    openRuntime: (provider, content) => openRuntime(provider, content, threads),
    threads,
    threadsWhy: self.crossOriginIsolated
      ? `The processor works with ${threads} of its ${cores} threads.`
      : 'The processor works with one thread, since this page is not isolated from others.',
    gpuFault: async () => noGpu ?? (await gpuFault()),
    trialMs: 30_000,
    probeAbove,
  });
}

async function gpuFault(): Promise<string | null> {
  // TypeScript's own library does not have WebGPU yet.
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  if (gpu === undefined) return 'This browser has no WebGPU.';
  return (await gpu.requestAdapter()) ? null : 'WebGPU finds no graphics card here.';
}

const openRuntime: (
  provider: Provider,
  program: Uint8Array<ArrayBuffer>,
  threads: number,
) => Promise<Runtime> = async (provider, program, threads) => {
  const { env, InferenceSession, Tensor } = await openers[provider]();
  const unzipped = new Response(program).body?.pipeThrough(new DecompressionStream('gzip'));
  env.wasm.wasmBinary = await new Response(unzipped).arrayBuffer();
  env.wasm.wasmPaths = { mjs: address(ONNX_PROGRAMS[provider].module) };
  env.wasm.numThreads = threads;
  env.logLevel = 'error';
  return { provider, InferenceSession, Tensor };
};

async function answer(id: number, request: Request): Promise<void> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  try {
    post({ type: 'done', id, value: await perform(id, request, cancel.signal) });
  } catch (error) {
    const { message } = error as Error;
    if (cancel.signal.aborted) post({ type: 'failed', id, kind: 'aborted', message });
    else if (error instanceof VlmError) post({ type: 'failed', id, kind: error.kind, message });
    // What is no error of ours leaves the runtime in a state that nobody knows: the page replaces this worker.
    else post({ type: 'failed', id, kind: 'engine-died', message: message ?? String(error) });
  } finally {
    cancels.delete(id);
  }
}

async function perform(id: number, request: Request, signal: AbortSignal): Promise<unknown> {
  if (engine === null) throw new Error('the worker was not started');
  const running = await engine;
  switch (request.type) {
    case 'load':
      for await (const event of running.load(request.modelId, signal)) post({ type: 'event', id, event });
      return null;
    case 'reply': {
      const { modelId, messages, sampling } = request;
      const pixels = (image: VlmImage) => fetchPixels(id, image.key, signal);
      for await (const event of running.reply(modelId, messages, sampling, pixels, signal))
        post({ type: 'event', id, event });
      return null;
    }
    case 'cached':
      return running.cached();
    case 'clear':
      return running.clearCache();
  }
}

/** A picture's pixels come from the page when they are needed. */
async function fetchPixels(id: number, key: string, signal: AbortSignal): Promise<VlmImage> {
  const place = `${id} ${key}`;
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      waiting.set(place, resolve);
      post({ type: 'need', id, key });
    });
  } finally {
    waiting.delete(place);
  }
}

// Whatever ends this worker frees the lock, and so tells the page.
const lock = `ocean-r1-engine-${crypto.randomUUID?.() ?? Math.random()}`;
navigator.locks?.request(lock, () => {
  post({ type: 'alive', lock });
  return new Promise(() => {});
});
