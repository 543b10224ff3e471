import { benchmarkOf } from '@/lib/benchmarks/registry';
import { Problem } from '../problem';
import { processWide } from '../process-wide';
import { published } from '../published';
import type { DownloadProgress } from './download';
import { BenchmarkDataError } from './source-error';
import { install } from './store';

/** An install that somebody began on a page: how far it is, or how it ended. */
export type Installing =
  | ({ state: 'running' } & DownloadProgress)
  | { state: 'done' }
  | { state: 'failed'; error: string };

/** By benchmark and split; what ended stays until it is begun again. */
const installs = processWide('installs', () => new Map<string, Installing>());

/**
 * Begins to fetch a split from where it is published; the address is the benchmark's own. Does nothing while that goes on.
 * @param onDefect hears what was nobody's fault but ours. (The command loads this room too, so the log is not imported here.)
 * @throws Problem where there is no such split, or it is not published.
 */
export function beginInstall(
  dataDir: string,
  benchmarkId: string,
  splitId: string,
  onDefect: (error: unknown) => void,
): void {
  const benchmark = benchmarkOf(benchmarkId);
  const split = benchmark?.splits.find(({ id }) => id === splitId);
  if (!benchmark || !split)
    throw new Problem('not-found', `There is no benchmark "${benchmarkId}" with a split "${splitId}".`);
  if (split.source.kind === 'generated')
    throw new Problem('refused', `${benchmark.name} is generated here: there is nothing to fetch.`);
  const key = `${benchmarkId} ${splitId}`;
  const all = installs();
  if (all.get(key)?.state === 'running') return;
  all.set(key, { state: 'running', received: 0, total: null });
  install(dataDir, benchmark, split, null, null, (progress) =>
    all.set(key, { state: 'running', ...progress }),
  ).then(
    () => {
      published().version++;
      all.set(key, { state: 'done' });
    },
    (error: unknown) => {
      const known =
        error instanceof BenchmarkDataError || (error instanceof Error && error.name === 'AnnotationError');
      if (!known) onDefect(error);
      all.set(key, {
        state: 'failed',
        error: known && error instanceof Error ? error.message : 'Something failed here; the log has it.',
      });
    },
  );
}

/** Null where nobody has begun it since this server started. */
export const installing = (benchmarkId: string, splitId: string): Installing | null =>
  installs().get(`${benchmarkId} ${splitId}`) ?? null;
