import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RowSet, TrainingRow } from '@/lib/world/training-row';

/** From row `start` up to but not including `end`. */
export interface Range {
  start: number;
  end: number;
}

/** Of the command that is one file, the program itself, as an address; defined by its bundling. */
declare const WORLD_WORKER: string | undefined;
const WORKER_FILE = new URL(
  typeof WORLD_WORKER === 'string' ? WORLD_WORKER : './world-worker.mjs',
  import.meta.url,
);

/**
 * The rows of the ranges, made by several threads and handed out in order. The threads run a little ahead of the reader,
 * and end with it.
 */
export async function* makeRows(
  set: RowSet,
  ranges: readonly Range[],
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<TrainingRow[]> {
  const workers = Array.from(
    { length: Math.min(threads, ranges.length) },
    () => new Worker(WORKER_FILE, { workerData: set }),
  );
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const make = async (range: Range): Promise<TrainingRow[]> => {
    const worker = idle.shift() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
    worker.postMessage(range);
    // Rejects where the thread throws.
    const [rows] = await once(worker, 'message', { signal });
    const next = waiting.shift();
    if (next === undefined) idle.push(worker);
    else next(worker);
    return rows;
  };
  const ahead: Promise<TrainingRow[]>[] = [];
  try {
    for (const range of ranges) {
      const rows = make(range);
      // A failure is met when its turn comes.
      rows.catch(() => {});
      ahead.push(rows);
      if (ahead.length > 3 * threads) yield await (ahead.shift() as Promise<TrainingRow[]>);
    }
    for (const rows of ahead) yield await rows;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
