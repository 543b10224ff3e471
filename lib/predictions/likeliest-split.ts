import type { BenchmarkId, Sample } from '@/lib/benchmarks/benchmark';
import { matchRows } from './match';
import type { PredictionRow, PredictionsFile } from './predictions-file';

export interface InstalledSplit {
  benchmark: BenchmarkId;
  split: string;
  samples: readonly Sample[];
}

/** Whether what the file says of itself allows a split, so that others need not be loaded. */
export function couldBe(
  file: PredictionsFile,
  { benchmark, split }: Omit<InstalledSplit, 'samples'>,
): boolean {
  const { manifest } = file;
  if (manifest.split !== undefined && manifest.split !== split) return false;
  if (manifest.benchmark !== undefined) return manifest.benchmark === benchmark;
  return file.benchmarks.length === 0 || file.benchmarks.includes(benchmark);
}

/**
 * The split whose samples most of the file's rows name. Null where none does, and where it would be a guess: another
 * benchmark has as many, or another split of the same benchmark has and the file does not cover this one whole (bare ids
 * such as "0", "1" name samples of any). Walks the file once a split.
 */
export function likeliestSplit(
  file: PredictionsFile,
  installed: readonly InstalledSplit[],
): InstalledSplit | null {
  const ranked = installed
    .filter((split) => couldBe(file, split))
    .map((split) => ({ split, matched: matchedOf(file.rows(), split.samples) }))
    .filter(({ matched }) => matched > 0)
    .sort((a, b) => b.matched - a.matched || a.split.samples.length - b.split.samples.length);
  const [best, ...others] = ranked;
  if (best === undefined) return null;
  const isWhole = best.matched === best.split.samples.length;
  const isGuess = others.some(
    ({ split, matched }) =>
      matched === best.matched && (split.benchmark !== best.split.benchmark || !isWhole),
  );
  return isGuess ? null : best.split;
}

function matchedOf(rows: Iterable<PredictionRow>, samples: readonly Sample[]): number {
  let matched = 0;
  for (const _ of matchRows(rows, samples)) matched++;
  return matched;
}
