import { parentPort, workerData } from 'node:worker_threads';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Task } from './worker-protocol';
import { runTask } from './worker-task';

// The entry of the worker thread, bundled to dist/scoring-worker.mjs. Its data comes from our own server.
const task: Task = workerData;
await runTask(task, (message) => parentPort?.postMessage(message), benchmarkOf);
