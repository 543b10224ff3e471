import type { Benchmark } from '@/lib/benchmarks/benchmark';
import { AnnotationError } from '@/lib/benchmarks/benchmark';
import { PredictionsError } from '@/lib/predictions/predictions-file';
import { BenchmarkDataError } from '../benchmarks';
import { findingsOf } from './worker-preflight';
import { type Post, type Task, TaskRefused } from './worker-protocol';
import { scoreFile } from './worker-scoring';

/** What the worker does with its task: everything that touches a submitted file happens in here. */
export async function runTask(
  task: Task,
  post: Post,
  benchmarkOf: (id: string) => Benchmark | null,
): Promise<void> {
  try {
    if (task.kind === 'preflight') await findingsOf(task, post, benchmarkOf);
    else await scoreFile(task, post, benchmarkOf);
  } catch (error) {
    const known =
      error instanceof PredictionsError ||
      error instanceof AnnotationError ||
      error instanceof BenchmarkDataError ||
      error instanceof TaskRefused;
    if (!known) throw error;
    post({ type: 'refused', message: error.message });
  }
}
