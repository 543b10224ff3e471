import type { BenchmarkId } from '@/lib/benchmarks/benchmark';

/** A file of model outputs, as bytes that can be walked through more than once without holding them in memory. */
export interface ByteSource {
  /** For messages only: formats are detected by content. */
  name: string;
  size: number;
  /** From the start at each call. A chunk's bytes are not looked at again once the next chunk is asked for. */
  chunks(): Iterable<Uint8Array>;
}

export const FORMATS = {
  'ocean-jsonl': 'Ocean-R1 JSON lines',
  'seed-json': 'Ocean-R1 / R1-V evaluation JSON',
  vlmevalkit: 'VLMEvalKit table (xlsx, tsv, json)',
  'lmms-eval-jsonl': 'lmms-eval samples JSON lines',
  'math-v-jsonl': 'MATH-V JSON lines',
  'math-vista-json': 'MathVista JSON',
} as const;
export type Format = keyof typeof FORMATS;

/**
 * How a row names its sample: by id, by its place in the annotation file (from 0), or by what it repeats of the sample
 * (the seed's formats carry no id; rows that agree with several samples take them in order). Null: the row does not say.
 * Whatever it says must agree with the sample: an id beside the gold of another sample names neither.
 */
export type SampleReference =
  | { by: 'id'; sampleId: string; gold: unknown }
  | { by: 'ordinal'; ordinal: number; gold: unknown }
  | {
      by: 'content';
      image: string | null;
      question: string;
      options: readonly string[] | null;
      gold: unknown;
    };

export interface PredictionRow {
  /** Place in the file, from 1, for messages. */
  row: number;
  reference: SampleReference;
  output: string;
  /** What a judge upstream found that the output answers, where the file keeps it. */
  extraction?: string | undefined;
  tokens: number | null;
  /** The verdict that the file itself claims, null where it says none. Never trusted, shown beside ours. */
  claimedCorrect: boolean | null;
}

/** What our own JSONL says in its header line, or other formats say about themselves. */
export interface Manifest {
  benchmark?: string;
  split?: string;
  model?: string;
  prompt?: string;
  generation?: Record<string, unknown>;
}

export interface PredictionsFile {
  format: Format;
  manifest: Manifest;
  /** Benchmarks that the content allows, the likeliest first; empty where the content does not tell. */
  benchmarks: readonly BenchmarkId[];
  /** Throws PredictionsError at the first bad row. Walks the file anew at each call. */
  rows(): Iterable<PredictionRow>;
  /** Accuracy in percent that the file claims for itself, null where it says none; where it does so behind the rows, once they were walked. */
  claimedAccuracy: number | null;
}

/** The file is refused. The message says what is wrong, where, and what to do. */
export class PredictionsError extends Error {
  override readonly name = 'PredictionsError';
  constructor(
    message: string,
    readonly row: number | null = null,
  ) {
    super(row === null ? message : `row ${row}: ${message}`);
  }
}
