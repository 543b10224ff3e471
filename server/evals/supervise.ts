import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { VERDICT_LIMIT_MS } from '@/lib/scoring/scorer';
import { GAUGE, PHASE, type Task, type WorkerMessage } from './worker-protocol';

/** Bundled by scripts/bundle.mjs; named from the working folder, as a bundler must not touch it. */
export const WORKER_FILE = resolve('dist', 'scoring-worker.mjs');

/** The most that may pass without a row being read, in ms. */
const READING_LIMIT_MS = 60_000;
/** A preflight looks at rows and scores them for so long, in ms, and answers with what it has seen by then. */
const LOOK_LIMIT_MS = 500;
const HEAP_LIMIT_MB = 256;
const LOOK_EVERY_MS = 100;

export interface Limits {
  verdictMs: number;
  readingMs: number;
  lookMs: number;
}
export const LIMITS: Limits = {
  verdictMs: VERDICT_LIMIT_MS,
  readingMs: READING_LIMIT_MS,
  lookMs: LOOK_LIMIT_MS,
};

/** How a worker ended, when it was not for an error of ours. */
export type WorkerEnd =
  | { how: 'finished' }
  | { how: 'refused'; message: string }
  /** It was in the scorer, at the row of this place. */
  | { how: 'lost'; position: number; why: 'time' | 'memory' }
  | { how: 'aborted' };

const READING_TOOK_TOO_LONG =
  'Reading the file takes too long here. Hand it in as JSON lines, one `{"sample_id", "output"}` a line.';
const READING_TOOK_TOO_MUCH =
  'Reading the file needs more memory than the server gives to one file. Hand it in as JSON lines, one `{"sample_id", "output"}` a line.';

/**
 * Runs a task in a worker thread of its own, within limits of time and memory, and ends it when it passes them: a
 * worker cannot be talked to while it is busy, but it can be watched and killed.
 *
 * @param onMessage is called for one message after the other; the worker is kept from running ahead of it.
 * @throws whatever `onMessage` throws, and errors of ours in the worker.
 */
export async function runInWorker(
  file: string,
  task: Task,
  onMessage: (message: WorkerMessage) => Promise<void> | void,
  signal: AbortSignal,
  limits: Limits = LIMITS,
): Promise<WorkerEnd> {
  if (signal.aborted) return { how: 'aborted' };
  const gauges = new Int32Array(task.gauges);
  const worker = new Worker(file, {
    workerData: task,
    // Nothing of our environment (a token, a database's address) is of use in there.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB, maxYoungGenerationSizeMb: 32 },
  });
  let written: Promise<void> = Promise.resolve();
  let refusal: string | null = null;
  let failure: unknown = null;

  const end = await new Promise<WorkerEnd>((resolve, reject) => {
    const stopWatching = watch(gauges, limits, (found) => resolve(found));
    const onAbort = () => resolve({ how: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });

    worker.on('message', (message: WorkerMessage) => {
      written = written
        .then(async () => {
          if (failure !== null) return;
          if (message.type === 'refused') refusal = message.message;
          else await onMessage(message);
          if (message.type === 'verdicts') {
            Atomics.add(gauges, GAUGE.acknowledged, 1);
            Atomics.notify(gauges, GAUGE.acknowledged);
          }
        })
        .catch((error) => {
          failure = error;
          reject(error);
        });
    });
    worker.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') reject(error);
      else if (Atomics.load(gauges, GAUGE.phase) === PHASE.scoring)
        resolve({ how: 'lost', position: Atomics.load(gauges, GAUGE.position), why: 'memory' });
      else resolve({ how: 'refused', message: READING_TOOK_TOO_MUCH });
    });
    worker.on('exit', () => resolve({ how: 'finished' }));
    const tidy = () => {
      stopWatching();
      signal.removeEventListener('abort', onAbort);
    };
    worker.on('exit', tidy);
  }).finally(() => worker.terminate());

  // What it had sent is written before anybody goes on from there.
  await written;
  return refusal === null ? end : { how: 'refused', message: refusal };
}

/** Calls `stuck` once when the worker stands longer than it may; returns what ends the watch. */
function watch(gauges: Int32Array, limits: Limits, stuck: (end: WorkerEnd) => void): () => void {
  let seen = '';
  let since = performance.now();
  const timer = setInterval(() => {
    const phase = Atomics.load(gauges, GAUGE.phase);
    const position = Atomics.load(gauges, GAUGE.position);
    const now = `${phase} ${position} ${Atomics.load(gauges, GAUGE.rows)}`;
    if (now !== seen || phase === PHASE.waiting) {
      seen = now;
      since = performance.now();
      return;
    }
    const stood = performance.now() - since;
    if (phase === PHASE.scoring && stood > limits.verdictMs) stuck({ how: 'lost', position, why: 'time' });
    if (phase === PHASE.reading && stood > limits.readingMs)
      stuck({ how: 'refused', message: READING_TOOK_TOO_LONG });
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
