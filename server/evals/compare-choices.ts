import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { BENCHMARKS } from '@/lib/benchmarks/registry';
import { MAX_RUNS } from '@/lib/compare/compare-runs';
import { checkpoint, getDb, model, rowsOf, run } from '../db';
import type { CompareChoice } from './types';

/** Checkpoints with a published run, by model and in the order of training. */
export async function compareChoices(): Promise<readonly CompareChoice[]> {
  const db = await getDb();
  return db
    .selectDistinct({
      checkpointId: checkpoint.id,
      modelSlug: model.slug,
      modelName: model.name,
      stage: checkpoint.stage,
      step: checkpoint.step,
    })
    .from(checkpoint)
    .innerJoin(model, eq(model.slug, checkpoint.modelSlug))
    .innerJoin(run, and(eq(run.checkpointId, checkpoint.id), eq(run.state, 'published')))
    .orderBy(asc(model.name), asc(checkpoint.stage), asc(checkpoint.step));
}

/** The checkpoint of a model that was trained furthest, behind all that it was trained from: base, stage 1, stage 2. */
export async function lineage(modelSlug: string): Promise<readonly string[]> {
  const db = await getDb();
  const [last] = await db
    .select({ id: checkpoint.id })
    .from(checkpoint)
    .where(and(eq(checkpoint.modelSlug, modelSlug), eq(checkpoint.onBoard, true)))
    .orderBy(sql`${checkpoint.stage} desc nulls last`, sql`${checkpoint.step} desc nulls last`)
    .limit(1);
  return last === undefined ? [] : lineOf(last.id);
}

/** A checkpoint behind those that it was trained from, as many as are compared with each other. */
async function lineOf(checkpointId: string): Promise<readonly string[]> {
  const db = await getDb();
  const rows = await db.execute(sql`
    with recursive line as (
      select id, parent_id, 1 as depth from checkpoint where id = ${checkpointId}
      union all
      select checkpoint.id, checkpoint.parent_id, depth + 1
      from checkpoint join line on checkpoint.id = line.parent_id where depth < ${MAX_RUNS}
    )
    select id from line order by depth desc`);
  return [...new Set(rowsOf<{ id: string }>(rows).map(({ id }) => id))];
}

/** What a training made, behind that which it was trained from; empty where it cannot be compared yet. */
export async function lineOfTraining(jobId: string): Promise<readonly string[]> {
  const db = await getDb();
  const [made] = await db
    .select({ id: checkpoint.id })
    .from(checkpoint)
    .innerJoin(run, and(eq(run.checkpointId, checkpoint.id), eq(run.state, 'published')))
    .where(eq(checkpoint.jobId, jobId))
    .limit(1);
  const line = made === undefined ? [] : await lineOf(made.id);
  return line.length > 1 ? line : [];
}

/**
 * The newest published run of each checkpoint on each split of a benchmark that two of them have at least; a reported
 * figure where there is no run of the split that it stands for. In the order of the checkpoints.
 */
export async function runsOfCheckpoints(ids: readonly string[]): Promise<readonly string[]> {
  const db = await getDb();
  const found = await db
    .select({
      id: run.id,
      checkpointId: run.checkpointId,
      benchmark: run.benchmark,
      split: run.split,
    })
    .from(run)
    .where(and(inArray(run.checkpointId, [...ids]), eq(run.state, 'published')))
    .orderBy(desc(run.publishedAt), asc(run.id));
  const runs: (typeof found)[number][] = [];
  for (const benchmark of Object.values(BENCHMARKS)) {
    // A reported mean of several splits has no split that it could be compared on.
    const reportedSplit = benchmark.headline.kind === 'accuracy' ? benchmark.splits[0].id : null;
    for (const { id: split } of benchmark.splits) {
      const own = ids.flatMap((checkpointId) => {
        const newest = (of: string | null) =>
          found.find(
            (each) =>
              each.checkpointId === checkpointId && each.benchmark === benchmark.id && each.split === of,
          );
        return newest(split) ?? (split === reportedSplit ? (newest(null) ?? []) : []);
      });
      if (own.length > 1) runs.push(...own);
    }
  }
  return runs.map(({ id }) => id);
}
