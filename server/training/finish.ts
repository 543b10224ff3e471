import { eq, sql } from 'drizzle-orm';
import type { FinishRequest } from '@/lib/training/protocol';
import { type Db, getDb, type JobState, job } from '../db';
import { Problem } from '../problem';
import { type Agent, hashOf } from './agents';
import { EventGap } from './events';
import { handInPredictions } from './hand-in';
import { closeLost, hasEnded, type Job, LeaseLost, requireLease } from './lease';
import { filesOf } from './made-checkpoint';
import { ANY, JOBS, WAITING } from './topics';

type Outcome = FinishRequest['outcome'];

/** How long is waited after a loss, in seconds: twice as long after each more without a checkpoint, up to five minutes. */
const waitAfter = (losses: number) => Math.min(300, 5 * 2 ** Math.max(0, losses - 1));

/** What a job of a kind has to leave behind to have succeeded. */
const NEEDED = { sft: 'checkpoint', train: 'checkpoint', export: 'export', eval: 'predictions' } as const;

/**
 * Ends an attempt, once all that it told is here. Sent again it says the same and does nothing more.
 * @throws LeaseLost, EventGap, Problem
 */
export async function finish(
  agent: Agent,
  jobId: string,
  lease: string,
  { events, outcome }: FinishRequest,
): Promise<void> {
  const db = await getDb();
  if (await isOver(db, agent, jobId, lease)) return;
  const requireWhole = async (tx: Db) => {
    const found = await requireLease(tx, agent, jobId, lease);
    if (events !== found.nextSeq) throw new EventGap(found.nextSeq);
    return found;
  };
  const last = await endingOf(await requireWhole(db), outcome);
  await db.transaction(async (tx) => {
    await write(tx, await requireWhole(tx), last);
    await JOBS.wake(tx, jobId);
    await WAITING.wake(tx, ANY);
  });
  await closeLost(db);
}

/**
 * What an evaluation predicted becomes a run before the job has succeeded: whatever breaks off between the two, the agent sends
 * its end again, and the same bytes are the same run. What is refused as a run is the job's own failure.
 */
async function endingOf(found: Job, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'succeeded') return outcome;
  await requireMade(await getDb(), found);
  if (found.spec.kind !== 'eval') return outcome;
  try {
    await handInPredictions(found);
    return outcome;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: 'failed', error: error.message };
  }
}

/** Whether this attempt ended it before. */
async function isOver(db: Db, agent: Agent, jobId: string, lease: string): Promise<boolean> {
  const [found] = await db.select().from(job).where(eq(job.id, jobId));
  if (found === undefined || found.agentId !== agent.id || found.leaseHash !== hashOf(lease))
    throw new LeaseLost(jobId);
  return hasEnded(found.state) || found.state === 'waiting';
}

async function write(tx: Db, found: Job, outcome: Outcome): Promise<void> {
  const { id, losses } = found;
  const end = (values: { state: JobState; error?: string }) =>
    tx
      .update(job)
      .set({ ...values, leasedUntil: null, endedAt: sql`now()` })
      .where(eq(job.id, id));
  switch (outcome.kind) {
    case 'succeeded':
      await end({ state: 'succeeded' });
      return;
    case 'cancelled':
      await end({ state: 'cancelled' });
      return;
    case 'failed':
      await end({ state: 'failed', error: outcome.error });
      return;
    case 'lost':
      if (found.cancelRequested) await end({ state: 'cancelled', error: outcome.error });
      else
        await tx
          .update(job)
          .set({
            state: 'waiting',
            error: outcome.error,
            leasedUntil: null,
            notBefore: sql`now() + ${waitAfter(losses)} * interval '1 second'`,
          })
          .where(eq(job.id, id));
  }
}

async function requireMade(tx: Db, { id, spec, step }: Job): Promise<void> {
  const purpose = NEEDED[spec.kind];
  const [made] = await filesOf(tx, id, purpose);
  // A checkpoint of an earlier step is to go on from, and not what the training came to.
  if (made === undefined || (purpose === 'checkpoint' && made.step < step))
    throw new Problem('refused', `The job has not sent its ${purpose}, so it has not succeeded.`);
}
