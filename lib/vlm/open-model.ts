import {
  chooseGraphs,
  type GraphPaths,
  type ListedFile,
  type PROCESSORS,
  readGraphWishes,
  type SETTINGS,
  TEMPLATE,
} from './graph-files';
import { type GraphFile, Graphs, type Runtime } from './graphs';
import { PACKED, readKernelConfig } from './kernel-config';
import { KernelNetwork, openKernels } from './kernels';
import { Language } from './language';
import { Model } from './model';
import { readModelConfig } from './model-config';
import type { Network } from './network';
import { readTensors } from './safetensors';
import { VlmError } from './types';

/** Our own kernels, lib/kernels/kernels.ts as it was compiled. */
export interface KernelRuntime {
  provider: 'kernels';
  program: Uint8Array<ArrayBuffer>;
}

/**
 * Opens a model folder.
 *
 * @param files What there is of the folder.
 * @throws VlmError naming the file, and of settings the key.
 */
export async function openModel(
  runtime: Runtime | KernelRuntime,
  files: readonly ListedFile[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<Model> {
  const has = (path: string) => files.some((file) => file.path === path);
  const text = async (path: string) => new TextDecoder().decode(await read(path));
  const json = async (path: (typeof SETTINGS | typeof PROCESSORS)[number]): Promise<unknown> => {
    if (!has(path)) throw new VlmError('model', `The model has no ${path}.`);
    const content = await text(path);
    try {
      return JSON.parse(content);
    } catch (error) {
      throw new VlmError('model', `${path}: it is not JSON: ${(error as Error).message}.`, { cause: error });
    }
  };
  const config = await json('config.json');
  const settings = readModelConfig({
    config,
    generation: await json('generation_config.json'),
    processor: has('processor_config.json') ? await json('processor_config.json') : null,
    preprocessor: has('preprocessor_config.json') ? await json('preprocessor_config.json') : null,
  });
  const language = new Language({
    tokenizer: await json('tokenizer.json'),
    config: await json('tokenizer_config.json'),
    template: has(TEMPLATE) ? await text(TEMPLATE) : null,
  });
  return new Model(settings, language, await openNetwork());

  async function openNetwork(): Promise<Network> {
    if (runtime.provider === 'kernels') {
      const shape = readKernelConfig(config);
      if (shape === null)
        throw new VlmError('model', 'config.json: our own kernels do not run such a model.');
      const tensors = readTensors(PACKED, await read(PACKED));
      return new KernelNetwork(await openKernels(runtime.program), shape, tensors, PACKED);
    }
    const graphs = chooseGraphs(files, readGraphWishes(config));
    const file = async ({ model, external }: GraphPaths): Promise<GraphFile> => ({
      name: model,
      model: await read(model),
      external: await Promise.all(
        external.map(async (path) => ({ path: path.replace('onnx/', ''), data: await read(path) })),
      ),
    });
    return Graphs.open(runtime, settings, {
      vision_encoder: await file(graphs.vision_encoder),
      embed_tokens: await file(graphs.embed_tokens),
      decoder_model_merged: await file(graphs.decoder_model_merged),
    });
  }
}
