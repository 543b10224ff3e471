import type { FileStore, RemoteFile } from './file-store';
import type { Runtime } from './graphs';
import { PACKED } from './kernel-config';
import { fetchManifest, folderFiles, manifestFiles } from './listing';
import type { Model, Pixels, Trial } from './model';
import { Mutex } from './mutex';
import { type KernelRuntime, openModel } from './open-model';
import { Relay } from './relay';
import type { EngineFacts, LoadEvent, Message, ReplyEvent, Sampling } from './types';

/** By which onnxruntime computes. */
export type Provider = Runtime['provider'];

/** What the engine runs on. */
export interface Surroundings {
  /** The address of `models.json`; the models' folders are beside it. */
  manifest: string;
  store: FileStore;
  /** onnxruntime's programs and our own kernels, as they are fetched. */
  programs: Readonly<Record<Provider | 'kernels', RemoteFile>>;
  openRuntime: (provider: Provider, program: Uint8Array<ArrayBuffer>) => Promise<Runtime>;
  threads: number;
  /** Why so many. */
  threadsWhy: string;
  /** Why WebGPU is not tried; null where it can be. Asked once, for the first model that is large enough. */
  gpuFault: () => Promise<string | null>;
  /** How long WebGPU may take to open a model, and for a trial of it. */
  trialMs: number;
  /** Models of fewer bytes are not worth the larger program of WebGPU. */
  probeAbove: number;
}

/** To whom the programs belong in the browser's store. */
export const PROGRAM = 'engine';

interface Loaded {
  model: Model;
  facts: EngineFacts;
}

/** All that is open in one worker: models are fetched one after the other, and answer one after the other. */
export class Engine {
  private readonly models = new Map<string, Loaded>();
  private readonly runtimes = new Map<Provider, Promise<Runtime>>();
  private readonly loading = new Mutex();
  private readonly running = new Mutex();

  /** Why WebGPU is not tried; not asked for yet where it is left out. */
  private noGpu?: string | null;

  constructor(private readonly around: Surroundings) {}

  /** @throws VlmError; the signal's reason where that ended it. */
  async *load(modelId: string, signal: AbortSignal): AsyncGenerator<LoadEvent, void> {
    const loaded = this.models.get(modelId);
    if (loaded) {
      yield { type: 'cost', bytes: 0, cached: true };
      yield { type: 'ready', engine: loaded.facts };
      return;
    }
    const files = await this.filesOf(modelId, signal);
    const missing = await this.missing(files);
    const programs = await this.missing(await this.programsFor(files));
    yield { type: 'cost', bytes: bytesOf([...missing, ...programs]), cached: missing.length === 0 };

    const done = await this.loading.take();
    try {
      signal.throwIfAborted();
      const contents = yield* this.fetchAll([...files, ...(await this.programsFor(files))], signal);
      this.around.store.keepOnly(modelId, files);
      this.around.store.keepOnly(PROGRAM, Object.values(this.around.programs));
      const opened = this.models.get(modelId) ?? (await this.open(files, contents));
      this.models.set(modelId, opened);
      yield { type: 'ready', engine: opened.facts };
    } finally {
      done();
    }
  }

