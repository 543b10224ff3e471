import { parentPort, workerData } from 'node:worker_threads';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import { withTestScorers } from './test-benchmarks';
import type { Task } from './worker-protocol';
import { runTask } from './worker-task';

// The worker of tests: its scorers never end, or eat all memory, or fail, where an output asks for it.
const task: Task = workerData;
await runTask(
  task,
  (message) => parentPort?.postMessage(message),
  (id) => {
    const benchmark = benchmarkOf(id);
    return benchmark && withTestScorers(benchmark);
  },
);
