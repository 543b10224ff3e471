import { parentPort, workerData } from 'node:worker_threads';
import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { benchmarkOf } from '@/lib/benchmarks/registry';
import type { Task } from './worker-protocol';
import { runTask } from './worker-task';

// The worker of tests: its scorer never ends, or eats all memory, or fails, where an output asks for it.
const benchmarks = (id: string): Benchmark | null => {
  const benchmark = benchmarkOf(id);
  return (
    benchmark && {
      ...benchmark,
      scorers: benchmark.scorers.map((scorer) => ({
        ...scorer,
        score(sample, output) {
          if (output.startsWith('HANG')) for (;;);
          if (output.startsWith('SLOW'))
            for (const until = performance.now() + 40; performance.now() < until; );
          if (output.startsWith('FILL'))
            for (const full: unknown[] = []; ; ) full.push(new Array(10_000).fill(full));
          if (output.startsWith('FAIL')) throw new Error('a defect');
          return scorer.score(sample, output);
        },
      })),
    }
  );
};

const task: Task = workerData;
await runTask(task, (message) => parentPort?.postMessage(message), benchmarks);
