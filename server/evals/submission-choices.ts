import { asc, eq } from 'drizzle-orm';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { installed } from '../benchmarks';
import { checkpoint, getDb, model } from '../db';
import { env } from '../env';

export interface ModelChoice {
  checkpointId: string;
  modelName: string;
  stage: number;
  family: string;
}

export interface BenchmarkChoice {
  id: string;
  name: string;
  splits: readonly { id: string; label: string; sampleCount: number; installed: boolean }[];
  prompts: readonly { id: string; label: string; template: string }[];
}

/** The checkpoints that a submission can name. */
export async function listModels(): Promise<readonly ModelChoice[]> {
  const db = await getDb();
  return db
    .select({
      checkpointId: checkpoint.id,
      modelName: model.name,
      stage: checkpoint.stage,
      family: model.family,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .orderBy(asc(model.name), asc(checkpoint.stage));
}

/** All benchmarks; those without installed data say so. */
export async function submittableBenchmarks(): Promise<readonly BenchmarkChoice[]> {
  const data = await installed(env().OCEAN_DATA_DIR);
  return Object.values(BENCHMARKS).map((benchmark) => ({
    id: benchmark.id,
    name: benchmark.name,
    splits: benchmark.splits.map(({ id, label, sampleCount }) => ({
      id,
      label,
      sampleCount,
      installed: data.some((each) => each.benchmark === benchmark.id && each.split === id),
    })),
    prompts: benchmark.prompts,
  }));
}