  /** Cancelled, it ends with the event that says so. @throws VlmError */
  async *reply(
    modelId: string,
    messages: readonly Message[],
    sampling: Sampling,
    pixels: Pixels,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyEvent, void> {
    const began = performance.now();
    try {
      for await (const _ of this.load(modelId, signal));
      const done = await this.running.take();
      try {
        const loaded = this.models.get(modelId);
        if (loaded) yield* loaded.model.reply(messages, sampling, pixels, signal);
      } finally {
        done();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      // Cancelled before the model had its turn.
      yield {
        type: 'ended',
        why: 'cancelled',
        tokens: 0,
        firstTokenMs: 0,
        totalMs: performance.now() - began,
      };
    }
  }

  cached(): Promise<{ modelId: string; bytes: number }[]> {
    return this.around.store.kept();
  }

  clearCache(): Promise<void> {
    return this.around.store.clear();
  }

  private async filesOf(modelId: string, signal: AbortSignal): Promise<RemoteFile[]> {
    const { manifest } = this.around;
    if (modelId.includes('/')) return folderFiles(new URL(modelId, manifest).href, signal);
    return manifestFiles(await fetchManifest(manifest, signal), modelId, manifest);
  }

  private async missing(files: readonly RemoteFile[]): Promise<RemoteFile[]> {
    const kept = await Promise.all(files.map((file) => this.around.store.has(file)));
    return files.filter((_, at) => !kept[at]);
  }

  private async triesGpu(files: readonly RemoteFile[]): Promise<boolean> {
    if (bytesOf(files) < this.around.probeAbove) return false;
    if (this.noGpu === undefined) this.noGpu = await this.around.gpuFault();
    return this.noGpu === null;
  }

  /** Programs that are not open yet and that a model of these files needs. */
  private async programsFor(files: readonly RemoteFile[]): Promise<RemoteFile[]> {
    const { programs } = this.around;
    if (runsOnKernels(files)) return [programs.kernels];
    const providers: Provider[] = (await this.triesGpu(files)) ? ['wasm', 'webgpu'] : ['wasm'];
    return providers.filter((each) => !this.runtimes.has(each)).map((each) => programs[each]);
  }

  private async *fetchAll(
    files: readonly RemoteFile[],
    signal: AbortSignal,
  ): AsyncGenerator<LoadEvent, ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
    const total = bytesOf(await this.missing(files));
    const events = new Relay<LoadEvent>();
    const loaded = new Map<RemoteFile, number>();
    const began = performance.now();
    const tell = (file: RemoteFile) => (bytes: number) => {
      loaded.set(file, bytes);
      const sum = [...loaded.values()].reduce((all, each) => all + each, 0);
      const bytesPerSecond = (1000 * sum) / Math.max(1, performance.now() - began);
      events.push({
        type: 'progress',
        file: file.path,
        loaded: sum,
        total: Math.max(sum, total),
        bytesPerSecond,
      });
    };
    // One that fails ends the others.
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const contents = new Map<string, Uint8Array<ArrayBuffer>>();
    Promise.all(
      files.map(async (file) => {
        contents.set(file.url, await this.around.store.read(file, tell(file), either));
      }),
    ).then(
      () => events.end(),
      (error) => {
        failed.abort(error);
        events.fail(error);
      },
    );
    yield* events;
    return contents;
  }

  private async open(
    files: readonly RemoteFile[],
    contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  ): Promise<Loaded> {
    const done = await this.running.take();
    try {
      const triesGpu = await this.triesGpu(files);
      const openOn = async (runtime: Runtime | KernelRuntime): Promise<Model> => {
        const listed = files.map(({ path, bytes }) => ({ path, bytes: bytes ?? 0 }));
        const content = (path: string) => contents.get(files.find((file) => file.path === path)?.url ?? '');
        return openModel(runtime, listed, async (path) => content(path) ?? new Uint8Array());
      };
      if (runsOnKernels(files)) {
        const program = contents.get(this.around.programs.kernels.url) ?? new Uint8Array();
        const why = 'The model is small enough for kernels of our own, of one thread.';
        return {
          model: await openOn({ provider: 'kernels', program }),
          facts: { provider: 'kernels', threads: 1, why },
        };
      }
      const openWith = async (provider: Provider): Promise<Model> => {
        const runtime = this.runtimes.get(provider) ?? this.openRuntime(provider, contents);
        this.runtimes.set(provider, runtime);
        const model = await openOn(await runtime);
        // Compared with another, both are to be warm; alone, the first reply warms it as well.
        if (triesGpu) await model.warmUp();
        return model;
      };
      const model = await openWith('wasm');
      const onWasm = (why: string): Loaded => ({
        model,
        facts: { provider: 'wasm', threads: this.around.threads, why: `${why} ${this.around.threadsWhy}` },
      });
      if (!triesGpu) {
        const small = `The model has ${megabytes(bytesOf(files))}; WebGPU is tried from ${megabytes(this.around.probeAbove)} on.`;
        return onWasm(this.noGpu ?? small);
      }
      try {
        const other = await within(this.around.trialMs, openWith('webgpu'));
        const verdict = compare(await model.trial(), await within(this.around.trialMs, other.trial()));
        await (verdict.gpu ? model : other).release();
        if (!verdict.gpu) return onWasm(verdict.why);
        return { model: other, facts: { provider: 'webgpu', threads: 1, why: verdict.why } };
      } catch (error) {
        this.noGpu = `WebGPU failed in a trial (${(error as Error).message}).`;
        return onWasm(this.noGpu);
      }
    } finally {
      done();
    }
  }

  private openRuntime(
    provider: Provider,
    contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  ): Promise<Runtime> {
    const program = contents.get(this.around.programs[provider].url) ?? new Uint8Array();
    return this.around.openRuntime(provider, program);
  }
}

/** A graphics driver may never answer: what comes too late is not waited for. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} seconds`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Logits of half precision differ by about this much of their range. */
const TOLERANCE = 0.05;

/** Whether WebGPU says the same as wasm, and in less time. */
function compare(wasm: Trial, gpu: Trial): { gpu: boolean; why: string } {
  const range = Math.max(...wasm.logits) - Math.min(...wasm.logits);
  const apart = wasm.logits.reduce(
    (most, logit, at) => Math.max(most, Math.abs(logit - (gpu.logits[at] ?? Number.NaN))),
    0,
  );
  const times = `${gpu.msPerToken.toFixed(1)} ms a token by WebGPU, ${wasm.msPerToken.toFixed(1)} ms by the processor`;
  if (!(apart <= TOLERANCE * range)) return { gpu: false, why: 'WebGPU gave other numbers in a trial.' };
  const faster = gpu.msPerToken < wasm.msPerToken;
  return {
    gpu: faster,
    why: `WebGPU was ${faster ? 'right and faster' : 'right but not faster'} in a trial: ${times}.`,
  };
}

/** Models are listed with the files that they are run from. */
const runsOnKernels = (files: readonly RemoteFile[]): boolean => files.some(({ path }) => path === PACKED);

const bytesOf = (files: readonly RemoteFile[]): number =>
  files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
