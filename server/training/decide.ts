import { and, eq, inArray, sql } from 'drizzle-orm';
import { type Db, getDb, job } from '../db';
import { Problem } from '../problem';
import { closeLost, hasEnded, type Job } from './lease';
import { JOBS } from './topics';

/** The job, locked for a decision on it. @throws Problem */
async function lockJob(tx: Db, id: string): Promise<Job> {
  const [found] = await tx.select().from(job).where(eq(job.id, id)).for('update');
  if (found === undefined) throw new Problem('not-found', `There is no job "${id}".`);
  return found;
}

/** One that waits is over at once; of one at work the agent is told at its next beat, and stops when its step ends. @throws Problem */
export async function cancelJob(id: string): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    const { state } = await lockJob(tx, id);
    if (hasEnded(state))
      throw new Problem(
        'conflict',
        `The job ${state === 'cancelled' ? 'is cancelled' : `has ${state}`} already.`,
      );
    await tx
      .update(job)
      .set(state === 'waiting' ? { state: 'cancelled', endedAt: sql`now()` } : { cancelRequested: true })
      .where(eq(job.id, id));
    await JOBS.wake(tx, id);
  });
  await closeLost(db);
}

export interface JobWords {
  name?: string | undefined;
  note?: string | undefined;
  public?: boolean | undefined;
}

/** What may change of a job: what it is called, what is said of it, who may see it. @throws Problem */
export async function describeJob(id: string, words: JobWords): Promise<void> {
  const db = await getDb();
  await db.transaction(async (tx) => {
    await lockJob(tx, id);
    await tx.update(job).set(words).where(eq(job.id, id));
    await JOBS.wake(tx, id);
  });
}

/** For what the server itself finds cannot be done, before an agent begins. */
export async function failJob(id: string, error: string): Promise<void> {
  const db = await getDb();
  await db
    .update(job)
    .set({ state: 'failed', error, leasedUntil: null, endedAt: sql`now()` })
    .where(and(eq(job.id, id), inArray(job.state, ['waiting', 'running'])));
  await closeLost(db);
  await JOBS.wake(db, id);
}
