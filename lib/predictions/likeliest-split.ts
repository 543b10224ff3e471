import type { BenchmarkId, Sample } from '@/lib/benchmarks/benchmark';
import { matchRows } from './match';
import type { PredictionRow, PredictionsFile } from './predictions-file';

export interface InstalledSplit {
  benchmark: BenchmarkId;
  split: string;
  samples: readonly Sample[];
}

/** So many rows tell a split as well as all of them. */
const ROWS_LOOKED_AT = 2_000;

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
 * The split whose samples the file's rows name, the smallest of several that have them all. Null where none does, or
 * where two benchmarks do as well: bare ids such as "0", "1" name samples of any.
 */
export function likeliestSplit(
  file: PredictionsFile,
  installed: readonly InstalledSplit[],
): InstalledSplit | null {
  const rows: PredictionRow[] = [];
  for (const row of file.rows()) {
    rows.push({ ...row, output: '' });
    if (rows.length === ROWS_LOOKED_AT) break;
  }
  const ranked = installed
    .filter((split) => couldBe(file, split))
    .map((split) => ({ split, matched: matchedOf(rows, split.samples) }))
    .filter(({ matched }) => matched > 0)
    .sort((a, b) => b.matched - a.matched || a.split.samples.length - b.split.samples.length);
  const [best] = ranked;
  if (best === undefined) return null;
  const isAmbiguous = ranked.some(
    ({ split, matched }) => matched === best.matched && split.benchmark !== best.split.benchmark,
  );
  return isAmbiguous ? null : best.split;
}

function matchedOf(rows: readonly PredictionRow[], samples: readonly Sample[]): number {
  let matched = 0;
  for (const _ of matchRows(rows, samples)) matched++;
  return matched;
}
