import * as z from 'zod/mini';
import { PACKED, readKernelConfig } from './kernel-config';
import { parseFile } from './parse-file';
import { VlmError } from './types';

/** The layout of model folders that transformers.js reads: settings, and `onnx/<graph><suffix>.onnx`. */

export const GRAPHS = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'] as const;
export type Graph = (typeof GRAPHS)[number];

/** Suffixes of the graphs' files, by the name of the number format. */
const SUFFIX = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;
type Dtype = keyof typeof SUFFIX;
const DTYPES = Object.keys(SUFFIX) as [Dtype, ...Dtype[]];

export const SETTINGS = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;
/** Which of them has the image processor's settings: transformers 5 writes the first, older versions the second. */
export const PROCESSORS = ['processor_config.json', 'preprocessor_config.json'] as const;
export const NO_PROCESSOR = `no ${PROCESSORS.join(' or ')}`;
export const TEMPLATE = 'chat_template.jinja';

/** A file of a model folder: its path in it, with slashes. */
export interface ListedFile {
  path: string;
  bytes: number;
}

/** A graph, and the files of its weights that lie beside it. */
export interface GraphPaths {
  model: string;
  external: readonly string[];
}

const dtype = z.enum(DTYPES);
const parts = z.union([z.boolean(), z.int().check(z.nonnegative())]);
const config = z.object({
  'transformers.js_config': z.optional(
    z.object({
      dtype: z.optional(z.union([dtype, z.partialRecord(z.enum(GRAPHS), dtype)])),
      // How many files of weights lie beside each graph (true: one), or beside the graph or file of that name.
      use_external_data_format: z.optional(z.union([parts, z.record(z.string(), parts)])),
    }),
  ),
});

/** What `config.json` says of the graphs' files. */
export interface GraphWishes {
  dtype: (graph: Graph) => Dtype | undefined;
  externalCount: (graph: Graph, file: string) => number;
}

/** @throws VlmError naming file and key. */
export function readGraphWishes(content: unknown): GraphWishes {
  const js = parseFile(config, content, 'config.json')['transformers.js_config'];
  const wish = js?.dtype;
  const external = js?.use_external_data_format ?? 0;
  return {
    dtype: (graph) => (typeof wish === 'object' ? wish[graph] : wish),
    externalCount: (graph, file) =>
      Number(typeof external === 'object' ? (external[file] ?? external[graph] ?? 0) : external),
  };
}

/** The graphs' files where nobody listed the folder: as the config wishes, else int8. */
export function wishedGraphs(wishes: GraphWishes): GraphPaths[] {
  return GRAPHS.map((graph) => {
    const file = `${graph}${SUFFIX[wishes.dtype(graph) ?? 'q8']}.onnx`;
    const external = Array.from(
      { length: wishes.externalCount(graph, file) },
      (_, at) => `onnx/${file}_data${at === 0 ? '' : `_${at}`}`,
    );
    return { model: `onnx/${file}`, external };
  });
}

/**
 * Of a listed folder the files of each graph: as the config wishes, else int8, else those of the fewest bytes.
 *
 * @throws VlmError naming the file that is not there.
 */
export function chooseGraphs(files: readonly ListedFile[], wishes: GraphWishes): Record<Graph, GraphPaths> {
  const choose = (graph: Graph): GraphPaths => {
    const wished = wishes.dtype(graph);
    const found = (wished === undefined ? DTYPES : [wished]).flatMap((dtype) => {
      const model = `onnx/${graph}${SUFFIX[dtype]}.onnx`;
      const parts = files.filter(({ path }) => path === model || path.startsWith(`${model}_data`));
      if (!parts.some(({ path }) => path === model)) return [];
      const external = parts.flatMap(({ path }) => (path === model ? [] : [path]));
      return [{ dtype, model, external, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }];
    });
    const smallest = found.toSorted((one, other) => one.bytes - other.bytes)[0];
    const chosen = found.find((each) => each.dtype === 'q8') ?? smallest;
    if (chosen === undefined)
      throw new VlmError('model', `The model has no onnx/${graph}${SUFFIX[wished ?? 'q8']}.onnx.`);
    return chosen;
  };
  return {
    vision_encoder: choose('vision_encoder'),
    embed_tokens: choose('embed_tokens'),
    decoder_model_merged: choose('decoder_model_merged'),
  };
}

/**
 * What of a listed folder a browser fetches: of models that our own kernels run the packed weights, else graphs.
 *
 * @param content Of `config.json`.
 * @throws VlmError naming the file that is not there, or a key of the config.
 */
export function neededFiles<T extends ListedFile>(files: readonly T[], content: unknown): T[] {
  const absent = SETTINGS.find((name) => !files.some(({ path }) => path === name));
  if (absent) throw new VlmError('model', `The model has no ${absent}.`);
  const processors: readonly string[] = PROCESSORS;
  if (!files.some(({ path }) => processors.includes(path)))
    throw new VlmError('model', `The model has ${NO_PROCESSOR}.`);
  const packed = files.some(({ path }) => path === PACKED) && readKernelConfig(content) !== null;
  const weights = packed
    ? [PACKED]
    : Object.values(chooseGraphs(files, readGraphWishes(content))).flatMap(({ model, external }) => [
        model,
        ...external,
      ]);
  const needed: readonly string[] = [...SETTINGS, ...PROCESSORS, TEMPLATE, ...weights];
  return files.filter(({ path }) => needed.includes(path));
}
