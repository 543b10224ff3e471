import { and, eq } from 'drizzle-orm';
import { checkpoint, type Db, job, jobFile, model } from '../db';
import { slugOf } from '../models';
import { Problem } from '../problem';
import type { Job } from './lease';
import { readRecipe } from './recipe';

/** The training that a job's weights come from, and the export of it that was used; null where they are no job's. */
export async function originOf(
  tx: Db,
  start: Job['spec']['start'],
): Promise<{ training: Job; exported: Job | null } | null> {
  let exported: Job | null = null;
  while (start.kind === 'job') {
    const [found] = await tx.select().from(job).where(eq(job.id, start.id));
    if (found === undefined) return null;
    if (found.spec.kind === 'sft' || found.spec.kind === 'train') return { training: found, exported };
    if (found.spec.kind === 'export') exported = found;
    start = found.spec.start;
  }
  return null;
}

/**
 * The checkpoint that a training made, which gets its place among the models when it is first asked for: as a model called
 * by the training's name. @returns its id.
 */
export async function checkpointOfTraining(tx: Db, training: Job): Promise<string> {
  const { spec } = training;
  if (spec.kind !== 'sft' && spec.kind !== 'train')
    throw new Problem('refused', `"${training.name}" trains nothing: it is an ${spec.kind}.`);
  const [made] = await tx.select().from(checkpoint).where(eq(checkpoint.jobId, training.id));
  if (made !== undefined) return made.id;
  const { stage } = readRecipe(spec.recipe);
  const taken = await tx.$count(model, eq(model.slug, slugOf(training.name)));
  const name = taken === 0 ? training.name : `${training.name} ${training.id.slice(0, 6)}`;
  const slug = slugOf(name);
  await tx
    .insert(model)
    .values({ slug, name, family: 'Ocean-R1', parametersB: null, openWeights: true, link: null });
  const id = `${slug}-${stage}`;
  await tx.insert(checkpoint).values({
    id,
    modelSlug: slug,
    stage,
    step: training.step,
    parentId: await parentOf(tx, spec.start),
    jobId: training.id,
  });
  return id;
}

async function parentOf(tx: Db, start: Job['spec']['start']): Promise<string | null> {
  if (start.kind === 'checkpoint') return start.id;
  const origin = await originOf(tx, start);
  if (origin === null) return null;
  const [made] = await tx.select().from(checkpoint).where(eq(checkpoint.jobId, origin.training.id));
  return made?.id ?? null;
}

/** What an attempt sent of a folder. */
export const filesOf = (tx: Db, jobId: string, purpose: (typeof jobFile.$inferSelect)['purpose']) =>
  tx
    .select({ path: jobFile.path, sha256: jobFile.sha256, step: jobFile.step })
    .from(jobFile)
    .where(and(eq(jobFile.jobId, jobId), eq(jobFile.purpose, purpose)));
