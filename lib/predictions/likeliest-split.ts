import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import { matchRows } from './match';
import type { PredictionsFile } from './predictions-file';

export interface InstalledSplit {
  benchmark: BenchmarkId;
  split: string;
  samples: readonly Sample[];
}

/** How much of a file is of a split. */
export interface SplitShare<S extends InstalledSplit> {
  split: S;
  /** Rows in the file. */
  rows: number;
  /** Rows that name a sample of the split, and samples that are named. */
  naming: number;
  matched: number;
}

/**
 * The share of a file's rows that must name samples of a split before it is taken for one of that split: of a file of
 * another benchmark a few rows agree by accident, of small whole numbers and of the choices A to D up to half.
 */
const MIN_SHARE = 0.9;

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
 * How much of the file is of each split, most samples first; and the one that it is of. Null where none has nearly all of
 * the rows, and where it would be a guess: another benchmark has as many samples named, or another split of the same
 * benchmark has and the file does not cover this one whole (bare ids such as "0", "1" name samples of any). Walks the
 * file once a split.
 */
export function likeliestSplit<S extends InstalledSplit>(
  file: PredictionsFile,
  splits: readonly S[],
): { found: S | null; shares: readonly SplitShare<S>[] } {
  const shares = splits
    .map((split) => shareOf(file, split))
    .sort((a, b) => b.matched - a.matched || a.split.samples.length - b.split.samples.length);
  const [best, ...others] = shares.filter(({ naming, rows }) => naming > 0 && naming >= MIN_SHARE * rows);
  if (best === undefined) return { found: null, shares };
  const isWhole = best.matched === best.split.samples.length;
  const isGuess = others.some(
    ({ split, matched }) =>
      matched === best.matched && (split.benchmark !== best.split.benchmark || !isWhole),
  );
  return { found: isGuess ? null : best.split, shares };
}

function shareOf<S extends InstalledSplit>(file: PredictionsFile, split: S): SplitShare<S> {
  const matching = matchRows(file.rows(), split.samples);
  for (const _ of matching);
  const { rows, matched, unknown } = matching.report();
  return { split, rows, naming: rows - unknown.count, matched };
}

/** "10 of 3,040 rows (0.3 %)" */
export function shareInWords({ naming, rows }: { naming: number; rows: number }): string {
  const percent = rows === 0 ? 0 : (100 * naming) / rows;
  return `${naming.toLocaleString('en')} of ${rows.toLocaleString('en')} rows (${percent.toFixed(1)} %)`;
}
