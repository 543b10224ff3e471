import type { GraphFile, Runtime } from './graphs';
import { Language } from './language';
import { Model } from './model';
import { type Dtype, GRAPHS, type Graph, type ModelConfig, readModelConfig, SUFFIX } from './model-config';
import { VlmError } from './types';

/** A file of a model folder: its path in it, with slashes. */
export interface ListedFile {
  path: string;
  bytes: number;
}

export const SETTINGS = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;
export const TEMPLATE = 'chat_template.jinja';

/** The name of a graph's file without its folder. */
export const graphFile = (graph: Graph, dtype: Dtype): string => `${graph}${SUFFIX[dtype]}.onnx`;

/** The files of the graph that a model's config wishes for; where it has no wish, the fewest bytes. */
export interface ChosenGraph {
  model: string;
  external: readonly string[];
}

/** @throws VlmError naming the file that is not there. */
export function chooseGraphs(
  files: readonly ListedFile[],
  wish: ModelConfig['graphs']['dtype'],
): Record<Graph, ChosenGraph> {
  const choose = (graph: Graph): ChosenGraph => {
    const wished = typeof wish === 'object' ? wish[graph] : wish;
    const dtypes = wished === undefined ? (Object.keys(SUFFIX) as Dtype[]) : [wished];
    const found = dtypes.flatMap((dtype) => {
      const model = `onnx/${graphFile(graph, dtype)}`;
      if (!files.some(({ path }) => path === model)) return [];
      const external = files.filter(({ path }) => path.startsWith(`${model}_data`));
      const all = files.filter((file) => file.path === model || external.includes(file));
      const bytes = all.reduce((sum, file) => sum + file.bytes, 0);
      return [{ model, external: external.map(({ path }) => path), bytes }];
    });
    const [smallest] = found.sort((one, other) => one.bytes - other.bytes);
    if (smallest === undefined)
      throw new VlmError('model', `The model has no onnx/${graphFile(graph, wished ?? 'q8')}.`);
    return smallest;
  };
  return Object.fromEntries(GRAPHS.map((graph) => [graph, choose(graph)])) as Record<Graph, ChosenGraph>;
}

/** What of a folder is needed to open it. @throws VlmError naming the file that is not there. */
export function neededFiles(
  files: readonly ListedFile[],
  wish: ModelConfig['graphs']['dtype'],
): ListedFile[] {
  const graphs = Object.values(chooseGraphs(files, wish)).flatMap(({ model, external }) => [
    model,
    ...external,
  ]);
  const absent = SETTINGS.find((name) => !files.some(({ path }) => path === name));
  if (absent) throw new VlmError('model', `The model has no ${absent}.`);
  const needed: readonly string[] = [...SETTINGS, TEMPLATE, ...graphs];
  return files.filter(({ path }) => needed.includes(path));
}

/** Opens a model folder. @throws VlmError naming the file, and of settings the key. */
export async function openModel(
  runtime: Runtime,
  files: readonly ListedFile[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<Model> {
  const text = async (path: string) => new TextDecoder().decode(await read(path));
  const json = async (path: (typeof SETTINGS)[number]): Promise<unknown> => {
    if (!files.some((file) => file.path === path)) throw new VlmError('model', `The model has no ${path}.`);
    try {
      return JSON.parse(await text(path));
    } catch (error) {
      if (error instanceof VlmError) throw error;
      throw new VlmError('model', `${path}: it is not JSON: ${(error as Error).message}.`, { cause: error });
    }
  };
  const config = readModelConfig({
    'config.json': await json('config.json'),
    'generation_config.json': await json('generation_config.json'),
    'preprocessor_config.json': await json('preprocessor_config.json'),
  });
  const language = new Language({
    tokenizer: await json('tokenizer.json'),
    config: await json('tokenizer_config.json'),
    template: files.some(({ path }) => path === TEMPLATE) ? await text(TEMPLATE) : null,
  });
  const chosen = chooseGraphs(files, config.graphs.dtype);
  const file = async ({ model, external }: ChosenGraph): Promise<GraphFile> => ({
    name: model,
    model: await read(model),
    external: await Promise.all(
      external.map(async (path) => ({ path: path.replace('onnx/', ''), data: await read(path) })),
    ),
  });
  return Model.open(runtime, config, language, {
    vision_encoder: await file(chosen.vision_encoder),
    embed_tokens: await file(chosen.embed_tokens),
    decoder_model_merged: await file(chosen.decoder_model_merged),
  });
}
