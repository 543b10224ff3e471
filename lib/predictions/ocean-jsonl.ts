import { inWords, isJsonObject, type JsonObject, textOf } from './json-text';
import { type Manifest, PredictionsError } from './predictions-file';
import type { RecordFormat } from './record-format';

/** Our own format: `{"sample_id", "output", "tokens"?}` a line, after an optional line that is the manifest. */
export const oceanJsonl: RecordFormat = {
  format: 'ocean-jsonl',
  fields: 'sample_id, output',
  recognises: (record) => 'sample_id' in record,
  benchmarks: () => [],
  read({ row, value }) {
    return {
      row,
      reference: { by: 'id', sampleId: idOf(value, 'sample_id', row), gold: null },
      output: textOf(value, 'output', row),
      tokens: tokensOf(value.tokens, row),
      claimedCorrect: null,
    };
  },
};

/** An id is a text; a whole number is taken for one, since JSON writers do not keep the difference. */
export function idOf(record: JsonObject, key: string, row: number): string {
  const id = record[key];
  if (typeof id === 'string' && id.trim() !== '') return id;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  throw new PredictionsError(`"${key}" is ${inWords(id)}; the id of a sample is expected`, row);
}

function tokensOf(value: unknown, row: number): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PredictionsError(`"tokens" is ${inWords(value)}; a count of tokens is expected`, row);
}

const TEXTS = ['benchmark', 'split', 'model', 'prompt'] as const;

/** Whether a record that is no prediction is the manifest. */
export const isManifest = (record: JsonObject): boolean =>
  'generation' in record || TEXTS.some((key) => key in record);

export function readManifest(record: JsonObject, row: number | null): Manifest {
  const manifest: Manifest = {};
  for (const key of TEXTS) {
    const value = record[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') {
      throw new PredictionsError(`the manifest's "${key}" is ${inWords(value)}; a text is expected`, row);
    }
    manifest[key] = value;
  }
  const generation = record.generation;
  if (generation === undefined || generation === null) return manifest;
  if (!isJsonObject(generation)) {
    throw new PredictionsError(
      `the manifest's "generation" is ${inWords(generation)}; an object of settings is expected`,
      row,
    );
  }
  return { ...manifest, generation: { ...generation } };
}
