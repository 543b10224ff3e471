import type { BenchmarkId } from '@/lib/benchmarks/benchmark';
import type { Sample } from '@/lib/samples/sample';
import { type MatchReport, matchReports } from './match';
import type { PredictionRow, PredictionsFile } from './predictions-file';

export interface InstalledSplit {
  benchmark: BenchmarkId;
  split: string;
  samples: readonly Sample[];
}

/** How much of a file is of a split. */
export interface SplitShare<S extends InstalledSplit> {
  split: S;
  report: MatchReport;
  /** Rows that name a sample of the split. */
  naming: number;
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
 * rows once.
 */
export function likeliestSplit<S extends InstalledSplit>(
  rows: Iterable<PredictionRow>,
  splits: readonly S[],
): { found: S | null; shares: readonly SplitShare<S>[] } {
  const reports = matchReports(
    rows,
    splits.map(({ samples }) => samples),
  );
  const shares = reports
    .map((report, place) => ({
      split: splits[place] as S,
      report,
      naming: report.rows - report.unknown.count,
    }))
    .sort((a, b) => b.report.matched - a.report.matched || a.split.samples.length - b.split.samples.length);
  const [best, ...others] = shares.filter(
    ({ naming, report }) => naming > 0 && naming >= MIN_SHARE * report.rows,
  );
  if (best === undefined) return { found: null, shares };
  const isWhole = best.report.matched === best.split.samples.length;
  const isGuess = others.some(
    ({ split, report }) =>
      report.matched === best.report.matched && (split.benchmark !== best.split.benchmark || !isWhole),
  );
  return { found: isGuess ? null : best.split, shares };
}

/** "10 of 3,040 rows (0.3 %)" */
export function shareInWords({ naming, report: { rows } }: SplitShare<InstalledSplit>): string {
  const percent = rows === 0 ? 0 : (100 * naming) / rows;
  return `${naming.toLocaleString('en')} of ${rows.toLocaleString('en')} rows (${percent.toFixed(1)} %)`;
}
