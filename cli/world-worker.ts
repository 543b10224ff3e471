import { parentPort, workerData } from 'node:worker_threads';
import { type RowSet, trainingRow } from '@/lib/world/training-row';
import type { Range } from './world-rows';

// The entry of the threads that make rows, bundled to dist/world-worker.mjs: a range of indices in, its rows out.
const set: RowSet = workerData;
parentPort?.on('message', ({ start, end }: Range) => {
  parentPort?.postMessage(Array.from({ length: end - start }, (_, i) => rowAt(start + i)));
});

function rowAt(index: number) {
  try {
    return trainingRow(set, index);
  } catch (error) {
    throw new Error(`row ${index} of seed ${set.seed} in ${set.split} cannot be made`, { cause: error });
  }
}
