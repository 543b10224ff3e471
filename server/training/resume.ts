import { randomUUID } from 'node:crypto';
import { and, eq, lt, lte, sql } from 'drizzle-orm';
import type { JobSpec } from '@/lib/training/protocol';
import { type Db, getDb, job, jobFile, jobMetric, jobMetricSpan, rollout, rolloutImage } from '../db';
import { Problem } from '../problem';
import { hasEnded, type Job } from './lease';
import { placeOf } from './metric-spans';
import { ANY, WAITING } from './topics';

/**
 * A training that failed or was cancelled goes on from its last checkpoint, as a new job: that has all that was told up to there,
 * so its curves are whole, and an agent takes it up as it would after a loss. What was to follow follows the new one.
 * @returns its id. @throws Problem
 */
export async function resumeJob(id: string, owner: string): Promise<string> {
  const db = await getDb();
  return db.transaction(async (tx) => {
    const [found] = await tx.select().from(job).where(eq(job.id, id)).for('update');
    if (found === undefined) throw new Problem('not-found', `There is no job "${id}".`);
    const step = await resumableStep(tx, found);
    const fresh = await copy(tx, found, {
      name: `${found.name}, resumed`.slice(0, 100),
      note: `Goes on from step ${step} of /training/${id}.`,
      owner,
      spec: found.spec,
      afterId: found.afterId,
      step,
      steps: found.steps,
    });
    await copyTold(tx, id, fresh, step);
    await copyFollowers(tx, id, fresh, owner);
    await WAITING.wake(tx, ANY);
    return fresh;
  });
}

/** @throws Problem where there is nothing to go on with. */
async function resumableStep(tx: Db, { id, name, spec, state }: Job): Promise<number> {
  if (spec.kind !== 'sft' && spec.kind !== 'train')
    throw new Problem('refused', `"${name}" trains nothing: begin it anew.`);
  if (!hasEnded(state)) throw new Problem('conflict', `"${name}" has not ended: there is nothing to resume.`);
  if (state === 'succeeded')
    throw new Problem('conflict', `"${name}" has taken its last step: fork it, for more of them.`);
  const [file] = await tx
    .select({ step: jobFile.step })
    .from(jobFile)
    .where(and(eq(jobFile.jobId, id), eq(jobFile.purpose, 'checkpoint')))
    .limit(1);
  if (file === undefined)
    throw new Problem(
      'conflict',
      `"${name}" has sent no checkpoint that it could go on from: fork it, to begin anew.`,
    );
  return file.step;
}

type Kept = Pick<Job, 'name' | 'note' | 'owner' | 'spec' | 'afterId' | 'step' | 'steps'>;

async function copy(tx: Db, { public: isPublic }: Job, kept: Kept): Promise<string> {
  const id = randomUUID();
  await tx.insert(job).values({ ...kept, id, public: isPublic });
  return id;
}

/** What is true of the steps up to one. */
async function copyTold(tx: Db, from: string, to: string, step: number): Promise<void> {
  const own = sql`${to}`;
  const upTo = (table: typeof jobMetric | typeof rollout | typeof rolloutImage) =>
    and(eq(table.jobId, from), lte(table.step, step));
  await tx.insert(jobFile).select(
    tx
      .select({
        jobId: own.as('job_id'),
        purpose: jobFile.purpose,
        step: jobFile.step,
        path: jobFile.path,
        sha256: jobFile.sha256,
      })
      .from(jobFile)
      .where(and(eq(jobFile.jobId, from), eq(jobFile.purpose, 'checkpoint'))),
  );
  await tx.insert(jobMetric).select(
    tx
      .select({
        jobId: own.as('job_id'),
        step: jobMetric.step,
        values: jobMetric.values,
        // Its lengths of steps are the new one's own attempts' alone.
        attempt: sql`0`.as('attempt'),
        at: jobMetric.at,
      })
      .from(jobMetric)
      .where(upTo(jobMetric)),
  );
  await tx.insert(jobMetricSpan).select(
    tx
      .select({
        jobId: own.as('job_id'),
        place: jobMetricSpan.place,
        step: jobMetricSpan.step,
        at: jobMetricSpan.at,
        low: jobMetricSpan.low,
        high: jobMetricSpan.high,
      })
      .from(jobMetricSpan)
      .where(and(eq(jobMetricSpan.jobId, from), lt(jobMetricSpan.place, placeOf(step + 1)))),
  );
  const images = await tx.select().from(rolloutImage).where(upTo(rolloutImage));
  if (images.length > 0) await tx.insert(rolloutImage).values(images.map((each) => ({ ...each, jobId: to })));
  // They may be many, and large: one after the other.
  const steps = await tx.selectDistinct({ step: rollout.step }).from(rollout).where(upTo(rollout));
  for (const each of steps) {
    const groups = await tx
      .select()
      .from(rollout)
      .where(and(eq(rollout.jobId, from), eq(rollout.step, each.step)));
    await tx.insert(rollout).values(groups.map((group) => ({ ...group, jobId: to })));
  }
}

/** What was cancelled because the job did not succeed, job by job behind the new one. */
async function copyFollowers(tx: Db, from: string, to: string, owner: string): Promise<void> {
  const fresh = new Map([[from, to]]);
  const open = [from];
  for (let before = open.shift(); before !== undefined; before = open.shift()) {
    const followers = await tx
      .select()
      .from(job)
      .where(and(eq(job.afterId, before), eq(job.state, 'cancelled'), eq(job.attempt, 0)));
    for (const each of followers) {
      const { name, note } = each;
      const spec = startingAt(each.spec, fresh);
      const afterId = fresh.get(before) ?? null;
      fresh.set(each.id, await copy(tx, each, { name, note, owner, spec, afterId, step: 0, steps: null }));
      open.push(each.id);
    }
  }
}

function startingAt(spec: JobSpec, fresh: ReadonlyMap<string, string>): JobSpec {
  const { start } = spec;
  const id = start.kind === 'job' ? fresh.get(start.id) : undefined;
  return id === undefined ? spec : { ...spec, start: { kind: 'job', id } };
}
