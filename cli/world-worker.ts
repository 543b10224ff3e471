import { parentPort, workerData } from 'node:worker_threads';
import { type RowSet, trainingRow } from '@/lib/world/training-row';

// The entry of the threads that make rows, bundled to dist/world-worker.mjs: a range of indices in, its rows out.
const set: RowSet = workerData;
parentPort?.on('message', ({ start, end }: { start: number; end: number }) => {
  parentPort?.postMessage(Array.from({ length: end - start }, (_, i) => trainingRow(set, start + i)));
});
