import { AnnotationError, type Benchmark, type Split } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS, benchmarkOf } from '@/lib/benchmarks/registry';
import type { Sample } from '@/lib/samples/sample';
import {
  BenchmarkDataError,
  downloadsDir,
  ensureInstalled,
  type InstalledData,
  identify,
  installed,
  installedSplit,
  readInstalled,
  readSource,
} from '@/server/benchmarks';
import { count, OCEAN, say, UsageError } from './command';

/** What predictions are scored against. */
export interface Target {
  benchmark: Benchmark;
  split: Split;
  samples: readonly Sample[];
}

export const dataDir = (): string => process.env.OCEAN_DATA_DIR || '.data';

export function benchmarkNamed(id: string): Benchmark {
  const benchmark = benchmarkOf(id);
  if (benchmark === null)
    throw new UsageError(`there is no benchmark "${id}"; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  return benchmark;
}

/** Null where none is named. */
export function splitNamed(benchmark: Benchmark, id: string | undefined): Split | null {
  if (id === undefined) return null;
  const split = benchmark.splits.find((each) => each.id === id);
  if (split === undefined)
    throw new UsageError(
      `${benchmark.id} has no split "${id}"; it has ${benchmark.splits.map((each) => each.id).join(', ')}`,
    );
  return split;
}

/**
 * The samples of an annotation file. Its count says which split it is where none is named; a part of a split is taken
 * too, for the split that its name says, else for the first.
 */
export async function readData(benchmark: Benchmark, path: string, wanted: Split | null): Promise<Target> {
  const source = await readSource(path, downloadsDir(dataDir()));
  if (wanted === null) {
    try {
      const [{ split, samples }] = await identify(benchmark, source, null);
      return { benchmark, split, samples };
    } catch (error) {
      if (!(error instanceof AnnotationError || error instanceof BenchmarkDataError)) throw error;
    }
  }
  const splits = wanted === null ? benchmark.splits : [wanted];
  const named = splits.flatMap((split) =>
    source.files.filter((file) => file.name.includes(split.id)).map((file) => ({ split, file })),
  );
  const [split] = splits;
  const [file] = source.files;
  const chosen = named[0] ?? { split, file };
  if (chosen.split === undefined || chosen.file === undefined)
    throw new BenchmarkDataError(`${source.label} holds no annotation file`);
  return {
    benchmark,
    split: chosen.split,
    samples: await benchmark.readAnnotations(chosen.file, chosen.split),
  };
}

/** Writes those of the splits that are generated and not there yet, and says so: it takes a while. */
export async function generated(benchmark: Benchmark, splits: readonly Split[]): Promise<InstalledData[]> {
  const written: InstalledData[] = [];
  for (const split of splits) {
    if (split.source.kind === 'published') continue;
    const before = await installedSplit(dataDir(), benchmark.id, split.id);
    if (before?.source !== split.source.version)
      say(`making the ${count(split.sampleCount)} samples of ${split.id} of ${benchmark.id}, once`);
    const data = await ensureInstalled(dataDir(), benchmark, split);
    if (data !== null) written.push(data);
  }
  return written;
}

/** All that is installed and that `wanted` allows. */
export async function readAllInstalled(
  wanted: (data: InstalledData, benchmark: Benchmark) => boolean,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const data of await installed(dataDir())) {
    const benchmark = benchmarkOf(data.benchmark);
    const split = benchmark?.splits.find((each) => each.id === data.split);
    if (benchmark === null || split === undefined || !wanted(data, benchmark)) continue;
    const read = await readInstalled(dataDir(), benchmark, split);
    if (read !== null) targets.push({ benchmark, split, samples: read.samples });
  }
  return targets;
}

export const installCommand = ({ id }: Benchmark): string => `${OCEAN} benchmarks install ${id}`;

export const notInstalled = (benchmark: Benchmark, split: Split | null): UsageError =>
  new UsageError(
    `${split === null ? benchmark.id : `${split.id} of ${benchmark.id}`} is not installed in ${dataDir()}: ${installCommand(benchmark)}, or give --data PATH`,
  );
