import { AnnotationError, type AnnotationFile, type Benchmark, type Split } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import type { AnnotationSource } from './annotation-source';
import { BenchmarkDataError } from './source-error';

export interface Identified {
  split: Split;
  file: AnnotationFile;
  samples: readonly Sample[];
}

/**
 * Which splits of the benchmark the files are: the one that is asked for, else as many as are found, by name first, then
 * by what their reader and their sample count accept.
 *
 * @throws AnnotationError or BenchmarkDataError where there is none.
 */
export async function identify(
  benchmark: Benchmark,
  source: AnnotationSource,
  wanted: Split | null,
): Promise<readonly [Identified, ...Identified[]]> {
  const left = new Set(source.files);
  const found: Identified[] = [];
  const refusals: AnnotationError[] = [];
  for (const split of wanted === null ? benchmark.splits : [wanted]) {
    const named = [...left].filter((file) => file.name.toLowerCase().includes(split.id));
    for (const file of named.length > 0 ? named : left) {
      try {
        found.push({ split, file, samples: await readSplit(benchmark, split, file) });
        left.delete(file);
        break;
      } catch (error) {
        if (!(error instanceof AnnotationError)) throw error;
        refusals.push(error);
      }
    }
  }
  const [first, ...rest] = found;
  if (first !== undefined) return [first, ...rest];
  const [refusal] = refusals;
  if (refusal !== undefined && refusals.length === 1) throw refusal;
  const splits = (wanted === null ? benchmark.splits : [wanted]).map(
    (split) => `${split.id} (${split.sampleCount.toLocaleString('en')} samples)`,
  );
  throw new BenchmarkDataError(
    `${source.label} has none of the splits of ${benchmark.id}: ${splits.join(', ')}. ${refusal?.message ?? ''}`.trimEnd(),
  );
}

/** @throws AnnotationError also where the file has another number of samples than the split */
export async function readSplit(
  benchmark: Benchmark,
  split: Split,
  file: AnnotationFile,
): Promise<readonly Sample[]> {
  const samples = await benchmark.readAnnotations(file, split);
  if (samples.length !== split.sampleCount)
    throw new AnnotationError(
      `${file.name} has ${samples.length.toLocaleString('en')} samples, ${split.id} of ${benchmark.id} has ${split.sampleCount.toLocaleString('en')}`,
    );
  return samples;
}
