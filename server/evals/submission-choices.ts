import type { SplitSource } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { installed } from '../benchmarks';
import { env } from '../env';

export interface BenchmarkChoice {
  id: string;
  name: string;
  splits: readonly {
    id: string;
    label: string;
    sampleCount: number;
    kind: SplitSource['kind'];
    installed: boolean;
  }[];
  prompts: readonly { id: string; label: string; template: string }[];
}

/** All benchmarks; those without installed data say so. */
export async function submittableBenchmarks(): Promise<readonly BenchmarkChoice[]> {
  const data = await installed(env().OCEAN_DATA_DIR);
  return Object.values(BENCHMARKS).map((benchmark) => ({
    id: benchmark.id,
    name: benchmark.name,
    splits: benchmark.splits.map(({ id, label, sampleCount, source }) => ({
      id,
      label,
      sampleCount,
      kind: source.kind,
      installed: data.some((each) => each.benchmark === benchmark.id && each.split === id),
    })),
    prompts: benchmark.prompts,
  }));
}
